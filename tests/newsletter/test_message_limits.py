"""Limits: messages to an address, and sign-ups processed in an hour."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from newsletter import sign_ups, subscriptions
from newsletter.models import ConsentEvent, Message, SignUp, Subscriber
from newsroom.desk.transitions import TransitionRefused
from tests.newsletter.conftest import SHOWN
from tests.newsletter.factories import (
    make_confirmed,
    make_newsletter,
    make_requested,
)

pytestmark = pytest.mark.django_db

NOON = datetime(2030, 5, 1, 12, tzinfo=UTC)
OFFICE, HOME = "198.51.100.7", "203.0.113.9"
VICTIM = "victim@example.org"


class Reader:
    """A reader who submits forms at the current time."""

    def __init__(self, newsletter):
        self.newsletter = newsletter
        self.address = reverse("newsletter:sign_up", args=[newsletter.slug])
        self.page = newsletter.get_absolute_url()
        self.shown = self.load()

    def load(self):
        return SHOWN.search(Client().get(self.page).text)[1]

    def send(self, address=VICTIM, *, client=HOME, **fields):
        data = {"address": address, "agree": "on", "shown": self.shown, "homepage": "", **fields}
        return Client(REMOTE_ADDR=client).post(self.address, data)


@pytest.fixture
def at(time_machine):
    """Return a function that stops the clock at a time after noon."""

    def at(**span):
        time_machine.move_to(NOON + timedelta(**span), tick=False)

    at(minutes=-1)
    return at


@pytest.fixture
def reader(at):
    reader = Reader(make_newsletter())
    at()
    return reader


def outcomes():
    return list(SignUp.objects.order_by("pk").values_list("outcome", flat=True))


def test_address_gets_one_message_in_ten_minutes_and_three_in_a_day(reader, at, deliver):
    sent = []
    for minutes in (0, 9.9, 10, 15, 20, 31, 60, 23 * 60, 24 * 60 - 1, 24 * 60, 24 * 60 + 10):
        at(minutes=minutes)
        assert reader.send().status_code == 302
        if deliver()["sent"]:
            sent.append(minutes)

    assert sent == [0, 10, 20, 24 * 60, 24 * 60 + 10]
    assert ConsentEvent.objects.filter(kind="requested").count() == 5


@pytest.mark.parametrize(
    "spelling", ["victim@EXAMPLE.org", "VICTIM@example.org", " Victim@Example.ORG"]
)
def test_other_spelling_of_an_address_is_the_same_address(reader, deliver, spelling):
    reader.send()
    reader.send(spelling)

    assert deliver() == {"processed": 2, "sent": 1}
    assert Subscriber.objects.count() == 1
    assert outcomes() == ["requested", "too_soon"]


def test_address_of_another_mailbox_is_counted_apart(reader, deliver):
    reader.send("vic.tim@example.org")
    reader.send("vic.tim+news@example.org")

    assert deliver()["sent"] == 2


def test_newsletters_are_counted_apart(at, deliver):
    one, other = Reader(make_newsletter()), Reader(make_newsletter())
    at()
    one.send()
    other.send()

    assert deliver()["sent"] == 2


def test_message_that_was_refused_counts_too(reader, at, deliver):
    reader.send()
    deliver()
    Message.objects.update(given_up=True)
    at(minutes=5)
    reader.send()
    deliver()

    assert outcomes() == ["requested", "too_soon"]


def test_message_to_a_confirmed_one_counts_as_well(reader, at, deliver):
    make_confirmed(reader.newsletter, VICTIM)
    Message.objects.update(created_at=timezone.now() - timedelta(days=2), given_up=True)
    for minutes in range(0, 60, 5):
        at(minutes=minutes)
        reader.send()
        deliver()

    assert len(mail.outbox) == 3
    assert {message.to[0] for message in mail.outbox} == {VICTIM}


def test_limit_holds_after_a_new_secret_key(reader, at, deliver, settings):
    reader.send()
    deliver()
    at(minutes=5)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key"  # noqa: S105  (a test's own)
    reader.send()
    deliver()

    assert len(mail.outbox) == 1


def spelled(number):
    """Return the victim's address with a letter in upper case for each bit of the number."""
    letters = enumerate(VICTIM)
    return "".join(each.upper() if number >> place & 1 else each for place, each in letters)


