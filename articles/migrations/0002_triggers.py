from django.db import migrations

from articles.publishing.triggers import GuardEditions
from newsroom.page_cache.triggers import InvalidationTriggers


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0001_initial"), ("articles", "0001_initial")]

    operations = [
        GuardEditions(),
        InvalidationTriggers(
            [
                "articles_hub",
                "articles_title",
                "articles_availability",
                "articles_topic",
                "articles_author",
                "articles_photo",
                "articles_withdrawal",
            ],
            dated=[
                "articles_edition",
                "articles_editiontitle",
                "articles_editiontopic",
                "articles_editionauthor",
            ],
        ),
    ]
