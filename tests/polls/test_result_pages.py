"""Public pages of polls: results, lists and spoiler warnings."""

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from polls import transitions
from polls.models import Poll
from tests.polls.factories import an_hour, make_ballot, make_closed, make_poll

pytestmark = pytest.mark.django_db

VISIBILITY = Poll.ResultVisibility
#: By visibility: whether all readers see the result while the poll is open, whether voters do,
#: and whether all readers do once it is closed.
SEES_RESULT = {
    VISIBILITY.ALWAYS: (True, True, True),
    VISIBILITY.AFTER_VOTING: (False, True, True),
    VISIBILITY.AFTER_CLOSING: (False, False, True),
    VISIBILITY.STAFF_ONLY: (False, False, False),
}


def figures(client, poll):
    return client.get(reverse("polls:results", args=[poll.slug])).json()


def shows_result(page):
    return 'class="result-bars"' in page or "voters in all" in page


@pytest.mark.parametrize("visibility", VISIBILITY)
def test_result_is_shown_according_to_its_visibility(client, vote, visibility):
    while_open, to_voters, once_closed = SEES_RESULT[visibility]
    poll = make_poll("Yes", "No", result_visibility=visibility)
    for _ in range(3):
        make_ballot(poll, "No")

    assert shows_result(client.get(poll.get_absolute_url()).text) is while_open
    assert (figures(client, poll)["result"] is not None) is while_open
    assert shows_result(vote(poll, "Yes").text) is to_voters
    assert shows_result(client.get(poll.get_absolute_url()).text) is while_open, "it is shared"

    transitions.close(poll)
    assert shows_result(client.get(poll.get_absolute_url()).text) is once_closed
    assert (figures(client, poll)["result"] is not None) is once_closed


@pytest.mark.parametrize(
    ("visibility", "words"),
    [
        (VISIBILITY.AFTER_VOTING, "shown once you have voted"),
        (VISIBILITY.AFTER_CLOSING, "shown once the poll is closed"),
        (VISIBILITY.STAFF_ONLY, "isn’t published"),
    ],
)
def test_page_without_the_result_says_when_it_is_shown(client, visibility, words):
    assert words in client.get(make_poll(result_visibility=visibility).get_absolute_url()).text


def test_result_after_voting_includes_the_reader_s_vote(client, vote):
    poll = make_poll("Yes", "No", result_visibility=VISIBILITY.ALWAYS)
    client.get(poll.get_absolute_url())  # this count, of no votes, is cached for two seconds

    page = vote(poll, "No").text

    assert re.search(r"No <b>– your vote</b>.*?100\.0</span>%", page, re.DOTALL)
    assert "1 vote</b> in all" in page


def test_result_explains_self_selection_and_counting(client):
    page = client.get(make_closed("Yes", "No", votes=(2, 1)).get_absolute_url()).text

    assert "self-selected" in page
    assert "not a survey of the public" in page
    assert "Each reader can vote once" in page
    assert "percentages are of voters" not in page


def test_result_says_that_shares_of_several_choices_are_of_voters(client):
    poll = make_poll("A", "B", "C", max_choices=2, result_visibility=VISIBILITY.ALWAYS)
    make_ballot(poll, "A", "B")
    make_ballot(poll, "A")

    page = client.get(poll.get_absolute_url()).text

    assert "percentages are of voters" in page
    assert "2 voters</b> in all" in page
    assert re.findall(r"data-share>([\d.]+)<", page) == ["100.0", "50.0", "0.0"]


def test_page_and_json_have_the_same_figures(client):
    poll = make_closed("One", "Two", "Three", votes=(1, 1, 1))

    page = client.get(poll.get_absolute_url()).text
    told = figures(client, poll)

    shares = [choice["share"] for choice in told["result"]["choices"]]
    assert shares == re.findall(r"data-share>([\d.]+)<", page) == ["33.4", "33.3", "33.3"]
    assert (told["state"], told["result"]["final"]) == ("closed", True)
    assert told["result"]["ballots"] == 3


def test_json_is_cacheable_for_two_seconds(client):
    poll = make_poll(result_visibility=VISIBILITY.ALWAYS)
    address = reverse("polls:results", args=[poll.slug])

    response = client.get(address)

    assert response["Content-Type"] == "application/json"
    kept = dict(each.partition("=")[::2] for each in response["Cache-Control"].split(", "))
    assert "public" in kept
    assert 1 <= int(kept["max-age"]) <= int(kept["s-maxage"]) <= 2
    assert "Cookie" not in response.get("Vary", "")
    assert client.get("/polls/nothing/results.json").status_code == 404
    assert client.post(address).status_code == 405


def test_page_shows_the_state_with_its_time(client):
    coming = make_poll(opens=an_hour(ahead=30))
    closing = make_poll(closes=an_hour(ahead=49))
    closed = make_poll(closes=an_hour(ago=1))
    endless = make_poll()

    said = [client.get(poll.get_absolute_url()).text for poll in (coming, closing, closed, endless)]

    assert "Voting opens on <time" in said[0]
    assert 'type="radio"' not in said[0]
    assert re.search(r"Closes on <time.*?\(in 2\xa0days\)|\(in 2\xa0days", said[1], re.DOTALL)
    assert "Closed on <time" in said[2]
    assert "Open until further notice" in said[3]


