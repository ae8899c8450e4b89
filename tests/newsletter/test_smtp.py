"""Messages through a real SMTP server: content, links, refusals and retries."""

import email.policy
import logging
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from django.db import OperationalError, transaction
from django.test import Client
from django.utils import timezone

from newsletter import address_changes
from newsletter.models import Message, Newsletter, Subscriber
from newsletter.models.message import RETRY_DELAYS, MessageQuerySet
from newsletter.tasks import deliver as deliver_task
from tests import serving
from tests.newsletter.factories import (
    forget_messages,
    kinds_of,
    make_newsletter,
    make_requested,
    states,
)
from tests.tables import rows_by_table

pytestmark = pytest.mark.django_db

ADDRESS = "Reader@example.org"
LIMIT = 60


class Sink:
    """The received messages, and the answers to give: by recipient, and to the data."""

    def __init__(self):
        self.taken, self.refused, self.at_data = [], {}, None
        #: Set if the server has to delay its answer.
        self.held, self.arrived, self.waiting = None, threading.Event(), 0

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.at_data:
            return self.at_data
        if self.held:
            self.arrived.set()
            self.waiting += 1
            await server.loop.run_in_executor(None, self.held.wait, LIMIT)
        self.taken.append((envelope.rcpt_tos, envelope.content))
        return "250 OK"

    def messages(self):
        """Return the parsed messages, oldest first."""
        return [
            email.message_from_bytes(data, policy=email.policy.default) for _, data in self.taken
        ]


@pytest.fixture
def sink(settings, monkeypatch):
    """A server that accepts all messages by default; its own log is disabled."""
    monkeypatch.setattr(logging.getLogger("mail.log"), "disabled", True)
    sink = Sink()
    controller = Controller(
        sink, hostname="127.0.0.1", port=serving.free_port(), ready_timeout=LIMIT
    )
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_TIMEOUT = LIMIT
    yield sink
    controller.stop()


def part(message, kind):
    return message.get_body((kind,)).get_content()


def links_of(message):
    """Return every URL in a message, without the site's host."""
    text = part(message, "plain") + part(message, "html") + str(message["List-Unsubscribe"] or "")
    return list(dict.fromkeys(re.findall(r"https?://[^\s\"'<>]+", text)))


def path_to(message, what):
    [link] = [link for link in links_of(message) if f"/{what}/" in link]
    return link.removeprefix("http://testserver")


@pytest.fixture
def every_kind(sink, sign_up, deliver, client, later):
    """Cause one message of each kind as readers do; return them by kind."""
    newsletter = make_newsletter(name="Sci-Fi Weekly")
    sign_up(newsletter, ADDRESS)
    deliver()
    client.post(path_to(sink.messages()[-1], "confirm"))
    deliver()
    later(minutes=11)
    sign_up(newsletter, ADDRESS)
    deliver()
    page = path_to(sink.messages()[-1], "manage")
    client.post(f"{page}link/")
    deliver()
    address_changes.request_change(Subscriber.objects.get(), "new@example.net")
    deliver()
    kinds = Message.objects.order_by("pk").values_list("kind", flat=True)
    assert set(kinds) == set(Message.Kind)
    return dict(zip(kinds, sink.messages(), strict=True))


def snapshot():
    return {table: sorted(map(repr, rows)) for table, rows in rows_by_table()}


def test_every_message_is_plain_small_and_loads_nothing(every_kind):
    subjects = {
        "confirm": "Please confirm: Sci-Fi Weekly",
        "receipt": "You are subscribed to Sci-Fi Weekly",
        "already_subscribed": "You are already subscribed to Sci-Fi Weekly",
        "link": "Your link to your newsletters at Newsroom",
        "change_at_old": "Please confirm your new address for newsletters",
        "change_at_new": "Newsletters from Newsroom to this address?",
    }
    assert {kind: message["subject"].strip() for kind, message in every_kind.items()} == subjects
    for kind, message in every_kind.items():
        assert message.get_content_type() == "multipart/alternative"
        assert [each.get_content_type() for each in message.iter_parts()] == [
            "text/plain",
            "text/html",
        ]
        assert len(message.as_bytes()) < 15_000  # Gmail clips above 102 KB
        html = part(message, "html").lower()
        for loading in (
            "<img",
            "<link",
            "<script",
            "<iframe",
            "url(",
            "@import",
            " src=",
            "<style",
        ):
            assert loading not in html, (kind, loading)
        assert {link.split("/")[2] for link in links_of(message)} == {"testserver"}
        assert "<" not in part(message, "plain")
        assert "{" not in part(message, "plain") + html
        newsletter = kind in {"confirm", "receipt", "already_subscribed"}
        assert bool(message["List-Unsubscribe"]) == bool(message["List-Unsubscribe-Post"])
        assert bool(message["List-Unsubscribe"]) == newsletter


def test_each_message_goes_to_one_reader_and_no_other(every_kind, sink):
    recipients = [recipients for recipients, _ in sink.taken]

    assert recipients == [[ADDRESS]] * 5 + [["new@example.net"]]


