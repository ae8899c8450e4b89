"""What is believed of a request's way here, and what is kept of it."""

import functools
import hmac
import ipaddress
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from newsroom.models import NetworkKey

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def is_trusted_proxy(address: str) -> bool:
    """Whether an address is one of ``TRUSTED_PROXIES``; False for what is no address."""
    return _is_within(address, tuple(settings.TRUSTED_PROXIES))


@functools.lru_cache(maxsize=16)
def _is_within(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        client = ipaddress.ip_address(address)
    except ValueError:
        return False
    # A server that listens on IPv6 sees IPv4 addresses mapped.
    client = getattr(client, "ipv4_mapped", None) or client
    return any(client in network for network in networks)


def client_address(request: HttpRequest) -> str:
    """The address that a request came from, as far as it can be believed.

    ``X-Forwarded-For`` is read from the right, past the trusted proxies; what stands further
    left anybody may have written.
    """
    address = request.META.get("REMOTE_ADDR", "")
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    while forwarded and is_trusted_proxy(address):
        address = forwarded.pop().strip() or address
    return str(address)


def network_of(address: str) -> str:
    """What one household, office or attacker holds: an IPv4 address, or a /64 of IPv6.

    What is no address (a Unix socket's, or nonsense that a proxy handed on) stands for itself.
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
    """A stand-in for a network, the same for one day and unlinkable to any other day (16 bytes).

    Keyed with the day's random key, which is destroyed after 30 days, and with the site's
    secret, so that neither a backup of the database nor the secret alone leads back to an
    address.
    """
    keyed = salted_hmac("newsroom.security.client_address", network_of(address), algorithm="sha256")
    return hmac.digest(_key_of(day), keyed.digest(), "sha256")[:16]


def network_hashes(address: str, now: datetime, span: timedelta) -> list[bytes]:
    """The network's hash of today and, where a span of time began yesterday, that one too."""
    now = now.astimezone(UTC)
    days = dict.fromkeys(moment.date() for moment in (now, now - span))
    return [network_hash(address, day) for day in days]


@functools.lru_cache(maxsize=4)
def _key_of(day: date) -> bytes:
    """Read once a process: keys of other days leave its memory by themselves."""
    return NetworkKey.objects.of(day)


class TrustedProxiesMiddleware:
    """Take X-Forwarded-Proto from every request that no trusted proxy handed on.

    Anybody can send the header; Django would believe it from anybody.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_trusted_proxy(request.META.get("REMOTE_ADDR", "")):
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
        return self.get_response(request)
