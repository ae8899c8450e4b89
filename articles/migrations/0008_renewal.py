from django.db import migrations, models

from articles.edition_guards import GuardEditions
from newsroom.guards import TakeDown
from newsroom.renewal import RenewPages


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0003_generation"), ("articles", "0007_channel_columns")]

    operations = [
        TakeDown(GuardEditions()),
        migrations.AddIndex(
            "edition",
            models.Index(
                fields=["live_until"],
                condition=models.Q(live_until__isnull=False),
                name="edition_ends",
            ),
        ),
        migrations.AddConstraint(
            "edition",
            models.CheckConstraint(
                condition=models.Q(live_from__gte=models.F("first_published")),
                name="edition_first_published_first",
            ),
        ),
        GuardEditions(),
        RenewPages(
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
