"""The admin of the consent ledger: the proof of a consent, read-only and constant."""

import hashlib
import json
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter import erasure, ledger, subscriptions, version_states
from newsletter.admin.evidence import Proof
from newsletter.ledger import READER, EventActor, EventSource
from newsletter.models import ConsentEvent, Evidence, Newsletter, PolicyVersion
from newsroom.canonical_json import canonical
from tests.articles.factories import make_user
from tests.newsletter.admin_access import AUDIENCE_ONLY, make_staff, page, rows
from tests.newsletter.factories import (
    TERMS,
    make_confirmed,
    make_newsletter,
    make_policy,
    make_requested,
    make_wording,
)
from tests.triggers import drop_guards

pytestmark = pytest.mark.django_db

ADDRESS = "Reader.Somebody@personal-name.example"


@pytest.fixture
def desk(client):
    client.force_login(make_staff())
    return client


@pytest.fixture
def newsletter():
    return make_newsletter(name="Sci-Fi Weekly")


@pytest.fixture
def agreement(newsletter):
    """The event of a confirmation."""
    subscription = make_confirmed(newsletter, ADDRESS)
    return ConsentEvent.objects.get(subject=subscription.subscriber.subject, kind="confirmed")


def evidence(desk, event):
    return desk.get(page("consentevent", "change", event.pk))


def proof(desk, event):
    return desk.get(page("consentevent", "json", event.pk))


# The list


def test_events_are_listed_the_newest_first(desk, agreement):
    html = desk.get(page("consentevent", "changelist")).text

    assert [event.kind for event in rows(desk, "consentevent")] == ["confirmed", "requested"]
    for told in ("Event 2: confirmed", "Sci-Fi Weekly", str(agreement.subject)[:8], "The reader"):
        assert told in html
    assert "personal-name" not in html
    assert str(agreement.subject) not in html


def test_events_are_filtered_by_kind_newsletter_and_date(desk, agreement, newsletter):
    other = make_newsletter()
    make_requested(other)
    with time_machine.travel(timezone.now() + timedelta(days=800)):
        make_requested(other)
        year = timezone.now().year

    def numbers(**query):
        return [event.number for event in rows(desk, "consentevent", **query)]

    assert numbers(kind__exact="confirmed") == [2]
    assert numbers(newsletter__id__exact=newsletter.pk) == [2, 1]
    assert numbers(at__year=year) == [4]
    assert numbers(subject=agreement.subject) == [2, 1]


@pytest.mark.parametrize(
    "lookup",
    [
        "document__contains",
        "evidence__document__contains",
        "evidence__salt",
        "digest__startswith",
        "newsletter__subscriptions__subscriber__address__startswith",
    ],
)
def test_list_is_not_searched_by_what_it_does_not_show(desk, agreement, lookup):
    response = desk.get(page("consentevent", "changelist"), {lookup: "R"})

    assert response.status_code == 400


def test_list_takes_the_same_queries_for_2_and_6_rows(desk, newsletter):
    counts = []
    for number in (1, 2):
        for _ in range(number):
            make_confirmed(newsletter)
        with CaptureQueriesContext(connection) as captured:
            assert len(rows(desk, "consentevent")) == ConsentEvent.objects.count()
        counts.append(len(captured))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("superuser", [False, True])
def test_nobody_adds_changes_or_deletes_an_event(client, agreement, superuser):
    client.force_login(make_user(is_superuser=True) if superuser else make_staff())
    before = list(ConsentEvent.objects.values())

    for view, arguments in (("add", []), ("delete", [agreement.pk])):
        for method in (client.get, client.post):
            assert method(page("consentevent", view, *arguments)).status_code == 403
    sent = {"kind": "erased", "document": "{}"}
    assert client.post(page("consentevent", "change", agreement.pk), sent).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": agreement.pk, "post": "yes"}
    client.post(page("consentevent", "changelist"), chosen)
    assert list(ConsentEvent.objects.values()) == before


# The page


