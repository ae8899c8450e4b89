"""Bar charts of numbers over time, with the same numbers for a table."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Func
from django.db.models.functions import TruncHour
from django.utils import timezone
from django.utils.formats import date_format

#: As many bars as the width of a phone can show.
MAX_BARS = 60
#: Pixels from the base line to the top of the highest bar.
HEIGHT = 160

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
#: The time spans of one bar; a chart uses the first that makes at most ``MAX_BARS`` bars.
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
    """The hour of a moment in UTC.

    On SQLite, which has no such function, Django would call Python for each row.
    """

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Cut the hour out of a text such as “2026-11-24 13:45:00”."""
        template = "substr(%(expressions)s, 1, 13) || ':00:00'"
        return Func.as_sql(self, compiler, connection, template=template, **context)


@dataclass(frozen=True, slots=True)
class Axis:
    """The time axis: consecutive spans, one for each bar."""

    begins: datetime
    span: timedelta
    #: The name of a span, such as “day”.
    unit: str
    #: The number of spans.
    length: int

    @classmethod
    def of(cls, first: datetime, last: datetime, shortest: timedelta = HOUR) -> "Axis":
        """Return an axis that includes both moments, with spans not below ``shortest``."""
        axes = [
            cls(begins, span, unit, _index(last, begins, span) + 1)
            for span, unit in _SPANS
            if span >= shortest
            for begins in [_first_span(first, span)]
        ]
        return next((axis for axis in axes if axis.length <= MAX_BARS), axes[-1])

    @property
    def shows_hours(self) -> bool:
        """Whether a span is shorter than a day, so that labels need the hour."""
        return self.span < DAY

    def tally(self, counted: Iterable[tuple[datetime, int]]) -> list[int]:
        """Return the sum for each span, of pairs of an hour and a number."""
        numbers = [0] * self.length
        for hour, number in counted:
            numbers[_index(hour, self.begins, self.span)] += number
        return numbers

    def moments(self) -> Iterator[datetime]:
        """Yield the moment at which each span begins."""
        begins = self.begins.astimezone(UTC) if self.shows_hours else self.begins
        # A day begins at local midnight, so days are added as wall-clock time.
        return (begins + index * self.span for index in range(self.length))


def _first_span(first: datetime, span: timedelta) -> datetime:
    """Return where the first span begins: a whole number of spans after local midnight."""
    local = timezone.localtime(first)
    hours = 0 if span >= DAY else local.hour - local.hour % (span // HOUR)
    return local.replace(hour=hours, minute=0, second=0, microsecond=0)


def _index(moment: datetime, begins: datetime, span: timedelta) -> int:
    """Return the index of a moment's span. Calendar days are counted: some have 23 hours."""
    if span < DAY:
        return (moment - begins.astimezone(UTC)) // span
    return (timezone.localtime(moment).date() - begins.date()).days // span.days


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the chart. Horizontal sizes are in per cent, vertical ones in pixels."""

    begins: datetime
    number: int
    #: The part of ``number`` that is drawn at the top of the bar in another pattern.
    marked: int
    x: str
    width: str
    height: str
    y: str
    marked_height: str
    marked_y: str


@dataclass(frozen=True, slots=True)
class TimeChart:
    """A bar chart, which ``admin/over_time.html`` prints."""

    axis: Axis
    bars: Sequence[Bar]
    #: The name of what is counted, such as “ballot”.
    noun: str
    #: The number at the top of the scale.
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
    ) -> "TimeChart":
        """Return a chart of numbers; ``top`` gives several charts the same scale."""
        highest = round_up(max(numbers) if top is None else top)
        bars = _bars(axis, numbers, marked or [0] * axis.length, highest)
        return cls(axis, list(bars), noun, highest)

    @property
    def unit(self) -> str:
        """The name of a bar's time span."""
        return self.axis.unit

    @property
    def shows_hours(self) -> bool:
        """Whether a span is shorter than a day, so that labels need the hour."""
        return self.axis.shows_hours

    @property
    def half(self) -> int | None:
        """The number in the middle of the scale; None if it is not a whole number."""
        return self.top // 2 if self.top % 2 == 0 else None

    @property
    def has_marked(self) -> bool:
        """Whether a legend has to explain the second pattern."""
        return any(bar.marked for bar in self.bars)

    @property
    def labels(self) -> list[str]:
        """The labels below the first, the middle and the last bar."""
        last = len(self.bars) - 1
        indexes = sorted({0, last // 2, last} if last > 1 else {0, last})
        this_year = self.bars[0].begins.year == self.bars[-1].begins.year == timezone.now().year
        return [self.label_of(self.bars[index], year=not this_year) for index in indexes]

    @property
    def description(self) -> str:
        """The text for screen readers."""
        highest = max(self.bars, key=lambda bar: bar.number)
        first, last = self.label_of(self.bars[0]), self.label_of(self.bars[-1])
        noun = self.noun if highest.number == 1 else f"{self.noun}s"
        return (
            f"{self.noun.capitalize()}s per {self.unit} from {first} to {last}. "
            f"Most in the {self.unit} of {self.label_of(highest)}: {highest.number:,} {noun}."
        )

    def label_of(self, bar: Bar, *, year: bool = True) -> str:
        """Return the moment at which a bar begins, as a label."""
        day = "j M Y" if year else "j M"
        style = f"{day}, H:i" if self.shows_hours else day
        return date_format(timezone.localtime(bar.begins), style)


def round_up(number: int) -> int:
    """Return the next of 1, 2, 4, 5, 10, 20, 40, 50, 100 and so on."""
    power = 1
    while True:
        for digit in (1, 2, 4, 5):
            if number <= digit * power:
                return digit * power
        power *= 10


def _bars(axis: Axis, numbers: Sequence[int], marked: Sequence[int], top: int) -> Iterator[Bar]:
    span = 100 / axis.length
    width = span * 0.8 if axis.length > 2 else span * 0.3
    rows = zip(axis.moments(), numbers, marked, strict=True)
    for index, (moment, number, at_top) in enumerate(rows):
        height, marked_height = HEIGHT * number / top, HEIGHT * at_top / top
        yield Bar(
            moment,
            number,
            at_top,
            x=f"{index * span + (span - width) / 2:.3f}%",
            width=f"{width:.3f}%",
            # The marked part is on top of the rest.
            height=f"{height - marked_height:.2f}",
            y=f"{HEIGHT - height + marked_height:.2f}",
            marked_height=f"{marked_height:.2f}",
            marked_y=f"{HEIGHT - height:.2f}",
        )