def test_three_hundred_sign_ups_for_one_victim_are_one_message(reader, at, deliver):
    """Each has another spelling and another network, within ten minutes."""
    reader.send(spelled(0))
    first = SignUp.objects.get()
    SignUp.objects.bulk_create(
        SignUp(
            newsletter=reader.newsletter,
            received_at=NOON + timedelta(seconds=2 * number),
            due_at=NOON + timedelta(seconds=2 * number),
            network=number.to_bytes(16),
            document=first.document.replace(spelled(0), spelled(number)),
        )
        for number in range(1, 300)
    )
    assert mail.outbox == []
    at(minutes=10)

    assert deliver() == {"processed": 300, "sent": 1}

    assert [message.to for message in mail.outbox] == [[VICTIM]]
    assert ConsentEvent.objects.count() == Subscriber.objects.count() == 1
    assert outcomes() == ["requested"] + ["too_soon"] * 299


def test_processed_form_keeps_its_outcome_only(reader, deliver):
    for number in range(5):
        reader.send(client=f"10.0.0.{number}")
    assert SignUp.objects.exclude(document="").count() == 5

    deliver()

    assert not SignUp.objects.exclude(document="").exists()


@pytest.mark.parametrize("limit", ["SIGN_UPS_PER_NETWORK", "SIGN_UPS_IN_ALL"])
def test_sign_ups_beyond_the_limit_are_processed_later(reader, at, deliver, settings, limit):
    setattr(settings, limit, 2)
    for number in range(7):
        assert reader.send(f"reader{number}@example.org", client=OFFICE).status_code == 302

    sent = []
    for hours in range(5):
        at(hours=hours)
        sent.append(deliver()["sent"])

    assert sent == [2, 2, 2, 1, 0]
    assert [message.to[0] for message in mail.outbox] == [
        f"reader{number}@example.org" for number in range(7)
    ]


def test_sign_ups_wait_for_at_most_a_day(reader, at, deliver, settings):
    settings.SIGN_UPS_PER_NETWORK = 1
    answers = [reader.send(f"reader{number}@example.org", client=OFFICE) for number in range(30)]
    assert len({(answer.status_code, answer.headers["Location"]) for answer in answers}) == 1

    for hours in range(30):
        at(hours=hours)
        deliver()

    assert len(mail.outbox) == 24
    assert outcomes() == ["requested"] * 24 + ["rate_limited"] * 6
    assert not SignUp.objects.exclude(document="").exists()


def test_office_with_one_ip_address_is_not_locked_out(reader, at, deliver, settings):
    """Some of its readers' sign-ups are processed later; none is refused."""
    settings.SIGN_UPS_PER_NETWORK = 3
    for number in range(10):
        reader.send(f"colleague{number}@example.org", client=OFFICE)
    reader.send("home@example.org", client=HOME)

    deliver()
    assert "home@example.org" in [message.to[0] for message in mail.outbox]
    for hours in range(1, 5):
        at(hours=hours)
        deliver()

    assert len(mail.outbox) == 11
    assert set(outcomes()) == {"requested"}


def test_one_networks_limit_does_not_affect_others(reader, deliver, settings):
    settings.SIGN_UPS_PER_NETWORK, settings.SIGN_UPS_IN_ALL = 2, 5
    for number in range(20):
        reader.send(f"bot{number}@example.org", client=(OFFICE, "192.0.2.1")[number % 2])
    reader.send("honest@example.org", client=HOME)

    deliver()

    assert ["honest@example.org"] in [message.to for message in mail.outbox]


@pytest.mark.parametrize(
    ("one", "other"),
    [("2001:db8::1", "2001:db8::2:3"), ("198.51.100.7", "::ffff:198.51.100.7")],
)
def test_addresses_of_one_network_count_together(reader, settings, one, other):
    settings.SIGN_UPS_PER_NETWORK = 1
    reader.send("one@example.org", client=one)
    reader.send("other@example.org", client=other)

    assert SignUp.objects.due().count() == 1


