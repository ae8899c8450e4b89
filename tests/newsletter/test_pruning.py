"""Unconfirmed sign-ups are removed after 30 days with their evidence; the rest is kept."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from newsletter import ledger, links, subscriptions
from newsletter.models import Evidence, Message, SignUp, Subscriber, Subscription
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


@pytest.fixture
def newsletter():
    return make_newsletter(name="Sci-Fi Weekly")


@pytest.fixture
def prune(capsys):
    """Run the command; return its output."""

    def prune():
        capsys.readouterr()
        call_command("prune_signups")
        return capsys.readouterr().out

    return prune


def evidence_of(subject):
    """Return the kinds of a subject's events that still have evidence."""
    found = Evidence.objects.filter(event__subject=subject).order_by("event_id")
    return list(found.values_list("event__kind", flat=True))


def whole():
    return [str(link) for link in ledger.Verification().walk() if link] == []


def test_unconfirmed_sign_up_is_removed_with_evidence_and_subscriber(newsletter, prune, later):
    event, _ = make_requested(newsletter, "ann@example.org")
    later(days=30)

    assert prune().startswith("Unconfirmed sign-ups removed: 1.")

    assert not Subscriber.objects.exists()
    assert not Subscription.objects.exists()
    assert not Evidence.objects.exists()
    assert kinds_of(event.subject) == ["requested", "lapsed", "erased"]
    assert "ann@example.org" not in str(dict(rows_by_table()))
    assert whole()


def test_unconfirmed_sign_up_is_kept_for_exactly_30_days(newsletter, prune, time_machine):
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    make_requested(newsletter)

    time_machine.move_to(start + timedelta(days=30, seconds=-1), tick=False)
    assert prune().startswith("Unconfirmed sign-ups removed: 0.")
    time_machine.move_to(start + timedelta(days=30), tick=False)
    assert prune().startswith("Unconfirmed sign-ups removed: 1.")


def test_confirmed_and_former_subscribers_are_kept(newsletter, prune, later):
    stay, left = make_confirmed(newsletter), make_unsubscribed(newsletter)
    later(days=3000)

    assert prune().startswith("Unconfirmed sign-ups removed: 0.")

    for row, kinds in (
        (stay, ["requested", "confirmed"]),
        (left, ["requested", "confirmed", "unsubscribed"]),
    ):
        kept = row.subscriber
        assert kinds_of(kept.subject) == kinds
        # The factory unsubscribes without evidence.
        assert evidence_of(kept.subject) == ["requested", "confirmed"]
    assert states() == {
        stay.subscriber.address: {"Sci-Fi Weekly": "confirmed"},
        left.subscriber.address: {"Sci-Fi Weekly": "unsubscribed"},
    }


def test_one_sign_up_lapses_and_a_confirmed_one_is_kept(newsletter, prune, later):
    subscriber = make_confirmed(newsletter).subscriber
    make_requested(make_newsletter(), subscriber.address)
    later(days=31)

    assert prune().startswith("Unconfirmed sign-ups removed: 1.")

    assert states() == {subscriber.address: {"Sci-Fi Weekly": "confirmed"}}
    assert evidence_of(subscriber.subject) == ["requested", "confirmed"]
    assert whole()


def test_former_subscriber_who_asked_again_goes_back_to_unsubscribed(newsletter, prune, later):
    row = make_unsubscribed(newsletter)
    subject = row.subscriber.subject
    confirmed = row.confirmed_at
    later(days=100)
    make_requested(newsletter, row.subscriber.address)
    assert evidence_of(subject) == ["requested", "confirmed", "requested"]
    later(days=31)

    assert prune().startswith("Unconfirmed sign-ups removed: 1.")

    row.refresh_from_db()
    assert (row.state, row.confirmed_at) == ("unsubscribed", confirmed)
    kinds = ["requested", "confirmed", "unsubscribed", "requested", "lapsed"]
    assert kinds_of(subject) == kinds
    assert evidence_of(subject) == ["requested", "confirmed"]
    assert whole()


def test_sign_up_ended_before_its_confirmation_is_removed(newsletter, prune, later):
    _, row = make_requested(newsletter)
    subscriptions.unsubscribe(
        row.subscriber, newsletter, by=ledger.ONE_CLICK, where=ledger.EventSource("one-click")
    )
    later(days=31)

    assert prune().startswith("Unconfirmed sign-ups removed: 1.")
    assert not Subscriber.objects.exists()
    assert whole()


def test_link_of_a_newer_request_is_valid_for_seven_days(client, newsletter, prune, later):
    """A request on the 29th day is not removed on the 30th."""
    _, row = make_requested(newsletter)
    later(days=29)
    event, _ = make_requested(newsletter, row.subscriber.address)
    later(days=2)

    assert prune().startswith("Unconfirmed sign-ups removed: 0.")

    client.post(links.confirm_url(event))
    row.refresh_from_db()
    assert row.state == "confirmed"


def test_sign_up_confirmed_at_the_last_moment_is_kept(newsletter, later):
    event, row = make_requested(newsletter)
    later(days=31)
    subscriptions.confirm(event, evidence={})

    assert subscriptions.lapse(row) is False
    assert kinds_of(event.subject) == ["requested", "confirmed"]


def test_pruning_is_safe_to_repeat_and_reports_counts(newsletter, prune, later):
    for _ in range(3):
        make_requested(newsletter)
    make_confirmed(newsletter)
    later(days=31)

    assert prune() == "Unconfirmed sign-ups removed: 3. Other old rows removed: 0.\n"
    before = dict(rows_by_table())
    assert prune() == "Unconfirmed sign-ups removed: 0. Other old rows removed: 0.\n"
    assert dict(rows_by_table()) == before
    assert whole()


def test_old_rows_are_removed_and_queued_ones_kept(newsletter, sign_up, deliver, prune, later):
    sign_up(newsletter, "ann@example.org")
    deliver()
    sign_up(newsletter, "ben@example.org", homepage="http://spam.example")
    later(days=29)
    assert prune() == "Unconfirmed sign-ups removed: 0. Other old rows removed: 0.\n"
    later(days=2)
    sign_up(newsletter, "cleo@example.org")
    make_confirmed(newsletter)  # with two messages that are not sent yet

    assert prune() == "Unconfirmed sign-ups removed: 1. Other old rows removed: 3.\n"

    assert SignUp.objects.get().outcome == "queued"
    assert Message.objects.unsent().count() == Message.objects.count() == 2


def test_removed_subscriber_can_sign_up_again(newsletter, sign_up, deliver, prune, later):
    make_requested(newsletter, "ann@example.org")
    later(days=31)
    prune()
    forget_messages()

    sign_up(newsletter, "ann@example.org")
    deliver()

    assert [message.to for message in mail.outbox] == [["ann@example.org"]]
    assert states() == {"ann@example.org": {"Sci-Fi Weekly": "waiting"}}
