"""Transitions of subscribers: permission, ledger event, and no address in logs."""

import json
import re
from html import unescape

import pytest
from django.contrib.admin.models import DELETION, LogEntry
from django.core import mail

from newsletter import erasure, ledger
from newsletter.admin.subscriber_transitions import TRANSITIONS
from newsletter.models import ConsentEvent, Evidence, Message, SignUp, Subscriber, Suppression
from tests.articles.admin_forms import messages_of
from tests.newsletter.admin_access import make_staff, page
from tests.newsletter.factories import (
    forget_messages,
    kinds_of,
    make_confirmed,
    make_newsletter,
    make_requested,
    make_unsubscribed,
    states,
)
from tests.tables import rows_by_table

pytestmark = pytest.mark.django_db

ADDRESS = "Reader.Somebody@personal-name.example"


@pytest.fixture
def member():
    return make_staff(first_name="Ada", last_name="Lovelace")


@pytest.fixture
def desk(client, member):
    client.force_login(member)
    return client


@pytest.fixture
def newsletter():
    return make_newsletter(name="Sci-Fi Weekly")


def take(desk, subscriber, name, **answers):
    return desk.post(page("subscriber", "transition", subscriber.pk, name), answers, follow=True)


def last_event():
    """Return the newest event's document."""
    return ledger.event_document(ConsentEvent.objects.first())


def broken():
    return [str(link) for link in ledger.Verification().walk() if link]


# Unsubscribing on request


def test_subscriptions_that_are_chosen_are_ended_on_request(desk, member, newsletter):
    others = [make_newsletter(name=name) for name in ("Games", "Left")]
    subscriber = make_confirmed(newsletter, ADDRESS).subscriber
    make_requested(others[0], ADDRESS)
    make_unsubscribed(others[1], ADDRESS)
    html = desk.get(page("subscriber", "transition", subscriber.pk, "unsubscribe")).text
    assert re.findall(r'name="newsletters" value="(\d+)"', html) == [
        str(others[0].pk),
        str(newsletter.pk),
    ]

    response = take(
        desk, subscriber, "unsubscribe", newsletters=[newsletter.pk], reason="By telephone."
    )

    told = f"Subscriber {str(subscriber.subject)[:8]} is unsubscribed from Sci-Fi Weekly."
    assert re.sub("<[^>]+>", "", messages_of(response)[0]) == told
    assert states()[ADDRESS] == {
        "Games": "waiting",
        "Left": "unsubscribed",
        "Sci-Fi Weekly": "unsubscribed",
    }
    event = last_event()
    assert (event["kind"], event["reason"]) == ("unsubscribed", "By telephone.")
    assert event["actor"] == {"kind": "staff", "id": member.pk, "name": "Ada Lovelace"}
    assert event["where"]["form"] == "desk"
    assert event["newsletter"]["name"] == "Sci-Fi Weekly"
    assert event["evidence"] is None


def test_only_subscription_is_chosen_already_and_several_are_not(desk, newsletter):
    subscriber = make_confirmed(newsletter, ADDRESS).subscriber
    page_ = page("subscriber", "transition", subscriber.pk, "unsubscribe")
    assert desk.get(page_).text.count(" checked") == 1
    make_confirmed(make_newsletter(), ADDRESS)
    assert " checked" not in desk.get(page_).text


@pytest.mark.parametrize("answers", [{}, {"reason": "x"}, {"newsletters": [0], "reason": "x"}])
def test_newsletter_and_reason_are_asked_for(desk, newsletter, answers):
    subscriber = make_confirmed(newsletter).subscriber

    assert take(desk, subscriber, "unsubscribe", **answers).status_code == 200
    assert kinds_of(subscriber.subject) == ["requested", "confirmed"]


def test_unknown_subscription_is_not_ended(desk, newsletter):
    other = make_newsletter()
    subscriber = make_confirmed(newsletter).subscriber

    take(desk, subscriber, "unsubscribe", newsletters=[other.pk], reason="x")

    assert kinds_of(subscriber.subject) == ["requested", "confirmed"]


# Sending the confirmation again


def test_confirmation_is_sent_again(desk, deliver, links, newsletter):
    subscription = make_requested(newsletter, ADDRESS)[1]
    deliver()
    forget_messages()

    response = take(desk, subscription.subscriber, "resend", newsletter=newsletter.pk)

    assert "is sent the confirmation for Sci-Fi Weekly again" in messages_of(response)[0]
    deliver()
    first, second = mail.outbox
    assert second.to == [ADDRESS]
    assert len(links(second, "/confirm/")) == len(links(first, "/confirm/")) == 1


def test_confirmation_is_sent_again_within_the_limits_only(desk, newsletter):
    subscription = make_requested(newsletter)[1]

    response = take(desk, subscription.subscriber, "resend", newsletter=newsletter.pk)

    assert "A message was sent recently. The next one can be sent at" in messages_of(response)[0]
    assert Message.objects.count() == 1
    assert not LogEntry.objects.exists()


