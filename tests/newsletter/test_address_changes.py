"""A subscriber's address changes once both addresses have agreed, and only then."""

import re

import pytest
from django.core import mail
from django.core.management import call_command

from newsletter import address_changes, data_export, erasure, ledger, links, subscriptions
from newsletter.models import AddressChange, ConsentEvent, Message, Subscriber, Suppression
from newsletter.tokens import Purpose
from tests.articles.factories import make_user
from tests.newsletter.factories import (
    kinds_of,
    make_confirmed,
    make_newsletter,
    make_requested,
)
from tests.tables import rows_by_table

pytestmark = pytest.mark.django_db

OLD, NEW = "ann@example.org", "annette@example.net"
BOTH = (Purpose.CHANGE_AT_OLD, Purpose.CHANGE_AT_NEW)


def path_of(url):
    return url.removeprefix("http://testserver")


@pytest.fixture
def newsletter():
    return make_newsletter(name="Sci-Fi Weekly")


@pytest.fixture
def ann(newsletter, deliver):
    """A subscriber without unsent messages."""
    subscriber = make_confirmed(newsletter, OLD).subscriber
    deliver()
    mail.outbox.clear()
    return subscriber


@pytest.fixture
def ask(client, ann, deliver):
    """Request a change on the subscriber's page; return the final answer and the sent mail."""

    def ask(address=NEW, subscriber=ann):
        mail.outbox.clear()
        page = path_of(links.manage_url(subscriber))
        answer = client.post(f"{page}address/", {"address": address}, follow=True)
        deliver()
        return answer

    return ask


@pytest.fixture
def agree(client):
    """Press the button behind the link at one of the addresses; return the page afterwards."""

    def agree(at, change=None):
        change = change or AddressChange.objects.latest("pk")
        return client.post(path_of(links.address_change_url(change, at)), follow=True)

    return agree


def recipients():
    return [message.to[0] for message in mail.outbox]


def address_of(subscriber):
    return Subscriber.objects.get(pk=subscriber.pk).address


@pytest.mark.parametrize("order", [BOTH, BOTH[::-1]])
def test_both_have_to_agree_in_either_order(ann, ask, agree, order):
    ask()
    assert recipients() == [OLD, NEW]
    assert address_of(ann) == OLD

    assert "One more step" in agree(order[0]).text
    assert "One more step" in agree(order[0]).text  # twice at the same one is not both
    assert address_of(ann) == OLD

    assert "Your address has been changed" in agree(order[1]).text
    assert address_of(ann) == NEW
    assert kinds_of(ann.subject) == ["requested", "confirmed", "address_changed"]


def test_links_are_those_in_the_messages_each_at_its_own_address(client, ann, ask, links):
    ask()
    at_old, at_new = mail.outbox

    [old] = links(at_old, "/change/old/")
    [new] = links(at_new, "/change/new/")
    assert not links(at_old, "/change/new/")
    assert not links(at_new, "/change/old/")
    assert not links(at_new, "/manage/"), "the new address has no way in yet"
    for link in (new, old):
        assert "Agree" in client.get(link).text
        client.post(link)

    assert address_of(ann) == NEW


def test_event_and_evidence_say_from_where_to_where(client, ann, ask, agree):
    client.defaults |= {"REMOTE_ADDR": "198.51.100.7", "HTTP_USER_AGENT": "Netscape"}
    ask()
    for at in BOTH:
        agree(at)

    event = ConsentEvent.objects.get(kind="address_changed")
    document = ledger.event_document(event)
    assert document["actor"] == {"kind": "reader"}
    assert document["where"]["form"] == "change of address"
    assert OLD not in event.document
    assert NEW not in event.document
    assert data_export.evidence_document(event) == {
        "before": OLD,
        "address": NEW,
        "client": "198.51.100.7",
        "browser": "Netscape",
    }
    assert [link for link in ledger.Verification().walk() if link] == []


def test_subscriptions_are_kept_and_old_links_stay_valid(client, newsletter, ann, ask, agree):
    page = path_of(links.manage_url(ann))
    leave = path_of(links.unsubscribe_url(ann, newsletter))
    ask()
    for at in BOTH:
        agree(at)

    assert f"For {NEW}." in client.get(page).text
    assert newsletter.subscriptions.get().state == "confirmed"
    client.post(leave)
    assert newsletter.subscriptions.get().state == "unsubscribed"


