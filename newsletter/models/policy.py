"""What readers agree to: terms, privacy policy and wordings, each in numbered versions.

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

#: How long a form may still be sent that shows a version which another has replaced.
GRACE = timedelta(days=1)


class VersionQuerySet(models.QuerySet[Any]):
    """Versions by their time; ``at`` defaults to now."""

    def taken_effect(self, at: datetime | None = None) -> Self:
        """Those that are, or have been, in force, the newest first."""
        begun = self.filter(effective_from__lte=at or timezone.now())
        return begun.order_by("-effective_from", "-number")

    def standing(self, at: datetime | None = None) -> Self:
        """Of these, those that were not withdrawn: the first of a series is in force."""
        now = at or timezone.now()
        return self.taken_effect(now).filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=now))


class Version(models.Model):
    """A version of a text that readers agree to."""

    number = models.PositiveIntegerField("version", editable=False)
    effective_from = models.DateTimeField(
        "takes effect on",
        blank=True,
        help_text="Empty: as soon as it is saved. From then on it can never be changed.",
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
            # Nobody can have agreed yesterday to what was written today.
            models.CheckConstraint(
                condition=Q(effective_from__gte=F("created_at")),
                name="%(class)s_not_dated_back",
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Number a new one, and put it in force now where no moment is given."""
        if self._state.adding:
            now = timezone.now()
            self.created_at = self.created_at or now
            self.effective_from = self.effective_from or now
            last = self.series().aggregate(last=models.Max("number"))["last"]
            self.number = self.number or (last or 0) + 1
        super().save(*args, **kwargs)

    def series(self) -> VersionQuerySet:
        """All versions of the same text."""
        raise NotImplementedError

    def wording_document(self) -> dict[str, Any]:
        """What its digest is made of, without the moment and the number."""
        raise NotImplementedError

    @property
    def sha256(self) -> str:
        """The digest of its text, number and moment, in hex: canonical JSON's SHA-256."""
        moment = self.effective_from.astimezone(UTC).isoformat(timespec="microseconds")
        about = {"version": self.number, "effective_from": moment}
        return digest(canonical({**about, **self.wording_document()}))

    def has_taken_effect(self, at: datetime | None = None) -> bool:
        """Whether readers can have agreed to it, so that it stays as it is."""
        return self.pk is not None and self.effective_from <= (at or timezone.now())

    def is_withdrawn(self, at: datetime | None = None) -> bool:
        """Whether nobody can agree to it any more."""
        return self.withdrawn_at is not None and self.withdrawn_at <= (at or timezone.now())

    def may_be_agreed_to(self, at: datetime | None = None) -> bool:
        """Whether a form that shows it may be sent (one query).

        It is in force, or has been until a day ago at most, and was not withdrawn.
        """
        now = at or timezone.now()
        if not self.has_taken_effect(now) or self.is_withdrawn(now):
            return False
        newer = Q(effective_from__gt=self.effective_from)
        newer |= Q(effective_from=self.effective_from, number__gt=self.number)
        replaced = self.series().standing(now).filter(newer, effective_from__lt=now - GRACE)
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
        help_text="What is new, for those who agreed to the version before. Plain text.",
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

    def wording_document(self) -> dict[str, Any]:
        return {"document": self.document, "body": self.body, "summary": self.summary}

    @property
    def safe_body(self) -> str:
        """The text sanitised again: the row may have been written past the form."""
        return sanitize_prose(self.body)


class Wording(Version):
    """A version of what stands at a newsletter's box."""

    newsletter = models.ForeignKey(Newsletter, on_delete=models.PROTECT, related_name="wordings")
    sentence = models.CharField(
        "sentence at the box",
        max_length=300,
        validators=[one_line],
        help_text="What the reader agrees to by signing up: who writes, about what, how often. "
        "Such as “Newsroom will send Sci-Fi Weekly to this address every Friday.”",
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

    def wording_document(self) -> dict[str, Any]:
        return {
            "newsletter": self.newsletter_id,
            "sentence": self.sentence,
            "button": self.button,
        }
