"""Links in messages: one purpose, limited time, same origin, and private pages."""

import string
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from newsletter import erasure, ledger, links, tokens
from newsletter.models import Subscription
from newsletter.tokens import BadToken, ExpiredToken, Purpose
from tests.newsletter.factories import (
    forget_messages,
    kinds_of,
    make_confirmed,
    make_newsletter,
    make_requested,
    make_unsubscribed,
)
from tests.tables import rows_by_table

pytestmark = pytest.mark.django_db

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
#: The views of each purpose; tokens of forms are fields and have no view.
VIEWS = {
    Purpose.CONFIRM: ["confirm"],
    Purpose.UNSUBSCRIBE: ["unsubscribe"],
    Purpose.MANAGE: [
        "manage",
        "manage_subscribe",
        "manage_unsubscribe",
        "agree_to_new_policies",
        "change_address",
        "download_data",
        "erase",
        "new_link",
    ],
    Purpose.CHANGE_AT_OLD: ["change-at-old"],
    Purpose.CHANGE_AT_NEW: ["change-at-new"],
}
EVERY_VIEW = [(purpose, view) for purpose, views in VIEWS.items() for view in views]


def everything():
    """Return all rows of all tables, sorted."""
    return {table: sorted(map(repr, rows)) for table, rows in rows_by_table()}


def path_of(url):
    return url.removeprefix("http://testserver")


@pytest.fixture
def newsletter():
    return make_newsletter(slug="first")


@pytest.fixture
def people(newsletter):
    """Return a valid token of each purpose whose POST would change something."""
    asked, _ = make_requested(newsletter)
    subscription = make_confirmed(newsletter)
    subscriber = subscription.subscriber
    change = subscriber.address_changes.create(
        address="new@example.org", created_at=subscription.confirmed_at
    )
    contents = {
        Purpose.CONFIRM: asked.number,
        Purpose.UNSUBSCRIBE: [str(subscriber.subject), newsletter.pk],
        Purpose.MANAGE: str(subscriber.subject),
        Purpose.CHANGE_AT_OLD: change.pk,
        Purpose.CHANGE_AT_NEW: change.pk,
        Purpose.FORM: [newsletter.pk, 1, 1, 2, "/", "list", 0],
        Purpose.POLICIES: [1, 2],
    }
    return {purpose: tokens.make(purpose, content) for purpose, content in contents.items()}


def address(view, token):
    slug = ["first"] if view in {"manage_subscribe", "manage_unsubscribe"} else []
    return reverse(f"newsletter:{view}", args=[token, *slug])


FIELDS = {"address": "other@example.org", "agree": "on", **ONE_CLICK}


# Purpose


@pytest.mark.parametrize(("purpose", "view"), EVERY_VIEW)
def test_token_of_another_purpose_is_refused(client, people, purpose, view):
    before = everything()
    for other in Purpose:
        if other == purpose:
            continue
        url = address(view, people[other])
        assert client.get(url).status_code == (405 if view == "new_link" else 404), other
        assert client.post(url, FIELDS).status_code == 404, other

    assert everything() == before
    assert client.post(address(view, people[purpose]), FIELDS).status_code != 404


@pytest.mark.parametrize("purpose", Purpose)
def test_token_is_read_for_its_own_purpose_only(purpose):
    token = tokens.make(purpose, ["content", 1])

    assert tokens.read(purpose, token) == ["content", 1]
    for other in Purpose:
        if other != purpose:
            with pytest.raises(BadToken):
                tokens.read(other, token)


def test_form_token_of_another_purpose_is_no_consent(client, people, sign_up, newsletter):
    before = everything()

    for purpose in Purpose:
        if purpose != Purpose.FORM:
            answer = sign_up(newsletter, shown=people[purpose])
            assert answer.status_code == 409

    assert everything() == before


# Changed tokens


ALPHABET = string.ascii_letters + string.digits + "-_.:=~%é\x00"


