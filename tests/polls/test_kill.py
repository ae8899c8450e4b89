"""Votes that were acknowledged are in the database after kill -9 of the server under load."""

import pytest
from django.db import connection

from polls import closing_records, transitions, voting
from tests import serving
from tests.polls.factories import make_poll
from tests.polls.serving import COUNTED, REPEATED, Crowd, address_of, ask, signed

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 5
CONNECTIONS = 8


def test_every_acknowledged_vote_survives_the_killed_server(tmp_path):
    poll = make_poll()
    workers = 1 if connection.vendor == "sqlite" else 2
    site = serving.Site(tmp_path, serving.database_url(), workers=workers)
    counted, unanswered = set(), set()

    for time in range(1, TIMES + 1):
        with site, Crowd(site, poll, connections=CONNECTIONS) as crowd:
            crowd.wait_for(30 * time)  # a little later each time
            site.kill()
        assert not crowd.others
        assert len(crowd.unanswered) <= CONNECTIONS
        counted |= crowd.counted
        unanswered |= crowd.unanswered

    with site:
        again = {send_again(site, poll, *each) for each in enumerate(unanswered)}
    record = transitions.close(poll)

    voters = {bytes(voter) for voter in poll.ballots.values_list("voter", flat=True)}
    assert voters == {voting.voter_hash(poll, reader) for reader in counted | unanswered}
    assert again <= {COUNTED, REPEATED}
    assert len(counted) >= 30 * sum(range(1, TIMES + 1))
    assert closing_records.parse(record)["ballots"] == len(voters) == poll.ballots.count()
    poll.refresh_from_db()
    assert list(closing_records.audit(poll)) == []


def send_again(site, poll, number, reader):
    """The outcome for a reader who got no response and votes again."""
    cookie, client = signed(reader), f"192.0.2.{number}"
    with site.line() as line:
        path, choice = address_of(poll), poll.choices.first().pk
        return ask(line, path, choice, cookie=cookie, client=client)[0]
