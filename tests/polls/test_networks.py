"""Ballots above a network's limit are held; no client address is stored."""

import ipaddress
import logging
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client

from newsroom.models import NetworkKey
from polls import tally
from polls.models import Ballot
from tests.polls.factories import make_poll
from tests.tables import rows_by_table

pytestmark = pytest.mark.django_db

OFFICE, HOME = "198.51.100.7", "203.0.113.9"


@pytest.fixture
def votes(vote):
    """A function that has a number of new readers vote from one address."""

    def votes(poll, number, address=OFFICE, text="Yes", **options):
        for _ in range(number):
            response = vote(poll, text, client=Client(), REMOTE_ADDR=address, **options)
            assert "Thank you, your vote is in." in response.text

    return votes


def held(poll):
    return list(poll.ballots.order_by("pk").values_list("held", flat=True))


def test_ballots_above_the_limit_are_stored_and_held(votes, settings):
    settings.POLL_BALLOTS_PER_NETWORK = 3
    poll = make_poll()

    votes(poll, 5)
    votes(poll, 1, address=HOME)

    assert held(poll) == [False, False, False, True, True, False]
    counted = tally.count(poll)
    assert (counted.ballots, counted.waiting) == (4, 2)


def test_default_limit_is_thirty(votes, settings):
    assert settings.POLL_BALLOTS_PER_NETWORK == 30
    poll = make_poll()

    votes(poll, 31)

    assert held(poll) == [False] * 30 + [True]


def test_each_poll_has_its_own_limit(votes, settings):
    settings.POLL_BALLOTS_PER_NETWORK = 1
    one, other = make_poll(), make_poll()

    votes(one, 1)
    votes(other, 1)

    assert held(one) + held(other) == [False, False]


def test_limit_counts_ballots_of_the_last_hour(votes, settings):
    settings.POLL_BALLOTS_PER_NETWORK = 2
    poll = make_poll()
    noon = datetime(2030, 5, 1, 12, tzinfo=UTC)

    for minutes in (0, 59, 59.9, 60.1, 120):
        with time_machine.travel(noon + timedelta(minutes=minutes), tick=False):
            votes(poll, 1)

    assert held(poll) == [False, False, True, True, False]


def test_limit_continues_over_midnight(votes, settings):
    settings.POLL_BALLOTS_PER_NETWORK = 2
    poll = make_poll()
    midnight = datetime(2030, 5, 2, tzinfo=UTC)

    for minutes in (-10, -5, 5, 52, 70):
        with time_machine.travel(midnight + timedelta(minutes=minutes), tick=False):
            votes(poll, 1)

    assert held(poll) == [False, False, True, True, False]
    assert len({bytes(each) for each in poll.ballots.values_list("network", flat=True)}) == 2


def test_addresses_of_one_ipv6_prefix_are_one_network(votes, settings):
    settings.POLL_BALLOTS_PER_NETWORK = 1
    poll = make_poll()

    for address in ("2001:db8::1", "2001:db8::2:1", "2001:db8:0:1::1"):
        votes(poll, 1, address=address)

    assert held(poll) == [False, True, False]


def test_forged_headers_do_not_change_the_network(votes, settings):
    settings.POLL_BALLOTS_PER_NETWORK = 1
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("10.0.0.0/8")]
    direct, proxied = make_poll(), make_poll()

    for forged in ("192.0.2.1", "192.0.2.2, 192.0.2.3", "10.1.1.1", "nonsense", "::1"):
        votes(direct, 1, headers={"x-forwarded-for": forged})
        through = {"x-forwarded-for": f"{forged}, {OFFICE}"}
        votes(proxied, 1, address="10.0.0.1", headers=through)

    for poll in (direct, proxied):
        assert held(poll) == [False] + [True] * 4


def test_clients_behind_a_trusted_proxy_are_different_networks(votes, settings):
    settings.POLL_BALLOTS_PER_NETWORK = 1
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("10.0.0.0/8")]
    poll = make_poll()

    for client in (OFFICE, HOME):
        votes(poll, 1, address="10.0.0.1", headers={"x-forwarded-for": client})

    assert held(poll) == [False, False]


def test_script_without_cookies_does_not_stop_other_voters(votes, settings):
    settings.POLL_BALLOTS_PER_NETWORK = 5
    poll = make_poll("Yes", "No")

    votes(poll, 40, address=OFFICE, text="No")
    votes(poll, 3, address=HOME, text="Yes")
    votes(poll, 1, address=OFFICE, text="Yes")  # an honest vote from the script's address is held

    counted = tally.count(poll)
    yes, no = poll.choices.all()
    assert counted.votes == {no.pk: 5, yes.pk: 3}
    assert counted.waiting == 36


def holds(value, address):
    packed = ipaddress.ip_address(address).packed
    if isinstance(value, bytes | memoryview):
        return packed in bytes(value) or address.encode() in bytes(value)
    return address in str(value)


def test_no_address_is_stored_or_logged(votes, settings, caplog, capfd):
    settings.POLL_BALLOTS_PER_NETWORK = 1
    poll = make_poll()
    caplog.set_level(logging.DEBUG)

    votes(poll, 2)
    Client().post(f"/polls/{poll.slug}/vote/", {"choice": "x"}, REMOTE_ADDR=OFFICE)
    Client().get("/polls/nothing/", REMOTE_ADDR=OFFICE)

    values = [value for _, rows in rows_by_table() for row in rows for value in row]
    assert len(values) > 50
    assert not [value for value in values if holds(value, OFFICE)]
    out, err = capfd.readouterr()
    assert OFFICE not in caplog.text + out + err


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads the file of the database")
@pytest.mark.django_db(transaction=True)
def test_database_file_and_dump_contain_no_address_and_no_destroyed_key(votes):
    votes(make_poll(), 2)
    day = datetime.now(UTC).date()
    key = NetworkKey.objects.for_day(day)
    name = connection.settings_dict["NAME"]

    def on_disk():
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with open(name, "rb") as file:
            return file.read()

    assert key in on_disk(), "nothing there that could be destroyed"
    with sqlite3.connect(name) as copy:
        assert OFFICE not in "\n".join(copy.iterdump())
    assert OFFICE.encode() not in on_disk()

    with time_machine.travel(datetime.now(UTC) + timedelta(days=31)):
        votes(make_poll(), 1)

    assert key not in on_disk()
    assert Ballot.objects.count() == 3
