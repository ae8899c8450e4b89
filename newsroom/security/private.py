"""Responses that no cache may store and no search engine may index."""

from typing import TypeVar

from django.http import HttpResponseBase
from django.utils.cache import add_never_cache_headers

Response = TypeVar("Response", bound=HttpResponseBase)


def keep_private(response: Response) -> Response:
    """Mark a response as private, not to be stored and not to be indexed; return it."""
    add_never_cache_headers(response)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
