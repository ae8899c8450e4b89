"""A poll as readers see it, on its own page and in articles."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from newsroom.page_cache import cached_for_version, expire_at
from polls import records, tally
from polls.models import Ballot, Choice, Poll, Rewording

#: What a reader is told whose vote comes at the wrong time.
NOT_OPEN = {
    Poll.State.COMING: "Voting hasn’t begun yet. Nothing was counted.",
    Poll.State.OPEN: "Something went wrong on our side. Nothing was counted; please vote again.",
    Poll.State.CLOSED: "Voting is over: the poll closed before your vote came in. It was not "
    "counted.",
}
#: What one is told who has voted, by what came of it.
THANKS = {
    "counted": "Thank you, your vote is in.",
    "repeated": "You have already voted in this poll; your first vote stands.",
}
HAS_VOTED = "You have voted in this poll."


@dataclass(frozen=True, slots=True)
class Panel:
    """What the template ``polls/panel.html`` needs."""

    poll: Poll
    choices: list[Choice]
    state: Poll.State
    #: None where it is not shown, or not to this reader.
    result: tally.Result | None
    #: Primary keys of the choices on the reader's own ballot, where that is known.
    own: frozenset[int] = frozenset()
    #: Whether the page belongs to a reader who has voted.
    voted: bool = False
    #: What came of the reader's vote.
    status: str = ""
    error: str = ""
    #: Primary keys, as texts, of what was chosen when the form was refused.
    chosen: frozenset[str] = frozenset()
    #: The page to come back to.
    came_from: str = ""
    #: Where nobody can vote: in previews of articles.
    inert: bool = False
    #: Whether a seal is open: the page answers a reader who has opened it.
    opened: bool = False

    @property
    def takes_votes(self) -> bool:
        """Whether the form is there."""
        return self.state == Poll.State.OPEN and not self.voted

    @property
    def is_alive(self) -> bool:
        """Whether anything in it can change while a page is open, so that the script has work."""
        return self.state == Poll.State.OPEN and not self.inert

    @property
    def box(self) -> dict[str, Any]:
        """The seal on a poll that gives something away."""
        return {"label": self.poll.spoiler_warning, "open": self.opened}

    @property
    def options(self) -> list[dict[str, Any]]:
        """The choices as the form prints them."""
        return [
            {
                "pk": choice.pk,
                "text": choice.text,
                "chosen": str(choice.pk) in self.chosen,
                "own": choice.pk in self.own,
            }
            for choice in self.choices
        ]

    @property
    def when(self) -> str:
        """What goes before ``moment``."""
        if self.state == Poll.State.COMING:
            return "Voting opens on"
        if self.state == Poll.State.CLOSED:
            return "Closed on"
        return "Closes on" if self.poll.closes else "Open until further notice"

    @property
    def moment(self) -> datetime | None:
        """When voting opens, closes or was closed."""
        if self.state == Poll.State.COMING:
            return self.poll.opens
        return self.poll.closed_at if self.state == Poll.State.CLOSED else self.poll.closes

    @property
    def about_result(self) -> str:
        """Where the result is, as long as it isn't here."""
        if self.result is not None or self.error:
            return ""
        return {
            Poll.Shown.ALWAYS: "",
            Poll.Shown.AFTER_VOTING: "The result is shown once you have voted.",
            Poll.Shown.AFTER_CLOSING: "The result is shown once the poll is closed.",
            Poll.Shown.STAFF_ONLY: "The result isn’t published.",
        }[Poll.Shown(self.poll.shown)]

    @property
    def rewordings(self) -> list[Rewording]:
        """Wordings that were corrected, oldest first."""
        return list(self.poll.rewordings.order_by("at")) if self.poll.reworded else []


def polls(keys: Iterable[int]) -> dict[int, Poll]:
    """Polls with their choices for shared pages (two queries for each site version)."""
    wanted = tuple(keys)
    rows = Poll.objects.prefetch_related("choices")
    return (
        cached_for_version(("polls.rows", wanted), lambda: rows.in_bulk(wanted)) if wanted else {}
    )


def shared(poll: Poll, *, came_from: str = "", inert: bool = False) -> Panel:
    """For a page that is the same for every reader (one query or none if it was counted lately)."""
    if poll.closes and poll.state() == Poll.State.OPEN:
        # The time that is left is printed, to the minute.
        expire_at(timezone.now() + timedelta(minutes=1))
    return Panel(
        poll,
        list(poll.choices.all()),
        poll.state(),
        public_result(poll),
        came_from=came_from,
        inert=inert,
    )


def own(poll: Poll, ballot: Ballot, *, outcome: str = "", came_from: str = "") -> Panel:
    """For one reader, with the ballot that this reader has cast."""
    return Panel(
        poll,
        list(poll.choices.all()),
        poll.state(),
        _result(poll, ballot.cast_at) if poll.result_is_for_voters() else None,
        own=frozenset(tally.named(ballot.choices)),
        voted=True,
        status=THANKS.get(outcome, HAS_VOTED),
        came_from=came_from,
    )


def _result(poll: Poll, since: datetime | None = None) -> tally.Result:
    """The closing record's result if there is one; else a count, which is not final."""
    record = records.current(poll)
    if record is not None:
        return records.result(record)
    return tally.result(poll, tally.of(poll, since=since))


def public_result(poll: Poll) -> tally.Result | None:
    """What any reader may have."""
    if not poll.result_is_public():
        return None
    if poll.recorded_at:
        return cached_for_version(("polls.result", poll.pk), lambda: _result(poll))
    result = _result(poll)
    if not result.final:
        expire_at(result.at + timedelta(seconds=tally.KEEP))
    return result
