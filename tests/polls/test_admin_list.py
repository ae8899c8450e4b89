"""The admin's list of polls: number of queries, filters, search, deletion and bulk actions."""

import pytest
from django.contrib.admin import site
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from polls import transitions
from polls.admin.poll import PollAdmin
from polls.models import Decision, Poll
from tests.articles.admin_forms import messages_of
from tests.articles.factories import add_block, make_article, make_user
from tests.polls.factories import an_hour, make_ballot, make_closed, make_held, make_poll

pytestmark = pytest.mark.django_db

LIST = "/admin/polls/poll/"


@pytest.fixture
def editor():
    return make_user(is_superuser=True, first_name="Ada")


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def rows(desk, **query):
    return list(desk.get(LIST, query).context["cl"].result_list)


def act(desk, action, *polls, **data):
    chosen = {"action": action, "_selected_action": [poll.pk for poll in polls], "index": 0}
    return desk.post(LIST, {**chosen, **data}, follow=True)


def test_list_makes_the_same_number_of_queries_for_1_30_and_100_polls(desk):
    desk.get(LIST)
    counts, made = [], 0
    for wanted in (1, 30, 100):
        for number in range(made, wanted):
            poll = make_closed(votes=(1, 1)) if number % 2 else make_poll()
            if not number % 2:
                make_held(poll)
        made = wanted
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(LIST).status_code == 200
        counts.append(len(captured))

    assert len(set(counts)) == 1, counts


def test_list_has_columns_of_counted_and_held_ballots(desk):
    poll = make_poll()
    make_ballot(poll, "Yes")
    make_held(poll, "Yes", network=b"\1" * 16)
    for network, verdict in ((b"\2" * 16, "accepted"), (b"\3" * 16, "excluded")):
        make_held(poll, "No", network=network)
        make_held(poll, "Yes", network=network)
        transitions.decide(poll, network, verdict, reason="x")

    [row] = rows(desk)

    assert (row.counted, row.waiting) == (3, 1)
    html = desk.get(LIST).text
    assert '<td class="field-counted">3</td>' in html
    assert '<td class="field-waiting">1</td>' in html


def test_polls_are_filtered_by_state(desk):
    polls = {
        "open": make_poll(opens=an_hour(ago=1), closes=an_hour(ahead=1)),
        "coming": make_poll(opens=an_hour(ahead=1)),
        "closed": make_closed(),
        "archived": transitions.archive(make_poll()),
    }
    over = make_poll(closes=an_hour(ago=1))

    for state, poll in polls.items():
        expected = {poll, over} if state == "closed" else {poll}
        assert set(rows(desk, state=state)) == expected, state
    assert rows(desk)[-1] == polls["archived"]


def test_polls_are_filtered_by_held_ballots_and_by_result_visibility(desk):
    waiting = make_poll(result_visibility="staff_only")
    make_held(waiting)
    decided = make_poll()
    make_held(decided)
    transitions.decide(decided, b"\1" * 16, "accepted", reason="x")

    assert rows(desk, held="waiting") == [waiting]
    assert rows(desk, result_visibility__exact="staff_only") == [waiting]


def test_search_finds_polls_by_question_and_slug(desk):
    poll = make_poll(question="A third season?", slug="zombies")
    make_poll()

    assert rows(desk, q="third") == rows(desk, q="zomb") == [poll]


@pytest.mark.parametrize(
    "lookup", ["key", "key__gt", "key__startswith", "ballots__voter", "ballots__network", "records"]
)
def test_list_is_not_filtered_by_keys_or_ballots(desk, lookup):
    make_poll()
    response = desk.get(LIST, {lookup: "x"})

    assert response.status_code == 400 or "e=1" in response.get("Location", "")


# Deletion


def test_poll_without_ballots_is_deleted_with_its_choices(desk):
    poll = make_poll()

    desk.post(reverse("admin:polls_poll_delete", args=[poll.pk]), {"post": "yes"})

    assert not Poll.objects.exists()


