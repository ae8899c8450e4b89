"""What the desk sees of a newsletter's readers in numbers, and its subscribers as a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from newsletter import erasing
from newsletter.admin.subscriber_list import sees_addresses
from newsletter.models import ConsentEvent, Newsletter, Subscriber, Subscription
from newsroom.desk import csv_files
from newsroom.desk.charts import DAY, MOST_BARS, Axis, HourOf, OverTime
from newsroom.desk.transition_pages import staff
from newsroom.security.private import keep_private

EXPORT = "newsletter.export_subscribers"
#: What is counted, in the ledger's words and in the desk's.
_COUNTED = {
    ConsentEvent.Kind.REQUESTED: "sign-up",
    ConsentEvent.Kind.CONFIRMED: "confirmation",
    ConsentEvent.Kind.UNSUBSCRIBED: "leaver",
}
#: Rows that are read at a time.
_CHUNK = 2000

Row = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """A picture for each kind, all of one scale, and the same as a table, the newest day first."""

    pictures: list[OverTime]
    rows: list[tuple[datetime, list[int]]]
    totals: list[int]
    unit: str


def numbers(newsletter: Newsletter, since: datetime | None = None) -> Numbers | None:
    """What happened from a moment, or from the beginning, until now (one query).

    None if that is nothing.
    """
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
        [OverTime.of(axis, noun, tally, top=top) for noun, tally in tallies.items()],
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


class NumberPages(admin.ModelAdmin):
    """What the newsletter admin knows of numbers and files."""

    def get_urls(self) -> list[URLPattern]:
        """The pages before the stock ones."""
        wrap = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/numbers/", wrap(self.numbers_view), name="newsletter_newsletter_numbers"
            ),
            path(
                "<int:pk>/subscribers.csv",
                wrap(self.subscribers_csv),
                name="newsletter_newsletter_subscribers_csv",
            ),
            *super().get_urls(),
        ]

    def reachable(self, request: HttpRequest, pk: int) -> Newsletter:
        """A newsletter that this member of staff may look at, or 404."""
        newsletter: Newsletter | None = self.get_queryset(request).filter(pk=pk).first()
        if newsletter is None or not self.has_view_permission(request, newsletter):
            raise Http404
        return newsletter

    def numbers_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """By day for the last weeks; with ``?all`` from the beginning, in spans that fit."""
        newsletter = self.reachable(request, pk)
        everything = "all" in request.GET
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        since = None if everything else midnight - timedelta(days=MOST_BARS - 1)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Numbers: {newsletter}",
            "opts": self.opts,
            "newsletter": newsletter,
            "numbers": numbers(newsletter, since),
            "since": since,
            "days": MOST_BARS,
            "confirmed": Subscriber.objects.getting(newsletter).count(),
            "waiting": newsletter.subscriptions.filter(state=Subscription.State.WAITING).count(),
            "may_export": self._may_export(request),
        }
        return TemplateResponse(request, "admin/newsletter/newsletter/numbers.html", context)

    def subscribers_csv(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Those who get it. It holds addresses, so that permission is asked too."""
        newsletter = self.reachable(request, pk)
        if not self._may_export(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        erasing.erase_again()
        self.log_change(request, newsletter, "Downloaded: subscribers (CSV).")
        file = csv_files.download(subscriber_rows(newsletter), f"{newsletter.slug}-subscribers.csv")
        return keep_private(file)

    @staticmethod
    def _may_export(request: HttpRequest) -> bool:
        return staff(request).has_perm(EXPORT) and sees_addresses(request)


def subscriber_rows(newsletter: Newsletter) -> Iterator[Row]:
    """A row a subscriber, with the number of the event by which it was confirmed last."""
    yield "address", "confirmed at (UTC)", "event"
    agreements = ConsentEvent.objects.order_by("-number").filter(
        subject=OuterRef("subscriber__subject"),
        newsletter=newsletter,
        kind=ConsentEvent.Kind.CONFIRMED,
    )
    rows = (
        Subscription.objects.filter(
            newsletter=newsletter, subscriber__in=Subscriber.objects.getting(newsletter)
        )
        .order_by("confirmed_at", "pk")
        .values_list(
            "subscriber__address", "confirmed_at", Subquery(agreements.values("number")[:1])
        )
    )
    for address, confirmed_at, event in rows.iterator(chunk_size=_CHUNK):
        yield address, confirmed_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"), event or ""