@pytest.mark.parametrize("purpose", Purpose)
def test_flipped_character_breaks_a_token(purpose):
    token = tokens.make(purpose, ["a-subject", 17])
    assert len(token) > 60
    for place, character in enumerate(token):
        for other in {
            ALPHABET[(ALPHABET.index(character) + step) % len(ALPHABET)] for step in (1, 7)
        }:
            with pytest.raises(BadToken) as refusal:
                tokens.read(purpose, token[:place] + other + token[place + 1 :])
            assert not isinstance(refusal.value, ExpiredToken)


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token[:-1],
        lambda token: token[1:],
        lambda token: f"{token}=",
        lambda token: f"{token}.{token}",
        lambda token: token.upper(),
        lambda token: token.replace(".", ":"),
        lambda token: "..",
        lambda token: "x",
        lambda token: "\ud800",
        lambda token: "é" * 5000,
    ],
)
@pytest.mark.parametrize("purpose", Purpose)
def test_changed_token_is_refused(purpose, change):
    with pytest.raises(BadToken):
        tokens.read(purpose, change(tokens.make(purpose, 1)))


@pytest.mark.parametrize(("purpose", "view"), EVERY_VIEW)
def test_token_with_a_changed_bit_is_refused_by_every_view(client, people, purpose, view):
    token, before = people[purpose], everything()
    for place in (0, len(token) // 2, len(token) - 1):
        flipped = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        response = client.post(address(view, flipped), FIELDS)
        assert response.status_code == 404
    assert everything() == before


# Time


@pytest.mark.parametrize(
    ("purpose", "days"),
    [
        (Purpose.CONFIRM, 7),
        (Purpose.MANAGE, 30),
        (Purpose.CHANGE_AT_OLD, 7),
        (Purpose.CHANGE_AT_NEW, 7),
    ],
)
def test_token_is_valid_for_its_days_to_the_second(time_machine, purpose, days):
    noon = datetime(2030, 5, 1, 12, tzinfo=UTC)
    time_machine.move_to(noon, tick=False)
    token = tokens.make(purpose, 17)

    time_machine.move_to(noon + timedelta(days=days), tick=False)
    assert tokens.read(purpose, token) == 17
    time_machine.move_to(noon + timedelta(days=days, seconds=1), tick=False)
    with pytest.raises(ExpiredToken) as expiry:
        tokens.read(purpose, token)
    assert expiry.value.content == 17


def test_unsubscribe_link_never_expires(client, people, later, newsletter):
    later(days=365 * 20)

    client.post(address("unsubscribe", people[Purpose.UNSUBSCRIBE]))

    assert newsletter.subscriptions.filter(state="unsubscribed").count() == 1


def test_expired_confirmation_changes_nothing(client, people, later):
    url = address("confirm", people[Purpose.CONFIRM])
    later(days=8)
    before = everything()

    for answer in (client.post(url), client.get(url)):
        assert answer.status_code == 410
        assert "This link has expired" in answer.text
    assert everything() == before


@pytest.mark.parametrize("view", [view for view in VIEWS[Purpose.MANAGE] if view != "new_link"])
def test_expired_own_page_offers_a_new_link(client, people, later, view):
    url = address(view, people[Purpose.MANAGE])
    later(days=31)
    before = everything()

    for answer in (client.get(url), client.post(url, FIELDS)):
        assert answer.status_code == 410
        assert "Send me a new link" in answer.text
        assert "example.org" not in answer.text
    assert everything() == before


# Keys


@pytest.mark.parametrize("purpose", Purpose)
def test_fallback_key_keeps_links_valid(settings, purpose):
    token, former = tokens.make(purpose, 17), settings.SECRET_KEY
    settings.SECRET_KEY = "n" * 64
    with pytest.raises(BadToken):
        tokens.read(purpose, token)

    settings.SECRET_KEY_FALLBACKS = ["o" * 64, former]
    assert tokens.read(purpose, token) == 17


def test_link_signed_with_a_fallback_key_unsubscribes(client, people, settings, newsletter):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "n" * 64

    answer = client.post(address("unsubscribe", people[Purpose.UNSUBSCRIBE]), ONE_CLICK)

    assert answer.status_code == 200
    assert newsletter.subscriptions.filter(state="unsubscribed").count() == 1


# An old confirmation link


def test_link_that_is_used_twice_confirms_once(client, newsletter):
    asked, _ = make_requested(newsletter)
    url = path_of(links.confirm_url(asked))

    for _ in range(2):
        assert client.post(url).status_code == 302
        assert "Your subscription is confirmed" in client.get(url).text

    assert kinds_of(asked.subject) == ["requested", "confirmed"]


def test_link_from_before_unsubscribing_does_not_subscribe_again(client, newsletter):
    asked, subscription = make_requested(newsletter)
    url = path_of(links.confirm_url(asked))
    client.post(url)
    client.post(path_of(links.unsubscribe_url(subscription.subscriber, newsletter)))

    client.post(url)

    assert "You have unsubscribed since" in client.get(url).text
    subscription.refresh_from_db()
    assert subscription.state == "unsubscribed"


def test_old_link_does_not_confirm_a_newer_request(client, newsletter):
    subscription = make_unsubscribed(newsletter)
    first = subscription.subscriber.messages.earliest("pk").event
    second, _ = make_requested(newsletter, subscription.subscriber.address)

    client.post(path_of(links.confirm_url(first)))
    subscription.refresh_from_db()
    assert subscription.state == "waiting"

    client.post(path_of(links.confirm_url(second)))
    subscription.refresh_from_db()
    assert subscription.state == "confirmed"


def test_link_of_an_erased_person_has_no_effect(client, newsletter):
    asked, subscription = make_requested(newsletter)
    subscriber = subscription.subscriber
    url, manage = path_of(links.confirm_url(asked)), path_of(links.manage_url(subscriber))
    leave = path_of(links.unsubscribe_url(subscriber, newsletter))
    erasure.erase(subscriber, by=ledger.READER, where=ledger.EventSource("settings"))
    before = everything()

    client.post(url)
    gone = client.get(url)
    assert (gone.status_code, "This sign-up no longer exists" in gone.text) == (410, True)
    assert client.get(manage).status_code == 410
    for data in ({}, ONE_CLICK):
        assert client.post(leave, data).status_code == 200
    assert "You are unsubscribed" in client.get(leave).text
    assert everything() == before


# Origin


ELSEWHERE = [
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "https://testserver"},
    {"origin": "http://testserver.evil.example"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
    {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
]
HERE = [{}, {"origin": "http://testserver"}, {"sec-fetch-site": "same-origin"}]


@pytest.mark.parametrize(("purpose", "view"), EVERY_VIEW)
def test_cross_origin_post_is_refused(people, purpose, view):
    client, before = Client(enforce_csrf_checks=True), everything()
    fields = {"address": "other@example.org", "agree": "on"}
    for headers in ELSEWHERE:
        answer = client.post(address(view, people[purpose]), fields, headers=headers)
        assert answer.status_code == 403, headers

    assert everything() == before


@pytest.mark.parametrize("headers", HERE)
@pytest.mark.parametrize(
    ("purpose", "view"),
    [
        (Purpose.CONFIRM, "confirm"),
        (Purpose.UNSUBSCRIBE, "unsubscribe"),
        (Purpose.MANAGE, "manage_unsubscribe"),
        (Purpose.MANAGE, "change_address"),
        (Purpose.MANAGE, "erase"),
        (Purpose.CHANGE_AT_OLD, "change-at-old"),
        (Purpose.CHANGE_AT_NEW, "change-at-new"),
    ],
)
def test_same_origin_post_is_accepted_without_a_cookie(people, purpose, view, headers):
    client, before = Client(enforce_csrf_checks=True), everything()
    fields = {"address": "other@example.org"}

    answer = client.post(address(view, people[purpose]), fields, headers=headers)

    assert answer.status_code == 302
    assert everything() != before


@pytest.mark.parametrize("headers", ELSEWHERE)
def test_cross_origin_sign_up_is_refused(newsletter, sign_up, headers):
    before = everything()
    client = Client(enforce_csrf_checks=True, headers=headers)

    assert sign_up(newsletter, client=client).status_code == 403
    assert everything() == before


# One click


@pytest.mark.parametrize("headers", [*ELSEWHERE, *HERE])
def test_one_click_needs_no_cookie_no_page_and_no_redirect(people, headers, newsletter):
    client = Client(enforce_csrf_checks=True)
    url = address("unsubscribe", people[Purpose.UNSUBSCRIBE])

    answers = [client.post(url, ONE_CLICK, headers=headers) for _ in range(3)]

    assert [(answer.status_code, answer.text) for answer in answers] == [(200, "Unsubscribed.")] * 3
    assert not client.cookies
    subject = tokens.read(Purpose.UNSUBSCRIBE, people[Purpose.UNSUBSCRIBE])[0]
    assert kinds_of(subject) == ["requested", "confirmed", "unsubscribed"]
    event = ledger.event_document(
        ledger.ConsentEvent.objects.get(subject=subject, kind="unsubscribed")
    )
    assert event["actor"] == {"kind": "one_click"}


def test_one_click_ends_the_one_newsletter_only(client, newsletter):
    other = make_newsletter()
    one = make_confirmed(newsletter)
    rest = make_confirmed(other, one.subscriber.address)
    stranger = make_confirmed(newsletter)

    client.post(path_of(links.unsubscribe_url(one.subscriber, newsletter)), ONE_CLICK)

    states = Subscription.objects.order_by("pk").values_list("pk", "state")
    assert list(states) == [
        (one.pk, "unsubscribed"),
        (rest.pk, "confirmed"),
        (stranger.pk, "confirmed"),
    ]


def test_one_click_accepts_both_form_encodings(people):
    """RFC 8058, 3.2: multipart/form-data, which the test client uses, or urlencoded."""
    url = address("unsubscribe", people[Purpose.UNSUBSCRIBE])
    body = "List-Unsubscribe=One-Click"

    answer = Client().post(url, body, content_type="application/x-www-form-urlencoded")

    assert (answer.status_code, answer.text) == (200, "Unsubscribed.")


# GET


PAGES = [(purpose, view) for purpose, view in EVERY_VIEW if view != "new_link"]


@pytest.mark.parametrize(("purpose", "view"), PAGES)
def test_get_changes_nothing(client, people, purpose, view):
    url, before = address(view, people[purpose]), everything()

    for _ in range(2):
        for look in (client.get, client.head):
            assert look(url, follow=look == client.get).status_code in {200, 302}

    assert everything() == before


def test_following_a_link_of_a_message_changes_nothing(client, sign_up, deliver, links, newsletter):
    sign_up(newsletter, "ann@example.org")
    make_confirmed(newsletter, "ben@example.org")
    deliver()
    forget_messages()
    sign_up(newsletter, "ben@example.org")
    deliver()
    found = {path for message in mail.outbox for path in links(message)}
    assert len(mail.outbox) == 3
    assert len(found) >= 7
    before = everything()

    for path in sorted(found) * 2:
        assert client.get(path, follow=True).status_code == 200
        assert client.head(path, follow=True).status_code == 200

    assert everything() == before


# Privacy


@pytest.mark.parametrize("time", ["good", "expired", "broken", "gone"])
@pytest.mark.parametrize(("purpose", "view"), PAGES)
def test_page_behind_a_link_is_not_cached(client, people, later, purpose, view, time):
    token = people[purpose]
    if time == "expired":
        later(days=31)
    elif time == "broken":
        token = f"{token}x"
    elif time == "gone":
        for row in Subscription.objects.all():
            erasure.erase(row.subscriber, by=ledger.READER, where=ledger.EventSource("settings"))

    answer = client.get(address(view, token))

    for word in ("private", "no-store", "no-cache"):
        assert word in answer["Cache-Control"], view
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    if answer.status_code != 302:
        assert answer["Referrer-Policy"] == "no-referrer"
    if answer["Content-Type"].startswith("text/html") and answer.status_code != 302:
        assert '<meta name="robots" content="noindex, nofollow">' in answer.text
    assert not client.cookies


@pytest.mark.parametrize(("purpose", "view"), EVERY_VIEW)
def test_answer_to_a_button_is_not_cached_and_sets_no_cookie(client, people, purpose, view):
    answer = client.post(address(view, people[purpose]), {"address": "other@example.org"})

    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert not client.cookies


def test_no_token_holds_an_address(newsletter):
    subscription = make_confirmed(newsletter, "ann@example.org")
    urls = [
        links.manage_url(subscription.subscriber),
        links.unsubscribe_url(subscription.subscriber, newsletter),
    ]
    for url in urls:
        token = url.rstrip("/").rpartition("/")[2]
        signer = tokens.signer(Purpose.MANAGE if "manage" in url else Purpose.UNSUBSCRIBE)
        assert "ann" not in str(signer.unsign_object(token))