def test_change_is_made_once_however_often_it_is_agreed_to(ann, ask, agree):
    ask()
    for at in BOTH * 2:
        agree(at)

    assert kinds_of(ann.subject).count("address_changed") == 1
    assert "Your address has been changed" in agree(BOTH[0]).text


# Answers


def comparable(answer, address):
    """Return an answer without the parts that must differ: masked address and signed fields."""
    masked = address[0] + "•••@" + address.split("@")[1][0] + "•••." + address.rpartition(".")[2]
    text = answer.text.replace(masked, "MASK")
    return answer.status_code, re.sub(r"/manage/[^/]+/|value=\"[^\"]+\"", "", text)


def test_answer_is_the_same_for_every_new_address(newsletter, ann, ask):
    unknown, suppressed, waiting, recent = (f"{name}@example.net" for name in "abcd")
    taken = "e@example.net"
    make_confirmed(newsletter, taken)
    make_requested(newsletter, waiting)
    subscriptions.suppress(
        make_confirmed(newsletter, suppressed).subscriber, by=make_user(), reason="x"
    )
    other = make_confirmed(newsletter, "other@example.org").subscriber
    ask(recent, subscriber=other)

    answers = {}
    for address in (unknown, suppressed, waiting, recent, taken):
        answers[address] = comparable(ask(address), address)
        # The message to the old address is sent for every new address.
        assert OLD in recipients(), address
        assert (address in recipients()) == (address not in {suppressed, recent}), address

    assert len(set(answers.values())) == 1
    assert "We have written to both addresses." in answers[unknown][1]


def test_address_of_another_subscriber_is_refused(newsletter, ann, ask, agree):
    other = make_confirmed(newsletter, NEW.upper()).subscriber
    ask()
    agree(BOTH[0])

    answer = agree(BOTH[1])

    assert "That address already has subscriptions" in answer.text
    assert (address_of(ann), address_of(other)) == (OLD, NEW.upper())
    assert "address_changed" not in kinds_of(ann.subject)


def test_change_takes_effect_once_the_address_is_free(newsletter, ann, ask, agree):
    other = make_confirmed(newsletter, NEW).subscriber
    ask()
    for at in BOTH:
        agree(at)
    other.delete()

    agree(BOTH[0])

    assert address_of(ann) == NEW


def test_nothing_is_sent_to_a_suppressed_address(newsletter, ann, ask):
    other = make_confirmed(newsletter, NEW).subscriber
    subscriptions.suppress(other, by=make_user(), reason="Asked by letter")

    ask()

    assert recipients() == [OLD]


def test_suppressed_subscriber_gets_no_message_and_the_address_stays(ann, ask):
    subscriptions.suppress(ann, by=make_user(), reason="Bounced")

    ask()

    assert OLD not in recipients()
    assert address_of(ann) == OLD


def test_suppression_stays_with_the_old_address(newsletter, ann, ask, agree):
    ask()
    subscriptions.suppress(ann, by=make_user(), reason="Bounced")  # after both were written to

    for at in BOTH:
        agree(at)

    assert address_of(ann) == NEW
    assert list(Subscriber.objects.recipients_of(newsletter)) == [ann]
    assert data_export.subscriber_data(Subscriber.objects.get(pk=ann.pk))["suppressed"] is False
    assert Suppression.objects.for_address(OLD)
    assert not Suppression.objects.for_address(NEW)


def test_own_address_is_no_change(ann, ask):
    for same in (OLD, OLD.upper(), f" {OLD}"):
        ask(same)

    assert recipients() == []
    assert not AddressChange.objects.exists()


# Limits


def test_new_address_gets_one_message_in_ten_minutes_and_three_a_day(newsletter, ann, ask, later):
    others = [make_confirmed(newsletter).subscriber for _ in range(3)]
    sent = 0
    for minutes, subscriber in enumerate([ann, *others]):
        ask(NEW, subscriber=subscriber)
        sent += NEW in recipients()
        assert sent == 1, minutes
    for expected in (2, 3, 3, 3):
        later(minutes=11)
        ask(NEW)
        sent += NEW in recipients()
        assert sent == expected
    later(days=1)
    ask(NEW)
    assert NEW in recipients()


