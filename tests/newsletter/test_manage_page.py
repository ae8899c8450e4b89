"""The subscriber's own page: subscriptions, new policies, data and erasure."""

import json
import re

import pytest
from django.core import mail

from newsletter import data_export, erasure, ledger, links, subscriptions
from newsletter.consent_texts import Policies
from newsletter.models import ConsentEvent, Message, Subscriber
from tests.articles.factories import make_user
from tests.newsletter.conftest import SHOWN
from tests.newsletter.factories import (
    TERMS,
    forget_messages,
    kinds_of,
    make_confirmed,
    make_newsletter,
    make_policy,
    make_requested,
    make_unsubscribed,
    states,
)
from tests.tables import rows_by_table

pytestmark = pytest.mark.django_db

ANN = "ann@example.org"


@pytest.fixture
def newsletter():
    return make_newsletter(name="Sci-Fi Weekly", slug="sci-fi")


@pytest.fixture
def other(newsletter):
    return make_newsletter(name="Horror Monthly", slug="horror")


@pytest.fixture
def ann(newsletter):
    return make_confirmed(newsletter, ANN).subscriber


@pytest.fixture
def page(ann):
    return links.manage_url(ann).removeprefix("http://testserver")


@pytest.fixture
def press(client, page):
    """Submit one of the page's forms; return the final answer."""

    def press(what, **fields):
        return client.post(f"{page}{what}", fields, follow=True)

    return press


def shown(html, newsletter):
    """Return the signed field of a newsletter's form."""
    form = re.search(rf'/on/{newsletter.slug}/">(.*?)</form>', html, re.DOTALL)[1]
    return SHOWN.search(form)[1]


def last_event():
    return ConsentEvent.objects.latest("number")


def test_page_shows_address_subscriptions_and_open_newsletters(client, page, other):
    html = client.get(page).text

    assert f"For {ANN}." in html
    assert re.search(r"Sci-Fi Weekly</h3>.*?>Subscribed<.*?/off/sci-fi/", html, re.DOTALL)
    assert re.search(r"Horror Monthly</h3>.*?/on/horror/", html, re.DOTALL)
    assert "/on/sci-fi/" not in html
    assert "The terms have changed" not in html
    assert 'type="hidden" name="csrfmiddlewaretoken"' not in html


def test_page_shows_its_own_subscriber_only(client, newsletter, other, page):
    make_confirmed(other, "ben@example.org")

    html = client.get(page).text

    assert "ben@" not in html
    assert "/off/horror/" not in html


# Subscribing and unsubscribing


def test_subscribing_records_consent_and_sends_a_receipt(client, press, page, other, deliver):
    html = client.get(page).text
    assert f"We will send {other} to this address." in html

    answer = press("on/horror/", shown=shown(html, other), agree="on")
    deliver()

    assert "You are subscribed." in answer.text
    assert states() == {ANN: {"Sci-Fi Weekly": "confirmed", "Horror Monthly": "confirmed"}}
    document = ledger.event_document(last_event())
    assert document["kind"] == "confirmed"
    assert document["where"]["form"] == "settings"
    assert document["agreed"]["sentence"] == f"We will send {other} to this address."
    assert data_export.evidence_document(last_event())["address"] == ANN
    assert mail.outbox[-1].subject == "You are subscribed to Horror Monthly"


def test_subscribing_twice_changes_nothing(client, press, page, other):
    html = client.get(page).text
    press("on/horror/", shown=shown(html, other), agree="on")
    before = dict(rows_by_table())

    press("on/horror/", shown=shown(html, other), agree="on")

    assert dict(rows_by_table()) == before


def test_unticked_checkbox_gets_an_error(client, press, page, other):
    html = client.get(page).text
    before = dict(rows_by_table())

    answer = press("on/horror/", shown=shown(html, other))

    assert answer.status_code == 400
    [checkbox] = re.findall(r"<input[^>]*horror-agree[^>]*>", answer.text)
    assert 'aria-invalid="true"' in checkbox
    described = re.search(r'aria-describedby="([^"]+)"', checkbox)[1]
    assert re.search(rf'id="{described}"[^>]*>.*?Tick the box', answer.text, re.DOTALL)
    assert "<details open>" in answer.text
    assert "no-store" in answer["Cache-Control"]
    assert dict(rows_by_table()) == before


