"""The texts that readers agree to: terms, privacy policy and wordings, in numbered versions.

A version that has taken effect cannot be changed or deleted (the triggers are in
``newsletter/migrations/0002_triggers.py``). A version that should not have been published is
withdrawn; those who agreed to it can still read it.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from newsletter.models.newsletter import Newsletter, one_line
from newsroom.canonical_json import canonical, digest
from newsroom.rich_text import RichTextField, sanitize_prose

#: How long a form that displays a replaced version is still accepted.
GRACE_PERIOD = timedelta(days=1)


class VersionQuerySet(models.QuerySet[Any]):
    """Versions by time; ``at`` defaults to now."""

    def effective(self, at: datetime | None = None) -> Self:
        """Versions that have taken effect, newest first."""
        effective = self.filter(effective_from__lte=at or timezone.now())
        return effective.order_by("-effective_from", "-number")

    def valid(self, at: datetime | None = None) -> Self:
        """Effective versions that are not withdrawn; the first of a series is in force."""
        now = at or timezone.now()
        return self.effective(now).filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=now))


class Version(models.Model):
    """A version of a text that readers agree to."""

    number = models.PositiveIntegerField("version", editable=False)
    effective_from = models.DateTimeField(
        "takes effect on",
        blank=True,
        help_text="Empty: as soon as it is saved. After that it can't be changed.",
    )
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = models.CharField(max_length=200, blank=True, editable=False)
    withdrawal_reason = models.CharField(max_length=300, blank=True, editable=False)

    objects: ClassVar[models.Manager[Any]] = VersionQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            # A version can't apply to consents given before it was written.
            models.CheckConstraint(
                condition=Q(effective_from__gte=F("created_at")),
                name="%(class)s_not_backdated",
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Number a new version; without ``effective_from`` it takes effect now."""
        if self._state.adding:
            now = timezone.now()
            self.created_at = self.created_at or now
            self.effective_from = self.effective_from or now
            last = self.series().aggregate(last=models.Max("number"))["last"]
            self.number = self.number or (last or 0) + 1
        super().save(*args, **kwargs)

    def series(self) -> VersionQuerySet:
        """Return all versions of the same text."""
        raise NotImplementedError

    def text_document(self) -> dict[str, Any]:
        """Return the text for the digest, without number and time."""
        raise NotImplementedError

    @property
    def sha256(self) -> str:
        """The SHA-256, in hex, of text, number and ``effective_from`` as canonical JSON."""
        moment = self.effective_from.astimezone(UTC).isoformat(timespec="microseconds")
        version = {"version": self.number, "effective_from": moment}
        return digest(canonical({**version, **self.text_document()}))

    def has_taken_effect(self, at: datetime | None = None) -> bool:
        """Whether readers can have agreed to it; if so it can't be changed."""
        return self.pk is not None and self.effective_from <= (at or timezone.now())

    def is_withdrawn(self, at: datetime | None = None) -> bool:
        """Whether it was withdrawn, so that nobody can agree to it any more."""
        return self.withdrawn_at is not None and self.withdrawn_at <= (at or timezone.now())

    def can_be_agreed_to(self, at: datetime | None = None) -> bool:
        """Whether a form that displays it is accepted (one query).

        It must be in force or have been replaced during the grace period, and not be withdrawn.
        """
        now = at or timezone.now()
        if not self.has_taken_effect(now) or self.is_withdrawn(now):
            return False
        newer = Q(effective_from__gt=self.effective_from)
        newer |= Q(effective_from=self.effective_from, number__gt=self.number)
        replaced = self.series().valid(now).filter(newer, effective_from__lt=now - GRACE_PERIOD)
        return not replaced.exists()


class PolicyVersion(Version):
    """A version of the terms and conditions, or of the privacy policy."""

    class Document(models.TextChoices):
        TERMS = "terms", "Terms and conditions"
        PRIVACY = "privacy", "Privacy policy"

    document = models.CharField(max_length=10, choices=Document.choices)
    body = RichTextField("text")
    summary = models.TextField(
        "summary of changes",
        max_length=1000,
        blank=True,
        help_text="What has changed since the previous version, in plain text.",
    )

    class Meta(Version.Meta):
        ordering = ["document", "-number"]
        verbose_name = "policy version"
        permissions = [("withdraw_policyversion", "Can withdraw versions of policies")]
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(fields=["document", "number"], name="policy_version_number"),
        ]

    def __str__(self) -> str:
        return f"{self.get_document_display()}, version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse(f"newsletter:{self.document}_version", args=[self.number])

    def series(self) -> VersionQuerySet:
        versions: VersionQuerySet = PolicyVersion.objects.filter(document=self.document)
        return versions

    def text_document(self) -> dict[str, Any]:
        return {"document": self.document, "body": self.body, "summary": self.summary}

    @property
    def safe_body(self) -> str:
        """The text, sanitised again, because a row may be saved without the form."""
        return sanitize_prose(self.body)


class Wording(Version):
    """A version of the sentence and the button of a newsletter's sign-up form."""

    newsletter = models.ForeignKey(Newsletter, on_delete=models.PROTECT, related_name="wordings")
    sentence = models.CharField(
        "sentence at the form",
        max_length=300,
        validators=[one_line],
        help_text="What the reader agrees to by signing up: who sends what, and how often. For "
        "example “Newsroom will send Sci-Fi Weekly to this address every Friday.”",
    )
    button = models.CharField(
        "label of the button", max_length=40, default="Sign up", validators=[one_line]
    )

    class Meta(Version.Meta):
        ordering = ["newsletter", "-number"]
        permissions = [("withdraw_wording", "Can withdraw wordings")]
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(fields=["newsletter", "number"], name="wording_number"),
        ]

    def __str__(self) -> str:
        return f"Wording {self.number} of {self.newsletter}"

    def series(self) -> VersionQuerySet:
        versions: VersionQuerySet = Wording.objects.filter(newsletter=self.newsletter_id)
        return versions

    def text_document(self) -> dict[str, Any]:
        return {
            "newsletter": self.newsletter_id,
            "sentence": self.sentence,
            "button": self.button,
        }
