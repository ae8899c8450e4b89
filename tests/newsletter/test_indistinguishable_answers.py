"""No answer reveals whether an address is known, and in which state."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter import erasure, ledger, links, subscriptions
from newsletter.ledger import EventSource
from newsletter.models import ConsentEvent, Message, SignUp, Subscriber
from newsroom.models import User
from tests.newsletter.conftest import SHOWN
from tests.newsletter.factories import (
    forget_messages,
    kinds_of,
    make_confirmed,
    make_newsletter,
    make_requested,
    make_unsubscribed,
    states,
)

pytestmark = pytest.mark.django_db

ADDRESS = "reader@example.org"


def make_suppressed(newsletter, address=ADDRESS):
    subscriber = make_confirmed(newsletter, address).subscriber
    staff, _ = User.objects.get_or_create(username="desk")
    subscriptions.suppress(subscriber, by=staff, reason="Bounced")
    return subscriber


def make_erased(newsletter, address=ADDRESS):
    subscriber = make_confirmed(newsletter, address).subscriber
    erasure.erase(subscriber, by=ledger.READER, where=EventSource("settings"))


def make_suppressed_and_erased(newsletter, address=ADDRESS):
    subscriber = make_suppressed(newsletter, address)
    erasure.erase(subscriber, by=ledger.READER, where=EventSource("settings"))


def make_written_to(newsletter, address=ADDRESS):
    make_requested(newsletter, address)
    return "recent"


STATES = {
    "new": lambda newsletter, address=ADDRESS: None,
    "waiting": make_requested,
    "sent a message recently": make_written_to,
    "confirmed": make_confirmed,
    "unsubscribed": make_unsubscribed,
    "suppressed": make_suppressed,
    "erased": make_erased,
    "suppressed and erased": make_suppressed_and_erased,
}
#: The parts of queries that always differ: values, numbers and names of savepoints.
VARYING = re.compile(r"'[^']*'|X'[0-9A-F]*'|\\x[0-9a-f]*|\bs\d+_x\d+|\b\d+\b")


def bring_about(state, newsletter, address=ADDRESS):
    """Put an address into a state, without recent messages."""
    if STATES[state](newsletter, address) != "recent":
        forget_messages()
    Message.objects.update(given_up=True)
    mail.outbox = []


def told(response):
    """Return status, headers and body of an answer."""
    return response.status_code, dict(response.headers), dict(response.cookies), response.content


@pytest.fixture
def ask(client, time_machine):
    """Submit the same form at the same time; return the answer, its page and the queries."""
    newsletter = make_newsletter(name="Sci-Fi Weekly", slug="sci-fi")
    made = shown(newsletter)
    time_machine.move_to(timezone.now() + timedelta(seconds=5), tick=False)

    def ask(address=ADDRESS, **fields):
        data = {"address": address, "agree": "on", "shown": made, "homepage": "", **fields}
        reader = Client(REMOTE_ADDR="192.0.2.1")
        with CaptureQueriesContext(connection) as queries:
            answer = reader.post(f"{newsletter.get_absolute_url()}sign-up/", data)
            sql = [VARYING.sub("?", query["sql"]) for query in queries.captured_queries]
        assert any("INSERT INTO" in statement for statement in sql)
        return told(answer), told(reader.get(answer.headers["Location"])), sql

    ask.newsletter = newsletter
    ask(homepage="filled")  # what a process reads once is read
    SignUp.objects.all().delete()
    return ask


def shown(newsletter):
    """Return the signed field of a form that is rendered now."""
    return SHOWN.search(Client().get(newsletter.get_absolute_url()).text)[1]


@pytest.mark.parametrize("state", STATES)
def test_answer_page_and_queries_are_the_same_for_an_address_that_is(state, ask):
    bring_about(state, ask.newsletter)
    known, unknown = ask(), ask("nobody@example.org")

    assert known == unknown
    status, headers, cookies, _ = known[0]
    assert (status, cookies) == (302, {})
    assert headers["Location"].startswith("/newsletters/sci-fi/requested/")
    assert ADDRESS not in known[1][3].decode()
    assert SignUp.objects.queued().count() == 2


@pytest.mark.parametrize(
    ("state", "message", "events", "outcome"),
    [
        ("new", "confirm", ["requested"], "requested"),
        ("waiting", "confirm", ["requested"] * 2, "requested"),
        ("sent a message recently", None, ["requested"], "too_soon"),
        ("confirmed", "already_subscribed", ["requested", "confirmed"], "already_subscribed"),
        (
            "unsubscribed",
            "confirm",
            ["requested", "confirmed", "unsubscribed", "requested"],
            "requested",
        ),
        ("suppressed", None, ["requested", "confirmed", "suppressed"], "suppressed"),
        ("erased", "confirm", ["requested"], "requested"),
        ("suppressed and erased", None, [], "suppressed"),
    ],
)
def test_what_happens_afterwards(state, message, events, outcome, ask, deliver):
    bring_about(state, ask.newsletter)
    before = states()
    ask()
    assert states() == before  # nothing so far

    assert deliver() == {"processed": 1, "sent": 1 if message else 0}

    sent = Message.objects.exclude(sent_at=None)
    assert list(sent.values_list("kind", flat=True)) == ([message] if message else [])
    assert [each.to for each in mail.outbox] == ([[ADDRESS]] if message else [])
    subscriber = Subscriber.objects.filter(address=ADDRESS).first()
    assert (kinds_of(subscriber.subject) if subscriber else []) == events
    after = before if message != "confirm" else {ADDRESS: {"Sci-Fi Weekly": "waiting"}}
    assert states() == after
    [form] = SignUp.objects.all()
    assert (form.outcome, form.document) == (outcome, "")


def test_confirmed_subscriber_gets_a_link_and_no_second_subscription(ask, deliver, client, links):
    bring_about("confirmed", ask.newsletter)
    events = ConsentEvent.objects.count()
    ask("READER@example.ORG")

    deliver()

    [message] = mail.outbox
    assert message.subject == "You are already subscribed to Sci-Fi Weekly"
    assert links(message, "/confirm/") == []
    [page] = links(message, "/manage/")
    assert ">Subscribed<" in client.get(page).text
    assert Subscriber.objects.get().subscriptions.count() == 1
    assert ConsentEvent.objects.count() == events


def test_answer_to_a_filled_honeypot_is_the_same(ask):
    fine, trapped = ask("one@example.org"), ask("two@example.org", homepage="https://x.example")

    assert trapped == fine
    assert outcomes() == ["queued", "automated"]


def test_answer_to_a_fast_form_is_the_same(ask):
    fine, fast = ask("one@example.org"), ask("two@example.org", shown=shown(ask.newsletter))

    assert fast == fine
    assert outcomes() == ["queued", "automated"]


def outcomes():
    return list(SignUp.objects.order_by("pk").values_list("outcome", flat=True))


@pytest.mark.parametrize("limit", ["SIGN_UPS_PER_NETWORK", "SIGN_UPS_IN_ALL"])
def test_answer_beyond_the_limit_is_the_same(ask, settings, limit):
    answers = [ask(f"reader{number}@example.org") for number in range(3)]
    setattr(settings, limit, 1)
    answers += [ask(f"reader{number}@example.org") for number in range(3, 30)]

    assert all(answer == answers[0] for answer in answers)
    assert set(SignUp.objects.values_list("outcome", flat=True)) == {"queued", "rate_limited"}
    assert SignUp.objects.due().count() < SignUp.objects.queued().count()


@pytest.fixture
def own_page(client):
    """Return a function that requests a new address and returns the answer and the page."""
    newsletter = make_newsletter()

    def own_page(wish, own="me@example.org"):
        subscriber = make_confirmed(newsletter, own).subscriber
        page = links.manage_url(subscriber).removeprefix("http://testserver")
        answer = client.post(f"{page}address/", {"address": wish})
        after = client.get(answer.headers["Location"])
        shown = after.text.replace(page, "/PAGE/").replace(own, "OWN")
        return answer.status_code, re.sub(r'name="shown" value="[^"]*"', "", shown)

    own_page.newsletter = newsletter
    return own_page


@pytest.mark.parametrize("state", STATES)
def test_change_of_address_is_answered_alike_for_an_address_that_is(state, own_page, deliver):
    bring_about(state, own_page.newsletter, "rival@example.org")

    known = own_page("rival@example.org", own="me@example.org")
    unknown = own_page("rhino@example.net", own="you@example.org")

    assert known[0] == unknown[0] == 302
    assert "A change to r•••@e•••.org is pending" in known[1]
    assert known[1].replace("e•••.org", "e•••.net") == unknown[1]
    deliver()
    asked = [message.to[0] for message in mail.outbox if "your new address" in message.subject]
    assert asked == ["me@example.org", "you@example.org"]