def test_unsubscribing(client, press, newsletter, ann):
    answer = press("off/sci-fi/")

    assert "You are unsubscribed." in answer.text
    assert states() == {ANN: {"Sci-Fi Weekly": "unsubscribed"}}
    assert ledger.event_document(last_event())["where"]["form"] == "settings"
    press("off/sci-fi/")
    assert kinds_of(ann.subject) == ["requested", "confirmed", "unsubscribed"]


def test_unsubscribed_newsletter_can_be_subscribed_to_again(client, press, page, newsletter, ann):
    press("off/sci-fi/")
    html = client.get(page).text

    press("on/sci-fi/", shown=shown(html, newsletter), agree="on")

    assert states() == {ANN: {"Sci-Fi Weekly": "confirmed"}}


@pytest.mark.parametrize("closed", [True, False])
def test_closed_newsletter_can_be_unsubscribed_but_not_subscribed_to(
    client, press, page, newsletter, closed
):
    shut = make_newsletter(name="Shut", slug="shut", is_open=not closed, ready=closed)
    answer = press("on/shut/", shown="x", agree="on")
    assert "/on/shut/" not in answer.text
    assert states()[ANN] == {"Sci-Fi Weekly": "confirmed"}

    newsletter.is_open = False
    newsletter.save()
    assert "/off/sci-fi/" in client.get(page).text
    press("off/sci-fi/")
    assert states()[ANN] == {"Sci-Fi Weekly": "unsubscribed"}
    assert not shut.subscriptions.exists()


@pytest.mark.parametrize("what", ["on", "off"])
def test_unknown_newsletter_is_not_found(press, what):
    assert press(f"{what}/nothing/").status_code == 404


# New policies


def test_new_policies_are_offered_and_agreed_to(client, press, page, ann):
    policy = make_policy(TERMS, "<p>New.</p>")
    html = client.get(page).text
    assert "The terms have changed" in html
    assert f'href="{policy.get_absolute_url()}"' in html

    answer = press("agree/", shown=Policies.in_force().token(), agree="on")

    assert "your agreement has been recorded" in answer.text
    assert "The terms have changed" not in answer.text
    document = ledger.event_document(last_event())
    assert (document["kind"], document["newsletter"]) == ("agreed_again", None)
    assert document["agreed"]["terms"]["version"] == 2
    assert data_export.evidence_document(last_event())["address"] == ANN
    assert [link for link in ledger.Verification().walk() if link] == []


def test_new_policies_without_the_tick_are_no_consent(press, page):
    make_policy(TERMS)
    before = dict(rows_by_table())

    answer = press("agree/", shown=Policies.in_force().token())

    assert answer.status_code == 400
    [checkbox] = re.findall(r"<input[^>]*again-agree[^>]*>", answer.text)
    assert 'aria-invalid="true"' in checkbox
    assert dict(rows_by_table()) == before


def test_unconfirmed_subscriber_is_not_asked_to_agree_to_new_policies(client, newsletter):
    subscriber = make_requested(newsletter)[1].subscriber
    make_policy(TERMS)

    assert "The terms have changed" not in client.get(links.manage_url(subscriber)).text


# Data


