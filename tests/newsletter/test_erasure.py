"""An erased person is deleted from every table, also after a backup is restored."""

import stat
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection

from newsletter import address_changes, erasure, ledger, links, subscriptions
from newsletter import mail as sending
from newsletter.models import (
    ChainHead,
    ConsentEvent,
    Evidence,
    Message,
    SignUp,
    Subscriber,
    Subscription,
    Suppression,
)
from newsletter.scheduling import schedule_delivery
from newsletter.tokens import Purpose
from tests.articles.factories import make_user
from tests.newsletter.conftest import SHOWN
from tests.newsletter.factories import (
    forget_messages,
    kinds_of,
    make_confirmed,
    make_newsletter,
    make_policy,
    make_requested,
)
from tests.tables import rows_by_table
from tests.triggers import create_triggers, drop_guards

pytestmark = pytest.mark.django_db

CLIENT, BROWSER = "198.51.100.77", "Netscape Navigator 4.08"
OLD, NEW = "ann@example.org", "Annette.Curtain@example.net"


def values():
    """Yield every value of every row."""
    for _, rows in rows_by_table():
        for row in rows:
            for value in row:
                binary = isinstance(value, bytes | memoryview)
                yield bytes(value).decode("latin-1") if binary else str(value)


def found(*needles):
    """Return which of these texts are in the database, ignoring case."""
    everything = "\n".join(values()).lower()
    return [needle for needle in needles if needle.lower() in everything]


def erase(subscriber):
    return erasure.erase(subscriber, by=ledger.READER, where=ledger.EventSource("settings"))


def broken():
    return [str(link) for link in ledger.Verification().walk() if link]


def path_of(url):
    return url.removeprefix("http://testserver")


@pytest.fixture
def newsletter():
    return make_newsletter(name="Sci-Fi Weekly")


@pytest.fixture
def whole_life(client, newsletter, sign_up, deliver, later):
    """A subscriber who did everything that a reader can do, from one browser."""
    client.defaults |= {"REMOTE_ADDR": CLIENT, "HTTP_USER_AGENT": BROWSER}
    sign_up(newsletter, OLD)
    deliver()
    client.post(path_of(links.confirm_url(ConsentEvent.objects.get())))
    subscriber = Subscriber.objects.get()
    page, second = path_of(links.manage_url(subscriber)), make_newsletter()
    [shown] = SHOWN.findall(client.get(page).text)
    client.post(f"{page}on/{second.slug}/", {"shown": shown, "agree": "on"})
    client.post(f"{page}address/", {"address": NEW})
    change = subscriber.address_changes.get()
    for at in (Purpose.CHANGE_AT_OLD, Purpose.CHANGE_AT_NEW):
        client.post(path_of(links.address_change_url(change, at)))
    client.post(path_of(links.unsubscribe_url(subscriber, second)))
    make_policy()
    shown = SHOWN.search(client.get(page).text)[1]
    client.post(f"{page}agree/", {"shown": shown, "agree": "on"})
    client.post(f"{page}address/", {"address": "third@example.com"})
    deliver()
    later(days=2)
    third = make_newsletter()
    sign_up(third, NEW.upper())  # stays queued
    subscriber.refresh_from_db()
    return subscriber


NEEDLES = (OLD, NEW, "third@example.com", "Curtain", CLIENT, BROWSER)


def test_erasure_leaves_nothing_that_identifies_a_person(whole_life):
    subject = whole_life.subject
    assert found(*NEEDLES) == list(NEEDLES), "nothing there that could be erased"
    assert kinds_of(subject) == [
        "requested",
        "confirmed",
        "confirmed",
        "address_changed",
        "unsubscribed",
        "agreed_again",
    ]
    assert SignUp.objects.queued().count() == 1

    erase(whole_life)

    assert found(*NEEDLES) == []
    for model in (Subscriber, Subscription, Evidence):
        assert not model.objects.exists()
    assert not SignUp.objects.queued().exists()
    assert not Message.objects.unsent().exists()


def test_chain_still_verifies_and_says_that_the_person_was_erased(whole_life):
    subject = whole_life.subject

    erase(whole_life)

    assert kinds_of(subject)[-1] == "erased"
    assert broken() == []


def test_nothing_is_sent_to_somebody_who_was_erased(newsletter, deliver):
    subscription = make_confirmed(newsletter)
    assert Message.objects.unsent().count() == 2

    erase(subscription.subscriber)
    deliver()

    assert mail.outbox == []


