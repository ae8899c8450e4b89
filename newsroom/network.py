"""What is believed of a request's way here."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


def is_trusted_proxy(address: str) -> bool:
    """Whether an address is one of ``TRUSTED_PROXIES``; False for what is no address."""
    try:
        client = ipaddress.ip_address(address)
    except ValueError:
        return False
    # A server that listens on IPv6 sees IPv4 addresses mapped.
    client = getattr(client, "ipv4_mapped", None) or client
    return any(client in network for network in settings.TRUSTED_PROXIES)


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
