"""The admin's review of held ballots: by network, with decisions that stay on record."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from newsroom.security.network_hash import network_hash
from polls import closing_records, transitions
from polls.models import Ballot, Decision
from tests.articles.admin_forms import messages_of
from tests.articles.factories import make_user
from tests.polls.factories import make_ballot, make_closed, make_held, make_poll

pytestmark = pytest.mark.django_db

OFFICE, SCRIPT = b"\x0f" * 16, b"\x5c" * 16


@pytest.fixture
def editor():
    return make_user("Editors", first_name="Ada", last_name="Lovelace")


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


@pytest.fixture
def poll():
    """A poll with six counted ballots, two held of an office and four held of a script."""
    poll = make_poll("Yes", "No")
    for text in ("Yes", "Yes", "Yes", "No", "No", "No"):
        make_ballot(poll, text)
    for text in ("Yes", "No"):
        make_held(poll, text, network=OFFICE)
    for _ in range(4):
        make_held(poll, "No", network=SCRIPT)
    return poll


def review(poll):
    return reverse("admin:polls_poll_review", args=[poll.pk])


def decide(poll, network):
    return reverse("admin:polls_poll_decide", args=[poll.pk, network.hex()])


def again(decision):
    return reverse("admin:polls_poll_decide_again", args=[decision.poll_id, decision.pk])


def told(html):
    """The text of a page, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def test_networks_are_listed_by_their_number_of_held_ballots(desk, poll):
    page = desk.get(review(poll))
    groups = page.context["groups"]

    assert [(group.network, group.result.ballots) for group in groups] == [(SCRIPT, 4), (OFFICE, 2)]
    assert [line.share for line in groups[0].result.lines] == ["0.0", "100.0"]
    assert [line.share for line in groups[1].result.lines] == ["50.0", "50.0"]
    assert "Network 5c5c5c5c: 4 ballots" in told(page.text)
    assert groups[0].first <= groups[0].last


def test_decision_page_shows_how_the_result_would_change(desk, poll):
    html = told(desk.get(decide(poll, SCRIPT)).text)

    assert "Yes30.0% (3)50.0% (3)" in html
    assert "No70.0% (7)50.0% (3)" in html
    assert "In all10 votes6 votes" in html
    assert "If they don't, as now" in html


def test_exclusion_is_recorded_with_its_reason(desk, editor, poll):
    response = desk.post(
        decide(poll, SCRIPT), {"verdict": "excluded", "reason": "One script."}, follow=True
    )

    decision = Decision.objects.get()
    assert (decision.verdict, decision.reason, decision.by) == ("excluded", "One script.", editor)
    assert decision.ballots.count() == 4
    assert messages_of(response) == ["4 ballots of network 5c5c5c5c: excluded."]
    line = str(LogEntry.objects.get().change_message)
    assert line == "Review: 4 ballots of network 5c5c5c5c excluded. One script."
    html = told(response.text)
    assert "Excluded 4 ballots of network 5c5c5c5c One script." in html
    assert "Network 0f0f0f0f: 2 ballots" in html
    assert "Network 5c5c5c5c: " not in html


def test_changed_decision_keeps_the_earlier_one_on_record(desk, poll):
    desk.post(decide(poll, SCRIPT), {"verdict": "excluded", "reason": "One script."})
    first = Decision.objects.get()
    page = told(desk.get(again(first)).text)
    assert "Excluded on" in page
    assert "If they don't, as now" in page

    desk.post(again(first), {"verdict": "accepted", "reason": "A school: they rang us."})

    second = Decision.objects.exclude(pk=first.pk).get()
    assert (second.ballots.count(), first.ballots.count()) == (4, 0)
    html = told(desk.get(review(poll)).text)
    assert "4 ballots of network 5c5c5c5c; replaced by a later decision" in html
    html = told(desk.get(again(second)).text)
    assert "If they count, as now" in html
    assert "No70.0% (7)50.0% (3)" in html
    # A decision that no ballot has any more can't be changed.
    response = desk.post(again(first), {"verdict": "excluded", "reason": "x"}, follow=True)
    assert "have been decided on in the meantime" in messages_of(response)[0]
    assert Decision.objects.count() == 2


def test_new_ballots_of_a_network_are_shown_with_its_earlier_decision(desk, poll):
    desk.post(decide(poll, OFFICE), {"verdict": "accepted", "reason": "The town hall."})
    make_held(poll, "Yes", network=OFFICE)
    html = told(desk.get(review(poll)).text)

    assert "Network 0f0f0f0f: 1 ballot" in html
    assert "2 ballots of this network. The town hall." in html


