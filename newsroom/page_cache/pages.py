"""A finished page: how it is made from a view's response, stored, and sent."""

from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from time import time
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import BaseCache, cache, caches
from django.core.cache.backends.locmem import LocMemCache
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.http.request import split_domain_port
from django.utils.cache import add_never_cache_headers, get_conditional_response
from django.utils.http import http_date

from newsroom.environment import BASE_DIR
from newsroom.page_cache.recording import PageRecord
from newsroom.page_cache.site_version import CurrentVersion

#: Cache-Control: the seconds for which a browser may show a page without asking, and a cache in
#: front of the site; and the further seconds for which that cache may send it while it asks.
BROWSER_MAX_AGE, SHARED_MAX_AGE, STALE_WHILE_REVALIDATE = 5, 30, 60
#: The longest time for which a page is stored here, in seconds, and the largest page, in bytes.
MAX_STORED_SECONDS = 60 * 60
MAX_STORED_BYTES = 250_000

#: The headers that RFC 9110, section 15.4.5, wants of a 304.
_NOT_MODIFIED_HEADERS = ("Cache-Control", "ETag", "Last-Modified")
_MODIFIED_CONDITIONS = frozenset({"HTTP_IF_MODIFIED_SINCE", "HTTP_IF_NONE_MATCH"})
_CONDITIONS = frozenset(
    {
        "HTTP_IF_MATCH",
        "HTTP_IF_MODIFIED_SINCE",
        "HTTP_IF_NONE_MATCH",
        "HTTP_IF_UNMODIFIED_SINCE",
    }
)


def cache_control(seconds: float) -> str:
    """Return the Cache-Control header of a page that expires in so many seconds."""
    if seconds >= SHARED_MAX_AGE + STALE_WHILE_REVALIDATE:
        return _CACHE_CONTROL
    left = max(0, int(seconds))
    browser, others = min(BROWSER_MAX_AGE, left), min(SHARED_MAX_AGE, left)
    return f"public, max-age={browser}, s-maxage={others}, stale-while-revalidate={left - others}"


_CACHE_CONTROL = (
    f"public, max-age={BROWSER_MAX_AGE}, s-maxage={SHARED_MAX_AGE},"
    f" stale-while-revalidate={STALE_WHILE_REVALIDATE}"
)


def private(response: HttpResponseBase) -> HttpResponseBase:
    """Mark a response as private, unless it has a Cache-Control header; return it."""
    if not response.has_header("Cache-Control"):
        add_never_cache_headers(response)
    return response


class Page(NamedTuple):
    """A response that is the same for every reader. Times are in seconds since 1970."""

    status: int
    headers: dict[str, str]
    body: bytes
    etag: str
    #: 0 if it is not known.
    modified: int
    expires_at: float

    @classmethod
    def from_response(
        cls, response: HttpResponse, record: PageRecord, version: CurrentVersion | None
    ) -> "Page":
        """Return the page that a view made, for one site version."""
        now, changed = time(), 0.0
        if version:
            changed_at = version.published_at if record.is_further_page else version.changed_at
            changed = changed_at.timestamp()
        # Last-Modified has no fractions: a change later in the same second would not show.
        modified = int(min(max(record.published, changed), now - 1))
        body, etag = response.content, ""
        headers = dict(response.headers)
        if response.status_code == 200:
            etag = headers["ETag"] = f'"{blake2b(body, digest_size=16).hexdigest()}"'
            if modified:
                headers["Last-Modified"] = http_date(modified)
        longest = now + MAX_STORED_SECONDS
        expires_at = min(record.expires_at, longest, version.expires_at if version else longest)
        return cls(response.status_code, headers, body, etag, modified, expires_at)

    def response(self, request: HttpRequest, now: float) -> HttpResponseBase:
        """Return the page as it is sent, or a 304 where the reader has it already."""
        meta = request.META
        headers = {**self.headers, "Cache-Control": cache_control(self.expires_at - now)}
        is_known = self.etag and meta.get("HTTP_IF_NONE_MATCH") == self.etag
        if is_known and _CONDITIONS.intersection(meta) <= _MODIFIED_CONDITIONS:
            # The answer of get_conditional_response, without making a response first.
            return HttpResponseNotModified(
                headers={name: headers[name] for name in _NOT_MODIFIED_HEADERS if name in headers}
            )
        response = HttpResponse(self.body, status=self.status, headers=headers)
        if self.status == 200 and not _CONDITIONS.isdisjoint(meta):
            return private(
                get_conditional_response(request, self.etag, self.modified or None, response)
                or response
            )
        return response


def cache_key(request: HttpRequest) -> str:
    """Return the key of a request's page: a digest of scheme, host, path and query."""
    meta = request.META
    host = _domain(meta.get("HTTP_HOST") or meta.get("SERVER_NAME", ""))
    # None of the parts can contain the end of a line.
    address = "\n".join((str(request.scheme), host, request.path, meta.get("QUERY_STRING", "")))
    digest = blake2b(address.encode(errors="surrogatepass"), digest_size=16)
    return f"pages.{_release()}.{digest.hexdigest()}"


@lru_cache(maxsize=1)
def _release() -> str:
    """Return a digest of the site's code and templates: another release makes other pages."""
    digest = blake2b(digest_size=8)
    directories = {BASE_DIR / "templates", *(Path(each.path) for each in apps.get_app_configs())}
    for directory in sorted(each for each in directories if each.parent == BASE_DIR):
        for path in sorted(directory.rglob("*")):
            if path.suffix in (".py", ".html"):
                digest.update(path.read_bytes())
    digest.update(getattr(staticfiles_storage, "manifest_hash", "").encode())
    return digest.hexdigest()


@lru_cache(maxsize=100)
def _domain(host: str) -> str:
    """Return a host in lower case and without its port; "" if it is not valid.

    Otherwise requests with one host in many spellings would fill the cache with one page.
    """
    return split_domain_port(host)[0]


def _stores() -> Iterator[BaseCache]:
    """Yield the process's own cache, then the one that processes share, if there is one."""
    yield caches["pages"]
    if not isinstance(caches["default"], LocMemCache):
        yield cache


def find(key: str, version: str, now: float) -> Page | None:
    """Return the page that is stored for a site version, and has not expired."""
    nearer: list[BaseCache] = []
    for store in _stores():
        stored: tuple[str, tuple[Any, ...]] | None = store.get(key)
        if stored and stored[0] == version and (page := Page(*stored[1])).expires_at > now:
            for each in nearer:
                each.set(key, stored, page.expires_at - now)
            return page
        nearer.append(store)
    return None


def store(key: str, version: str, page: Page) -> None:
    """Store a page for a site version, unless it is too large or has expired."""
    seconds = page.expires_at - time()
    if seconds > 0 and len(page.body) <= MAX_STORED_BYTES:
        for each in _stores():
            each.set(key, (version, tuple(page)), seconds)
