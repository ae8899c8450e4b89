"""The list and the page of subscribers: who sees which part of an address."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.admin import site
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from newsletter import address_changes, erasure, subscriptions
from newsletter.ledger import READER, ConsentEvent, EventActor, EventSource
from newsletter.models import Subscriber
from newsletter.tokens import Purpose
from tests.articles.factories import make_user
from tests.newsletter.admin_access import AUDIENCE_ONLY, make_staff, page, rows
from tests.newsletter.factories import (
    make_confirmed,
    make_newsletter,
    make_requested,
    make_unsubscribed,
)

pytestmark = pytest.mark.django_db

LIST = "/admin/newsletter/subscriber/"
WHOLE = "Reader.Somebody@personal-name.example"


@pytest.fixture
def audience(client):
    """A client whose user may see addresses."""
    client.force_login(make_staff())
    return client


@pytest.fixture
def editor(client):
    """A client whose user may not see addresses."""
    client.force_login(make_staff(without=AUDIENCE_ONLY))
    return client


def suppress(subscription):
    subscriptions.suppress(subscription.subscriber, by=make_user(), reason="Complained.")
    return subscription.subscriber


def refused(response):
    """Return whether a lookup was refused, or redirected to the list without it."""
    return response.status_code == 400 or "e=1" in response.get("Location", "")


# Addresses


def test_addresses_are_whole_for_those_who_may_see_them(audience):
    subscriber = make_confirmed(make_newsletter(), WHOLE).subscriber

    for address in (LIST, page("subscriber", "change", subscriber.pk)):
        assert WHOLE in audience.get(address).text


def test_addresses_are_masked_for_everybody_else(editor):
    subscriber = make_confirmed(make_newsletter(), WHOLE).subscriber
    pages = [LIST, *(page("subscriber", name, subscriber.pk) for name in ("change", "history"))]
    pages += [
        page("subscriber", "transition", subscriber.pk, name) for name in ("unsubscribe", "resend")
    ]

    for address in pages:
        html = editor.get(address, follow=True).text.lower()
        assert "personal-name" not in html, address
        assert "somebody" not in html, address
    for address in (LIST, page("subscriber", "change", subscriber.pk)):
        assert "R•••@p•••.example" in editor.get(address).text


@pytest.mark.parametrize(
    "query",
    [
        {"address": WHOLE},
        {"address__startswith": "R"},
        {"address__gt": "M"},
        {"address_key": WHOLE.lower()},
        {"address_key__contains": "some"},
        {"address_key__regex": "^r"},
        {"subject__startswith": "a"},
        {"id": "1"},
        {"subscriptions__subscriber__address__startswith": "R"},
        {"subscriptions__state": "confirmed"},
        {"address_changes__address__contains": "new"},
        {"messages__recipient": "x"},
        {"suppression__address_hash": "x"},
        {"suppression__reason__contains": "x"},
    ],
)
@pytest.mark.parametrize("who", ["editor", "audience"])
def test_no_filter_reveals_an_address(request, who, query):
    make_confirmed(make_newsletter(), WHOLE)
    client = request.getfixturevalue(who)

    assert refused(client.get(LIST, query))


@pytest.mark.parametrize("query", [{"q": "zzz"}, {"q": WHOLE}, {"q": "some"}])
def test_search_does_nothing_without_the_permission(editor, query):
    newsletter = make_newsletter()
    make_confirmed(newsletter, WHOLE)
    make_confirmed(newsletter)
    page_ = editor.get(LIST, query)

    assert len(page_.context["cl"].result_list) == 2
    assert 'id="searchbar"' not in page_.text


@pytest.mark.parametrize("order", ["1", "-1", "2", "1.2", "-1.-2", "address", "address_key"])
def test_order_reveals_nothing_without_the_permission(editor, order):
    newsletter = make_newsletter()
    for name in ("b", "a", "c"):
        make_confirmed(newsletter, f"{name}@example.org")

    found = [each.address[0] for each in rows(editor, "subscriber", o=order)]

    # By creation time, in either direction.
    assert found in (["c", "a", "b"], ["b", "a", "c"])


def test_popup_reveals_no_column(editor):
    make_confirmed(make_newsletter(), WHOLE)
    for column in ("address", "address_key", "subject"):
        assert editor.get(LIST, {"_popup": 1, "_to_field": column}).status_code == 400


# Searching and filtering


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("our@example.org", ["our@example.org"]),  # and not what ends so
        ("OUR@EXAMPLE.ORG", ["our@example.org"]),
        ("your@example", ["your@example.org"]),
        ("our@", ["our@example.org", "your@example.org"]),
        ("example.net", ["Other@example.net"]),
        ("other", ["Other@example.net"]),
        ("leser@bücher.example", ["leser@xn--bcher-kva.example"]),
        ("nobody@example.org", []),
        ("100%", []),
    ],
)
def test_subscribers_are_found_by_address(audience, term, found):
    newsletter = make_newsletter()
    for address in ("our@example.org", "your@example.org", "Other@example.net"):
        make_confirmed(newsletter, address)
    make_confirmed(newsletter, "leser@xn--bcher-kva.example")

    assert sorted(each.address for each in rows(audience, "subscriber", q=term)) == sorted(found)


def test_search_term_is_not_added_to_other_urls(audience):
    make_confirmed(make_newsletter(), WHOLE)
    html = audience.get(LIST, {"q": WHOLE}).text

    assert "_changelist_filters" not in html


@pytest.fixture
def every_state():
    """Two newsletters, and a subscriber in each state of the first."""
    first, second = make_newsletter(name="First"), make_newsletter(name="Second")
    people = {
        "waiting": make_requested(first, "waiting@example.org")[1].subscriber,
        "confirmed": make_confirmed(first, "confirmed@example.org").subscriber,
        "unsubscribed": make_unsubscribed(first, "unsubscribed@example.org").subscriber,
        "suppressed": suppress(make_confirmed(second, "suppressed@example.org")),
    }
    make_confirmed(second, "waiting@example.org")
    return first, second, people


def names(found):
    return {each.address.partition("@")[0] for each in found}


def test_subscribers_are_filtered_by_state_and_newsletter(audience, every_state):
    first, second, _ = every_state
    for query, expected in (
        ({"state": "waiting"}, {"waiting"}),
        ({"state": "confirmed"}, {"confirmed", "waiting", "suppressed"}),
        ({"state": "unsubscribed"}, {"unsubscribed"}),
        ({"state": "suppressed"}, {"suppressed"}),
        ({"newsletter": first.pk}, {"waiting", "confirmed", "unsubscribed"}),
        ({"newsletter": second.pk}, {"waiting", "suppressed"}),
        # Both filters match the same subscription.
        ({"newsletter": first.pk, "state": "confirmed"}, {"confirmed"}),
        ({"newsletter": second.pk, "state": "waiting"}, set()),
        ({"newsletter": second.pk, "state": "suppressed"}, {"suppressed"}),
        ({"newsletter": first.pk, "state": "suppressed"}, set()),
    ):
        assert names(rows(audience, "subscriber", **query)) == expected, query


@pytest.mark.parametrize("query", [{"newsletter": "x"}, {"newsletter": "9" * 40}, {"state": "x"}])
def test_invalid_filter_is_ignored(audience, every_state, query):
    assert len(rows(audience, "subscriber", **query)) == 4


def test_subscribers_are_filtered_by_date(audience):
    newsletter = make_newsletter()
    Subscriber.objects.create(address="a@x.example", created_at=datetime(2025, 3, 5, tzinfo=UTC))
    make_confirmed(newsletter, "b@x.example")

    assert names(rows(audience, "subscriber", created_at__year=2025)) == {"a"}
    query = {"created_at__year": 2025, "created_at__month": 3, "created_at__day": 5}
    assert names(rows(audience, "subscriber", **query)) == {"a"}
    assert names(rows(audience, "subscriber", created_at__year=2024)) == set()


def test_list_takes_the_same_queries_for_1_and_3_rows(audience):
    newsletters, counts = [make_newsletter(), make_newsletter()], []
    for number in (1, 2):
        for _ in range(number):
            subscriber = make_confirmed(newsletters[0]).subscriber
            make_requested(newsletters[1], subscriber.address)
            suppress(subscriber.subscriptions.first())
        with CaptureQueriesContext(connection) as captured:
            assert len(rows(audience, "subscriber")) == Subscriber.objects.count()
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_list_shows_each_subscription(audience, every_state):
    html = audience.get(LIST).text

    for told in (
        "First: Waiting for confirmation",
        "Second: Confirmed",
        "First: Unsubscribed",
        "Suppressed: nothing is sent",
    ):
        assert f"<div>{told}</div>" in html


# Read-only


@pytest.mark.parametrize("superuser", [False, True])
def test_nobody_adds_changes_or_deletes_a_subscriber_by_hand(client, superuser):
    subscriber = make_confirmed(make_newsletter()).subscriber
    client.force_login(make_user(is_superuser=True) if superuser else make_staff())

    assert client.get(page("subscriber", "add")).status_code == 403
    sent = {"address": "other@example.org", "state": "confirmed"}
    assert client.post(page("subscriber", "change", subscriber.pk), sent).status_code == 403
    for method in (client.get, client.post):
        assert method(page("subscriber", "delete", subscriber.pk)).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": subscriber.pk, "post": "yes"}
    client.post(LIST, chosen)
    assert Subscriber.objects.get() == subscriber
    html = client.get(page("subscriber", "change", subscriber.pk)).text
    assert 'name="_save"' not in html
    assert 'name="address"' not in html


# The page


def test_page_shows_states_and_history(audience):
    newsletter = make_newsletter(name="Sci-Fi Weekly")
    moments = [datetime(2090, 6, day, 11, tzinfo=UTC) for day in (1, 2, 3)]
    with time_machine.travel(moments[0], tick=False):
        subscription = make_confirmed(newsletter)
    subscriber, by = subscription.subscriber, make_user(first_name="Ada", last_name="Lovelace")
    with time_machine.travel(moments[1], tick=False):
        subscriptions.unsubscribe(
            subscriber,
            newsletter,
            by=EventActor(ConsentEvent.Actor.STAFF, by),
            where=EventSource("desk"),
            reason="Asked by telephone.",
        )
    with time_machine.travel(moments[2], tick=False):
        subscriptions.suppress(subscriber, by=by, reason="Complained.")

    response = audience.get(page("subscriber", "change", subscriber.pk))

    html = response.text
    assert "unsubscribed on 2 June 2090" in html
    assert "<strong>Suppressed: nothing is sent.</strong> On 3 June 2090" in html
    assert "by Ada Lovelace: Complained." in html
    assert "Ada Lovelace: Asked by telephone." in html
    kinds = [each["event"].kind for each in response.context["history"]]
    assert kinds == ["suppressed", "unsubscribed", "confirmed", "requested"]
    for each in response.context["history"]:
        assert f'href="{page("consentevent", "change", each["event"].pk)}"' in html


def test_page_takes_the_same_queries_with_more_events(audience):
    newsletter, counts = make_newsletter(), []
    for address, again in (("a@example.org", 0), ("b@example.org", 3)):
        subscriber = make_confirmed(newsletter, address).subscriber
        for _ in range(again):
            make_unsubscribed(make_newsletter(), address)
        audience.get(page("subscriber", "change", subscriber.pk))
        with CaptureQueriesContext(connection) as captured:
            audience.get(page("subscriber", "change", subscriber.pk))
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_former_address_is_on_the_evidence_page_only(audience):
    newsletter = make_newsletter()
    subscriber = make_confirmed(newsletter, "before@example.org").subscriber
    address_changes.request_change(subscriber, "after@example.org")
    change = subscriber.address_changes.get()
    for at in (Purpose.CHANGE_AT_OLD, Purpose.CHANGE_AT_NEW):
        address_changes.confirm_change(change, at, evidence={})
    html = audience.get(page("subscriber", "change", subscriber.pk)).text

    assert "after@example.org" in html
    assert "before@example.org" not in html
    event = ConsentEvent.objects.get(kind="address_changed")
    html = audience.get(page("consentevent", "change", event.pk)).text
    assert "before@example.org" in html


def test_page_of_an_erased_subscriber_says_so(audience):
    subscriber = make_confirmed(make_newsletter()).subscriber
    address = page("subscriber", "change", subscriber.pk)
    erasure.erase(subscriber, by=READER, where=EventSource("settings"))

    assert audience.get(address).status_code == 302
    assert audience.get(page("subscriber", "transition", 987, "erase")).status_code == 404


def test_subscriber_page_needs_the_view_permission(client):
    subscriber = make_confirmed(make_newsletter()).subscriber
    client.force_login(make_staff(without=["view_subscriber"]))

    assert client.get(LIST).status_code == 403
    assert client.get(page("subscriber", "change", subscriber.pk)).status_code == 403
    assert client.get(page("subscriber", "transition", subscriber.pk, "erase")).status_code == 404
    assert client.post(page("subscriber", "data", subscriber.pk)).status_code == 404


def test_no_transition_is_a_bulk_action(audience):
    subscriber = make_confirmed(make_newsletter()).subscriber
    for name in site.get_model_admin(Subscriber).transitions:
        address = reverse("admin:newsletter_subscriber_bulk", args=[name])
        assert audience.post(f"{address}?ids={subscriber.pk}", {"reason": "x"}).status_code == 404


def test_dates_are_in_the_newsrooms_time_zone(audience, settings):
    settings.TIME_ZONE = "Europe/London"
    subscriber = Subscriber.objects.create(
        address="a@x.example", created_at=datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    )
    for address in (LIST, page("subscriber", "change", subscriber.pk)):
        html = audience.get(address).text
        assert "1 Jul" in html
        assert "00:30" in html
    assert subscriber.created_at + timedelta(hours=1)