def test_polls_are_deleted_by_the_bulk_action(desk):
    act(desk, "delete_selected", make_poll(), make_poll(), post="yes")

    assert not Poll.objects.exists()


@pytest.mark.parametrize("make", ["ballot", "record"])
def test_poll_with_ballots_or_a_record_is_not_deleted(desk, make):
    poll = make_closed(question="On record?") if make == "record" else make_poll()
    if make == "ballot":
        make_ballot(poll)
    spare = make_poll()
    address = reverse("admin:polls_poll_delete", args=[poll.pk])

    assert desk.get(address).status_code == desk.post(address, {"post": "yes"}).status_code == 403
    response = act(desk, "delete_selected", poll, spare, post="yes")
    assert "Archive it instead." in response.text
    assert "deletelink" not in desk.get(reverse("admin:polls_poll_change", args=[poll.pk])).text
    assert set(Poll.objects.all()) == {poll, spare}


@pytest.mark.parametrize("make", [make_ballot, lambda poll: transitions.close(poll)])
def test_delete_permission_is_the_same_for_a_poll_without_annotations(rf, editor, make):
    request = rf.get("/")
    request.user = editor
    poll = make_poll()
    assert site.get_model_admin(Poll).has_delete_permission(request, poll)
    make(poll)

    assert not site.get_model_admin(Poll).has_delete_permission(request, poll)


def test_poll_in_an_article_is_not_deleted_and_the_page_says_why(desk):
    from articles.blocks import PollBlock

    poll = make_poll()
    add_block(make_article(), PollBlock, poll=poll)

    for response in (
        desk.post(reverse("admin:polls_poll_delete", args=[poll.pk]), {"post": "yes"}),
        act(desk, "delete_selected", poll, post="yes"),
    ):
        assert "It is used in articles: 1 place." in response.text
    poll.refresh_from_db()


def test_ballot_that_arrives_during_deletion_stays(desk, monkeypatch):
    poll = make_poll()
    look = PollAdmin.get_deleted_objects

    def look_then_vote(*args):
        found = look(*args)
        make_ballot(poll)
        return found

    monkeypatch.setattr(PollAdmin, "get_deleted_objects", look_then_vote)
    response = act(desk, "delete_selected", poll, post="yes")

    assert response.status_code == 403
    assert poll.ballots.count() == 1


# Bulk actions


def test_polls_are_closed_reopened_and_archived_in_bulk(desk):
    polls = [make_poll(), make_poll()]
    for action, state in (
        ("close", {Poll.State.CLOSED}),
        ("reopen", {Poll.State.OPEN}),
        ("archive", {Poll.State.CLOSED}),
    ):
        page = act(desk, f"bulk_{action}", *polls)
        address = page.redirect_chain[-1][0]
        assert "transition/" in address
        response = desk.post(address, {}, follow=True)
        assert f"done with {len(polls)} polls" in messages_of(response)[-1]
        assert {poll.state() for poll in Poll.objects.all()} == state
    assert Poll.objects.exclude(archived_at=None).count() == len(polls)


def test_dashboard_links_reviewers_to_held_ballots(desk, client):
    make_poll()
    assert "Ballots held back" not in desk.get("/admin/").text
    poll = make_poll(question="Held?")
    for _ in range(3):
        make_held(poll)
    page = desk.get("/admin/").text

    assert "3 ballots to review" in page
    assert reverse("admin:polls_poll_review", args=[poll.pk]) in page
    client.force_login(make_user("Writers"))
    assert "Ballots held back" not in client.get("/admin/").text


def test_dashboard_lists_no_decided_ballots(desk):
    poll = make_poll()
    make_held(poll)
    transitions.decide(poll, b"\1" * 16, Decision.Verdict.EXCLUDED, reason="x")

    assert "Ballots held back" not in desk.get("/admin/").text
