"""The status of a poll: its state, its ballots, and what can still be changed."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from polls import tally
from polls.models import Ballot, ClosingRecord, Poll


def with_status(queryset: QuerySet[Poll]) -> QuerySet[Any]:
    """Polls with ``voted`` (whether a ballot is in) and ``recorded`` (whether there is a record).

    The desk's own pages read polls so; what takes one that may be read so says ``Any``.
    """
    return queryset.annotate(
        voted=Exists(Ballot.objects.filter(poll=OuterRef("pk"))),
        recorded=Exists(ClosingRecord.objects.filter(poll=OuterRef("pk"))),
    )


def is_over(poll: Poll | None) -> bool:
    """Whether voting is over, and only reopening changes when."""
    return poll is not None and poll.pk is not None and poll.state() == Poll.State.CLOSED


def is_fixed(poll: Any) -> bool:
    """Whether what readers were asked stays: a ballot is in, or voting is over."""
    return poll is not None and poll.pk is not None and (is_over(poll) or _voted(poll))


def is_kept(poll: Any) -> bool:
    """Whether a poll stays for good: there is something on record."""
    return poll is not None and poll.pk is not None and (_voted(poll) or _recorded(poll))


def _voted(poll: Any) -> bool:
    return bool(poll.voted if hasattr(poll, "voted") else poll.has_ballots())


def _recorded(poll: Any) -> bool:
    return bool(poll.recorded if hasattr(poll, "recorded") else poll.records.exists())


@dataclass(frozen=True, slots=True)
class PollStatus:
    """A poll's state, and what is in."""

    poll: Poll
    state: Poll.State
    #: Whether wordings change on record only.
    fixed: bool
    counted: int = 0
    #: Ballots that are held back and not decided on.
    waiting: int = 0

    @classmethod
    def of(cls, poll: Any) -> "PollStatus":
        """One query, unless it was counted just now; none for an unsaved poll."""
        if poll.pk is None:
            return cls(poll, poll.state(), fixed=False)
        counted = tally.cached(poll)
        return cls(poll, poll.state(), is_fixed(poll), counted.ballots, counted.waiting)

    @property
    def archived(self) -> bool:
        """Whether it is off the list."""
        return self.poll.archived_at is not None

    @property
    def unrecorded(self) -> bool:
        """Whether it closed at its time and has no record of that yet."""
        return self.state == Poll.State.CLOSED and self.poll.recorded_at is None
