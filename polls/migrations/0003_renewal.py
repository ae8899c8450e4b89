from django.db import migrations

from newsroom.renewal import RenewPages


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0003_generation"), ("polls", "0002_ballot_guards")]

    operations = [
        RenewPages(["polls_poll", "polls_choice", "polls_closingrecord", "polls_rewording"])
    ]
