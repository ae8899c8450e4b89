"""Concurrent sign-ups and messages, on a served site and in threads."""

import contextlib
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from aiosmtpd.controller import Controller
from django.core import mail as outgoing
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from newsletter import ledger, links, mail, sign_ups
from newsletter.consent_texts import DisplayedForm, current_consent_texts
from newsletter.models import ConsentEvent, Message, SignUp, Subscriber, Subscription
from newsletter.models.message import MessageQuerySet
from newsletter.scheduling import schedule_delivery
from newsletter.tasks import deliver
from newsroom.canonical_json import canonical
from tests import serving
from tests.newsletter.factories import make_newsletter, make_requested
from tests.serving import LIMIT, at_once, in_a_thread, one_waits_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 20
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="on SQLite one transaction writes at a time anyway"
)


class Inbox:
    """The recipients of a mail server's messages."""

    def __init__(self):
        self.recipients = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  (aiosmtpd's name)
        self.recipients += envelope.rcpt_tos
        return "250 OK"


@pytest.fixture
def inbox(settings):
    """A mail server for this process and for the site's processes."""
    inbox = Inbox()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", serving.free_port()
    controller = Controller(inbox, settings.EMAIL_HOST, settings.EMAIL_PORT)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    yield inbox
    controller.stop()


@pytest.fixture
def site(tmp_path, inbox, settings):
    """A served site, with two processes on PostgreSQL and one on SQLite."""
    workers = 1 if connection.vendor == "sqlite" else 2
    address = f"smtp://{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    with serving.Site(tmp_path, serving.database_url(), workers=workers, EMAIL_URL=address) as site:
        yield site
    log = site.log.read_text()
    assert "Traceback" not in log, log
    assert "locked" not in log, log


def press(line, newsletter, shown, address, client="192.0.2.1"):
    """Sign up; return the status and the redirect's location."""
    path = reverse("newsletter:sign_up", args=[newsletter.slug])
    form = {"address": address, "agree": "on", "shown": shown, "homepage": ""}
    return post(line, path, form, client)


def post(line, path, form, client="192.0.2.1"):
    """Submit a form; return the status and the redirect's location."""
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": f"http://{line.host}:{line.port}",
        "Sec-Fetch-Site": "same-origin",
        "X-Forwarded-For": client,
    }
    line.request("POST", path, urlencode(form), headers)
    answer = line.getresponse()
    answer.read()
    return answer.status, answer.headers["Location"]


def shown_in(newsletter):
    """Return the signed field of a form that was rendered a minute ago."""
    texts = current_consent_texts([newsletter])[newsletter.pk]
    shown = DisplayedForm.create(texts, newsletter.get_absolute_url(), "own page")
    return replace(shown, rendered_at=shown.rendered_at - 60).token()


def path_of(link):
    return link.removeprefix("http://testserver")


def deliver_at_once(number=4):
    """Run the task several times at once, besides the site's own runs."""
    start = threading.Barrier(number)

    def run(_):
        start.wait(LIMIT)
        return deliver.call()

    with ThreadPoolExecutor(number) as threads:
        list(threads.map(in_a_thread(run), range(number)))


def nothing_is_left_to_do():
    return not SignUp.objects.queued().exists() and not Message.objects.unsent().exists()


def broken_links():
    return [str(link) for link in ledger.Verification().walk() if link]


# The served site


def test_twenty_identical_sign_ups_are_one_subscriber_and_one_message(site, inbox):
    newsletter = make_newsletter()
    shown = shown_in(newsletter)

    answers = at_once(
        site, AT_ONCE, lambda line: press(line, newsletter, shown, "reader@example.org")
    )
    deliver_at_once()
    serving.until(nothing_is_left_to_do, "the delivery")

    assert len(set(answers)) == 1
    assert answers[0][0] == 302
    assert inbox.recipients == ["reader@example.org"]
    assert [each.address for each in Subscriber.objects.all()] == ["reader@example.org"]
    assert Subscription.objects.get().state == Subscription.State.WAITING
    assert ConsentEvent.objects.get().kind == "requested"
    assert Message.objects.get().sent_at
    outcomes = Counter(SignUp.objects.values_list("outcome", flat=True))
    assert outcomes == {"requested": 1, "too_soon": AT_ONCE - 1}
    assert broken_links() == []


