"""The chart of a poll's ballots over time."""

from datetime import UTC

from django.db.models import Count

from newsroom.desk.charts import Axis, HourOf, TimeChart
from polls.models import Poll


def ballots_over_time(poll: Poll) -> TimeChart | None:
    """Return the chart of all ballots by time of casting (one query); None for no ballots.

    Ballots that were held are marked, also if they have been decided on since.
    """
    hours = list(
        poll.ballots.order_by()
        .annotate(hour=HourOf("cast_at", tzinfo=UTC))
        .values("hour", "held")
        .annotate(number=Count("*"))
        .values_list("hour", "held", "number")
    )
    if not hours:
        return None
    axis = Axis.of(min(hour for hour, _, _ in hours), max(hour for hour, _, _ in hours))
    all_ = axis.tally((hour, number) for hour, _, number in hours)
    held = axis.tally((hour, number) for hour, was_held, number in hours if was_held)
    return TimeChart.of(axis, "ballot", all_, marked=held)
