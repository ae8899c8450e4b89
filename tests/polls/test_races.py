"""Votes at the same time as other votes, or as the closing of the poll, at a served site."""

import contextlib
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.migrations import RemoveConstraint
from django.db.migrations.state import ProjectState

from newsroom.triggers import KeepTriggers
from polls import closing_records, transitions, voting
from polls.models import Ballot, Poll
from polls.voting import Outcome
from tests import serving
from tests.polls.factories import make_ballot, make_poll
from tests.polls.serving import (
    CLOSED,
    COUNTED,
    REPEATED,
    RESENT,
    Crowd,
    address_of,
    ask,
    cookie_in,
    new_reader,
    signed,
)
from tests.serving import at_once, in_a_thread, one_waits_for_a_lock
from tests.triggers import create_triggers, drop_guards

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 50


@pytest.fixture
def site(tmp_path):
    """A served site, with two processes on PostgreSQL and one on SQLite."""
    workers = 1 if connection.vendor == "sqlite" else 2
    with serving.Site(tmp_path, serving.database_url(), workers=workers) as site:
        yield site
    log = site.log.read_text()
    assert "Traceback" not in log, log
    assert "locked" not in log, log


def press_at_once(site, poll, cookie):
    """The number of each outcome when one reader sends the same vote fifty times at once."""
    path, choice = address_of(poll), poll.choices.first().pk
    answers = at_once(site, AT_ONCE, lambda line: ask(line, path, choice, cookie=cookie))
    return Counter(outcome for outcome, _ in answers)


@contextlib.contextmanager
def without_guards():
    """The database without the triggers that guard polls."""
    dropped = drop_guards("polls")
    try:
        yield
    finally:
        Ballot.objects.all().delete()
        create_triggers(dropped)


@contextlib.contextmanager
def without_the_unique_constraint():
    """The database without the constraint that a reader has one ballot."""
    operation = KeepTriggers([RemoveConstraint("ballot", "ballot_unique_voter")])
    before = ProjectState.from_apps(apps)
    after = before.clone()
    operation.state_forwards("polls", after)
    with connection.schema_editor() as editor:
        operation.database_forwards("polls", editor, before, after)
    try:
        yield
    finally:
        with without_guards():
            pass  # deletes the ballots
        with connection.schema_editor() as editor:
            operation.database_backwards("polls", editor, after, before)


def test_one_reader_who_votes_fifty_times_at_once_has_one_ballot(site):
    poll = make_poll()

    told = press_at_once(site, poll, signed("one reader"))

    assert told == {COUNTED: 1, REPEATED: AT_ONCE - 1}
    assert poll.ballots.count() == 1


def test_without_the_unique_constraint_a_reader_has_several_ballots(site):
    poll = make_poll()

    with without_the_unique_constraint():
        press_at_once(site, poll, signed("one reader"))
        ballots = poll.ballots.count()

    assert ballots > 1
    told = press_at_once(site, poll, signed("one reader"))
    assert told[COUNTED] == poll.ballots.count() == 1


def test_first_vote_sent_fifty_times_is_one_ballot(site):
    """As in a browser, all responses set their cookie before any redirect is followed."""
    poll = make_poll()
    choice = poll.choices.first().pk
    jar, filled = {}, threading.Barrier(AT_ONCE)

    def press(line):
        outcome, answer = ask(line, address_of(poll), choice)
        assert outcome == RESENT
        jar["cookie"] = cookie_in(answer)
        filled.wait(serving.LIMIT)
        return ask(line, answer.headers["Location"], choice, cookie=jar["cookie"])[0]

    assert Counter(at_once(site, AT_ONCE, press)) == {COUNTED: 1, REPEATED: AT_ONCE - 1}
    assert poll.ballots.count() == 1


def test_eight_voters_at_once_have_eight_ballots(site):
    poll = make_poll()
    path, choice = address_of(poll), poll.choices.first().pk

    def vote(line):
        return ask(line, path, choice, cookie=signed(new_reader()))[0]

    assert at_once(site, 8, vote) == [COUNTED] * 8
    assert poll.ballots.count() == 8


def test_800_votes_of_eight_connections_never_find_the_database_locked(site):
    poll = make_poll()

    with Crowd(site, poll, connections=8, each=100) as crowd:
        pass

    assert (crowd.unanswered, crowd.others) == (set(), {})
    assert set(poll.ballots.values_list("voter", flat=True)) == {
        voting.voter_hash(poll, reader) for reader in crowd.counted
    }
    assert poll.ballots.filter(held=False).count() == 800