def test_download_has_all_data_and_is_not_cached(client, page, ann):
    answer = client.get(f"{page}data.json")

    assert answer["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    data = json.loads(answer.content)
    assert data["address"] == ANN
    assert data["subject"] == str(ann.subject)
    assert [row["newsletter"] for row in data["newsletters"]] == ["Sci-Fi Weekly"]
    texts = [json.loads(event["evidence"]["text"]) for event in data["events"]]
    assert [text["address"] for text in texts] == [ANN, ANN]
    assert texts[0]["client"] == "192.0.2.1"


def test_download_has_no_other_subscribers_data(client, newsletter, page):
    make_confirmed(newsletter, "ben@example.org")

    assert "ben@" not in client.get(f"{page}data.json").text


# Erasing


def test_erasing_asks_first_and_then_deletes_everything(client, press, page, ann):
    before = dict(rows_by_table())
    asked = client.get(f"{page}erase/")
    assert "This can’t be undone." in asked.text
    assert "Keep everything" in asked.text
    assert dict(rows_by_table()) == before

    answer = press("erase/")

    assert (answer.status_code, "Your data has been erased" in answer.text) == (410, True)
    assert not Subscriber.objects.exists()
    assert kinds_of(ann.subject) == ["requested", "confirmed", "erased"]


@pytest.mark.parametrize(
    "what", ["", "on/horror/", "off/sci-fi/", "agree/", "address/", "data.json", "erase/"]
)
def test_after_erasure_every_part_of_the_page_is_gone(client, page, ann, what):
    erasure.erase(ann, by=ledger.READER, where=ledger.EventSource("settings"))
    before = dict(rows_by_table())

    for answer in (client.get(f"{page}{what}"), client.post(f"{page}{what}", {"address": ANN})):
        assert answer.status_code == 410
        assert "Your data has been erased" in answer.text
        assert ANN not in answer.text
    assert dict(rows_by_table()) == before


# Suppressed


def test_suppressed_subscriber_is_told_and_can_not_subscribe(client, press, page, ann, other):
    html = client.get(page).text
    subscriptions.suppress(ann, by=make_user(), reason="Bounced")

    assert "Nothing is sent to this address" in client.get(page).text
    press("on/horror/", shown=shown(html, other), agree="on")
    assert states() == {ANN: {"Sci-Fi Weekly": "confirmed"}}
    press("off/sci-fi/")
    assert states() == {ANN: {"Sci-Fi Weekly": "unsubscribed"}}


# A new link


@pytest.fixture
def new_link(client, page, deliver):
    """Press “Send me a new link”; return the answer and the number of sent messages."""

    def new_link():
        mail.outbox.clear()
        answer = client.post(f"{page}link/")
        deliver()
        return answer, [message.to[0] for message in mail.outbox if "/manage/" in message.body]

    return new_link


def test_expired_page_sends_a_new_link_to_its_own_address(client, page, new_link, later, links):
    later(days=31)
    old = client.get(page)
    assert (old.status_code, ANN in old.text) == (410, False)

    answer, sent = new_link()

    assert "Now check your inbox" in answer.text
    assert ANN not in answer.text
    assert sent.count(ANN) >= 1
    message = next(each for each in mail.outbox if each.subject.startswith("Your link"))
    [fresh, *_] = links(message, "/manage/")
    assert f"For {ANN}." in client.get(fresh).text


def test_new_link_is_sent_within_the_limits_and_the_answer_is_the_same(new_link, later):
    later(days=31)
    Message.objects.all().delete()
    first, sent = new_link()
    assert sent == [ANN]
    for minutes, expected in ((1, []), (10, [ANN]), (11, [ANN]), (11, []), (60, [])):
        later(minutes=minutes)
        answer, sent = new_link()
        assert sent == expected, minutes
        assert answer.content == first.content
    later(days=1)
    assert new_link()[1] == [ANN]


def test_new_link_for_erased_or_suppressed_is_answered_alike_and_not_sent(
    client, newsletter, page, ann, new_link, later, deliver
):
    later(days=31)
    forget_messages()
    known, _ = new_link()
    later(days=2)
    subscriptions.suppress(ann, by=make_user(), reason="Bounced")
    answer, sent = new_link()
    assert (answer.content, sent) == (known.content, [])

    erasure.erase(ann, by=ledger.READER, where=ledger.EventSource("settings"))
    answer, sent = new_link()
    assert (answer.content, answer.status_code, sent) == (known.content, 200, [])


def test_new_link_is_not_sent_by_a_get(client, page, later):
    later(days=31)
    before = Message.objects.count()

    assert client.get(f"{page}link/").status_code == 405
    assert Message.objects.count() == before


def test_former_subscriber_still_has_a_page(client, newsletter):
    subscriber = make_unsubscribed(newsletter).subscriber

    html = client.get(links.manage_url(subscriber)).text

    assert "/on/sci-fi/" in html
    assert "Erase me" in html
