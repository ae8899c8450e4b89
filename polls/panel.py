"""A poll as readers see it, on its own page and in articles."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from newsroom.page_cache import cached_for_version, expire_at
from polls import closing_records, tally
from polls.models import Ballot, Choice, Poll, Rewording

#: The error for a vote that is refused because of the poll's state.
REFUSED_MESSAGES = {
    Poll.State.COMING: "Voting hasn’t begun yet. Nothing was counted.",
    Poll.State.OPEN: "Something went wrong on our side. Nothing was counted; please vote again.",
    Poll.State.CLOSED: "Voting is over: the poll closed before your vote came in. It was not "
    "counted.",
}
#: The message after a vote, by its outcome.
VOTED_MESSAGES = {
    "counted": "Thank you, your vote is in.",
    "repeated": "You have already voted in this poll; your first vote stands.",
}
#: The message for a reader who comes back later.
HAS_VOTED_MESSAGE = "You have voted in this poll."


@dataclass(frozen=True, slots=True)
class Panel:
    """The context of the template ``polls/panel.html``."""

    poll: Poll
    choices: list[Choice]
    state: Poll.State
    #: None if the result is not shown, or not to this reader.
    result: tally.Result | None
    #: Primary keys of the choices on the reader's own ballot, if that is known.
    own_choices: frozenset[int] = frozenset()
    #: Whether the page is for a reader who has voted.
    has_voted: bool = False
    #: What to tell a reader who has voted.
    message: str = ""
    #: Why the reader's vote was refused.
    error: str = ""
    #: Primary keys, as strings, of the choices in a form that was refused.
    selected: frozenset[str] = frozenset()
    #: Address of the article that the reader votes in.
    article_url: str = ""
    #: Whether the panel is part of a preview, where nobody can vote.
    is_preview: bool = False
    #: Whether the spoiler warning is open: the reader has opened it before voting.
    warning_is_open: bool = False

    @property
    def has_form(self) -> bool:
        """Whether the reader can vote here."""
        return self.state == Poll.State.OPEN and not self.has_voted

    @property
    def needs_script(self) -> bool:
        """Whether the panel can change while the page is open."""
        return self.state == Poll.State.OPEN and not self.is_preview

    @property
    def spoiler_box(self) -> dict[str, Any]:
        """The box that hides the poll behind its spoiler warning."""
        return {"label": self.poll.spoiler_warning, "open": self.warning_is_open}

    @property
    def options(self) -> list[dict[str, Any]]:
        """The choices as the form shows them."""
        return [
            {
                "pk": choice.pk,
                "text": choice.text,
                "is_selected": str(choice.pk) in self.selected,
                "is_own": choice.pk in self.own_choices,
            }
            for choice in self.choices
        ]

    @property
    def state_text(self) -> str:
        """The state in words; ``state_time`` follows it."""
        if self.state == Poll.State.COMING:
            return "Voting opens on"
        if self.state == Poll.State.CLOSED:
            return "Closed on"
        return "Closes on" if self.poll.closes else "Open until further notice"

    @property
    def state_time(self) -> datetime | None:
        """When voting opens, closes or was closed."""
        if self.state == Poll.State.COMING:
            return self.poll.opens
        return self.poll.voting_ends_at if self.state == Poll.State.CLOSED else self.poll.closes

    @property
    def result_note(self) -> str:
        """When the result will be shown, if it isn't shown here."""
        if self.result is not None or self.error:
            return ""
        return {
            Poll.ResultVisibility.ALWAYS: "",
            Poll.ResultVisibility.AFTER_VOTING: "The result is shown once you have voted.",
            Poll.ResultVisibility.AFTER_CLOSING: "The result is shown once the poll is closed.",
            Poll.ResultVisibility.STAFF_ONLY: "The result isn’t published.",
        }[Poll.ResultVisibility(self.poll.result_visibility)]

    @property
    def rewordings(self) -> list[Rewording]:
        """The corrections of the wording, oldest first."""
        return list(self.poll.rewordings.order_by("at")) if self.poll.reworded else []


def polls_by_pk(pks: Iterable[int]) -> dict[int, Poll]:
    """Return polls with their choices, by primary key (two queries for each site version)."""
    wanted = tuple(pks)
    polls = Poll.objects.prefetch_related("choices")
    return (
        cached_for_version(("polls.by_pk", wanted), lambda: polls.in_bulk(wanted)) if wanted else {}
    )


def public_panel(poll: Poll, *, article_url: str = "", is_preview: bool = False) -> Panel:
    """Return a poll's panel for a page that is the same for every reader.

    One query, or none if the poll was counted in the last two seconds.
    """
    if poll.closes and poll.state() == Poll.State.OPEN:
        # The panel says in how many minutes the poll closes.
        expire_at(timezone.now() + timedelta(minutes=1))
    return Panel(
        poll,
        list(poll.choices.all()),
        poll.state(),
        public_result(poll),
        article_url=article_url,
        is_preview=is_preview,
    )


def voter_panel(poll: Poll, ballot: Ballot, *, outcome: str = "", article_url: str = "") -> Panel:
    """Return a poll's panel for the reader who has cast a ballot."""
    return Panel(
        poll,
        list(poll.choices.all()),
        poll.state(),
        _result(poll, newer_than=ballot.cast_at) if poll.result_is_for_voters() else None,
        own_choices=frozenset(tally.parse_choices(ballot.choices)),
        has_voted=True,
        message=VOTED_MESSAGES.get(outcome, HAS_VOTED_MESSAGE),
        article_url=article_url,
    )


def _result(poll: Poll, *, newer_than: datetime | None = None) -> tally.Result:
    """Return the closing record's result, or a count, which is not final, if there is none."""
    record = closing_records.current(poll)
    if record is not None:
        return closing_records.result(record)
    return tally.result(poll, tally.cached(poll, newer_than=newer_than))


def public_result(poll: Poll) -> tally.Result | None:
    """Return the result that every reader may see, if there is one."""
    if not poll.result_is_public():
        return None
    if poll.recorded_at:
        return cached_for_version(("polls.result", poll.pk), lambda: _result(poll))
    result = _result(poll)
    expire_at(result.at + timedelta(seconds=tally.CACHE_SECONDS))
    return result
