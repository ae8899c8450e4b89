"""On SQLite the threads of a process insert their ballots in shared transactions."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection

from polls import ballot_insertion, voting
from polls.voting import Outcome
from tests import serving
from tests.polls.factories import make_poll

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "sqlite", reason="PostgreSQL inserts each ballot by itself"
    ),
]


@pytest.fixture
def vote_together(rf):
    """A function that has readers vote while another thread is inserting; returns the outcomes."""

    @serving.in_a_thread
    def cast(poll, choices, reader):
        try:
            return voting.cast(poll, choices, reader, rf.post("/"))
        except OperationalError as error:
            return str(error)

    def vote_together(poll, *readers):
        choices = [poll.choices.first().pk]
        with ThreadPoolExecutor(len(readers)) as threads:
            with ballot_insertion.insert_lock:
                votes = [threads.submit(cast, poll, choices, reader) for reader in readers]
                serving.until(lambda: len(ballot_insertion.queue) == len(readers), "the votes")
            return Counter(vote.result() for vote in votes)

    return vote_together


@pytest.fixture
def transactions(monkeypatch):
    """The number of ballots in each transaction."""
    stock, sizes = ballot_insertion.insert_together, []

    def insert_together(ballots):
        sizes.append(len(ballots))
        stock(ballots)

    monkeypatch.setattr(ballot_insertion, "insert_together", insert_together)
    return sizes


def test_queued_ballots_are_inserted_in_one_transaction(vote_together, transactions):
    poll = make_poll()

    outcomes = vote_together(poll, *"abcdef")

    assert outcomes == {Outcome.COUNTED: 6}
    assert poll.ballots.count() == 6
    assert transactions == [6]


def test_refused_ballot_does_not_stop_the_others(vote_together):
    poll = make_poll()

    outcomes = vote_together(poll, *"abbbc")

    assert outcomes == {Outcome.COUNTED: 3, Outcome.REPEATED: 2}
    assert poll.ballots.count() == 3


def test_failed_transaction_is_an_error_for_one_reader_and_the_others_vote(
    vote_together, transactions, monkeypatch
):
    poll = make_poll()
    stock = ballot_insertion.insert_together

    def fail_once(ballots):
        if not transactions:
            transactions.append(len(ballots))
            raise OperationalError("disk I/O error")
        stock(ballots)

    monkeypatch.setattr(ballot_insertion, "insert_together", fail_once)

    outcomes = vote_together(poll, *"abcd")

    assert outcomes == {Outcome.COUNTED: 3, "disk I/O error": 1}
    assert poll.ballots.count() == 3
    assert transactions == [4, 1, 1, 1]
