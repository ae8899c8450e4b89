"""Pages that are the same for every reader: what may be shared, for how long, and the cache.

A view that is marked as :func:`shared` answers every anonymous GET alike. What it answers is
kept in Django's cache under its address for one site version
(``newsroom.page_cache.site_version``), and sent with headers that let browsers and caches in
front keep it for a short time. Every other response is private and not stored.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, wraps
from hashlib import blake2b
from time import time
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import BaseCache, cache, caches
from django.core.cache.backends.locmem import LocMemCache
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.http.request import split_domain_port
from django.utils.cache import add_never_cache_headers, get_conditional_response
from django.utils.http import http_date

from newsroom.environment import BASE_DIR
from newsroom.page_cache import site_version

View = Callable[..., HttpResponseBase]

#: For so many seconds a browser may show a page without asking, and a cache in front of the site;
#: for so many more that one may hand out the old page while it asks.
MAX_AGE, SHARED_MAX_AGE, WHILE_ASKING = 5, 30, 60
#: The most seconds for which a page is kept here, and the most bytes of one.
KEEP = 60 * 60
LARGEST = 250_000
#: What may be shared: a page, where it has moved to, that there is none, that there is none now.
SHAREABLE = frozenset({200, 301, 404, 410})
#: What is kept here: not that there is none, since there is no end of such addresses.
KEPT = frozenset({200, 301, 410})

#: The one way of writing a number in the query of an address.
NUMBER = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)
#: What RFC 9110, section 15.4.5, wants of a 304.
_SENT_AGAIN = ("Cache-Control", "ETag", "Last-Modified")
_IS_IT_NEW = frozenset({"HTTP_IF_MODIFIED_SINCE", "HTTP_IF_NONE_MATCH"})
_CONDITIONS = frozenset(
    {
        "HTTP_IF_MATCH",
        "HTTP_IF_MODIFIED_SINCE",
        "HTTP_IF_NONE_MATCH",
        "HTTP_IF_UNMODIFIED_SINCE",
    }
)


@dataclass(slots=True)
class _Making:
    """What is noted while a page is made."""

    #: None: it is nobody else's.
    parameters: frozenset[str] | None = None
    shown: float = 0
    until: float = float("inf")
    #: Whether it is a further page of a list, which moves on with what begins on the first.
    is_further: bool = False


_making: ContextVar[_Making | None] = ContextVar("making", default=None)


def shared(view: View, *parameters: str) -> View:
    """Mark a view, in the URL configuration, whose GET is the same for every reader.

    ``parameters``: the names in a query that change the page, each by a whole number; a request
    with any other is answered for itself.
    """
    names = frozenset(parameters)

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if (making := _making.get()) is not None:
            making.parameters = names
        return view(request, *args, **kwargs)

    return marked


def shows(*moments: datetime) -> None:
    """Note, for Last-Modified, when editions on the page that is being made went live."""
    if (making := _making.get()) is not None:
        for moment in moments:
            making.shown = max(making.shown, moment.timestamp())


def until(moment: datetime | float) -> None:
    """Note that the page that is being made changes by itself at a moment.

    A number is in seconds since 1970.
    """
    if (making := _making.get()) is not None:
        seconds = moment if isinstance(moment, float) else moment.timestamp()
        making.until = min(making.until, seconds)
        # Nothing else tells how it was before.
        making.shown = max(making.shown, time())


def cache_control(seconds: float) -> str:
    """The header of a page that is right for so many seconds."""
    if seconds >= SHARED_MAX_AGE + WHILE_ASKING:
        return _CACHE_CONTROL
    left = max(0, int(seconds))
    own, others = min(MAX_AGE, left), min(SHARED_MAX_AGE, left)
    return f"public, max-age={own}, s-maxage={others}, stale-while-revalidate={left - others}"


_CACHE_CONTROL = (
    f"public, max-age={MAX_AGE}, s-maxage={SHARED_MAX_AGE}, stale-while-revalidate={WHILE_ASKING}"
)


class Page(NamedTuple):
    """An answer that every reader may have."""

    status: int
    headers: dict[str, str]
    body: bytes
    etag: str
    #: In seconds since 1970; 0 where it isn't known.
    modified: int
    until: float

    @classmethod
    def of(
        cls, response: HttpResponse, making: _Making, version: site_version.CurrentVersion | None
    ) -> "Page":
        """What a view answered."""
        now, changed = time(), 0.0
        if version:
            changed_at = version.begun_at if making.is_further else version.changed_at
            changed = changed_at.timestamp()
        # What changes in the second that is named is newer than what was named.
        modified = int(min(max(making.shown, changed), now - 1))
        body, etag = response.content, ""
        headers = dict(response.headers)
        if response.status_code == 200:
            etag = headers["ETag"] = f'"{blake2b(body, digest_size=16).hexdigest()}"'
            if modified:
                headers["Last-Modified"] = http_date(modified)
        ends = min(making.until, now + KEEP, version.until if version else now + KEEP)
        return cls(response.status_code, headers, body, etag, modified, ends)

    def response(self, request: HttpRequest, now: float) -> HttpResponseBase:
        """As it is sent, or that the reader has it already (304)."""
        meta = request.META
        headers = {**self.headers, "Cache-Control": cache_control(self.until - now)}
        is_known = self.etag and meta.get("HTTP_IF_NONE_MATCH") == self.etag
        if is_known and _CONDITIONS.intersection(meta) <= _IS_IT_NEW:
            # What get_conditional_response would say in the end, without a page to say it of.
            return HttpResponseNotModified(
                headers={name: headers[name] for name in _SENT_AGAIN if name in headers}
            )
        response = HttpResponse(self.body, status=self.status, headers=headers)
        if self.status == 200 and not _CONDITIONS.isdisjoint(meta):
            known = self.modified or None
            return _private(
                get_conditional_response(request, self.etag, known, response) or response
            )
        return response


class SharedPagesMiddleware:
    """Answer with what is kept; make, mark and keep the rest."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.files = (settings.STATIC_URL, settings.MEDIA_URL)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(self.files):
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            try:
                return _private(self.get_response(request))
            finally:
                site_version.forget()
        now, version = time(), site_version.current()
        if version is None:
            return self._make(request, None, "")
        address = _address(request)
        page = _find(address, version.name, now)
        if page is not None:
            return page.response(request, now)
        return self._make(request, version, address)

    def _make(
        self, request: HttpRequest, version: site_version.CurrentVersion | None, address: str
    ) -> HttpResponseBase:
        making = _Making(is_further=bool(request.META.get("QUERY_STRING")))
        token = _making.set(making)
        try:
            # In a transaction nothing is cached_for_version, not even from one part to the next.
            with site_version.pinned_cache() if version else nullcontext():
                response = self.get_response(request)
        finally:
            _making.reset(token)
        if not isinstance(response, HttpResponse) or not _is_for_all(request, response, making):
            return _private(response)
        page = Page.of(response, making, version)
        if version and request.method == "GET" and page.status in KEPT:
            _keep(address, version.name, page)
        return page.response(request, time())