def test_page_shows_who_when_how_and_the_exact_words(desk, agreement, newsletter):
    html = evidence(desk, agreement).text
    terms = PolicyVersion.objects.get(document=TERMS)

    for told in (
        "“We will send Sci-Fi Weekly to this address.”",
        "“I agree to the terms and conditions and have read the privacy policy”",
        "“You can unsubscribe at any time.”",
        "“Sign up”",
        ADDRESS,
        "192.0.2.1",
        "A browser",
        str(agreement.subject),
        ledger.event_document(agreement)["at"],
        "The reader",
        'href="/terms/1/"',
        'href="/privacy/1/"',
        terms.sha256,
        newsletter.wordings.get().sha256,
        agreement.digest,
        ConsentEvent.objects.get(number=1).digest,
        "event 1: requested",
        "Every digest holds",
    ):
        assert told in html
    asked = evidence(desk, ConsentEvent.objects.get(number=1)).text
    assert "on the page <code>/a/page/</code>, place “article”; received at" in asked
    assert "none, it is the first" in asked


def test_page_hides_personal_data_without_the_permission(client, agreement):
    client.force_login(make_staff(without=AUDIENCE_ONLY))
    response = evidence(client, agreement)

    assert "R•••@p•••.example" in response.text
    for personal in ("somebody", "personal-name", "192.0.2.1", "a browser"):
        assert personal not in response.text.lower()
    assert page("consentevent", "json", agreement.pk) not in response.text
    assert proof(client, agreement).status_code == 403
    assert "We will send Sci-Fi Weekly" in response.text


def test_page_is_not_cached(desk, agreement):
    for response in (evidence(desk, agreement), proof(desk, agreement)):
        assert "no-store" in response["Cache-Control"]
        assert "noindex" in response["X-Robots-Tag"]


def test_page_names_the_member_of_staff_and_the_reason(desk, newsletter):
    subscription = make_confirmed(newsletter)
    subscriptions.unsubscribe(
        subscription.subscriber,
        newsletter,
        by=EventActor(ledger.Actor.STAFF, make_user(first_name="Ada", last_name="Lovelace")),
        where=EventSource("desk"),
        reason="By telephone.",
    )
    response = evidence(desk, ConsentEvent.objects.get(kind="unsubscribed"))

    assert "<dd>Ada Lovelace</dd>" in response.text
    assert "<dd>By telephone.</dd>" in response.text
    assert "This event has none." in response.text
    assert "What was agreed to" not in response.text


def test_page_says_that_evidence_was_deleted_by_an_erasure(desk, agreement):
    subscriber = Proof.of(agreement).subscriber
    erasure.erase(subscriber, by=READER, where=EventSource("settings"))
    response = evidence(desk, ConsentEvent.objects.get(pk=agreement.pk))

    assert "Deleted: the person was erased on" in response.text
    assert page("consentevent", "change", 3) in response.text
    assert "Every digest holds" in response.text
    assert "No longer here" in response.text
    assert "personal-name" not in response.text
    assert json.loads(proof(desk, agreement).content)["events"][1]["evidence"] is None


def test_page_says_when_the_sign_up_was_never_confirmed(desk, newsletter):
    event, subscription = make_requested(newsletter)
    make_confirmed(make_newsletter(), subscription.subscriber.address)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        subscriptions.prune_unconfirmed()
    response = evidence(desk, event)

    assert "Deleted: the sign-up was never confirmed, and was removed on" in response.text
    assert "Every digest holds" in response.text


def test_page_of_a_confirmed_sign_up_keeps_its_evidence_when_another_lapses(desk, newsletter):
    subscription = make_confirmed(newsletter, ADDRESS)
    make_requested(make_newsletter(), ADDRESS)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        subscriptions.prune_unconfirmed()
    events = ConsentEvent.objects.filter(subject=subscription.subscriber.subject)
    html = evidence(desk, events.get(kind="confirmed")).text

    assert ADDRESS in html
    assert "Deleted:" not in html


