"""Authors."""

from django.conf import settings
from django.db import models

from articles.models.addresses import address
from articles.models.public_page import PublicPage
from articles.photos.models import Photo


class Author(PublicPage):
    """An author of articles, with or without a staff account."""

    role = models.CharField(max_length=100, blank=True, help_text="Such as “Television editor”.")
    biography = models.TextField(blank=True, help_text="Plain text.")
    photo = models.ForeignKey(
        Photo, null=True, blank=True, on_delete=models.PROTECT, related_name="authors"
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="author",
        verbose_name="staff account",
        help_text="The account may edit the articles that have this author's byline.",
    )

    class Meta:
        ordering = ["name"]

    def get_absolute_url(self) -> str:
        return address("author", self.slug)
