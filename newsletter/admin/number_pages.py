"""A newsletter's numbers over time, and its subscribers as a CSV file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from newsletter import erasure
from newsletter.admin.subscriber_list import sees_addresses
from newsletter.models import ConsentEvent, Newsletter, Subscriber, Subscription
from newsroom.desk import csv_files
from newsroom.desk.charts import DAY, MAX_BARS, Axis, HourOf, TimeChart
from newsroom.desk.pages import AdminPage, staff_user
from newsroom.security.private import keep_private

EXPORT = "newsletter.export_subscribers"
#: The kinds of events that are counted, with the noun that the page prints.
_COUNTED = {
    ConsentEvent.Kind.REQUESTED: "sign-up",
    ConsentEvent.Kind.CONFIRMED: "confirmation",
    ConsentEvent.Kind.UNSUBSCRIBED: "unsubscription",
}
#: The number of rows that are read at a time.
_CHUNK_SIZE = 2000

Row = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """A chart for each kind of event, all to one scale, and the rows of a table, newest first."""

    charts: list[TimeChart]
    rows: list[tuple[datetime, list[int]]]
    totals: list[int]
    unit: str


def numbers(newsletter: Newsletter, since: datetime | None = None) -> Numbers | None:
    """Count the events since a time, or since the beginning (one query); None without events."""
    counted = _by_hour(newsletter, since)
    if not counted:
        return None
    first = since or min(hour for _, hour, _ in counted)
    axis = Axis.of(first, timezone.now(), shortest=DAY)
    tallies = {
        noun: axis.tally((hour, number) for each, hour, number in counted if each == kind)
        for kind, noun in _COUNTED.items()
    }
    top = max(map(max, tallies.values()))
    days = zip(axis.moments(), *tallies.values(), strict=True)
    return Numbers(
        [TimeChart.of(axis, noun, tally, top=top) for noun, tally in tallies.items()],
        [(begins, list(row)) for begins, *row in days][::-1],
        [sum(tally) for tally in tallies.values()],
        axis.unit,
    )


def _by_hour(newsletter: Newsletter, since: datetime | None) -> list[tuple[str, datetime, int]]:
    events = ConsentEvent.objects.filter(newsletter=newsletter, kind__in=_COUNTED)
    if since is not None:
        events = events.filter(at__gte=since)
    return list(
        events.order_by()
        .annotate(hour=HourOf("at", tzinfo=UTC))
        .values("kind", "hour")
        .annotate(number=Count("*"))
        .values_list("kind", "hour", "number")
    )


def may_export(request: HttpRequest) -> bool:
    """Return whether this user may download subscribers, which shows their addresses."""
    return staff_user(request).has_perm(EXPORT) and sees_addresses(request)


class NumbersPage(AdminPage[Newsletter]):
    """The events of the last weeks by day; with ``?all`` from the beginning."""

    route = "<int:pk>/numbers/"
    name = "numbers"
    title = "Numbers"
    template = "admin/newsletter/newsletter/numbers.html"

    def get(self, request: HttpRequest, row: Newsletter) -> HttpResponse:
        """Show the numbers."""
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        since = None if "all" in request.GET else midnight - timedelta(days=MAX_BARS - 1)
        waiting = row.subscriptions.filter(state=Subscription.State.WAITING)
        return self.render(
            request,
            row,
            newsletter=row,
            numbers=numbers(row, since),
            since=since,
            days=MAX_BARS,
            confirmed=Subscriber.objects.recipients_of(row).count(),
            waiting=waiting.count(),
            may_export=may_export(request),
        )


class SubscribersFile(AdminPage[Newsletter]):
    """The confirmed subscribers as CSV. Each download adds a line to the log."""

    route = "<int:pk>/subscribers.csv"
    name = "subscribers_csv"

    def may_open(self, request: HttpRequest, row: Newsletter) -> bool:
        """Return whether this user may download subscribers."""
        return may_export(request)

    def post(self, request: HttpRequest, row: Newsletter) -> HttpResponseBase:
        """Return the file."""
        erasure.erase_again()
        self.model_admin.log_change(request, row, "Downloaded: subscribers (CSV).")
        file = csv_files.download(subscriber_rows(row), f"{row.slug}-subscribers.csv")
        return keep_private(file)


def subscriber_rows(newsletter: Newsletter) -> Iterator[Row]:
    """Yield a row for each subscriber, with the number of the last confirmation event."""
    yield "address", "confirmed at (UTC)", "event"
    agreements = ConsentEvent.objects.order_by("-number").filter(
        subject=OuterRef("subscriber__subject"),
        newsletter=newsletter,
        kind=ConsentEvent.Kind.CONFIRMED,
    )
    rows = (
        Subscription.objects.filter(
            newsletter=newsletter, subscriber__in=Subscriber.objects.recipients_of(newsletter)
        )
        .order_by("confirmed_at", "pk")
        .values_list(
            "subscriber__address", "confirmed_at", Subquery(agreements.values("number")[:1])
        )
    )
    for address, confirmed_at, event in rows.iterator(chunk_size=_CHUNK_SIZE):
        yield address, confirmed_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"), event or ""