def test_confirmation_is_not_sent_again_unless_it_waits(desk, newsletter):
    other = make_newsletter()
    subscriber = make_confirmed(newsletter, ADDRESS).subscriber
    make_requested(other, ADDRESS)
    forget_messages()

    response = take(desk, subscriber, "resend", newsletter=newsletter.pk)
    assert response.context["form"].errors.keys() == {"newsletter"}
    assert Message.objects.filter(kind="confirm").count() == 2  # one a sign-up


# Suppressing


def test_suppression_is_set_and_lifted(desk, member, newsletter):
    subscriber = make_confirmed(newsletter, ADDRESS).subscriber

    take(desk, subscriber, "suppress", reason="Complained to the host.")

    suppression = Suppression.objects.get()
    assert (suppression.subscriber, suppression.by) == (subscriber, member)
    assert not Subscriber.objects.recipients_of(newsletter).exists()
    assert last_event()["reason"] == "Complained to the host."
    html = desk.get(page("subscriber", "transition", subscriber.pk, "lift")).text
    assert "Complained to the host." in html

    response = take(desk, subscriber, "lift", reason="It was a mistake.")
    assert "is no longer suppressed" in messages_of(response)[0]
    assert Subscriber.objects.recipients_of(newsletter).get() == subscriber
    assert kinds_of(subscriber.subject)[2:] == ["suppressed", "suppression_lifted"]
    assert last_event()["actor"]["name"] == "Ada Lovelace"
    assert broken() == []


def test_second_suppression_is_refused(desk, newsletter):
    subscriber = make_confirmed(newsletter).subscriber
    response = take(desk, subscriber, "lift", reason="x")
    assert "It is not suppressed." in unescape(messages_of(response)[0])
    take(desk, subscriber, "suppress", reason="x")
    response = take(desk, subscriber, "suppress", reason="x")
    assert "It is already suppressed." in messages_of(response)[0]
    assert Suppression.objects.count() == 1


# Erasing


def test_person_is_erased_after_a_confirmation_page(desk, member, newsletter):
    subscriber = make_confirmed(newsletter, ADDRESS).subscriber
    make_requested(make_newsletter(), ADDRESS)
    html = desk.get(page("subscriber", "transition", subscriber.pk, "erase")).text
    assert "This can't be undone." in html
    assert ADDRESS in html

    response = take(desk, subscriber, "erase", reason="Asked by letter of 3 May.")

    assert response.redirect_chain == [(page("subscriber", "changelist"), 302)]
    number = ConsentEvent.objects.first().number
    name = f"Subscriber {str(subscriber.subject)[:8]}"
    told = f"{name} is erased, as event {number} of the ledger says."
    assert messages_of(response) == [told]
    assert not Subscriber.objects.exists()
    assert not Evidence.objects.exists()
    assert not Message.objects.unsent().exists()
    event = last_event()
    assert (event["kind"], event["reason"]) == ("erased", "Asked by letter of 3 May.")
    assert event["actor"] == {"kind": "staff", "id": member.pk, "name": "Ada Lovelace"}
    assert subscriber.subject in erasure.recorded_erasures()
    assert broken() == []
    entry = LogEntry.objects.get()
    assert (entry.action_flag, entry.object_repr) == (DELETION, name)
    assert entry.object_id == str(subscriber.pk)
    assert entry.change_message == f"Erase: it is erased, as event {number} of the ledger says."


def test_erased_person_leaves_no_address_in_any_table(desk, newsletter):
    """The log and the messages to staff are kept, so they must not have the address."""
    subscriber = make_requested(newsletter, ADDRESS)[1].subscriber
    make_confirmed(newsletter, ADDRESS)
    forget_messages()
    for name, answers in (
        ("resend", {"newsletter": newsletter.pk}),
        ("suppress", {"reason": "x"}),
        ("lift", {"reason": "x"}),
        ("unsubscribe", {"newsletters": [newsletter.pk], "reason": "x"}),
    ):
        take(desk, subscriber, name, **answers)
    desk.post(page("subscriber", "data", subscriber.pk))
    assert any("personal-name" in str(list(rows)).lower() for _, rows in rows_by_table())

    take(desk, subscriber, "erase", reason="x")

    left = {table for table, rows in rows_by_table() if "personal-name" in str(list(rows)).lower()}
    assert left == set()
    assert LogEntry.objects.count() >= 4
    assert SignUp.objects.count() == 0


def test_person_erased_in_the_meantime_is_not_erased_twice(desk, monkeypatch, newsletter):
    subscriber = make_confirmed(newsletter).subscriber
    monkeypatch.setattr(Subscriber.objects, "filter", lambda **which: Subscriber.objects.none())

    response = take(desk, subscriber, "erase", reason="x")

    assert any("It has been erased in the meantime." in each for each in messages_of(response))


# All transitions


def answers_to(name, newsletter):
    return {
        "unsubscribe": {"newsletters": [newsletter.pk], "reason": "A reason."},
        "resend": {"newsletter": newsletter.pk},
    }.get(name, {"reason": "A reason."})