def test_result_page_redirects_readers_who_have_not_voted(client, vote):
    poll = make_poll(result_visibility=VISIBILITY.AFTER_VOTING)
    address = reverse("polls:result", args=[poll.slug])

    assert client.get(address)["Location"] == poll.get_absolute_url()
    vote(poll, "Yes")

    later = client.get(address)
    assert "You have voted in this poll." in later.text
    assert later["X-Robots-Tag"] == "noindex, nofollow"
    assert Client().get(address)["Location"] == poll.get_absolute_url()


def test_list_has_open_and_closed_polls_and_no_archived_ones(client):
    open_poll, closed, coming = make_poll(), make_closed(), make_poll(opens=an_hour(ahead=1))
    over, archived = make_poll(closes=an_hour(ago=1)), make_closed()
    transitions.archive(archived)

    page = client.get("/polls/").text
    open_part, closed_part = page.split('id="closed"')

    assert open_poll.question in open_part
    for poll in (closed, over):
        assert poll.question in closed_part
        assert poll.question not in open_part
    for poll in (coming, archived):
        assert poll.question not in page
    assert client.get(archived.get_absolute_url()).status_code == 200


def test_empty_list_says_so(client):
    assert "No polls yet" in client.get("/polls/").text


def test_closed_polls_are_listed_page_by_page(client):
    polls = [make_poll(closes=an_hour(ago=hours)) for hours in range(1, 24)]

    first, second = client.get("/polls/").text, client.get("/polls/?page=2").text

    assert polls[0].question in first
    assert polls[-1].question not in first
    assert polls[-1].question in second
    assert 'id="open"' not in second


def test_list_and_page_make_the_same_number_of_queries_for_one_poll_and_for_many(client):
    def queries(address):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    def make(number):
        for _ in range(number):
            make_poll(spoiler_warning="The end")
            make_closed()

    make(1)
    few = queries("/polls/")
    make(15)

    assert queries("/polls/") == few <= 5
    many_choices = make_poll(*map(str, range(20)), result_visibility=VISIBILITY.ALWAYS)
    few_choices = make_poll(result_visibility=VISIBILITY.ALWAYS)
    assert queries(many_choices.get_absolute_url()) == queries(few_choices.get_absolute_url()) <= 4


# Spoiler warnings


QUESTION = "Does the keeper drown?"
WARNING = "The end of The Paper Lighthouse"


def make_poll_with_warning(**fields):
    return make_poll(
        "SECRET yes",
        "SECRET no",
        question=QUESTION,
        introduction="SECRET introduction",
        spoiler_warning=WARNING,
        slug="the-keeper",
        **fields,
    )


def outside_spoiler_boxes(html):
    return re.sub(r"<details.*?</details>", "", html, flags=re.DOTALL)


@pytest.mark.parametrize("closed", [False, True])
def test_poll_with_a_spoiler_warning_is_only_in_its_spoiler_box(client, closed):
    poll = make_poll_with_warning(result_visibility=VISIBILITY.ALWAYS)
    make_ballot(poll)
    if closed:
        transitions.close(poll)

    page = client.get(poll.get_absolute_url()).text
    assert QUESTION in page, "there is nothing that could leak"
    assert "<details>" in page
    assert "<details open" not in page
    for text in (
        outside_spoiler_boxes(page),
        client.get("/polls/").text,
        json.dumps(figures(client, poll)),
    ):
        assert "SECRET" not in text
        assert QUESTION not in text
    for text in (outside_spoiler_boxes(page), client.get("/polls/").text):
        assert WARNING in text


def test_question_without_a_spoiler_warning_is_visible(client):
    poll = make_poll_with_warning(result_visibility=VISIBILITY.ALWAYS)
    Poll.objects.update(spoiler_warning="")

    for address in ("/polls/", poll.get_absolute_url()):
        assert QUESTION in outside_spoiler_boxes(client.get(address).text)


def test_spoiler_box_is_open_after_voting(vote):
    poll = make_poll_with_warning()

    for page in (vote(poll).text, vote(poll, "SECRET yes").text):
        assert "<details open" in page
        assert QUESTION not in outside_spoiler_boxes(page)


def test_spoiler_box_is_excluded_from_snippets(client):
    page = client.get(make_poll_with_warning().get_absolute_url()).text

    assert re.search(r"<section[^>]*data-nosnippet><details", page)


def test_texts_of_a_poll_are_escaped_everywhere(client, vote):
    payload = '"><script>alert(1)</script>'
    poll = make_poll(
        payload,
        payload + "2",
        question=payload,
        introduction=payload,
        spoiler_warning=payload,
        result_visibility=VISIBILITY.ALWAYS,
    )
    pages = [client.get("/polls/").text, client.get(poll.get_absolute_url()).text]
    pages += [vote(poll, "nothing").text, vote(poll, payload).text]
    transitions.reword(poll, question=payload + "3", choices={}, reason=payload)
    transitions.close(poll)
    pages += [client.get("/polls/").text, client.get(poll.get_absolute_url()).text]

    for page in pages:
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert" not in page
