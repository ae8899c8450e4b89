"""On SQLite the threads of a process put their ballots in together."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection

from polls import ballot_box, voting
from polls.voting import Outcome
from tests import serving
from tests.polls.factories import make_poll

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "sqlite", reason="PostgreSQL takes them in side by side"
    ),
]


@pytest.fixture
def vote_together(rf):
    """A function that has readers vote while another thread has its turn; what came of each."""

    @serving.in_a_thread
    def cast(poll, choices, reader):
        try:
            return voting.cast(poll, choices, reader, rf.post("/"))
        except OperationalError as error:
            return str(error)

    def vote_together(poll, *readers):
        choices = [poll.choices.first().pk]
        with ThreadPoolExecutor(len(readers)) as threads:
            with ballot_box._turn:
                votes = [threads.submit(cast, poll, choices, reader) for reader in readers]
                serving.until(lambda: len(ballot_box._waiting) == len(readers), "the votes")
            return Counter(vote.result() for vote in votes)

    return vote_together


@pytest.fixture
def transactions(monkeypatch):
    """How many ballots each transaction held."""
    stock, sizes = ballot_box._put_in_together, []

    def put_in_together(ballots):
        sizes.append(len(ballots))
        stock(ballots)

    monkeypatch.setattr(ballot_box, "_put_in_together", put_in_together)
    return sizes


def test_ballots_that_wait_go_in_with_one_transaction(vote_together, transactions):
    poll = make_poll()

    outcomes = vote_together(poll, *"abcdef")

    assert outcomes == {Outcome.COUNTED: 6}
    assert poll.ballots.count() == 6
    assert transactions == [6]


def test_ballot_that_is_refused_keeps_no_other_out(vote_together):
    poll = make_poll()

    outcomes = vote_together(poll, *"abbbc")

    assert outcomes == {Outcome.COUNTED: 3, Outcome.REPEATED: 2}
    assert poll.ballots.count() == 3


def test_transaction_that_fails_is_one_readers_error_and_nobodys_ballot(
    vote_together, transactions, monkeypatch
):
    poll = make_poll()
    stock = ballot_box._put_in_together

    def fail_once(ballots):
        if not transactions:
            transactions.append(len(ballots))
            raise OperationalError("disk I/O error")
        stock(ballots)

    monkeypatch.setattr(ballot_box, "_put_in_together", fail_once)

    outcomes = vote_together(poll, *"abcd")

    assert outcomes == {Outcome.COUNTED: 3, "disk I/O error": 1}
    assert poll.ballots.count() == 3
    assert transactions == [4, 1, 1, 1]
