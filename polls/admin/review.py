"""Ballots that were held back, by network, and what deciding on them would change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min

from polls import tally
from polls.models import Decision, Poll


@dataclass(frozen=True, slots=True)
class Group:
    """Held ballots of one network that share a fate."""

    network: bytes
    first: datetime
    last: datetime
    result: tally.Result
    #: What was decided on other ballots of this network, newest first.
    earlier: Sequence[Decision] = ()

    @property
    def mark(self) -> str:
        """Enough of the hash to tell one network from another on a page."""
        return mark(self.network)

    @property
    def hex(self) -> str:
        """The whole of it, for addresses."""
        return self.network.hex()


def mark(network: bytes | memoryview) -> str:
    """The first eight hexadecimal digits."""
    return bytes(network).hex()[:8]


def waiting(poll: Poll) -> Any:
    """Networks with ballots that wait: rows of hash, number, first and last, most first."""
    return (
        poll.ballots.filter(held=True, decision=None)
        .order_by()
        .values("network")
        .annotate(number=Count("*"), first=Min("cast_at"), last=Max("cast_at"))
        .order_by("-number", "first", "network")
    )


def groups(poll: Poll, rows: Iterable[Mapping[str, Any]], decided: Decision | None) -> list[Group]:
    """What is printed of rows of ``waiting``, or of a decision's (three queries)."""
    rows = list(rows)
    networks = [bytes(row["network"]) for row in rows]
    named = (
        poll.ballots.filter(held=True, decision=decided, network__in=networks)
        .order_by()
        .values_list("network", "choices")
        .annotate(number=Count("*"))
    )
    counted = {bytes(row["network"]): _tally(row["number"], row["last"]) for row in rows}
    for network, choices, number in named:
        votes = counted[bytes(network)].votes
        assert isinstance(votes, dict)  # noqa: S101  (for the type checker)
        for choice in tally.parse_choices(choices):
            votes[choice] = votes.get(choice, 0) + number
    earlier = _earlier(poll, networks)
    return [
        Group(
            network,
            row["first"],
            row["last"],
            tally.result(poll, counted[network]),
            earlier.get(network, ()),
        )
        for network, row in zip(networks, rows, strict=True)
    ]


def _earlier(poll: Poll, networks: Iterable[bytes]) -> dict[bytes, list[Decision]]:
    found: dict[bytes, list[Decision]] = {}
    for decision in poll.decisions.filter(network__in=networks):
        found.setdefault(bytes(decision.network), []).append(decision)
    return found


def _tally(number: int, at: datetime) -> tally.Tally:
    return tally.Tally(votes={}, ballots=number, at=at)


def group(poll: Poll, network: bytes, decided: Decision | None) -> Group | None:
    """One network's ballots, waiting or as decided; None if there are none."""
    row = (
        poll.ballots.filter(held=True, decision=decided, network=network)
        .order_by()
        .aggregate(number=Count("*"), first=Min("cast_at"), last=Max("cast_at"))
    )
    if not row["number"]:
        return None
    return groups(poll, [{"network": network, **row}], decided)[0]


@dataclass(frozen=True, slots=True)
class Outlook:
    """One choice as it would be either way."""

    text: str
    counted: tally.ResultLine
    excluded: tally.ResultLine


@dataclass(frozen=True, slots=True)
class Outlooks:
    """The result as it would be either way, beside how it is."""

    lines: Sequence[Outlook]
    counted: tally.Result
    excluded: tally.Result
    #: Whether the ballots count at present.
    count_now: bool


def outlooks(poll: Poll, held: Group, decided: Decision | None) -> Outlooks:
    """What counting and excluding a group would come to (three queries)."""
    now = tally.count(poll)
    count_now = decided is not None and decided.verdict == Decision.Verdict.ACCEPTED
    without = _moved(now, held, -1) if count_now else now
    with_them = now if count_now else _moved(now, held, 1)
    counted, excluded = tally.result(poll, with_them), tally.result(poll, without)
    lines = [
        Outlook(line.text, line, other)
        for line, other in zip(counted.lines, excluded.lines, strict=True)
    ]
    return Outlooks(lines, counted, excluded, count_now)


def _moved(counted: tally.Tally, held: Group, sign: int) -> tally.Tally:
    votes = dict(counted.votes)
    for line in held.result.lines:
        votes[line.choice] = votes.get(line.choice, 0) + sign * line.votes
    return replace(counted, votes=votes, ballots=counted.ballots + sign * held.result.ballots)


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision, and how many ballots it still holds for."""

    decision: Decision
    ballots: int

    @property
    def mark(self) -> str:
        """The network's."""
        return mark(self.decision.network)


def decided(poll: Poll) -> list[Decided]:
    """All decisions on a poll, newest first (two queries)."""
    numbers = dict(
        poll.ballots.filter(held=True)
        .exclude(decision=None)
        .order_by()
        .values_list("decision")
        .annotate(number=Count("*"))
        .values_list("decision", "number")
    )
    return [Decided(each, numbers.get(each.pk, 0)) for each in poll.decisions.select_related("by")]