def test_message_to_the_new_address_has_no_link_to_the_own_page(every_kind):
    [own] = [link for link in links_of(every_kind["change_at_new"]) if "/newsletters/" in link]

    assert "/change/new/" in own


def test_fetching_every_link_of_every_message_changes_nothing(
    every_kind, sink, sign_up, deliver, client
):
    sign_up(Newsletter.objects.get(), "other@example.org")  # who still has to confirm
    deliver()
    assert states()["other@example.org"] == {"Sci-Fi Weekly": "waiting"}
    found = {link for message in sink.messages() for link in links_of(message)}
    paths = sorted(link.removeprefix("http://testserver") or "/" for link in found)
    assert {path.split("/")[2] for path in paths if path.startswith("/newsletters/")} == {
        "confirm",
        "unsubscribe",
        "manage",
        "change",
    }
    client.get(paths[0])  # what a process keeps once
    before = snapshot()

    for path in paths * 2:
        for method in ("get", "head"):
            scanner = Client()
            answer = getattr(scanner, method)(path)
            assert answer.status_code == 200, path
            assert not answer.cookies

    assert snapshot() == before


def test_the_buttons_behind_the_links_make_changes(every_kind, client):
    """The test before needs links that work."""
    for kind, what in (
        ("change_at_old", "change/old"),
        ("change_at_new", "change/new"),
        ("receipt", "unsubscribe"),
    ):
        before = snapshot()
        link = next(each for each in links_of(every_kind[kind]) if f"/{what}/" in each)
        assert client.post(link.removeprefix("http://testserver")).status_code == 302
        assert snapshot() != before


