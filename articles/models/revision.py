"""Revisions: what a working copy said after each save."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from articles.models.article import Article


class RevisionQuerySet(models.QuerySet["Revision"]):
    """Revisions, most often without their text."""

    def listed(self) -> Self:
        """What a list prints, without content."""
        return self.select_related("saved_by").defer("content")


class Revision(models.Model):
    """The working copy as one save left it.

    Nobody's text is lost: whatever a later save, a restored edition or a colleague wrote over
    can be compared and restored. The last one's number is the article's version.
    """

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="revisions"
    )
    note = models.CharField(max_length=200, blank=True, help_text="How it came about.")
    content = models.JSONField()

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="revision_number_unique")
        ]

    def __str__(self) -> str:
        return f"Save {self.number}"