@pytest.mark.parametrize("name", TRANSITIONS)
def test_transition_needs_its_own_permission(client, name, newsletter):
    one = TRANSITIONS[name].permission.partition(".")[2]
    subscriber = make_requested(newsletter)[1].subscriber
    if name == "lift":
        Suppression.objects.create(
            address_hash=b"x" * 32, subscriber=subscriber, reason="x", at=subscriber.created_at
        )
    before = kinds_of(subscriber.subject)
    client.force_login(make_staff(without=[one]))
    address = page("subscriber", "transition", subscriber.pk, name)

    assert client.get(address).status_code == 403
    assert client.post(address, answers_to(name, newsletter)).status_code == 403
    assert address not in client.get(page("subscriber", "change", subscriber.pk)).text
    assert kinds_of(subscriber.subject) == before


def test_available_transitions_are_offered(desk, newsletter):
    def offered(subscriber):
        page_ = desk.get(page("subscriber", "change", subscriber.pk))
        return [step.name for step in page_.context["transitions"]]

    waiting = make_requested(newsletter)[1].subscriber
    assert offered(waiting) == ["unsubscribe", "resend", "suppress", "erase"]
    assert offered(make_confirmed(newsletter).subscriber) == ["unsubscribe", "suppress", "erase"]
    assert offered(make_unsubscribed(newsletter).subscriber) == ["suppress", "erase"]
    take(desk, waiting, "suppress", reason="x")
    assert offered(waiting) == ["unsubscribe", "lift", "erase"]


@pytest.mark.parametrize("name", TRANSITIONS)
def test_no_message_and_no_log_has_an_address(desk, name, newsletter):
    subscriber = make_requested(newsletter, ADDRESS)[1].subscriber
    forget_messages()
    if name == "lift":
        take(desk, subscriber, "suppress", reason="x")

    response = take(desk, subscriber, name, **answers_to(name, newsletter))

    told = messages_of(response)
    assert told
    entries = LogEntry.objects.values_list("object_repr", "change_message")
    assert entries
    for text in (*told, *(part for entry in entries for part in entry)):
        assert "personal-name" not in text.lower()
        assert "somebody" not in text.lower()
    # The admin's index shows the log.
    assert "personal-name" not in desk.get("/admin/").text.lower()


@pytest.mark.parametrize("name", [name for name in TRANSITIONS if name != "resend"])
@pytest.mark.parametrize("reason", [f"{ADDRESS} asked", "me@here", "<a@b.example>"])
def test_reason_with_an_address_is_refused(desk, name, reason, newsletter):
    subscriber = make_confirmed(newsletter).subscriber
    before = kinds_of(subscriber.subject)

    response = take(desk, subscriber, name, **{**answers_to(name, newsletter), "reason": reason})

    assert "Leave the address out" in str(response.context["form"].errors["reason"])
    assert kinds_of(subscriber.subject) == before


def test_answer_to_an_outdated_page_is_refused(desk, newsletter):
    subscriber = make_requested(newsletter, ADDRESS)[1].subscriber
    asked = desk.get(page("subscriber", "transition", subscriber.pk, "unsubscribe")).context[
        "versions"
    ]
    assert "personal-name" not in asked
    make_confirmed(newsletter, ADDRESS)

    response = take(
        desk,
        subscriber,
        "unsubscribe",
        newsletters=[newsletter.pk],
        reason="x",
        versions=asked,
    )

    assert "changed since" in messages_of(response)[0]
    assert states()[ADDRESS] == {"Sci-Fi Weekly": "confirmed"}


# All data


def test_all_data_is_downloaded_and_logged(desk, newsletter):
    subscriber = make_confirmed(newsletter, ADDRESS).subscriber
    address = page("subscriber", "data", subscriber.pk)
    assert address in desk.get(page("subscriber", "change", subscriber.pk)).text
    assert desk.get(address).status_code == 405
    assert not LogEntry.objects.exists()

    response = desk.post(address)

    told = json.loads(response.content)
    assert told["address"] == ADDRESS
    assert told["newsletters"][0]["state"] == "confirmed"
    kinds = [json.loads(event["document"])["kind"] for event in told["events"]]
    assert kinds == ["requested", "confirmed"]
    name = f"subscriber-{str(subscriber.subject)[:8]}.json"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]
    entry = LogEntry.objects.get()
    assert entry.change_message == "Downloaded: all data on the person (JSON)."
    assert "personal-name" not in entry.object_repr.lower()


@pytest.mark.parametrize("missing", ["export_subscriber", "view_address"])
def test_all_data_needs_its_permission_and_the_one_to_see_addresses(client, missing, newsletter):
    subscriber = make_confirmed(newsletter).subscriber
    client.force_login(make_staff(without=[missing]))

    assert client.post(page("subscriber", "data", subscriber.pk)).status_code == 403
    html = client.get(page("subscriber", "change", subscriber.pk)).text
    assert "Download all data" not in html
    assert not LogEntry.objects.exists()


def test_restored_subscriber_is_erased_and_not_downloaded(desk, newsletter):
    subscriber = make_confirmed(newsletter).subscriber
    erasure.record_erasure(subscriber.subject)

    assert desk.post(page("subscriber", "data", subscriber.pk)).status_code == 404
    assert not Subscriber.objects.exists()