def test_twenty_readers_at_once_are_twenty_subscribers_in_one_chain(site, inbox):
    newsletter = make_newsletter()
    shown, numbers = shown_in(newsletter), iter(range(AT_ONCE))
    addresses = [f"reader{number}@example.org" for number in range(AT_ONCE)]

    def sign_up(line):
        number = next(numbers)
        return press(line, newsletter, shown, addresses[number], f"198.51.100.{number}")

    answers = at_once(site, AT_ONCE, sign_up)
    deliver_at_once()
    serving.until(nothing_is_left_to_do, "the delivery")

    assert {status for status, _ in answers} == {302}
    assert sorted(inbox.recipients) == sorted(addresses)
    assert set(Subscriber.objects.values_list("address", flat=True)) == set(addresses)
    assert ConsentEvent.objects.count() == AT_ONCE
    assert broken_links() == []


def test_confirming_and_leaving_twenty_times_at_once_is_one_event_and_one_receipt_each(site):
    newsletter = make_newsletter()
    event, subscription = make_requested(newsletter)
    confirm = path_of(links.confirm_url(event))
    leave = path_of(links.unsubscribe_url(subscription.subscriber, newsletter))

    confirmed = at_once(site, AT_ONCE, lambda line: post(line, confirm, {}))
    one_click = {"List-Unsubscribe": "One-Click"}
    left = at_once(site, AT_ONCE, lambda line: post(line, leave, one_click))

    assert confirmed == [(302, confirm)] * AT_ONCE
    assert left == [(200, None)] * AT_ONCE
    kinds = ConsentEvent.objects.order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["requested", "confirmed", "unsubscribed"]
    assert Message.objects.filter(kind="receipt").count() == 1
    assert broken_links() == []


# Locks and constraints


def make_sign_ups(newsletter, address, number=2):
    """Make queued sign-ups; return their primary keys."""
    texts = current_consent_texts([newsletter])[newsletter.pk]
    versions = [texts.wording.pk, texts.policies.terms.pk, texts.policies.privacy.pk]
    evidence = {"address": address, "client": "192.0.2.1", "browser": "A browser"}
    document = canonical({"evidence": evidence, "versions": versions, "where": ["/", "list"]})
    now = timezone.now()
    rows = [
        SignUp.objects.create(
            newsletter=newsletter,
            received_at=now,
            due_at=now,
            network=b"\0" * 16,
            document=document,
        )
        for _ in range(number)
    ]
    return [row.pk for row in rows]


def remove_lock(monkeypatch):
    """Process sign-ups without the ledger's lock; appending still locks."""
    lockless = SimpleNamespace(lock=lambda: None, timestamp=ledger.timestamp)
    monkeypatch.setattr(sign_ups, "ledger", lockless)


@on_postgresql
@pytest.mark.parametrize("lock", ["locked", "unlocked"])
def test_lock_makes_two_forms_one_message(lock, monkeypatch):
    """Two processes process a form each: the second begins after the first has read."""
    forms = make_sign_ups(make_newsletter(), "reader@example.org")
    if lock == "unlocked":
        remove_lock(monkeypatch)
    have_read, go_on = [], threading.Event()
    stock = MessageQuerySet.next_allowed_at

    def next_allowed_at(self, *arguments):
        found = stock(self, *arguments)
        have_read.append(found)
        assert go_on.wait(LIMIT)
        return found

    monkeypatch.setattr(MessageQuerySet, "next_allowed_at", next_allowed_at)
    with ThreadPoolExecutor(2) as threads:
        process = in_a_thread(sign_ups.process)
        first = threads.submit(process, forms[0])
        serving.until(lambda: have_read, "the first one's reading")
        second = threads.submit(process, forms[1])
        serving.until(lambda: len(have_read) == 2 or one_waits_for_a_lock(), "the second one")
        go_on.set()
        assert (first.result(LIMIT), second.result(LIMIT)) == (True, True)

    number = 1 if lock == "locked" else 2
    assert Message.objects.count() == ConsentEvent.objects.count() == number
    outcomes = set(SignUp.objects.values_list("outcome", flat=True))
    assert outcomes == ({"requested", "too_soon"} if number == 1 else {"requested"})
    assert Subscriber.objects.count() == 1
    assert broken_links() == []


