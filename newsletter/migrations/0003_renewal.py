from django.db import migrations

from newsroom.renewal import RenewPages


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0003_generation"), ("newsletter", "0002_consent_guards")]

    operations = [
        RenewPages(["newsletter_newsletter", "newsletter_policyversion", "newsletter_wording"])
    ]
