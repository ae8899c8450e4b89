from django.db import migrations

from articles.edition_guards import GuardEditions


class Migration(migrations.Migration):
    dependencies = [("articles", "0001_articles")]

    operations = [GuardEditions()]
