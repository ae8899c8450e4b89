"""Addresses of the readers' pages."""

from functools import lru_cache

from django.urls import reverse


@lru_cache(maxsize=4096)
def address(view: str, *parts: str) -> str:
    """The path of a view of this app, looked up once: a page prints dozens."""
    return reverse(f"articles:{view}", args=parts)
