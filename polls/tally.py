"""Counting of ballots and calculation of shares, for pages, JSON, admin, CSV and records."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.cache import cache
from django.db.models import Count
from django.utils import timezone

from polls.models import Decision, Poll

#: Seconds for which a count is cached.
CACHE_SECONDS = 2
#: Up to this number of ballots, the count for a reader who has just voted includes that vote.
#: Counting more ballots takes too long, and one vote makes no visible difference among them.
RECOUNT_LIMIT = 10_000
#: One hundred per cent: shares are in tenths of a per cent.
FULL_SHARE = 1000


@dataclass(frozen=True, slots=True)
class Tally:
    """The count of one poll's ballots."""

    #: Number of counted ballots that name a choice, by the choice's primary key.
    votes: Mapping[int, int]
    #: Number of counted ballots.
    ballots: int
    #: When the counting began.
    at: datetime
    #: Number of held ballots without a decision.
    waiting: int = 0
    #: Number of ballots that a decision excludes, by the decision's primary key.
    excluded: Mapping[int, int] = field(default_factory=dict)


def count(poll: Poll) -> Tally:
    """Count a poll's ballots now (one query, or two if there are decisions).

    The query reads only the index ``ballot_count``, and locks nothing.
    """
    at = timezone.now()
    groups = list(
        poll.ballots.order_by()
        .values("held", "decision", "choices")
        .annotate(number=Count("*"))
        .values_list("held", "decision", "choices", "number")
    )
    decided = {decision for _, decision, _, _ in groups if decision}
    accepted = _accepted(decided) if decided else set()
    votes: dict[int, int] = {}
    ballots = waiting = 0
    excluded: dict[int, int] = {}
    for held, decision, choices, number in groups:
        if held and decision is None:
            waiting += number
        elif held and decision not in accepted:
            excluded[decision] = excluded.get(decision, 0) + number
        else:
            ballots += number
            for choice in parse_choices(choices):
                votes[choice] = votes.get(choice, 0) + number
    return Tally(votes, ballots, at, waiting, excluded)


def _accepted(decisions: Iterable[int]) -> set[int]:
    accepted = Decision.objects.filter(pk__in=decisions, verdict=Decision.Verdict.ACCEPTED)
    return set(accepted.values_list("pk", flat=True))


def cached(poll: Poll, *, newer_than: datetime | None = None) -> Tally:
    """Return a count that is at most two seconds old.

    It is newer than ``newer_than``, unless there are more ballots than ``RECOUNT_LIMIT``.
    """
    key = f"polls.tally.{poll.pk}"
    tally: Tally | None = cache.get(key)
    too_old = newer_than is not None and tally is not None and tally.at <= newer_than
    if tally is None or (too_old and tally.ballots <= RECOUNT_LIMIT):
        tally = count(poll)
        cache.set(key, tally, CACHE_SECONDS)
    return tally


def parse_choices(choices: str) -> list[int]:
    """Return the primary keys in a ballot's ``choices``."""
    return [int(choice) for choice in choices.split(",")]


def shares(votes: Sequence[int], ballots: int, *, several: bool) -> list[int]:
    """Return the share of each number of votes, in tenths of a per cent.

    If each ballot names one choice, the shares add up to exactly 1000, by the largest remainder
    method (Hamilton's); of equal remainders the first is rounded up. If a ballot may name
    several, each share is rounded half up by itself, and the sum has no meaning.
    """
    if not ballots:
        return [0] * len(votes)
    if several:
        return [(2 * FULL_SHARE * number + ballots) // (2 * ballots) for number in votes]
    tenths = [FULL_SHARE * number // ballots for number in votes]
    by_remainder = sorted(
        range(len(votes)), key=lambda index: FULL_SHARE * votes[index] % ballots, reverse=True
    )
    for index in by_remainder[: FULL_SHARE - sum(tenths)]:
        tenths[index] += 1
    return tenths


def with_unit(number: int, unit: str) -> str:
    """Return a number with its unit, such as “1 vote” or “1,000 votes”."""
    return f"{number:,} {unit}{'' if number == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A choice in a result."""

    #: Primary key.
    choice: int
    text: str
    votes: int
    #: The share in tenths of a per cent.
    tenths: int

    @property
    def share(self) -> str:
        """The share in per cent, such as “83.5”."""
        return f"{self.tenths // 10}.{self.tenths % 10}"

    @property
    def votes_text(self) -> str:
        """The votes with their unit, such as “1,000 votes”."""
        return with_unit(self.votes, "vote")

    @property
    def share_text(self) -> str:
        """The share for a sentence, such as “83.5 per cent” or “100 per cent”."""
        return f"{self.share.removesuffix('.0')} per cent"


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a poll, as pages show it."""

    lines: Sequence[ResultLine]
    #: Number of counted ballots.
    ballots: int
    #: Whether a ballot may name several choices.
    several: bool
    #: When it was counted.
    at: datetime
    #: Whether it comes from a closing record.
    final: bool = False

    @property
    def ballots_text(self) -> str:
        """The ballots with their unit: votes, or voters where one voter has several votes."""
        return with_unit(self.ballots, "voter" if self.several else "vote")


def result(poll: Poll, tally: Tally) -> Result:
    """Return a tally's result (one query, or none if the poll's choices are prefetched)."""
    choices = list(poll.choices.all())
    votes = [tally.votes.get(choice.pk, 0) for choice in choices]
    tenths = shares(votes, tally.ballots, several=poll.several)
    lines = [
        ResultLine(choice.pk, choice.text, number, share)
        for choice, number, share in zip(choices, votes, tenths, strict=True)
    ]
    return Result(lines, tally.ballots, poll.several, tally.at)