def test_deciding_on_a_closed_poll_writes_another_record(desk, poll):
    transitions.close(poll)
    assert "writes another closing record" in desk.get(decide(poll, OFFICE)).text
    desk.post(decide(poll, OFFICE), {"verdict": "accepted", "reason": "The town hall."})

    first, second = poll.records.order_by("number")
    assert (closing_records.parse(first)["ballots"], closing_records.parse(second)["ballots"]) == (
        6,
        8,
    )
    assert not list(closing_records.audit(poll))


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"verdict": "excluded"},
        {"verdict": "excluded", "reason": "  "},
        {"verdict": "maybe", "reason": "x"},
        {"reason": "x"},
        {"verdict": "excluded", "reason": "x" * 301},
    ],
)
def test_decision_requires_verdict_and_reason(desk, poll, answers):
    response = desk.post(decide(poll, SCRIPT), answers)

    assert response.status_code == 200
    assert "Please correct the errors below." in response.text
    assert not Decision.objects.exists()


@pytest.mark.parametrize("name", ["zz" * 16, "0f", "0f" * 17, "-"])
def test_invalid_network_is_not_found(desk, poll, name):
    assert desk.get(reverse("admin:polls_poll_decide", args=[poll.pk, name])).status_code == 404


def test_network_without_ballots_and_another_poll_s_decision_are_refused(desk, poll):
    other = make_poll()
    make_held(other, network=SCRIPT)
    theirs = transitions.decide(other, SCRIPT, "excluded", reason="x")

    assert desk.get(decide(make_closed(), SCRIPT)).status_code == 302
    address = reverse("admin:polls_poll_decide_again", args=[poll.pk, theirs.pk])
    assert desk.post(address, {"verdict": "accepted", "reason": "x"}).status_code == 404
    desk.post(decide(poll, SCRIPT), {"verdict": "excluded", "reason": "x"})
    assert other.ballots.get().decision == theirs


def test_simultaneous_decisions_of_two_people_make_one(desk, poll, monkeypatch):
    stock = transitions.decide

    def somebody_is_faster(*args, **options):
        stock(*args, **(options | {"reason": "Theirs."}))
        return stock(*args, **options)

    monkeypatch.setattr("polls.transitions.decide", somebody_is_faster)
    answers = {"verdict": "accepted", "reason": "Mine."}
    response = desk.post(decide(poll, SCRIPT), answers, follow=True)

    assert messages_of(response) == ["Somebody else has decided on them in the meantime."]
    assert [decision.reason for decision in Decision.objects.all()] == ["Theirs."]


@pytest.mark.parametrize("closed", [False, True])
def test_user_without_the_permission_sees_numbers_and_no_forms(client, poll, closed):
    user = make_user()
    others = Permission.objects.filter(content_type__app_label="polls")
    user.user_permissions.set(others.exclude(codename="review_ballots"))
    client.force_login(user)
    decision = transitions.decide(poll, OFFICE, "accepted", reason="x")
    if closed:
        transitions.close(poll)
    before = list(Ballot.objects.order_by("pk").values())

    html = client.get(review(poll)).text

    assert "4 ballots" in html
    assert "/review/5c" not in html
    assert "/review/decisions/" not in html
    for address in (decide(poll, SCRIPT), again(decision)):
        assert client.get(address).status_code == 403
        answers = {"verdict": "excluded", "reason": "x"}
        assert client.post(address, answers).status_code == 403
    assert list(Ballot.objects.order_by("pk").values()) == before


def test_page_makes_the_same_number_of_queries_for_any_number_of_networks_and_decisions(desk):
    counts = []
    for networks in (2, 40):
        poll = make_poll()
        for number in range(networks):
            make_held(poll, network=bytes([number]) * 16)
            make_held(poll, network=bytes([100 + number]) * 16)
            transitions.decide(poll, bytes([100 + number]) * 16, "accepted", reason="x")
        with CaptureQueriesContext(connection) as captured:
            page = desk.get(review(poll))
        counts.append(len(captured))

    assert counts[0] == counts[1]
    assert len(page.context["groups"]) == 20
    second = desk.get(review(poll), {"p": 2}).context["groups"]
    assert len({group.network for group in (*page.context["groups"], *second)}) == 40


def test_no_page_contains_a_client_address(desk, vote, client, settings):
    settings.POLL_BALLOTS_PER_NETWORK = 1
    settings.TRUSTED_PROXIES = []
    poll = make_poll()
    from django.test import Client

    for _ in range(3):
        reader = Client()
        vote(poll, "Yes", client=reader, REMOTE_ADDR="203.0.113.77")
    held = poll.ballots.filter(held=True).first()
    assert bytes(held.network) == network_hash("203.0.113.77", held.cast_at.date())

    desk.post(decide(poll, bytes(held.network)), {"verdict": "excluded", "reason": "x"})
    for page in (review(poll), reverse("admin:polls_poll_results", args=[poll.pk])):
        assert "203.0.113" not in desk.get(page).text
    assert "203.0.113" not in LogEntry.objects.get().change_message