CLOSE = """
import sys
import django
django.setup()
from polls import transitions
from polls.models import Poll
for slug in sys.stdin:
    transitions.close(Poll.objects.get(slug=slug.strip()))
    print("closed", flush=True)
"""


@pytest.fixture
def close_elsewhere(site):
    """A function that closes a poll in another process."""
    with subprocess.Popen(
        [sys.executable, "-c", CLOSE],
        cwd=serving.ROOT,
        env=site.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:

        def close(poll):
            print(poll.slug, file=process.stdin, flush=True)
            assert process.stdout.readline() == "closed\n"

        yield close
        process.stdin.close()


def test_votes_during_closing_are_counted_if_and_only_if_acknowledged(site, close_elsewhere):
    for _ in range(5):
        poll = make_poll()
        with Crowd(site, poll) as crowd:
            crowd.wait_for(50)
            close_elsewhere(poll)

        assert (crowd.unanswered, set(crowd.others)) == (set(), {CLOSED})
        voters = {voting.voter_hash(poll, reader) for reader in crowd.counted}
        assert {bytes(voter) for voter in poll.ballots.values_list("voter", flat=True)} == voters
        poll.refresh_from_db()
        assert closing_records.parse(poll.records.get())["ballots"] == len(voters)
        assert list(closing_records.audit(poll)) == []


@pytest.fixture
def vote_while_it_closes(monkeypatch, rf):
    """A function that closes a poll just before a vote is inserted; returns the vote's outcome."""
    ready, closed = threading.Event(), threading.Event()
    stock = voting.insert_ballot

    def wait_and_insert(ballot):
        ready.set()
        assert closed.wait(serving.LIMIT)
        stock(ballot)

    monkeypatch.setattr(voting, "insert_ballot", wait_and_insert)

    def vote_while_it_closes(poll):
        choices = [poll.choices.first().pk]
        with ThreadPoolExecutor(1) as voter:
            outcome = voter.submit(in_a_thread(voting.cast), poll, choices, "reader", rf.post("/"))
            assert ready.wait(serving.LIMIT)
            transitions.close(Poll.objects.get(pk=poll.pk))
            closed.set()
            return outcome.result()

    return vote_while_it_closes


def test_vote_inserted_just_after_closing_is_refused(vote_while_it_closes):
    poll = make_poll()

    assert vote_while_it_closes(poll) == Outcome.CLOSED
    assert list(closing_records.audit(Poll.objects.get(pk=poll.pk))) == []


def test_without_the_trigger_a_vote_just_after_closing_is_counted(vote_while_it_closes):
    poll = make_poll()

    with without_guards():
        assert vote_while_it_closes(poll) == Outcome.COUNTED
        assert list(closing_records.audit(Poll.objects.get(pk=poll.pk)))


def close_before_a_ballot_is_committed(poll):
    """Close a poll while the transaction that inserts a ballot is still open."""
    inserted, go_on = threading.Event(), threading.Event()

    def insert():
        with transaction.atomic():
            make_ballot(poll)
            inserted.set()
            assert go_on.wait(serving.LIMIT)

    with ThreadPoolExecutor(2) as threads:
        ballot = threads.submit(in_a_thread(insert))
        assert inserted.wait(serving.LIMIT)
        closing = threads.submit(in_a_thread(transitions.close), poll)
        serving.until(lambda: one_waits_for_a_lock() or closing.done(), "the closing")
        go_on.set()
        ballot.result()
        return closing.result()


@pytest.fixture
def _postgres():
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite nobody reads while a ballot is being inserted and closes then")


@pytest.mark.usefixtures("_postgres")
def test_closing_waits_for_an_uncommitted_ballot():
    poll = make_poll()

    record = close_before_a_ballot_is_committed(poll)

    assert closing_records.parse(record)["ballots"] == poll.ballots.count() == 1
    assert list(closing_records.audit(Poll.objects.get(pk=poll.pk))) == []


@pytest.mark.usefixtures("_postgres")
def test_without_the_trigger_closing_does_not_wait():
    poll = make_poll()

    with without_guards():
        record = close_before_a_ballot_is_committed(poll)

        assert (closing_records.parse(record)["ballots"], poll.ballots.count()) == (0, 1)
        assert list(closing_records.audit(Poll.objects.get(pk=poll.pk)))
