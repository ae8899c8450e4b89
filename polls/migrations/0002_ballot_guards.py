from django.db import migrations

from polls.ballot_guards import GuardBallots


class Migration(migrations.Migration):
    dependencies = [("polls", "0001_polls")]

    operations = [GuardBallots()]