def tamper(what, event):
    """Change a protected row, without the triggers."""
    drop_guards("newsletter")
    if what == "document":
        text = event.document.replace("Sign up", "Sign me")
        ConsentEvent.objects.filter(pk=event.pk).update(document=text)
    elif what == "previous":
        ConsentEvent.objects.filter(pk=event.pk - 1).update(document="{}")
    elif what == "evidence":
        Evidence.objects.filter(event=event).update(document='{"address":"x@y.example"}')
    elif what == "missing evidence":
        Evidence.objects.filter(event=event).delete()
    elif what == "terms":
        PolicyVersion.objects.filter(document=TERMS).update(body="<p>Other.</p>")
    else:
        PolicyVersion.objects.filter(document=TERMS).delete()


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("document", "Doesn't hold</strong>: Digest of its document"),
        ("previous", "Doesn't hold</strong>: Digest of the event before it, number 1"),
        ("evidence", "Doesn't hold</strong>: Digest of the evidence"),
        ("missing evidence", "Missing without an explanation."),
        ("terms", "Doesn't hold</strong>: SHA-256 of the terms and conditions, version 1"),
        ("missing terms", "Doesn't hold</strong>: SHA-256 of the terms and conditions, version 1"),
    ],
)
def test_page_names_the_digest_that_does_not_hold(desk, agreement, what, told):
    tamper(what, agreement)
    html = evidence(desk, agreement).text

    assert "A digest doesn't hold" in html
    assert told in html
    assert "Every digest holds" not in html


def test_page_takes_the_same_queries_with_more_events(desk, newsletter, agreement):
    evidence(desk, agreement)
    counts = []
    for number in (1, 5):
        for _ in range(number):
            make_confirmed(newsletter)
        with CaptureQueriesContext(connection) as captured:
            evidence(desk, agreement)
        counts.append(len(captured))

    assert counts[0] == counts[1]


# The document


def test_proof_can_be_verified_from_its_document(desk, agreement):
    response = proof(desk, agreement)
    told = json.loads(response.content)

    assert response["Content-Type"] == "application/json"
    assert response["Content-Disposition"] == 'attachment; filename="consent-2.json"'
    asked, confirmed = (json.loads(event["document"]) for event in told["events"])
    for event in told["events"]:
        assert hashlib.sha256(event["document"].encode()).hexdigest() == event["digest"]
        salted = bytes.fromhex(event["evidence"]["salt"]) + event["evidence"]["text"].encode()
        noted = json.loads(event["document"])["evidence"]
        assert hashlib.sha256(salted).hexdigest() == noted
        assert json.loads(event["evidence"]["text"])["address"] == ADDRESS
    assert (asked["kind"], confirmed["follows"]) == ("requested", asked["number"])
    for name, text in told["texts"].items():
        words = {key: value for key, value in text.items() if key != "sha256"}
        made = hashlib.sha256(canonical(words).encode()).hexdigest()
        assert made == text["sha256"] == confirmed["agreed"][name]["sha256"]
    assert told["texts"].keys() == {"wording", "terms", "privacy"}


def test_proof_has_the_same_bytes_after_later_events(desk, agreement, newsletter):
    before = proof(desk, agreement).content
    page_before = evidence(desk, agreement).text
    subscriber = Proof.of(agreement).subscriber

    make_policy(TERMS, "<p>Newer.</p>")
    withdrawn = PolicyVersion.objects.get(document=TERMS, number=1)
    version_states.withdraw(withdrawn, by=make_user(), reason="Wrong.")
    make_policy("privacy", "<p>Newer too.</p>")
    make_wording(newsletter, sentence="Another sentence.", button="Join")
    Newsletter.objects.filter(pk=newsletter.pk).update(name="Renamed", slug="renamed")
    make_confirmed(newsletter)
    subscriptions.unsubscribe(subscriber, newsletter, by=READER, where=EventSource("unsubscribe"))
    with time_machine.travel(timezone.now() + timedelta(days=2000)):
        desk.force_login(make_staff())
        after = proof(desk, agreement).content
        page_after = evidence(desk, ConsentEvent.objects.get(pk=agreement.pk)).text

    assert after == before
    assert "“We will send Sci-Fi Weekly to this address.”" in page_after
    assert "(now called Renamed)" in page_after
    assert "Every digest holds" in page_after
    assert "now called" not in page_before


def test_proof_changes_nothing_and_needs_the_view_permission(client, agreement):
    client.force_login(make_staff(without=["view_consentevent"]))
    assert proof(client, agreement).status_code == 404
    assert evidence(client, agreement).status_code == 403

    client.force_login(make_staff())
    assert client.get(page("consentevent", "json", 987)).status_code == 404
    assert evidence(client, ConsentEvent(number=987)).status_code == 302
