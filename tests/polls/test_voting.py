"""Each reader has one ballot; an invalid vote is refused, and nothing is stored."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from polls import transitions, voting
from polls.models import Ballot, Poll
from tests.polls.factories import an_hour, make_ballot, make_closed, make_poll

pytestmark = pytest.mark.django_db


def address(poll, page="vote"):
    return reverse(f"polls:{page}", args=[poll.slug])


def test_vote_is_counted_with_a_thank_you_message(vote):
    poll = make_poll("Yes", "No")

    response = vote(poll, "Yes")

    ballot = Ballot.objects.get()
    assert (ballot.poll, ballot.choices) == (poll, str(poll.choices.first().pk))
    assert (ballot.held, ballot.decision) == (False, None)
    assert response.status_code == 200
    assert "Thank you, your vote is in." in response.text


def test_first_vote_is_sent_again_with_the_cookie(client):
    poll = make_poll()
    form = {"choice": poll.choices.first().pk}

    first = client.post(address(poll), form)
    assert (first.status_code, Ballot.objects.count()) == (307, 0)
    second = client.post(first["Location"], form)

    assert (second.status_code, Ballot.objects.count()) == (302, 1)
    assert second["Location"] == address(poll, "result") + "?vote=counted"


def test_cookie_is_signed_and_restricted(client, settings):
    settings.SESSION_COOKIE_SECURE = True
    poll = make_poll()

    response = client.post(address(poll), {"choice": poll.choices.first().pk})

    assert list(response.cookies) == [voting.COOKIE_NAME]
    cookie = response.cookies[voting.COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["secure"]
    assert (cookie["samesite"], cookie["path"]) == ("Lax", "/polls/")
    reader, _, signature = cookie.value.partition(":")
    assert len(reader) >= 22, "fewer than 128 random bits"
    assert signature


def test_refused_cookie_is_reported(client):
    poll = make_poll()
    form = {"choice": poll.choices.first().pk}
    again = client.post(address(poll), form)["Location"]

    response = Client().post(again, form)

    assert response.status_code == 400
    assert "refused the cookie" in response.text
    assert not Ballot.objects.exists()


@pytest.mark.parametrize("tampered", ["", "x", "x:y", "{value}x", "x{value}"])
def test_forged_cookie_is_ignored(client, vote, tampered):
    poll = make_poll()
    vote(poll, "Yes")
    value = client.cookies[voting.COOKIE_NAME].value
    client.cookies[voting.COOKIE_NAME] = tampered.format(value=value)

    response = client.post(address(poll), {"choice": poll.choices.first().pk})

    assert response.status_code == 307
    assert Ballot.objects.count() == 1


def test_second_vote_is_not_counted(vote):
    poll = make_poll("Yes", "No")
    vote(poll, "Yes")

    response = vote(poll, "No")

    assert "You have already voted in this poll" in response.text
    assert Ballot.objects.get().choices == str(poll.choices.get(text="Yes").pk)


def test_ballots_of_one_reader_in_two_polls_cannot_be_linked(vote):
    polls = [make_poll(), make_poll()]

    for poll in polls:
        vote(poll, "Yes")

    one, other = Ballot.objects.order_by("pk")
    assert one.voter != other.voter
    assert one.poll != other.poll


def test_new_secret_key_allows_no_second_vote(vote, settings):
    poll = make_poll()
    vote(poll, "Yes")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "n" * 60

    response = vote(poll, "No")

    assert "already voted" in response.text
    assert Ballot.objects.count() == 1


def test_ballot_of_several_choices_has_them_all(vote):
    poll = make_poll("A", "B", "C", max_choices=2)

    vote(poll, "C", "A")

    keys = {choice.text: choice.pk for choice in poll.choices.all()}
    assert Ballot.objects.get().choices == f"{keys['A']},{keys['C']}"


class RefusedBallots(TestCase):
    """An invalid vote is refused with status 400, and nothing is stored."""

    def setUp(self):
        self.single = make_poll("Yes", "No")
        self.several = make_poll("A", "B", "C", max_choices=2)

    @settings(max_examples=60)
    @given(data=st.data())
    def test_ballot_is_stored_if_and_only_if_it_is_valid(self, data):
        poll = data.draw(st.sampled_from([self.single, self.several]))
        keys = [choice.pk for each in (self.single, self.several) for choice in each.choices.all()]
        wild = st.one_of(
            st.sampled_from([str(key) for key in keys]),
            st.integers().map(str),
            st.sampled_from(["", " ", "０", "1.0", "-1", "1,2", "null", "٣"]),
        )
        chosen = data.draw(st.lists(wild, max_size=4))
        own = {str(choice.pk) for choice in poll.choices.all()}
        is_ballot = (
            1 <= len(chosen) <= poll.max_choices
            and set(chosen) <= own
            and len(set(chosen)) == len(chosen)
        )
        before = Ballot.objects.count()

        response = Client().post(address(poll), {"choice": chosen}, follow=True)

        assert response.status_code == (200 if is_ballot else 400), chosen
        assert Ballot.objects.count() == before + is_ballot


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ([], "Choose an answer first"),
        (["yes", "no"], "Choose one answer"),
        (["other"], "not an answer of this poll"),
        (["yes", "yes"], "sent more than once"),
    ],
)
def test_refusal_explains_itself_and_shows_the_form_again(vote, chosen, message):
    poll, other = make_poll("Yes", "No"), make_poll()
    keys = {choice.text.lower(): choice.pk for choice in poll.choices.all()}
    keys["other"] = other.choices.first().pk

    response = vote(poll, choices=[keys[name] for name in chosen])

    assert response.status_code == 400
    assert message in response.text
    assert "Nothing was counted" in response.text
    assert 'type="radio"' in response.text
    assert not Ballot.objects.exists()


def test_vote_in_a_missing_poll_is_not_found(client):
    assert client.post("/polls/nothing/vote/", {"choice": 1}).status_code == 404


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"closes": an_hour(ago=1)}, "Voting is over"),
        ({"opens": an_hour(ahead=1)}, "Voting hasn’t begun"),
        ({"archived_at": an_hour(ago=1), "recorded_at": an_hour(ago=1)}, "Voting is over"),
    ],
)
def test_vote_in_a_poll_that_is_not_open_is_a_conflict(vote, fields, message):
    poll = make_poll(**fields)

    response = vote(poll, "Yes")

    assert response.status_code == 409
    assert message in response.text
    assert not Ballot.objects.exists()


def test_late_vote_from_a_cached_page_is_refused(client, vote):
    poll = make_poll(closes=an_hour(ahead=1))
    assert 'type="radio"' in client.get(poll.get_absolute_url()).text

    with time_machine.travel(poll.closes - timedelta(microseconds=1), tick=False):
        in_time = vote(poll, "Yes")
    with time_machine.travel(poll.closes, tick=False):
        late = vote(poll, "Yes", client=Client())

    assert (in_time.status_code, late.status_code) == (200, 409)
    assert poll.ballots.count() == 1


@pytest.mark.django_db(transaction=True)
def test_vote_in_a_poll_that_closes_at_that_time_is_refused(vote, monkeypatch):
    poll = make_poll()
    vote(make_poll(), "Yes")
    stock = voting.cast

    def slow(*args):
        transitions.close(poll)
        return stock(*args)

    monkeypatch.setattr(voting, "cast", slow)
    response = vote(poll, "Yes")

    assert response.status_code == 409
    assert "Voting is over" in response.text
    assert not poll.ballots.exists()


def test_other_refusals_by_the_database_are_raised(vote, monkeypatch):
    poll = make_poll()
    vote(make_poll(), "Yes")
    monkeypatch.setattr("polls.forms.BallotForm.clean_choice", lambda form: ["0"])

    refusal = "the ballot names something other than choices of its poll"
    with pytest.raises(Exception, match=refusal):
        vote(poll, "Yes")


def test_get_of_the_vote_address_redirects_to_the_poll(client):
    poll = make_poll()

    for method in (client.get, client.head):
        response = method(address(poll))
        assert (response.status_code, response["Location"]) == (302, poll.get_absolute_url())
    assert client.put(address(poll)).status_code == 405


def test_responses_to_votes_are_not_stored_and_other_pages_set_no_cookie(client):
    poll, closed = make_poll(), make_closed()
    choice = poll.choices.first().pk
    for page in ("/polls/", poll.get_absolute_url(), address(poll, "results")):
        response = client.get(page)
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")
        assert "csrf" not in response.text

    answers = [
        client.post(address(poll), {}),
        client.post(address(closed), {"choice": choice}),
        client.post(address(poll), {"choice": choice}),
        client.post(address(poll), {"choice": choice}),
        client.get(address(poll, "result")),
    ]

    assert [answer.status_code for answer in answers] == [400, 409, 307, 302, 200]
    assert all("no-store" in answer["Cache-Control"] for answer in answers)


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://testserver"}, False),
        ({"origin": "http://testserver"}, True),
        ({"origin": "https://testserver"}, False),
        ({"origin": "http://testserver.evil.example"}, False),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "null"}, False),
        ({}, True),
    ],
)
def test_cross_origin_vote_is_refused(headers, allowed):
    poll = make_poll()
    client = Client(enforce_csrf_checks=True)

    response = client.post(
        address(poll), {"choice": poll.choices.first().pk}, follow=True, headers=headers
    )

    assert response.status_code == (200 if allowed else 403)
    assert Ballot.objects.count() == allowed


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ("/sci-fi/an-ending/", True),
        ("//evil.example/", False),
        ("/\\evil.example/", False),
        ("https://evil.example/", False),
        ("javascript:alert(1)", False),
        ("/%5cevil.example", True),
        ("", False),
    ],
)
def test_link_back_to_the_article_stays_on_this_site(client, page, kept):
    poll = make_poll()
    form = {"choice": poll.choices.first().pk, "from": page}
    answer = client.post(address(poll), form, follow=True)

    assert ("Back to the article" in answer.text) is kept
    assert "evil.example/" not in answer.text


def test_held_and_counted_votes_get_the_same_page(vote, settings):
    settings.POLL_BALLOTS_PER_NETWORK = 1
    poll = make_poll()
    counted = vote(poll, "Yes").text
    held = vote(poll, "Yes", client=Client()).text

    assert list(Ballot.objects.order_by("pk").values_list("held", flat=True)) == [False, True]
    assert "Thank you, your vote is in." in counted
    assert held == counted


def test_each_poll_has_its_own_count(vote):
    one, other = make_poll(), make_poll()
    make_ballot(other)

    vote(one, "Yes")

    assert Poll.objects.get(pk=one.pk).ballots.count() == 1