def test_repeated_request_keeps_confirmations_and_sends_nothing_at_once(ann, ask, agree):
    ask()
    first = AddressChange.objects.get()
    agree(BOTH[0])

    ask()

    assert recipients() == []
    assert AddressChange.objects.get() == first
    agree(BOTH[1])
    assert address_of(ann) == NEW


def test_newest_request_replaces_older_ones(client, ann, ask, agree):
    ask("first@example.net")
    first = AddressChange.objects.get()
    urls = [path_of(links.address_change_url(first, at)) for at in BOTH]
    ask("second@example.net")

    for url in urls:
        assert client.post(url).status_code == 410
        assert "no longer pending" in client.get(url).text
    assert address_of(ann) == OLD
    for at in BOTH:
        agree(at)
    assert address_of(ann) == "second@example.net"


def test_request_replaced_before_sending_sends_no_message(client, ann, deliver):
    page = path_of(links.manage_url(ann))
    for address in ("first@example.net", "second@example.net"):
        client.post(f"{page}address/", {"address": address})
    deliver()

    assert sorted(recipients()) == [OLD, "second@example.net"]
    for message in mail.outbox:
        assert "/change/" in message.body
        assert "first@" not in message.body


def test_change_is_not_made_after_seven_days(client, ann, ask, agree, later):
    ask()
    change = AddressChange.objects.get()
    urls = [path_of(links.address_change_url(change, at)) for at in BOTH]
    agree(BOTH[0])
    later(days=7, seconds=2)
    before = dict(rows_by_table())

    for url in urls:
        assert client.post(url).status_code == 410
        assert "not confirmed within seven days" in client.get(url).text
    assert dict(rows_by_table()) == before
    assert address_of(ann) == OLD


def test_change_of_an_erased_subscriber_has_no_effect(client, ann, ask):
    ask()
    urls = [path_of(links.address_change_url(AddressChange.objects.get(), at)) for at in BOTH]
    erasure.erase(ann, by=ledger.READER, where=ledger.EventSource("settings"))

    for url in urls:
        assert client.post(url).status_code == 410
        assert client.get(url).status_code == 410


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "a@b@example.org", "ann@example.org\nBcc: x@example.org", "a" * 250 + "@b.org"],
)
def test_invalid_address_gets_an_error_beside_its_field(client, ann, address):
    before = dict(rows_by_table())
    page = path_of(links.manage_url(ann))

    answer = client.post(f"{page}address/", {"address": address})

    assert answer.status_code == 400
    assert re.search(r'<input[^>]*name="address"[^>]*aria-invalid="true"', answer.text)
    assert dict(rows_by_table()) == before


def test_message_names_the_whole_address_to_the_old_one_only(ann, ask):
    ask()
    at_old, at_new = mail.outbox

    assert NEW in at_old.body
    assert OLD not in at_new.body + str(at_new.alternatives[0].content)
    assert Message.objects.filter(kind="change_at_new").count() == 1


def test_page_shows_a_pending_change_with_a_masked_address(client, ann, ask, agree):
    ask()
    page = path_of(links.manage_url(ann))
    assert (
        "A change to a•••@e•••.net is pending: neither address has agreed yet."
        in client.get(page).text
    )
    agree(BOTH[0])
    assert "the new address hasn’t agreed yet." in client.get(page).text
    assert NEW not in client.get(page).text
    agree(BOTH[1])
    assert "is pending" not in client.get(page).text


def test_expired_change_is_removed_and_not_shown(client, ann, ask, later):
    ask()
    assert "is pending" in client.get(path_of(links.manage_url(ann))).text

    later(days=8)
    assert "is pending" not in client.get(path_of(links.manage_url(ann))).text
    later(days=23)
    call_command("prune_signups", verbosity=0)

    assert not ann.address_changes.exists()


def test_agreeing_while_the_person_is_erased_is_no_error(ann, ask):
    ask()
    change = ann.address_changes.get()
    ann.delete()

    assert address_changes.confirm_change(change, Purpose.CHANGE_AT_OLD, evidence={}) is None
