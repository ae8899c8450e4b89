"""What happened over time, as bars of a picture and as rows of a table."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Func
from django.db.models.functions import TruncHour
from django.utils import timezone
from django.utils.formats import date_format

#: As many bars as a phone's width can show.
MOST_BARS = 60
#: Pixels from the base line to the highest bar.
HEIGHT = 160

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
#: What one bar may stand for; the first that makes few enough bars is taken.
_SPANS = (
    (HOUR, "hour"),
    (3 * HOUR, "three hours"),
    (6 * HOUR, "six hours"),
    (12 * HOUR, "twelve hours"),
    (DAY, "day"),
    (7 * DAY, "week"),
    (28 * DAY, "four weeks"),
    (364 * DAY, "52 weeks"),
)


class HourOf(TruncHour):
    """The hour in UTC. On SQLite, which has no such function, Django calls Python for each row."""

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Of a text that begins with “2026-11-24 13:”."""
        template = "substr(%(expressions)s, 1, 13) || ':00:00'"
        return Func.as_sql(self, compiler, connection, template=template, **context)


@dataclass(frozen=True, slots=True)
class Axis:
    """The spans of time that bars stand for: so many, the first of which begins then."""

    begins: datetime
    span: timedelta
    #: “day”
    unit: str
    places: int

    @classmethod
    def of(cls, first: datetime, last: datetime, shortest: timedelta = HOUR) -> "Axis":
        """From one moment to another, both in it, in spans that are not shorter than asked for."""
        axes = [
            cls(begins, span, unit, _place(last, begins, span) + 1)
            for span, unit in _SPANS
            if span >= shortest
            for begins in [_begin(first, span)]
        ]
        return next((axis for axis in axes if axis.places <= MOST_BARS), axes[-1])

    @property
    def hourly(self) -> bool:
        """Whether a bar begins at an hour that is worth naming."""
        return self.span < DAY

    def tally(self, counted: Iterable[tuple[datetime, int]]) -> list[int]:
        """How many there are in each span, of numbers that were counted by the hour."""
        numbers = [0] * self.places
        for hour, number in counted:
            numbers[_place(hour, self.begins, self.span)] += number
        return numbers

    def moments(self) -> Iterator[datetime]:
        """When each span begins."""
        begins = self.begins.astimezone(UTC) if self.hourly else self.begins
        # For days wall-clock arithmetic, which is meant here: each begins at its midnight.
        return (begins + place * self.span for place in range(self.places))


def _begin(first: datetime, span: timedelta) -> datetime:
    """Where the bars begin: at midnight, or at a whole number of spans after it, local time."""
    local = timezone.localtime(first)
    hours = 0 if span >= DAY else local.hour - local.hour % (span // HOUR)
    return local.replace(hour=hours, minute=0, second=0, microsecond=0)


def _place(moment: datetime, begins: datetime, span: timedelta) -> int:
    """Which bar a moment belongs to. Days are the calendar's: some have 23 hours."""
    if span < DAY:
        return (moment - begins.astimezone(UTC)) // span
    return (timezone.localtime(moment).date() - begins.date()).days // span.days


@dataclass(frozen=True, slots=True)
class Bar:
    """What happened in one span of time; sizes are in per cent across and in pixels upwards."""

    begins: datetime
    number: int
    #: Of these, how many stand at the top of the bar in another pattern.
    marked: int
    x: str
    width: str
    height: str
    y: str
    marked_height: str
    marked_y: str


@dataclass(frozen=True, slots=True)
class OverTime:
    """The picture; ``admin/over_time.html`` prints it."""

    axis: Axis
    bars: Sequence[Bar]
    #: What is counted: “ballot”
    noun: str
    #: What the line above the highest bar stands for.
    top: int
    height: int = HEIGHT

    @classmethod
    def of(
        cls,
        axis: Axis,
        noun: str,
        numbers: Sequence[int],
        *,
        marked: Sequence[int] | None = None,
        top: int | None = None,
    ) -> "OverTime":
        """Bars for numbers; ``top`` makes several pictures of one scale."""
        highest = round_above(max(numbers) if top is None else top)
        bars = _bars(axis, numbers, marked or [0] * axis.places, highest)
        return cls(axis, list(bars), noun, highest)

    @property
    def unit(self) -> str:
        """What one bar stands for."""
        return self.axis.unit

    @property
    def hourly(self) -> bool:
        """Whether a bar begins at an hour that is worth naming."""
        return self.axis.hourly

    @property
    def half(self) -> int | None:
        """What the line in the middle stands for; None where it would be no whole number."""
        return self.top // 2 if self.top % 2 == 0 else None

    @property
    def has_marked(self) -> bool:
        """Whether there is a second kind of bar to explain."""
        return any(bar.marked for bar in self.bars)

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
        highest = max(self.bars, key=lambda bar: bar.number)
        first, last = self.named(self.bars[0]), self.named(self.bars[-1])
        noun = self.noun if highest.number == 1 else f"{self.noun}s"
        return (
            f"{self.noun.capitalize()}s per {self.unit} from {first} to {last}. "
            f"Most in the {self.unit} of {self.named(highest)}: {highest.number:,} {noun}."
        )

    def named(self, bar: Bar, *, year: bool = True) -> str:
        """When a bar begins."""
        day = "j M Y" if year else "j M"
        return date_format(timezone.localtime(bar.begins), f"{day}, H:i" if self.hourly else day)


def round_above(number: int) -> int:
    """The next of 1, 2, 4, 5, 10, 20, 40, 50, 100 and so on."""
    tens = 1
    while True:
        for step in (1, 2, 4, 5):
            if number <= step * tens:
                return step * tens
        tens *= 10


def _bars(axis: Axis, numbers: Sequence[int], marked: Sequence[int], top: int) -> Iterator[Bar]:
    step = 100 / axis.places
    width = step * 0.8 if axis.places > 2 else step * 0.3
    rows = zip(axis.moments(), numbers, marked, strict=True)
    for place, (moment, number, at_top) in enumerate(rows):
        height, marked_height = HEIGHT * number / top, HEIGHT * at_top / top
        yield Bar(
            moment,
            number,
            at_top,
            x=f"{place * step + (step - width) / 2:.3f}%",
            width=f"{width:.3f}%",
            # What is not marked stands on the line, the rest on top of it.
            height=f"{height - marked_height:.2f}",
            y=f"{HEIGHT - height + marked_height:.2f}",
            marked_height=f"{marked_height:.2f}",
            marked_y=f"{HEIGHT - height:.2f}",
        )