def test_one_click_is_a_post_without_cookie_or_redirect_and_repeatable(every_kind):
    link = every_kind["receipt"]["List-Unsubscribe"].strip(" <>").removeprefix("http://testserver")
    provider = Client(enforce_csrf_checks=True, headers={"Origin": "https://mail.example"})

    answers = [provider.post(link, {"List-Unsubscribe": "One-Click"}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert [dict(answer.cookies) for answer in answers] == [{}] * 3
    assert {answer.content for answer in answers} == {b"Unsubscribed."}
    assert states() == {ADDRESS: {"Sci-Fi Weekly": "unsubscribed"}}
    kinds = kinds_of(Subscriber.objects.get().subject)
    assert kinds == ["requested", "confirmed", "unsubscribed"]


REFUSALS = {
    "451 at the recipient": lambda sink: sink.refused.update({ADDRESS: f"451 {ADDRESS}: later"}),
    "451 at the text": lambda sink: setattr(sink, "at_data", f"451 {ADDRESS}: later"),
    "554 at the text": lambda sink: setattr(sink, "at_data", f"554 {ADDRESS}: no"),
    "connection refused": None,
}


@pytest.mark.parametrize("how", REFUSALS)
def test_sign_up_is_confirmed_after_the_mail_server_recovers(
    how, sink, settings, client, sign_up, deliver, later
):
    newsletter = make_newsletter(name="Sci-Fi Weekly")
    port = settings.EMAIL_PORT
    if how == "connection refused":
        settings.EMAIL_PORT = serving.free_port()
    else:
        REFUSALS[how](sink)

    answer = sign_up(newsletter, ADDRESS)
    assert "A message is on its way" in client.get(answer.url).text
    assert deliver() == {"processed": 1, "sent": 0}
    assert states() == {ADDRESS: {"Sci-Fi Weekly": "waiting"}}
    assert deliver()["sent"] == 0  # not before its time

    settings.EMAIL_PORT, sink.refused, sink.at_data = port, {}, None
    later(minutes=1)
    assert deliver() == {"processed": 0, "sent": 1}
    client.post(path_to(sink.messages()[0], "confirm"))
    assert states() == {ADDRESS: {"Sci-Fi Weekly": "confirmed"}}


def test_permanently_refused_recipient_is_not_retried(sink, sign_up, deliver, later):
    newsletter = make_newsletter(name="Sci-Fi Weekly")
    sink.refused[ADDRESS] = "550 no such mailbox"
    sign_up(newsletter, ADDRESS)
    sign_up(newsletter, "other@example.org")

    assert deliver() == {"processed": 2, "sent": 1}

    assert states()[ADDRESS] == {"Sci-Fi Weekly": "waiting"}
    sink.refused = {}
    later(days=2)
    assert deliver() == {"processed": 0, "sent": 0}
    assert Message.objects.filter(given_up=True).count() == 1


def test_message_is_given_up_after_nine_attempts_in_two_days(sink, deliver, later):
    make_requested(make_newsletter(), ADDRESS)
    sink.at_data = "451 later"
    deliver()
    for tries, wait in enumerate(RETRY_DELAYS, 1):
        message = Message.objects.get()
        assert (message.attempts, message.given_up) == (tries, False)
        later(seconds=wait.total_seconds() + 1)
        deliver()

    message = Message.objects.get()
    assert (message.attempts, message.given_up) == (len(RETRY_DELAYS) + 1, True)
    sink.at_data = None
    later(days=9)
    assert deliver()["sent"] == 0


@pytest.mark.parametrize("code", ["451", "550"])
def test_refused_recipient_does_not_stop_other_messages(code, sink, deliver):
    newsletter = make_newsletter()
    for number in range(3):
        make_requested(newsletter, f"reader{number}@example.org")
    sink.refused["reader1@example.org"] = f"{code} no"

    assert deliver()["sent"] == 2


def test_later_messages_are_sent_at_the_retry_though_the_first_fails_again(sink, deliver, later):
    newsletter = make_newsletter()
    for number in range(3):
        make_requested(newsletter, f"reader{number}@example.org")
    sink.at_data = "451 later"
    assert deliver()["sent"] == 0
    assert Message.objects.filter(attempts=1).count() == 1  # the server was asked once

    sink.at_data, sink.refused = None, {"reader0@example.org": "451 later"}
    later(minutes=2)

    assert deliver()["sent"] == 2
    assert [recipients for recipients, _ in sink.taken] == [
        ["reader1@example.org"],
        ["reader2@example.org"],
    ]


def test_closed_connection_loses_no_message(sink, settings, deliver, later):
    make_requested(make_newsletter(), ADDRESS)
    sink.at_data = "421 going down"
    assert deliver()["sent"] == 0
    sink.at_data = None
    later(minutes=2)
    assert deliver()["sent"] == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_send_each_message_once(sink):
    with transaction.atomic():
        newsletter = make_newsletter()
        for number in range(3):
            make_requested(newsletter, f"reader{number}@example.org")
    sink.held = threading.Event()

    @serving.in_a_thread
    def run():
        return deliver_task.call()["sent"]

    with ThreadPoolExecutor(2) as runs:
        first = runs.submit(run)
        assert sink.arrived.wait(LIMIT)  # its message is under way
        second = runs.submit(run)
        serving.until(lambda: sink.waiting == 2, "another message under way")
        sink.held.set()
        sent = first.result(LIMIT) + second.result(LIMIT)

    assert sent == len(sink.taken) == 3
    assert len({tuple(recipients) for recipients, _ in sink.taken}) == 3


def test_message_of_a_stopped_process_is_sent_after_its_claim(sink, deliver, later):
    make_requested(make_newsletter(), ADDRESS)
    Message.objects.update(claimed_until=timezone.now() + timedelta(minutes=5))
    assert deliver()["sent"] == 0
    later(minutes=5, seconds=1)

    assert deliver()["sent"] == 1


def test_logs_hold_no_address_and_no_token(sink, settings, client, sign_up, later, caplog):
    """The log level is DEBUG, and the server's refusal contains the address."""
    caplog.set_level(logging.DEBUG)
    newsletter = make_newsletter(name="Sci-Fi Weekly")
    for refusal in REFUSALS.values():
        if refusal:
            sink.refused, sink.at_data = {}, None
            refusal(sink)
        forget_messages()
        sign_up(newsletter, "Reader@EXAMPLE.org")
        deliver_task.enqueue()
    sink.refused, sink.at_data = {ADDRESS: f"550 {ADDRESS}: no such mailbox"}, None
    forget_messages()
    later(minutes=30)
    deliver_task.enqueue()
    sink.refused = {}
    forget_messages()
    later(minutes=30)
    sign_up(newsletter, "Reader@EXAMPLE.org")
    deliver_task.enqueue()
    confirm = path_to(sink.messages()[-1], "confirm")
    client.get(confirm)
    client.post(confirm)
    client.get(f"{confirm}x")
    client.get(confirm.replace("confirm", "manage"))
    deliver_task.enqueue()
    page = path_to(sink.messages()[-1], "manage")
    client.post(f"{page}address/", {"address": "not an address, new@example.net"})
    client.post(f"{page}address/", {"address": "new@example.net"})
    deliver_task.enqueue()
    client.post(f"{page}erase/")
    client.get(page)
    deliver_task.enqueue()

    assert any(record.name == "newsletter.mail" for record in caplog.records)
    logged = "\n".join(map(caplog.handler.format, caplog.records)).lower()
    found = {link for message in sink.messages() for link in links_of(message)}
    kinds = {link.split("/")[4] for link in found if "/newsletters/" in link}
    assert kinds == {"confirm", "unsubscribe", "manage", "change"}
    tokens = {link.lower().split("/")[-2] for link in found if "/newsletters/" in link}
    assert len(tokens) >= 3
    assert [each for each in {"reader@", "new@example", *tokens} if each in logged] == []


def test_log_of_a_database_error_after_a_refusal_has_no_address(sink, caplog, monkeypatch):
    """The refusal contains it, and a traceback includes the errors before."""
    make_requested(make_newsletter(), ADDRESS)
    sink.at_data = f"554 {ADDRESS}: no"

    stock = MessageQuerySet.update

    def update(self, **values):
        if "attempts" in values:
            raise OperationalError("gone away")
        return stock(self, **values)

    monkeypatch.setattr(MessageQuerySet, "update", update)
    deliver_task.enqueue()

    assert "gone away" in caplog.text
    assert ADDRESS not in caplog.text
