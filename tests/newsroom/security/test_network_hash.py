"""A network can be told from another for a day, and nobody can lead it back to an address."""

from datetime import date, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.test import override_settings

from newsroom.models import NetworkKey
from newsroom.security.network_hash import _key_of, network_hash, network_of

pytestmark = pytest.mark.django_db

DAY = date(2030, 5, 1)


@pytest.mark.parametrize(
    ("address", "of"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::", "2001:db8:1:3::/64"),
        ("", ""),
        ("unix:", "unix:"),
        ("nonsense", "nonsense"),
    ],
)
def test_network_is_an_address_or_what_one_line_gets_of_ipv6(address, of):
    assert network_of(address) == of


def test_hash_is_the_same_for_a_day_and_unlike_any_other_day_or_network():
    hashes = {network_hash(address, DAY) for address in ("192.0.2.7", "192.0.2.8")}
    hashes.add(network_hash("192.0.2.7", DAY + timedelta(days=1)))

    assert len(hashes) == 3
    assert network_hash("192.0.2.7", DAY) in hashes
    assert {len(each) for each in hashes} == {16}


def test_key_of_the_database_alone_does_not_lead_to_an_address():
    ours = network_hash("192.0.2.7", DAY)

    with override_settings(SECRET_KEY="k" * 60):
        assert network_hash("192.0.2.7", DAY) != ours


def test_processes_share_the_key_of_a_day():
    ours = network_hash("192.0.2.7", DAY)
    _key_of.cache_clear()  # as a process that has just begun

    assert network_hash("192.0.2.7", DAY) == ours
    assert NetworkKey.objects.count() == 1


def test_key_is_destroyed_after_thirty_days():
    for days in (0, 1, 29, 30, 31):
        with time_machine.travel(DAY + timedelta(days=days), tick=False):
            network_hash("192.0.2.7", DAY + timedelta(days=days))

    kept = NetworkKey.objects.order_by("day").values_list("day", flat=True)
    assert list(kept) == [DAY + timedelta(days=days) for days in (1, 29, 30, 31)]


def test_keys_are_destroyed_where_nobody_votes_any_more():
    network_hash("192.0.2.7", DAY)
    out = StringIO()

    with time_machine.travel(DAY + timedelta(days=31), tick=False):
        call_command("destroy_network_keys", stdout=out)

    assert out.getvalue() == "Keys destroyed: 1.\n"
    assert not NetworkKey.objects.exists()
