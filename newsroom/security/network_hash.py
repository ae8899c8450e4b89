"""Keyed hashes of readers' networks: they limit votes and sign-ups without storing an address."""

import functools
import hmac
import ipaddress
from datetime import UTC, date, datetime, timedelta

from django.utils.crypto import salted_hmac

from newsroom.models import NetworkKey


def network_of(address: str) -> str:
    """Return the network of an address: an IPv4 address itself, or the /64 of an IPv6 address.

    That is what one household or office has. An invalid address (of a Unix socket, or forwarded
    by a proxy) is returned unchanged.
    """
    try:
        client = ipaddress.ip_address(address)
    except ValueError:
        return address
    client = getattr(client, "ipv4_mapped", None) or client
    if client.version == 4:
        return str(client)
    return str(ipaddress.ip_network((client, 64), strict=False))


def network_hash(address: str, day: date) -> bytes:
    """Return the hash of an address's network on a day in UTC (16 bytes).

    The key is the day's random key, which is destroyed after 30 days, combined with the site's
    secret key: neither a backup of the database nor the secret key alone leads to an address,
    and hashes of different days cannot be linked.
    """
    salted = salted_hmac("newsroom.security.network_hash", network_of(address), algorithm="sha256")
    return hmac.digest(_key_of(day), salted.digest(), "sha256")[:16]


def network_hashes(address: str, now: datetime, period: timedelta) -> list[bytes]:
    """Return the hashes of an address's network on the days of a period that ends now.

    The period is a day at most, so it is today's hash and, if it began yesterday, that day's.
    """
    now = now.astimezone(UTC)
    days = dict.fromkeys(moment.date() for moment in (now, now - period))
    return [network_hash(address, day) for day in days]


@functools.lru_cache(maxsize=4)
def _key_of(day: date) -> bytes:
    """Return the day's key; each process reads it once, and forgets the keys of other days."""
    return NetworkKey.objects.for_day(day)
