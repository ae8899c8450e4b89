"""Client address behind trusted proxies."""

import functools
import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def is_trusted_proxy(address: str) -> bool:
    """Return whether an address is in ``TRUSTED_PROXIES``; False for an invalid address."""
    return _is_within(address, tuple(settings.TRUSTED_PROXIES))


@functools.lru_cache(maxsize=16)
def _is_within(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        client = ipaddress.ip_address(address)
    except ValueError:
        return False
    # A server that listens on IPv6 sees IPv4 addresses as ::ffff:192.0.2.1.
    client = getattr(client, "ipv4_mapped", None) or client
    return any(client in network for network in networks)


def client_address(request: HttpRequest) -> str:
    """Return the address of the client that made a request.

    ``X-Forwarded-For`` is read from the right, past the trusted proxies; the rest of it, to the
    left, may be forged.
    """
    address = request.META.get("REMOTE_ADDR", "")
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    while forwarded and is_trusted_proxy(address):
        address = forwarded.pop().strip() or address
    return str(address)


class TrustedProxiesMiddleware:
    """Remove X-Forwarded-Proto from requests that do not come from a trusted proxy.

    Any client can send the header, and Django would trust it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_trusted_proxy(request.META.get("REMOTE_ADDR", "")):
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
        return self.get_response(request)
