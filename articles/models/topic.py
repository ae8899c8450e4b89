"""Topics."""

from django.db import models

from articles.models.addresses import address
from articles.models.public_page import PublicPage


class Topic(PublicPage):
    """A subject of articles in any hub, such as “Season endings”."""

    description = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["name"]

    def get_absolute_url(self) -> str:
        return address("topic", self.slug)