def test_failed_erasure_changes_nothing_and_is_repeated(newsletter, deliver, monkeypatch):
    subscription = make_confirmed(newsletter, OLD)

    def fail(subscriber):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(Subscriber, "delete", fail)
        with pytest.raises(RuntimeError):
            erase(subscription.subscriber)
    assert Subscriber.objects.filter(pk=subscription.subscriber_id).exists()

    deliver()

    assert found(OLD) == []
    assert mail.outbox == []


# Others


def test_reader_whose_address_contains_the_erased_one_loses_nothing(client, newsletter, sign_up):
    second = make_newsletter()
    ann = make_confirmed(newsletter, "ann@example.org").subscriber
    others = ["joann@example.org", "ann@example.org.uk", "ann+x@example.org"]
    for address in others:
        make_confirmed(newsletter, address)
        assert sign_up(second, address).status_code == 302
    assert sign_up(second, "Ann@EXAMPLE.org").status_code == 302
    before = {row.pk: row.document for row in Evidence.objects.exclude(event__subject=ann.subject)}

    erase(ann)

    waiting = [row.document for row in SignUp.objects.queued().order_by("pk")]
    assert len(waiting) == len(others)
    for document, address in zip(waiting, others, strict=True):
        assert f'"{address}"' in document
    left = set(Subscriber.objects.values_list("address", flat=True))
    assert left == set(others)
    assert {row.pk: row.document for row in Evidence.objects.all()} == before
    assert Subscription.objects.filter(state="confirmed").count() == len(others)


def test_signing_up_again_afterwards_makes_a_new_subject(client, newsletter, sign_up, deliver):
    first = make_confirmed(newsletter, OLD).subscriber
    erase(first)
    forget_messages()

    sign_up(newsletter, OLD)
    assert deliver()["sent"] == 1

    again = Subscriber.objects.get()
    assert again.subject != first.subject
    assert kinds_of(again.subject) == ["requested"]
    assert kinds_of(first.subject) == ["requested", "confirmed", "erased"]
    assert erasure.erase_again() == 0
    assert broken() == []


# The file of erasures


def test_file_holds_ids_and_times_only_and_is_private(newsletter, settings):
    settings.ERASURES_FILE = Path(settings.ERASURES_FILE).parent / "deep" / "erasures"
    subjects = []
    for address in (OLD, NEW):
        subscriber = make_confirmed(newsletter, address).subscriber
        subjects.append(subscriber.subject)
        erase(subscriber)

    file = Path(settings.ERASURES_FILE)
    ids, moments = zip(*(line.split(" ") for line in file.read_text().splitlines()), strict=True)
    assert list(map(UUID, ids)) == subjects
    assert [datetime.fromisoformat(each) for each in moments] == list(
        erasure.recorded_erasures().values()
    )
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert erasure.recorded_erasures().keys() == set(subjects)


def test_incomplete_line_is_skipped(newsletter, settings):
    subscriber = make_confirmed(newsletter).subscriber
    path = Path(settings.ERASURES_FILE)
    path.write_bytes(b"\xff\x00nonsense\n\n12345678-12\n")
    erase(subscriber)

    assert erasure.recorded_erasures().keys() == {subscriber.subject}


# A restored backup


TABLES = [
    (Subscriber, "newsletter_subscriber"),
    (Subscription, "newsletter_subscription"),
    (ConsentEvent, "newsletter_consentevent"),
    (Evidence, "newsletter_evidence"),
    (Message, "newsletter_message"),
    (ChainHead, "newsletter_chainhead"),
]


@pytest.fixture
def backup():
    """Copy the rows; return a function that restores the copy."""
    kept = [(model, list(model.objects.order_by("pk"))) for model, _ in TABLES]

    def restore():
        dropped = drop_guards("newsletter")
        with connection.cursor() as cursor:
            for _, table in reversed(TABLES):
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608
        for model, rows in kept:
            model.objects.bulk_create(rows)
        create_triggers(dropped)

    return restore


@pytest.fixture
def erased(newsletter, request):
    """The subject of a person who was erased, and is back after restoring a backup."""
    subscriber = make_confirmed(newsletter, OLD).subscriber
    make_confirmed(newsletter, NEW)
    restore = request.getfixturevalue("backup")
    erase(subscriber)
    assert found(OLD) == []
    restore()
    assert found(OLD) == [OLD]
    assert kinds_of(subscriber.subject) == ["requested", "confirmed"]
    return subscriber.subject


