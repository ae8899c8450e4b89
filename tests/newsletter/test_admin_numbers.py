"""A newsletter's numbers by day, and its confirmed subscribers as a file."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter import erasure, ledger, subscriptions
from newsletter.admin.number_pages import numbers
from newsletter.ledger import EventSource
from newsletter.models import Newsletter, Subscriber
from newsroom.desk.charts import HEIGHT
from tests.articles.factories import make_user
from tests.newsletter.admin_access import make_staff, page
from tests.newsletter.factories import (
    make_confirmed,
    make_newsletter,
    make_requested,
    make_unsubscribed,
)

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def desk(client):
    client.force_login(make_staff())
    return client


@pytest.fixture
def newsletter(settings):
    """A newsletter that was made long before."""
    settings.TIME_ZONE = "Europe/London"
    with time_machine.travel(NOON - 500 * DAY, tick=False):
        return make_newsletter(name="Sci-Fi Weekly", slug="sci-fi-weekly")


def at(moment):
    return time_machine.travel(moment, tick=False)


def by_day(told):
    """Return sign-ups, confirmations and unsubscriptions by day, without empty days."""
    return {
        timezone.localtime(begins).date().isoformat(): row for begins, row in told.rows if any(row)
    }


# Numbers


def test_each_day_has_its_sign_ups_confirmations_and_unsubscriptions(newsletter):
    with at(NOON - 2 * DAY):
        for _ in range(3):
            make_requested(newsletter)
        left = make_confirmed(newsletter)
    with at(NOON):
        make_confirmed(make_newsletter())  # another newsletter's
        make_confirmed(newsletter)
        subscriptions.unsubscribe(
            left.subscriber, newsletter, by=ledger.READER, where=EventSource("unsubscribe")
        )
        told = numbers(newsletter)

    assert told.unit == "day"
    assert by_day(told) == {"2026-06-13": [4, 1, 0], "2026-06-15": [1, 1, 1]}
    assert len(told.rows) == 3
    assert told.totals == [5, 2, 1]


def test_days_are_in_the_newsrooms_time_zone(newsletter):
    with at(datetime(2026, 6, 14, 23, 30, tzinfo=UTC)):  # the 15th in London
        make_requested(newsletter)
        assert by_day(numbers(newsletter)) == {"2026-06-15": [1, 0, 0]}


def test_charts_have_one_scale(newsletter):
    with at(NOON):
        for _ in range(3):
            make_requested(newsletter)
        make_unsubscribed(newsletter)
        pictures = numbers(newsletter).charts

    assert [picture.noun for picture in pictures] == ["sign-up", "confirmation", "unsubscription"]
    assert [picture.top for picture in pictures] == [4, 4, 4]
    assert [float(picture.bars[-1].height) for picture in pictures] == [
        HEIGHT,
        HEIGHT / 4,
        HEIGHT / 4,
    ]


def test_sixty_days_are_shown_and_all_days_on_request(desk, newsletter):
    with at(NOON - 300 * DAY):
        make_requested(newsletter)
    with at(NOON - 59 * DAY):
        make_requested(newsletter)
    with at(NOON):
        address = page("newsletter", "numbers", newsletter.pk)
        lately = desk.get(address).context["numbers"]
        all_ = desk.get(address, {"all": ""}).context["numbers"]

    assert (len(lately.rows), lately.totals) == (60, [1, 0, 0])
    assert (all_.unit, all_.totals) == ("week", [2, 0, 0])
    assert len(all_.rows) <= 60


def test_chart_has_a_text_and_a_table(desk, newsletter):
    with at(NOON):
        make_confirmed(newsletter)
        html = desk.get(page("newsletter", "numbers", newsletter.pk)).text

    assert "Unsubscriptions per day from 17 Apr 2026 to 15 Jun 2026." in html
    assert "Most in the day of 15 Jun 2026: 1 confirmation." in html
    assert html.count('<th scope="row">15 Jun 2026</th>') == 1
    assert "<strong>1</strong> confirmed" in html
    assert "style=" not in html


def test_newsletter_without_events_has_a_numbers_page(desk, newsletter):
    assert "No events in this time." in desk.get(page("newsletter", "numbers", newsletter.pk)).text


def test_page_takes_the_same_queries_with_more_events(desk, newsletter):
    counts = []
    for days in (1, 3):
        for day in range(days):
            with at(NOON - day * DAY):
                make_unsubscribed(newsletter)
                make_confirmed(newsletter)
        with at(NOON), CaptureQueriesContext(connection) as captured:
            desk.get(page("newsletter", "numbers", newsletter.pk))
        counts.append(len(captured))

    assert counts[0] == counts[1]


# The file


def download(desk, newsletter):
    response = desk.post(page("newsletter", "subscribers_csv", newsletter.pk))
    assert response.streaming
    content = response.getvalue()
    assert content.startswith("\ufeff".encode())
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))), response


def test_file_has_confirmed_subscribers_with_their_events(desk, newsletter):
    with at(NOON):
        first = make_confirmed(newsletter, "First@example.org")
    with at(NOON + DAY):
        make_requested(newsletter)
        make_unsubscribed(newsletter)
        make_confirmed(make_newsletter())
        suppressed = make_confirmed(newsletter)
        subscriptions.suppress(suppressed.subscriber, by=make_user(), reason="Complained.")
        second = make_confirmed(newsletter, "second@example.org")
        events = [
            ledger.ConsentEvent.objects.get(
                subject=each.subscriber.subject, kind="confirmed"
            ).number
            for each in (first, second)
        ]

        found, response = download(desk, newsletter)

    assert found == [
        ["address", "confirmed at (UTC)", "event"],
        ["First@example.org", "2026-06-15 12:00:00", str(events[0])],
        ["second@example.org", "2026-06-16 12:00:00", str(events[1])],
    ]
    assert response["Content-Disposition"] == 'attachment; filename="sci-fi-weekly-subscribers.csv"'
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]


def test_file_names_the_last_confirmation_event(desk, newsletter):
    make_unsubscribed(newsletter, "reader@example.org")
    with at(timezone.now() + DAY):
        make_confirmed(newsletter, "reader@example.org")
        found, _ = download(desk, newsletter)

    last = ledger.ConsentEvent.objects.filter(kind="confirmed").order_by("number").last()
    assert found[1][2] == str(last.number)


def test_file_has_no_erased_subscriber_from_a_backup(desk, newsletter):
    subscription = make_confirmed(newsletter, "erased@example.org")
    make_confirmed(newsletter, "here@example.org")
    erasure.record_erasure(subscription.subscriber.subject)

    found, _ = download(desk, newsletter)

    assert [row[0] for row in found[1:]] == ["here@example.org"]
    assert not Subscriber.objects.filter(address="erased@example.org").exists()


@pytest.mark.parametrize("start", ["=", "+", "-"])
def test_no_address_is_a_formula(desk, newsletter, start):
    make_confirmed(newsletter, f"{start}1+1@example.org")

    found, _ = download(desk, newsletter)

    assert found[1][0] == f"'{start}1+1@example.org"


def test_download_is_logged_and_a_view_is_not(desk, newsletter):
    make_confirmed(newsletter, "reader@example.org")
    assert desk.get(page("newsletter", "subscribers_csv", newsletter.pk)).status_code == 405
    assert not LogEntry.objects.exists()

    download(desk, newsletter)

    entry = LogEntry.objects.get()
    assert (entry.get_edited_object(), entry.object_repr) == (newsletter, "Sci-Fi Weekly")
    assert entry.change_message == "Downloaded: subscribers (CSV)."


@pytest.mark.parametrize("missing", ["export_subscribers", "view_address"])
def test_download_needs_its_permission_and_the_one_to_see_addresses(client, newsletter, missing):
    make_confirmed(newsletter)
    client.force_login(make_staff(without=[missing]))
    address = page("newsletter", "subscribers_csv", newsletter.pk)

    assert client.post(address).status_code == 403
    assert address not in client.get(page("newsletter", "numbers", newsletter.pk)).text
    assert not LogEntry.objects.exists()


def test_numbers_need_the_view_permission(client, newsletter):
    client.force_login(make_staff(without=["view_newsletter", "change_newsletter"]))

    assert client.get(page("newsletter", "numbers", newsletter.pk)).status_code == 404
    assert client.post(page("newsletter", "subscribers_csv", newsletter.pk)).status_code == 404
    assert Newsletter.objects.exists()


def test_rows_are_read_in_a_constant_number_of_queries(desk, newsletter):
    counts = []
    for number in (1, 2):
        for _ in range(number):
            make_confirmed(newsletter)
        with CaptureQueriesContext(connection) as captured:
            assert len(download(desk, newsletter)[0]) == number * (number + 1) // 2 + 1
        counts.append(len(captured))

    assert counts[0] == counts[1]
