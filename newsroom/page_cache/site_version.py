"""The site version: a name that changes with every change of a row that pages show.

Triggers in the database change it (see the second migration of each app). A page that was made
for one site version is fresh until the version changes, or until a time at which pages change by
themselves: an edition goes live or ends, a poll opens or closes, a policy takes effect.
"""

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

from django.conf import settings
from django.db import connection
from django.db.models import Model, QuerySet, Subquery
from django.utils import timezone

from newsroom.models import SiteVersion
from newsroom.page_cache.prepared_query import PreparedQuery

T = TypeVar("T")

#: The most values that a process caches for one site version; each is a few kilobytes at most.
MAX_CACHED_VALUES = 1000
#: The seconds after which a process reads the site version again.
MAX_AGE = 0.5


class _ScheduleColumn(NamedTuple):
    model: type[Model]
    name: str
    #: Whether the column holds the publication date of the row that appears.
    is_publication: bool


_schedule_columns: list[_ScheduleColumn] = []


def register_schedule_columns(
    model: type[Model], *, published: tuple[str, ...] = (), changed: tuple[str, ...] = ()
) -> None:
    """Register the columns of a model with times at which pages change by themselves.

    At the times in ``published`` a row appears whose publication date is that time; at those in
    ``changed`` pages change in another way.
    """
    _schedule_columns.extend(_ScheduleColumn(model, name, True) for name in published)
    _schedule_columns.extend(_ScheduleColumn(model, name, False) for name in changed)


@dataclass(frozen=True, slots=True)
class CurrentVersion:
    """The site version as it was read from the database."""

    name: str
    #: When pages change by themselves next, in seconds since 1970; infinite for never.
    expires_at: float
    #: When something last changed, other than by a publication.
    changed_at: datetime
    #: When something was last changed or published.
    published_at: datetime
    #: When it was read, by the process's monotonic clock, and ``_invalidation`` at that time.
    read_at: float
    invalidation: object

    def is_fresh(self) -> bool:
        """Return whether it need not be read again."""
        is_young = time.monotonic() - self.read_at < MAX_AGE and time.time() < self.expires_at
        return is_young and self.invalidation is _invalidation


_current: CurrentVersion | None = None
_cache: dict[Hashable, Any] = {}
_cache_version: tuple[str, float] | None = None
_cache_lock = threading.Lock()
_read_lock = threading.Lock()
#: Another object after each call of ``invalidate``.
_invalidation = object()


def current() -> CurrentVersion | None:
    """Return the site version, read half a second ago at most (one query or none).

    None where nothing is to be cached: in an empty database, in a transaction, which may see
    what is not committed, and with ``DEBUG``, where templates change too.
    """
    global _current
    if connection.in_atomic_block or settings.DEBUG:
        return None
    version = _current
    if version is None or not version.is_fresh():
        # One thread at a time, so that none replaces a newer version with one it read before.
        with _read_lock:
            version = _current
            if version is None or not version.is_fresh():
                version = _current = _read()
    return version


def invalidate() -> None:
    """Let the site version be read again: this process may have changed it.

    A version that another thread is reading at the moment is read again too.
    """
    global _invalidation
    _invalidation = object()


def _version_query(now: datetime) -> QuerySet[SiteVersion, Any]:
    """Return rows of name and date, and for each schedule column the next and the last time."""
    columns = {}
    for number, (model, name, _) in enumerate(_schedule_columns):
        times = model._default_manager.order_by(name).values(name)
        columns[f"next_{number}"] = Subquery(times.filter(**{f"{name}__gt": now})[:1])
        past = times.filter(**{f"{name}__lte": now}).reverse()
        columns[f"last_{number}"] = Subquery(past[:1])
    rows = SiteVersion.objects.order_by("pk").annotate(**columns)
    return rows.values_list("name", "changed_at", *columns)


_read_rows = PreparedQuery(_version_query, datetime.min.replace(tzinfo=UTC))


def _read() -> CurrentVersion | None:
    read_at, invalidation = time.monotonic(), _invalidation
    rows = _read_rows(timezone.now())
    if not rows:
        return None
    times = rows[0][2:]
    coming = [each for each in times[::2] if each]
    past = [
        (each, column) for each, column in zip(times[1::2], _schedule_columns, strict=True) if each
    ]
    changes = [each for each, column in past if not column.is_publication]
    changed_at = max([*(row[1] for row in rows), *changes])
    return CurrentVersion(
        name="".join(row[0] for row in rows),
        expires_at=min(coming).timestamp() if coming else float("inf"),
        changed_at=changed_at,
        published_at=max([changed_at, *(each for each, _ in past)]),
        read_at=read_at,
        invalidation=invalidation,
    )


_pinned: ContextVar[dict[Hashable, Any] | None] = ContextVar("pinned_cache", default=None)


@contextmanager
def pinned_cache() -> Iterator[None]:
    """Use the cache of one site version for the whole block, so that a page's parts agree."""
    token = _pinned.set(version_cache())
    try:
        yield
    finally:
        _pinned.reset(token)


def version_cache() -> dict[Hashable, Any]:
    """Return this process's cache for the site version; a new one where nothing is cached."""
    global _cache, _cache_version
    if (pinned := _pinned.get()) is not None:
        return pinned
    version = current()
    if version is None:
        return {}
    key = (version.name, version.expires_at)
    if _cache_version != key or len(_cache) >= MAX_CACHED_VALUES:
        with _cache_lock:
            _cache, _cache_version = {}, key
    return _cache


def cached_for_version(key: Hashable, make: Callable[[], T]) -> T:
    """Return what ``make`` returns; it is called once for each process and site version.

    For values that many pages print and that few changes concern. Threads share the value, so
    nobody may change it. What ``make`` records of a page (``newsroom.page_cache.recording``) is
    recorded for the first page only.
    """
    values = version_cache()
    if key not in values:
        values[key] = make()
    value: T = values[key]
    return value
