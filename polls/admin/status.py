"""The status of a poll: its state, its ballots, and what can still be changed."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from polls import tally
from polls.models import Ballot, ClosingRecord, Poll


def with_status(queryset: QuerySet[Poll]) -> QuerySet[Any]:
    """Annotate polls with ``ballots_exist`` and ``record_exists``.

    The functions below take polls with or without these annotations.
    """
    return queryset.annotate(
        ballots_exist=Exists(Ballot.objects.filter(poll=OuterRef("pk"))),
        record_exists=Exists(ClosingRecord.objects.filter(poll=OuterRef("pk"))),
    )


def is_over(poll: Poll | None) -> bool:
    """Return whether voting is over, so that only reopening changes the closing time."""
    return poll is not None and poll.pk is not None and poll.state() == Poll.State.CLOSED


def is_fixed(poll: Any) -> bool:
    """Return whether question and choices are fixed: there is a ballot, or voting is over."""
    return poll is not None and poll.pk is not None and (is_over(poll) or _ballots_exist(poll))


def is_undeletable(poll: Any) -> bool:
    """Return whether a poll can't be deleted: there is a ballot or a closing record."""
    return (
        poll is not None and poll.pk is not None and (_ballots_exist(poll) or _record_exists(poll))
    )


def _ballots_exist(poll: Any) -> bool:
    return bool(poll.ballots_exist if hasattr(poll, "ballots_exist") else poll.has_ballots())


def _record_exists(poll: Any) -> bool:
    return bool(poll.record_exists if hasattr(poll, "record_exists") else poll.records.exists())


@dataclass(frozen=True, slots=True)
class PollStatus:
    """A poll's state and the numbers of its ballots."""

    poll: Poll
    state: Poll.State
    #: Whether question and choices change by a recorded rewording only.
    is_fixed: bool
    #: Number of counted ballots.
    counted: int = 0
    #: Number of held ballots without a decision.
    waiting: int = 0

    @classmethod
    def of(cls, poll: Any) -> "PollStatus":
        """Return a poll's status (one query, or none if it was counted in the last 2 seconds)."""
        if poll.pk is None:
            return cls(poll, poll.state(), is_fixed=False)
        counted = tally.cached(poll)
        return cls(poll, poll.state(), is_fixed(poll), counted.ballots, counted.waiting)

    @property
    def is_archived(self) -> bool:
        """Whether the poll is archived."""
        return self.poll.archived_at is not None

    @property
    def lacks_record(self) -> bool:
        """Whether the poll is closed and its closing record is not written yet."""
        return self.state == Poll.State.CLOSED and self.poll.recorded_at is None
