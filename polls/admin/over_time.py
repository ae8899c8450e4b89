"""Votes over time, as bars of a picture and as rows of a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, Func
from django.db.models.functions import TruncHour
from django.utils import timezone
from django.utils.formats import date_format

from polls.models import Poll
from polls.tally import numbered

#: As many bars as a phone's width can show.
MOST_BARS = 60
#: Pixels from the base line to the highest bar.
HEIGHT = 160

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
#: What one bar may stand for; the first that makes few enough bars is taken.
_SPANS = (
    (_HOUR, "hour"),
    (3 * _HOUR, "three hours"),
    (6 * _HOUR, "six hours"),
    (12 * _HOUR, "twelve hours"),
    (_DAY, "day"),
    (7 * _DAY, "week"),
    (28 * _DAY, "four weeks"),
    (364 * _DAY, "52 weeks"),
)


class HourOfCasting(TruncHour):
    """The hour in UTC. On SQLite, which has no such function, Django calls Python for each row."""

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Of a text that begins with “2026-11-24 13:”."""
        template = "substr(%(expressions)s, 1, 13) || ':00:00'"
        return Func.as_sql(self, compiler, connection, template=template, **context)


@dataclass(frozen=True, slots=True)
class Bar:
    """Ballots of one span of time; sizes are in per cent across and in pixels upwards."""

    begins: datetime
    ballots: int
    #: Of these, how many were held back, whatever was decided about them since.
    held: int
    x: str
    width: str
    height: str
    y: str
    held_height: str
    held_y: str


@dataclass(frozen=True, slots=True)
class OverTime:
    """The picture."""

    bars: Sequence[Bar]
    #: “day”
    unit: str
    #: Whether a bar begins at an hour that is worth naming.
    hourly: bool
    #: What the line above the highest bar stands for.
    top: int
    height: int = HEIGHT

    @property
    def half(self) -> int | None:
        """What the line in the middle stands for; None where it would be no whole number."""
        return self.top // 2 if self.top % 2 == 0 else None

    @property
    def has_held(self) -> bool:
        """Whether there is a second kind of bar to explain."""
        return any(bar.held for bar in self.bars)

    @property
    def marks(self) -> list[str]:
        """Labels below the bars: the first, the middle one and the last."""
        last = len(self.bars) - 1
        places = sorted({0, last // 2, last} if last > 1 else {0, last})
        one_year = self.bars[0].begins.year == self.bars[-1].begins.year == timezone.now().year
        return [self.named(self.bars[place], year=not one_year) for place in places]

    @property
    def in_words(self) -> str:
        """For those who don't see it."""
        highest = max(self.bars, key=lambda bar: bar.ballots)
        first, last = self.named(self.bars[0]), self.named(self.bars[-1])
        ballots = numbered(highest.ballots, "ballot")
        return (
            f"Ballots per {self.unit} from {first} to {last}. "
            f"Most in the {self.unit} of {self.named(highest)}: {ballots}."
        )

    def named(self, bar: Bar, *, year: bool = True) -> str:
        """When a bar begins."""
        day = "j M Y" if year else "j M"
        return date_format(timezone.localtime(bar.begins), f"{day}, H:i" if self.hourly else day)


def over_time(poll: Poll) -> OverTime | None:
    """All ballots of a poll by when they were cast (one query); None if there are none."""
    hours = list(
        poll.ballots.order_by()
        .annotate(hour=HourOfCasting("cast_at", tzinfo=UTC))
        .values("hour", "held")
        .annotate(number=Count("*"))
        .values_list("hour", "held", "number")
    )
    if not hours:
        return None
    first, last = min(hour for hour, _, _ in hours), max(hour for hour, _, _ in hours)
    span, unit = _span(first, last)
    begins = _begin(first, span)
    places = _place(last, begins, span) + 1
    all_, held = [0] * places, [0] * places
    for hour, was_held, number in hours:
        place = _place(hour, begins, span)
        all_[place] += number
        held[place] += number if was_held else 0
    top = _round_above(max(all_))
    moments = (_moment(begins, span, place) for place in range(places))
    return OverTime(list(_bars(moments, all_, held, top)), unit, span < _DAY, top)


def _span(first: datetime, last: datetime) -> tuple[timedelta, str]:
    for span, unit in _SPANS:
        if _place(last, _begin(first, span), span) < MOST_BARS:
            return span, unit
    return _SPANS[-1]


def _begin(first: datetime, span: timedelta) -> datetime:
    """Where the bars begin: at midnight, or at a whole number of spans after it, local time."""
    local = timezone.localtime(first)
    hours = 0 if span >= _DAY else local.hour - local.hour % (span // _HOUR)
    return local.replace(hour=hours, minute=0)


def _place(moment: datetime, begins: datetime, span: timedelta) -> int:
    """Which bar a moment belongs to. Days are the calendar's: some have 23 hours."""
    if span < _DAY:
        return (moment - begins.astimezone(UTC)) // span
    return (timezone.localtime(moment).date() - begins.date()).days // span.days


def _moment(begins: datetime, span: timedelta, place: int) -> datetime:
    if span < _DAY:
        return begins.astimezone(UTC) + place * span
    # Wall-clock arithmetic, which is meant here: every day begins at its midnight.
    return begins + place * span


def _round_above(number: int) -> int:
    """The next of 1, 2, 4, 5, 10, 20, 40, 50, 100 and so on."""
    tens = 1
    while True:
        for step in (1, 2, 4, 5):
            if number <= step * tens:
                return step * tens
        tens *= 10


def _bars(
    moments: Iterator[datetime], ballots: Sequence[int], held: Sequence[int], top: int
) -> Iterator[Bar]:
    step = 100 / len(ballots)
    width = step * 0.8 if len(ballots) > 2 else step * 0.3
    for place, (moment, number, held_back) in enumerate(zip(moments, ballots, held, strict=True)):
        height, held_height = HEIGHT * number / top, HEIGHT * held_back / top
        yield Bar(
            moment,
            number,
            held_back,
            x=f"{place * step + (step - width) / 2:.3f}%",
            width=f"{width:.3f}%",
            # What was not held back stands on the line, the rest on top of it.
            height=f"{height - held_height:.2f}",
            y=f"{HEIGHT - height + held_height:.2f}",
            held_height=f"{held_height:.2f}",
            held_y=f"{HEIGHT - height:.2f}",
        )
