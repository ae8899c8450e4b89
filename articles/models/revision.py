"""Revisions: the content of a working copy after each save."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from articles.models.article import Article


class RevisionQuerySet(models.QuerySet["Revision"]):
    """Column selections."""

    def without_content(self) -> Self:
        """Return what lists print: with the user and without the content."""
        return self.select_related("saved_by").defer("content")


class Revision(models.Model):
    """The content of a working copy after one save.

    No text is lost: every revision can be compared and restored, whoever saved after it. The
    number of the latest revision is the article's version.
    """

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="revisions"
    )
    note = models.CharField(
        max_length=200,
        blank=True,
        help_text="The reason for the save, if it wasn't an ordinary one.",
    )
    content = models.JSONField()

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="revision_number_unique")
        ]

    def __str__(self) -> str:
        return f"Save {self.number}"
