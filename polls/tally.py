"""Counting, and shares that add up. One rule for page, JSON, admin, CSV and closing record."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.cache import cache
from django.db.models import Count
from django.utils import timezone

from polls.models import Decision, Poll

#: For so many seconds a count is kept.
KEEP = 2
#: Up to so many ballots, a reader who has just voted gets a count with that vote in it; counting
#: more takes longer than it is worth, since one vote is not seen among them.
RECOUNT_UP_TO = 10_000
#: Shares are in tenths of a per cent.
WHOLE = 1000


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted in one poll."""

    #: Primary key of a choice → ballots that name it, among those that count.
    votes: Mapping[int, int]
    #: Ballots that count.
    ballots: int
    #: When the counting began.
    at: datetime
    #: Ballots that are held back and not decided on.
    waiting: int = 0
    #: Primary key of a decision → ballots that it excluded.
    excluded: Mapping[int, int] = field(default_factory=dict)


def count(poll: Poll) -> Tally:
    """Count a poll's ballots now (one query, two where there were decisions).

    The query reads the index ``ballot_count`` alone, and locks nothing.
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
            for choice in named(choices):
                votes[choice] = votes.get(choice, 0) + number
    return Tally(votes, ballots, at, waiting, excluded)


def _accepted(decisions: Iterable[int]) -> set[int]:
    accepted = Decision.objects.filter(pk__in=decisions, verdict=Decision.Verdict.ACCEPTED)
    return set(accepted.values_list("pk", flat=True))


def of(poll: Poll, *, since: datetime | None = None) -> Tally:
    """The count, at most two seconds old; ``since`` asks for one that is newer, if it is small."""
    key = f"polls.tally.{poll.pk}"
    kept: Tally | None = cache.get(key)
    too_old = since is not None and kept is not None and kept.at <= since
    if kept is None or (too_old and kept.ballots <= RECOUNT_UP_TO):
        kept = count(poll)
        cache.set(key, kept, KEEP)
    return kept


def named(choices: str) -> list[int]:
    """Primary keys of the choices that a ballot names."""
    return [int(choice) for choice in choices.split(",")]


def shares(votes: Sequence[int], ballots: int, *, several: bool) -> list[int]:
    """The share of each number of votes, in tenths of a per cent.

    Where a ballot names one choice they add up to exactly 1000, by the largest remainder (of
    equal remainders the first; Hamilton's method). Where it may name several, each is its own
    share of the ballots, rounded half up, and they don't add up to anything.
    """
    if not ballots:
        return [0] * len(votes)
    if several:
        return [(2 * WHOLE * number + ballots) // (2 * ballots) for number in votes]
    tenths = [WHOLE * number // ballots for number in votes]
    by_remainder = sorted(
        range(len(votes)), key=lambda place: WHOLE * votes[place] % ballots, reverse=True
    )
    for place in by_remainder[: WHOLE - sum(tenths)]:
        tenths[place] += 1
    return tenths


def numbered(number: int, unit: str) -> str:
    """“1 vote”, “1,000 votes”"""
    return f"{number:,} {unit}{'' if number == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Line:
    """One choice in a result."""

    choice: int
    text: str
    votes: int
    #: In tenths of a per cent.
    tenths: int

    @property
    def share(self) -> str:
        """“83.5”"""
        return f"{self.tenths // 10}.{self.tenths % 10}"

    @property
    def in_words(self) -> str:
        """“1,000 votes”"""
        return numbered(self.votes, "vote")

    @property
    def to_paste(self) -> str:
        """As it stands in a sentence: “83.5 per cent”, and “100 per cent” for a whole number."""
        return f"{self.share.removesuffix('.0')} per cent"


@dataclass(frozen=True, slots=True)
class Result:
    """What readers and staff get of a count."""

    lines: Sequence[Line]
    #: Ballots that count.
    ballots: int
    several: bool
    at: datetime
    #: Whether it is the closing record's, which stays.
    final: bool = False

    @property
    def in_words(self) -> str:
        """“1,000 votes”, or voters where a vote is not a voter."""
        return numbered(self.ballots, "voter" if self.several else "vote")


def result(poll: Poll, tally: Tally) -> Result:
    """A tally with the wording of the poll's choices (one query, unless they are prefetched)."""
    choices = list(poll.choices.all())
    votes = [tally.votes.get(choice.pk, 0) for choice in choices]
    tenths = shares(votes, tally.ballots, several=poll.several)
    lines = [
        Line(choice.pk, choice.text, number, share)
        for choice, number, share in zip(choices, votes, tenths, strict=True)
    ]
    return Result(lines, tally.ballots, poll.several, tally.at)
