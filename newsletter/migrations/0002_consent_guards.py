from django.db import migrations

from newsletter.ledger_guards import GuardConsents


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0001_newsletters")]

    operations = [GuardConsents()]
