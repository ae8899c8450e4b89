"""Addresses of public pages."""

from functools import lru_cache

from django.urls import reverse


@lru_cache(maxsize=4096)
def address(view: str, *parts: str) -> str:
    """Return the path of one of this app's views; cached, because a page prints dozens."""
    return reverse(f"articles:{view}", args=parts)
