"""Polls and their choices."""

import secrets
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

MIN_CHOICES = 2
MAX_CHOICES = 20


def generate_key() -> bytes:
    """Return a new random key for the voters' hashes of one poll."""
    return secrets.token_bytes(32)


class PollQuerySet(models.QuerySet["Poll"]):
    """Polls by their state at the time ``at``, which defaults to now."""

    def coming(self, at: datetime | None = None) -> "PollQuerySet":
        """Return polls in which voting has not begun."""
        return self.filter(recorded_at=None, archived_at=None, opens__gt=at or timezone.now())

    def open(self, at: datetime | None = None) -> "PollQuerySet":
        """Return polls in which readers can vote."""
        now = at or timezone.now()
        has_begun, not_over = Q(opens=None) | Q(opens__lte=now), Q(closes=None) | Q(closes__gt=now)
        return self.filter(has_begun, not_over, recorded_at=None, archived_at=None)

    def closed(self, at: datetime | None = None) -> "PollQuerySet":
        """Return polls in which voting is over."""
        now = at or timezone.now()
        return self.filter(~Q(recorded_at=None) | ~Q(archived_at=None) | Q(closes__lte=now))

    def without_record(self, at: datetime | None = None) -> "PollQuerySet":
        """Return closed polls whose closing record is not written yet."""
        return self.closed(at).filter(recorded_at=None)

    def listed(self) -> "PollQuerySet":
        """Return polls that the public list may show: those that aren't archived."""
        return self.filter(archived_at=None)


class Poll(models.Model):
    """A question to readers, open for answers between two times.

    After the first ballot the question, the choices and the number of choices per ballot are
    fixed: triggers in the database refuse changes (``migrations/0002_triggers.py``).
    """

    class ResultVisibility(models.TextChoices):
        """When readers see the result."""

        ALWAYS = "always", "Always"
        AFTER_VOTING = "after_voting", "After voting, and once the poll is closed"
        AFTER_CLOSING = "after_closing", "Once the poll is closed"
        STAFF_ONLY = "staff_only", "Never: for staff only"

    class State(models.TextChoices):
        """The state at some time, computed from the poll's times."""

        COMING = "coming", "Not open yet"
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"

    question = models.CharField(max_length=200)
    introduction = models.TextField(
        max_length=600, blank=True, help_text="Shown below the question."
    )
    slug = models.SlugField(max_length=80, unique=True, help_text="The last part of the address.")
    max_choices = models.PositiveSmallIntegerField(
        "choices per ballot",
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_CHOICES)],
        help_text="1: readers choose one answer. 2 or more: they can choose up to that many.",
    )
    opens = models.DateTimeField(
        null=True, blank=True, help_text="Empty: voting opens as soon as the poll is saved."
    )
    closes = models.DateTimeField(
        null=True, blank=True, help_text="Empty: voting stays open until you close the poll."
    )
    result_visibility = models.CharField(
        "result is shown",
        max_length=20,
        choices=ResultVisibility.choices,
        default=ResultVisibility.AFTER_VOTING,
    )
    spoiler_warning = models.CharField(
        max_length=150,
        blank=True,
        help_text="If the question or a choice is a spoiler: what it is about, such as “The ending "
        "of All of Us Are Dead”. Readers see this warning before they open the poll.",
    )
    recorded_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="When the closing record was written. Empty while the poll is open.",
    )
    archived_at = models.DateTimeField(null=True, editable=False)
    reworded = models.BooleanField(
        default=False, editable=False, help_text="Whether the wording was corrected."
    )
    # Each poll has its own key, so that ballots of one reader in two polls can't be linked. It is
    # stored, not derived from SECRET_KEY, so that a new SECRET_KEY gives nobody a second ballot.
    key = models.BinaryField(max_length=32, default=generate_key, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="polls",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["Poll"]] = PollQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens=None) | Q(closes=None) | Q(opens__lt=models.F("closes")),
                name="poll_opens_before_it_closes",
            ),
            models.CheckConstraint(
                condition=Q(max_choices__gte=1, max_choices__lte=MAX_CHOICES),
                name="poll_max_choices",
            ),
        ]
        permissions = [
            ("close_poll", "Can close polls"),
            ("reopen_poll", "Can reopen polls"),
            ("archive_poll", "Can archive polls and bring them back"),
            ("reword_poll", "Can correct the wording of polls with ballots"),
            ("export_poll", "Can download the results of polls"),
        ]

    def __str__(self) -> str:
        return self.question

    def get_absolute_url(self) -> str:
        return reverse("polls:poll", args=[self.slug])

    @cached_property
    def result_url(self) -> str:
        """The address of the page for a reader who has voted."""
        return reverse("polls:result", args=[self.slug])

    def clean(self) -> None:
        """Refuse a closing time before the opening time."""
        super().clean()
        if self.opens and self.closes and self.closes <= self.opens:
            raise ValidationError({"closes": "It has to close after it opens."})

    @property
    def several(self) -> bool:
        """Whether a ballot may name more than one choice."""
        return self.max_choices > 1

    @property
    def public_name(self) -> str:
        """The name without a spoiler: the spoiler warning if there is one, else the question."""
        return self.spoiler_warning or self.question

    @property
    def voting_ends_at(self) -> datetime | None:
        """When voting ended or will end; None if that is open."""
        return self.closes or self.recorded_at

    def has_ballots(self) -> bool:
        """Return whether anybody has voted (one query)."""
        return self.pk is not None and self.ballots.exists()

    def state(self, at: datetime | None = None) -> State:
        """Return the state at the time ``at``, which defaults to now."""
        now = at or timezone.now()
        if self.recorded_at or self.archived_at or (self.closes and self.closes <= now):
            return self.State.CLOSED
        if self.opens and self.opens > now:
            return self.State.COMING
        return self.State.OPEN

    def result_is_public(self, at: datetime | None = None) -> bool:
        """Return whether every reader may see the result, without having voted."""
        visibility = self.ResultVisibility
        if self.state(at) == self.State.CLOSED:
            return self.result_visibility != visibility.STAFF_ONLY
        return self.result_visibility == visibility.ALWAYS

    def result_is_for_voters(self, at: datetime | None = None) -> bool:
        """Return whether a reader who has voted may see the result."""
        after_voting = self.result_visibility == self.ResultVisibility.AFTER_VOTING
        return after_voting or self.result_is_public(at)


class Choice(models.Model):
    """An answer that readers can choose."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="choices")
    text = models.CharField(max_length=150)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["poll", "text"], name="choice_unique")]

    def __str__(self) -> str:
        return self.text
