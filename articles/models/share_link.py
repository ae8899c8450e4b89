"""Links that show a working copy to somebody without an account."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.core import signing
from django.db import models
from django.urls import reverse
from django.utils import timezone

from articles.models.article import Article

LIFETIME = timedelta(days=7)
_SALT = "articles.share_link"


def _default_expiry() -> datetime:
    return timezone.now() + LIFETIME


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    """Filters, and the lookup of a token."""

    def open(self) -> Self:
        """Return the links that are neither expired nor revoked."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())

    def from_token(self, token: str) -> "ShareLink | None":
        """Return the link of a token, open or not, or None for an invalid token."""
        try:
            article, key = signing.Signer(salt=_SALT).unsign_object(token)
        except (signing.BadSignature, ValueError, TypeError):
            return None
        return self.filter(pk=key, article=article).select_related("article__hub").first()


class ShareLink(models.Model):
    """A signed address of a working copy, valid for seven days unless it is revoked."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="share_links")
    label = models.CharField(
        "for whom",
        max_length=100,
        blank=True,
        help_text="Your colleagues see this in the list of links.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="share_links"
    )
    expires_at = models.DateTimeField(default=_default_expiry)
    revoked_at = models.DateTimeField(null=True)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.label or f"Link of {timezone.localtime(self.created_at):%d.%m.%Y}"

    def get_absolute_url(self) -> str:
        return reverse("articles:share", args=[self.token])

    @property
    def is_open(self) -> bool:
        """Whether it is neither expired nor revoked."""
        return self.revoked_at is None and self.expires_at > timezone.now()

    @property
    def token(self) -> str:
        """The signed part of the address, which is always the same."""
        return signing.Signer(salt=_SALT).sign_object([self.article_id, self.pk])