@contextlib.contextmanager
def without_the_unique_address():
    """Drop the unique constraint of addresses for a while."""
    unique = Subscriber._meta.get_field("address_key")
    free = unique.clone()
    free._unique, free.model = False, Subscriber
    free.set_attributes_from_name(unique.name)
    with connection.schema_editor() as editor:
        editor.alter_field(Subscriber, unique, free)
    try:
        yield
    finally:
        Message.objects.all().delete()
        Subscriber.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.alter_field(Subscriber, free, unique)


@on_postgresql
@pytest.mark.parametrize("constraint", ["unique", "dropped"])
def test_unique_constraint_allows_one_subscriber_an_address(constraint, monkeypatch):
    """Without the lock, both sign-ups find that the address is new."""
    forms = make_sign_ups(make_newsletter(), "reader@example.org")
    remove_lock(monkeypatch)
    found_none, stock = threading.Barrier(2), Subscriber.save

    def save(self, *arguments, **options):
        found_none.wait(LIMIT)
        return stock(self, *arguments, **options)

    monkeypatch.setattr(Subscriber, "save", save)
    dropped = constraint == "dropped"
    with without_the_unique_address() if dropped else contextlib.nullcontext():
        with ThreadPoolExecutor(2) as threads:
            assert all(threads.map(in_a_thread(sign_ups.process), forms, timeout=LIMIT))

        assert Subscriber.objects.count() == (2 if dropped else 1)


@on_postgresql
@pytest.mark.parametrize("lock", ["locked", "unlocked"])
def test_concurrent_events_form_one_chain(lock, monkeypatch):
    """Without the lock both would follow the same event, and the database refuses the second."""
    first, _ = make_requested(make_newsletter())
    if lock == "unlocked":
        heads = ledger.ChainHead.objects
        monkeypatch.setattr(ledger, "lock", lambda: heads.get(pk=ledger.HEAD_PK))
    appended, go_on = threading.Event(), threading.Event()

    def append(wait):
        with transaction.atomic():
            event = ledger.append(
                ledger.Kind.UNSUBSCRIBED,
                first.subject,
                by=ledger.SYSTEM,
                where=ledger.EventSource("x"),
            )
            appended.set()
            assert not wait or go_on.wait(LIMIT)
        return event.number

    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(in_a_thread(append), True)
        assert appended.wait(LIMIT)
        other = threads.submit(in_a_thread(append), False)
        serving.until(one_waits_for_a_lock, "the second event")
        go_on.set()
        assert one.result(LIMIT) == first.number + 1
        if lock == "locked":
            assert other.result(LIMIT) == first.number + 2
        else:
            with pytest.raises(IntegrityError):
                other.result(LIMIT)

    assert broken_links() == []


@pytest.mark.parametrize("claim", ["claimed", "unclaimed"])
def test_claim_prevents_sending_a_message_twice(claim, monkeypatch):
    """One process composes a message while another looks for messages to send."""
    make_requested(make_newsletter())
    if claim == "unclaimed":
        monkeypatch.setattr(mail, "claim", lambda pk: Message.objects.get(pk=pk))
    writing, go_on, stock = threading.Event(), threading.Event(), mail.compose

    def compose(message):
        first = not writing.is_set()
        writing.set()
        assert not first or go_on.wait(LIMIT)
        return stock(message)

    monkeypatch.setattr(mail, "compose", compose)
    with ThreadPoolExecutor(1) as threads:
        one = threads.submit(in_a_thread(mail.send_due), schedule_delivery)
        assert writing.wait(LIMIT)
        other = mail.send_due(schedule_delivery)
        go_on.set()
        sent = (one.result(LIMIT), other)

    assert sent == ((1, 0) if claim == "claimed" else (1, 1))
    assert len(outgoing.outbox) == sum(sent)


def test_message_of_a_stopped_process_is_sent_by_another(later):
    make_requested(make_newsletter())
    [message] = Message.objects.all()
    later(still=True)
    assert mail.claim(message.pk)  # and nothing more is heard

    assert mail.send_due(schedule_delivery) == 0
    later(seconds=mail.CLAIM_DURATION.total_seconds() - 1, still=True)
    assert mail.send_due(schedule_delivery) == 0
    later(seconds=1, still=True)
    assert mail.send_due(schedule_delivery) == 1
    assert mail.send_due(schedule_delivery) == 0
    assert len(outgoing.outbox) == 1
