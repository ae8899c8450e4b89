"""Held ballots by network, and what a decision on them would change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min

from polls import tally
from polls.models import Decision, Poll


@dataclass(frozen=True, slots=True)
class NetworkGroup:
    """Held ballots of one network that have the same decision, or none."""

    network: bytes
    #: When the first and the last of them was cast.
    first: datetime
    last: datetime
    #: The result of these ballots alone.
    result: tally.Result
    #: Decisions on other ballots of this network, newest first.
    earlier: Sequence[Decision] = ()

    @property
    def short_hash(self) -> str:
        """The beginning of the network's hash, for display."""
        return short_hash(self.network)

    @property
    def full_hash(self) -> str:
        """The network's hash in hex, for addresses."""
        return self.network.hex()


def short_hash(network: bytes | memoryview) -> str:
    """Return the first eight hexadecimal digits of a network's hash."""
    return bytes(network).hex()[:8]


def undecided_networks(poll: Poll) -> Any:
    """Return the networks with held ballots that have no decision, most ballots first.

    A queryset of rows with the keys ``network``, ``number``, ``first`` and ``last``.
    """
    return (
        poll.ballots.filter(held=True, decision=None)
        .order_by()
        .values("network")
        .annotate(number=Count("*"), first=Min("cast_at"), last=Max("cast_at"))
        .order_by("-number", "first", "network")
    )


def make_groups(
    poll: Poll, rows: Iterable[Mapping[str, Any]], decision: Decision | None
) -> list[NetworkGroup]:
    """Return the groups of networks, given as rows of ``undecided_networks`` (three queries).

    ``decision`` is that of the ballots; None for ballots without one.
    """
    rows = list(rows)
    networks = [bytes(row["network"]) for row in rows]
    votes = _votes(poll, networks, decision)
    earlier = _earlier_decisions(poll, networks)
    return [
        NetworkGroup(
            network,
            row["first"],
            row["last"],
            tally.result(poll, tally.Tally(votes[network], row["number"], row["last"])),
            earlier.get(network, ()),
        )
        for network, row in zip(networks, rows, strict=True)
    ]


def _votes(
    poll: Poll, networks: Sequence[bytes], decision: Decision | None
) -> dict[bytes, dict[int, int]]:
    """Count the votes of held ballots by network, then by choice."""
    counts = (
        poll.ballots.filter(held=True, decision=decision, network__in=networks)
        .order_by()
        .values_list("network", "choices")
        .annotate(number=Count("*"))
    )
    votes: dict[bytes, dict[int, int]] = {network: {} for network in networks}
    for network, choices, number in counts:
        of_network = votes[bytes(network)]
        for choice in tally.parse_choices(choices):
            of_network[choice] = of_network.get(choice, 0) + number
    return votes


def _earlier_decisions(poll: Poll, networks: Iterable[bytes]) -> dict[bytes, list[Decision]]:
    decisions: dict[bytes, list[Decision]] = {}
    for decision in poll.decisions.filter(network__in=networks):
        decisions.setdefault(bytes(decision.network), []).append(decision)
    return decisions


def find_group(poll: Poll, network: bytes, decision: Decision | None) -> NetworkGroup | None:
    """Return the group of one network's held ballots with this decision; None if there are none."""
    row = (
        poll.ballots.filter(held=True, decision=decision, network=network)
        .order_by()
        .aggregate(number=Count("*"), first=Min("cast_at"), last=Max("cast_at"))
    )
    if not row["number"]:
        return None
    return make_groups(poll, [{"network": network, **row}], decision)[0]


@dataclass(frozen=True, slots=True)
class ChoicePreview:
    """A choice's line in the result, if a group of ballots is counted and if it is excluded."""

    text: str
    counted: tally.ResultLine
    excluded: tally.ResultLine


@dataclass(frozen=True, slots=True)
class DecisionPreview:
    """The poll's result, if a group of ballots is counted and if it is excluded."""

    lines: Sequence[ChoicePreview]
    counted: tally.Result
    excluded: tally.Result
    #: Whether the group is counted at present.
    is_counted_now: bool


def preview_decision(poll: Poll, group: NetworkGroup, decision: Decision | None) -> DecisionPreview:
    """Return what counting and excluding a group would change (three queries).

    ``decision`` is the group's present one, if there is one.
    """
    now = tally.count(poll)
    is_counted_now = decision is not None and decision.verdict == Decision.Verdict.ACCEPTED
    without_group = _add_group(now, group, -1) if is_counted_now else now
    with_group = now if is_counted_now else _add_group(now, group, 1)
    counted, excluded = tally.result(poll, with_group), tally.result(poll, without_group)
    lines = [
        ChoicePreview(line.text, line, other)
        for line, other in zip(counted.lines, excluded.lines, strict=True)
    ]
    return DecisionPreview(lines, counted, excluded, is_counted_now)


def _add_group(counted: tally.Tally, group: NetworkGroup, sign: int) -> tally.Tally:
    """Return a tally with a group's ballots added (``sign`` 1) or subtracted (-1)."""
    votes = dict(counted.votes)
    for line in group.result.lines:
        votes[line.choice] = votes.get(line.choice, 0) + sign * line.votes
    return replace(counted, votes=votes, ballots=counted.ballots + sign * group.result.ballots)


@dataclass(frozen=True, slots=True)
class DecisionSummary:
    """A decision, and the number of ballots that it still applies to."""

    decision: Decision
    ballots: int

    @property
    def short_hash(self) -> str:
        """The beginning of the network's hash, for display."""
        return short_hash(self.decision.network)


def summarise_decisions(poll: Poll) -> list[DecisionSummary]:
    """Return all decisions on a poll's ballots, newest first (two queries)."""
    numbers = dict(
        poll.ballots.filter(held=True)
        .exclude(decision=None)
        .order_by()
        .values_list("decision")
        .annotate(number=Count("*"))
        .values_list("decision", "number")
    )
    return [
        DecisionSummary(decision, numbers.get(decision.pk, 0))
        for decision in poll.decisions.select_related("by")
    ]
