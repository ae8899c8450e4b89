from django.db import migrations

from newsletter.ledger_guards import GuardConsents
from newsroom.page_cache.triggers import InvalidationTriggers


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0001_initial"), ("newsletter", "0001_initial")]

    operations = [
        GuardConsents(),
        InvalidationTriggers(
            ["newsletter_newsletter", "newsletter_policyversion", "newsletter_wording"]
        ),
    ]