def test_erased_person_is_erased_again_before_anything_is_sent(erased, deliver):
    deliver()

    assert found(OLD) == []
    assert [message.to for message in mail.outbox] == [[NEW]]
    assert kinds_of(erased) == ["requested", "confirmed", "erased"]
    assert broken() == []


@pytest.mark.parametrize("what", ["", "data.json", "erase/"])
def test_own_page_of_an_erased_person_stays_gone(client, erased, what):
    page = path_of(links.manage_url(Subscriber.objects.get(subject=erased)))

    answer = client.get(f"{page}{what}")

    assert answer.status_code == 410
    assert OLD not in answer.text


def test_new_sign_up_after_a_backup_is_not_erased_again(newsletter, sign_up, deliver, erased):
    forget_messages()

    sign_up(newsletter, OLD)
    deliver()

    assert Subscriber.objects.get(address=OLD).subject != erased
    assert kinds_of(erased)[-1] == "erased"
    assert erasure.erase_again() == 0
    assert OLD in [message.to[0] for message in mail.outbox]


def test_queued_sign_up_in_a_backup_is_erased_with_its_sender(newsletter, sign_up, deliver):
    subscriber = make_confirmed(newsletter, OLD).subscriber
    sign_up(newsletter, OLD)
    form = SignUp.objects.values().get()
    erase(subscriber)
    assert not SignUp.objects.exists()

    Subscriber.objects.create(subject=subscriber.subject, address=OLD)
    SignUp.objects.create(**form)
    deliver()

    assert found(OLD) == []


def test_without_the_file_a_restored_person_would_get_messages(erased, deliver, settings):
    Path(settings.ERASURES_FILE).unlink()

    deliver()

    assert [message.to for message in mail.outbox] == [[OLD], [NEW]]


def test_erasure_during_sending_does_not_stop_other_messages(newsletter, monkeypatch):
    subscriber = make_confirmed(newsletter, OLD).subscriber
    make_confirmed(newsletter, NEW)
    stock = sending.compose

    def compose(message):
        written = stock(message)
        if message.address == OLD:
            erase(Subscriber.objects.get(pk=subscriber.pk))
        return written

    monkeypatch.setattr(sending, "compose", compose)
    sending.send_due(schedule_delivery)

    assert [NEW] in [message.to for message in mail.outbox]
    assert not Message.objects.unsent().exists()


def test_command_erases_again_and_is_safe_to_repeat(erased, capsys):
    call_command("erase_again")
    assert capsys.readouterr().out == "Erased again: 1.\n"
    assert found(OLD) == []
    call_command("erase_again")
    assert capsys.readouterr().out == "Erased again: 0.\n"
    assert Subscriber.objects.get().address == NEW
    assert broken() == []


def test_many_who_were_erased_are_all_found(newsletter, monkeypatch, backup):
    monkeypatch.setattr(erasure, "CHUNK_SIZE", 2)
    subscribers = [make_requested(newsletter)[1].subscriber for _ in range(5)]
    for subscriber in subscribers:
        erasure.record_erasure(subscriber.subject)
    make_requested(newsletter, NEW)

    assert erasure.erase_again() == 5
    assert Subscriber.objects.get().address == NEW


# Suppressed


def suppressed(newsletter):
    subscriber = make_confirmed(newsletter, OLD).subscriber
    subscriptions.suppress(subscriber, by=make_user(), reason="Asked by letter")
    return subscriber


@pytest.mark.parametrize("key", ["same", "changed"])
def test_suppression_outlives_erasure_and_a_changed_key(
    newsletter, sign_up, deliver, settings, key
):
    erase(suppressed(newsletter))
    assert found(OLD) == []
    if key == "changed":
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "n" * 64
    forget_messages()

    assert sign_up(newsletter, OLD.title()).status_code == 302
    deliver()

    assert mail.outbox == []
    assert not Subscriber.objects.exists()
    assert SignUp.objects.get().outcome == "suppressed"
    assert Suppression.objects.get().subscriber is None


def test_removed_secret_key_loses_the_suppression(newsletter, sign_up, deliver, settings):
    """Without the fallback key the suppression is not found."""
    erase(suppressed(newsletter))
    settings.SECRET_KEY = "n" * 64

    sign_up(newsletter, OLD)
    deliver()

    assert [message.to for message in mail.outbox] == [[OLD]]


def test_pending_change_of_address_is_erased(newsletter, deliver):
    subscriber = make_confirmed(newsletter, OLD).subscriber
    address_changes.request_change(subscriber, NEW)

    erase(subscriber)
    deliver()

    assert found(OLD, NEW) == []
    assert mail.outbox == []
