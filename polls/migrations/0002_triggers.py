from django.db import migrations

from newsroom.page_cache.triggers import InvalidationTriggers
from polls.ballot_guards import GuardBallots


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0001_initial"), ("polls", "0001_initial")]

    operations = [
        GuardBallots(),
        InvalidationTriggers(
            ["polls_poll", "polls_choice", "polls_closingrecord", "polls_rewording"]
        ),
    ]