def _is_for_all(request: HttpRequest, response: HttpResponse, making: _Making) -> bool:
    """Whether every reader may have an answer, whatever else the request said."""
    return (
        making.parameters is not None
        and response.status_code in SHAREABLE
        and not response.cookies
        # Somebody asked who the reader is, or what else is not in the address.
        and not response.has_header("Vary")
        # The view knows better.
        and not response.has_header("Cache-Control")
        and "'nonce-" not in response.headers.get("Content-Security-Policy", "")
        and _is_known(request, making.parameters)
    )


def _is_known(request: HttpRequest, names: frozenset[str]) -> bool:
    """Whether a query says nothing that the page knows nothing of, and says it in one way."""
    query = request.META.get("QUERY_STRING", "")
    return not query or (
        query == request.GET.urlencode()
        and all(
            name in names and len(values) == 1 and NUMBER.fullmatch(values[0])
            for name, values in request.GET.lists()
        )
    )


def _private(response: HttpResponseBase) -> HttpResponseBase:
    if not response.has_header("Cache-Control"):
        add_never_cache_headers(response)
    return response


def _address(request: HttpRequest) -> str:
    """What pages are kept under: scheme, host, path and query, as one short word."""
    meta = request.META
    host = _domain(meta.get("HTTP_HOST") or meta.get("SERVER_NAME", ""))
    # No scheme, host or query is_fresh the end of a line.
    whole = "\n".join((str(request.scheme), host, request.path, meta.get("QUERY_STRING", "")))
    word = blake2b(whole.encode(errors="surrogatepass"), digest_size=16)
    return f"pages.{_release()}.{word.hexdigest()}"


@lru_cache(maxsize=1)
def _release() -> str:
    """What the pages are made with, as one short word: another version makes others."""
    digest = blake2b(digest_size=8)
    for directory in ("templates", "newsroom", "articles", "polls", "newsletter"):
        for path in sorted((BASE_DIR / directory).rglob("*")):
            if path.suffix in (".py", ".html"):
                digest.update(path.read_bytes())
    digest.update(getattr(staticfiles_storage, "manifest_hash", "").encode())
    return digest.hexdigest()


@lru_cache(maxsize=100)
def _domain(host: str) -> str:
    """A host in one way of writing it, without its port; "" for what is none.

    Whoever wrote it in all ways that there are would fill the cache with one page.
    """
    return split_domain_port(host)[0]


def _places() -> Iterator[BaseCache]:
    """Where pages are kept: in the process, and behind it where processes share a cache."""
    yield caches["pages"]
    if not isinstance(caches["default"], LocMemCache):
        yield cache


def _find(address: str, name: str, now: float) -> Page | None:
    nearer: list[BaseCache] = []
    for place in _places():
        kept: tuple[str, tuple[Any, ...]] | None = place.get(address)
        if kept is not None and kept[0] == name and (page := Page(*kept[1])).until > now:
            for each in nearer:
                each.set(address, kept, page.until - now)
            return page
        nearer.append(place)
    return None


def _keep(address: str, name: str, page: Page) -> None:
    seconds = page.until - time()
    if seconds > 0 and len(page.body) <= LARGEST:
        for place in _places():
            place.set(address, (name, tuple(page)), seconds)
