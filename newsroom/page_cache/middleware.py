"""The middleware that caches shared pages.

The answer of a view that is marked ``shared`` is stored in Django's cache under its address, for
one site version (``newsroom.page_cache.site_version``), and sent with headers that let browsers
and caches in front of the site keep it for a short time. Every other response is private and not
stored.
"""

from collections.abc import Callable
from contextlib import nullcontext
from time import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from newsroom.page_cache import pages, site_version
from newsroom.page_cache.recording import QUERY_NUMBER, PageRecord, recording

SHAREABLE_STATUSES = frozenset({200, 301, 404, 410})
#: Not 404: the number of addresses without a page has no limit.
STORED_STATUSES = frozenset({200, 301, 410})


class SharedPagesMiddleware:
    """Answer with a stored page, or make it and store it if every reader may have it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.file_prefixes = (settings.STATIC_URL, settings.MEDIA_URL)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(self.file_prefixes):
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            try:
                return pages.private(self.get_response(request))
            finally:
                site_version.invalidate()
        now, version = time(), site_version.current()
        if version is None:
            return self._make(request, None, "")
        key = pages.cache_key(request)
        page = pages.find(key, version.name, now)
        if page is not None:
            return page.response(request, now)
        return self._make(request, version, key)

    def _make(
        self, request: HttpRequest, version: site_version.CurrentVersion | None, key: str
    ) -> HttpResponseBase:
        record = PageRecord(is_further_page=bool(request.META.get("QUERY_STRING")))
        # Without a version, nothing is cached from one part of a page to the next either.
        pinned = site_version.pinned_cache() if version else nullcontext()
        with recording(record), pinned:
            response = self.get_response(request)
        if not isinstance(response, HttpResponse) or not _is_shareable(request, response, record):
            return pages.private(response)
        page = pages.Page.from_response(response, record, version)
        if version and request.method == "GET" and page.status in STORED_STATUSES:
            pages.store(key, version.name, page)
        return page.response(request, time())


def _is_shareable(request: HttpRequest, response: HttpResponse, record: PageRecord) -> bool:
    """Return whether the response is right for every reader, whatever the request's headers."""
    return (
        record.parameters is not None
        and response.status_code in SHAREABLE_STATUSES
        and not response.cookies
        # Something other than the address, such as the reader's session, was looked at.
        and not response.has_header("Vary")
        # The view has decided itself.
        and not response.has_header("Cache-Control")
        and "'nonce-" not in response.headers.get("Content-Security-Policy", "")
        and _is_canonical(request, record.parameters)
    )


def _is_canonical(request: HttpRequest, names: frozenset[str]) -> bool:
    """Return whether the query has only these parameters, written in the one accepted way."""
    query = request.META.get("QUERY_STRING", "")
    return not query or (
        query == request.GET.urlencode()
        and all(
            name in names and len(values) == 1 and QUERY_NUMBER.fullmatch(values[0])
            for name, values in request.GET.lists()
        )
    )