@pytest.mark.parametrize("minutes", [1, 30, 59])
def test_network_limit_holds_across_midnight(at, settings, minutes):
    """A network's hash changes each day."""
    settings.SIGN_UPS_PER_NETWORK = 1
    reader = Reader(make_newsletter())
    at(hours=12, minutes=-minutes / 2)
    reader.send("one@example.org")
    at(hours=12, minutes=minutes / 2)
    reader.send("other@example.org")

    one, other = SignUp.objects.order_by("pk")
    assert bytes(one.network) != bytes(other.network)
    assert one.due_at == one.received_at
    assert other.due_at == other.received_at + sign_ups.HOUR


def test_waiting_sign_ups_of_a_network_count_after_midnight(at, settings):
    settings.SIGN_UPS_PER_NETWORK = 1
    reader = Reader(make_newsletter())
    at(hours=11)
    for number in range(10):  # until eight in the morning
        reader.send(f"bot{number}@example.org")
    at(hours=14)
    reader.send("late@example.org")

    late = SignUp.objects.latest("pk")
    assert late.due_at > SignUp.objects.exclude(pk=late.pk).latest("due_at").due_at


def test_network_starts_again_after_an_hour(reader, at, settings):
    settings.SIGN_UPS_PER_NETWORK = 1
    reader.send("one@example.org")
    at(minutes=61)
    reader.send("other@example.org")

    assert SignUp.objects.due().count() == 2


def test_automated_forms_do_not_count_towards_the_limit(reader, settings, deliver):
    settings.SIGN_UPS_PER_NETWORK = 1
    for number in range(5):
        reader.send(f"bot{number}@example.org", homepage="https://spam.example")
    reader.send("honest@example.org")

    deliver()

    assert [message.to for message in mail.outbox] == [["honest@example.org"]]


def test_form_with_a_filled_honeypot_is_not_processed(reader, at, deliver):
    reader.send(homepage="https://spam.example")
    at(days=2)

    assert deliver() == {"processed": 0, "sent": 0}
    assert (SignUp.objects.get().outcome, SignUp.objects.get().document) == ("automated", "")


@pytest.mark.parametrize(
    ("seconds", "outcome"), [(0, "automated"), (1.9, "automated"), (2, "queued")]
)
def test_form_submitted_too_fast_is_automated(reader, at, seconds, outcome):
    fresh = reader.load()
    at(seconds=seconds)
    reader.send(shown=fresh)

    assert outcomes() == [outcome]


def test_corrected_form_is_not_too_fast(reader, at):
    """The returned form keeps the time of the first one."""
    fresh = reader.load()
    at(seconds=5)
    refused = reader.send("reader@example", shown=fresh)
    assert refused.status_code == 400
    kept = SHOWN.search(refused.text)[1]
    at(seconds=5.5)
    reader.send("reader@example.org", shown=kept)

    assert (kept, outcomes()) == (fresh, ["queued"])


def test_forged_time_is_refused(reader):
    token = reader.shown
    for forged in ("", "1", token[:-1], token + "x", token.replace(".", ":"), "x" + token):
        answer = reader.send(shown=forged)
        assert answer.status_code == 409

    assert not SignUp.objects.exists()


def test_confirmation_is_sent_again_within_the_limits(at, deliver):
    at()
    _, subscription = make_requested(make_newsletter(), VICTIM)
    sent = []
    for minutes in (0, 5, 9.9, 10, 15, 20, 30, 60, 24 * 60, 24 * 60 + 5):
        at(minutes=minutes)
        with contextlib.suppress(TransitionRefused):
            subscriptions.resend_confirmation(subscription)
            sent.append(minutes)

    assert sent == [10, 20, 24 * 60]
    assert deliver()["sent"] == 4
    assert ConsentEvent.objects.count() == 1


def test_resending_too_soon_says_when_it_is_possible(at):
    at()
    _, subscription = make_requested(make_newsletter(), VICTIM)

    with pytest.raises(TransitionRefused, match="The next one can be sent at 13:10 on 01 May"):
        subscriptions.resend_confirmation(subscription)


def test_resent_confirmations_and_sign_ups_count_together(reader, at, deliver):
    reader.send()
    deliver()
    subscription = Subscriber.objects.get().subscriptions.get()
    at(minutes=10)
    subscriptions.resend_confirmation(subscription)
    at(minutes=15)
    reader.send()
    deliver()

    assert len(mail.outbox) == 2
    assert outcomes() == ["requested", "too_soon"]
