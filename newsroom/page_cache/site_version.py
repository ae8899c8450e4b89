"""The site version: a name that changes with everything that the site's pages show.

Triggers in the database change it (``newsroom.page_cache.triggers``). A page that was rendered for
one site version is fresh until the version changes, or until a moment at which pages change by
themselves: an edition goes live or ends, a poll opens or closes, a policy takes effect.
"""

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection
from django.db.models import Model, QuerySet, Subquery
from django.utils import timezone

from newsroom.models import SiteVersion
from newsroom.page_cache.prepared import Prepared

T = TypeVar("T")

#: The most things that a process remembers of one generation; each is a few kilobytes at most.
MOST = 1000
#: For so many seconds a process takes the generation for the one that it read.
KEEP = 0.5

_turns: list[tuple[type[Model], str, bool]] = []


def register_schedule_columns(
    model: type[Model], *, begins: tuple[str, ...] = (), ends: tuple[str, ...] = ()
) -> None:
    """Say which columns of a model hold moments at which pages change by themselves.

    ``begins``: something that has this moment for its date begins to be shown; ``ends``: anything
    else changes.
    """
    _turns.extend((model, column, False) for column in begins)
    _turns.extend((model, column, True) for column in ends)


@dataclass(frozen=True, slots=True)
class CurrentVersion:
    """What stands on the site's pages at the moment."""

    name: str
    #: When the clock turns a page next, in seconds since 1970; infinite for never.
    until: float
    #: When anything but an edition that was added changed last.
    changed_at: datetime
    #: When that was, or when something began to be shown, if that was later.
    begun_at: datetime
    #: When it was read, by the process's own clock, and since which ``forget()``.
    read_at: float
    since: object

    def is_fresh(self) -> bool:
        """Whether it may be taken for what stands now."""
        is_young = time.monotonic() - self.read_at < KEEP and time.time() < self.until
        return is_young and self.since is _forgotten


_current: CurrentVersion | None = None
_memory: dict[Hashable, Any] = {}
_memory_of: tuple[str, float] | None = None
_lock = threading.Lock()
_reading = threading.Lock()
#: Another one with each ``forget()``.
_forgotten = object()


def current() -> CurrentVersion | None:
    """What stands now, or stood half a second ago at most (one query or none).

    None where nothing is kept: before the first change of an empty site, in a transaction, which
    may see what nobody else does, and with ``DEBUG``, where templates change too.
    """
    global _current
    if connection.in_atomic_block or settings.DEBUG:
        return None
    known = _current
    if known is None or not known.is_fresh():
        # One thread at a time: none that read earlier puts what it read in the place of newer.
        with _reading:
            known = _current
            if known is None or not known.is_fresh():
                known = _current = _read()
    return known


def forget() -> None:
    """Look again with the next question: this process may just have changed something."""
    global _forgotten
    # What another thread is reading at the moment doesn't hold either.
    _forgotten = object()


def _composed(now: datetime) -> QuerySet[SiteVersion, Any]:
    """Rows of a name and its moment, then of each turn the next one and the last one."""
    columns = {}
    for number, (model, column, _) in enumerate(_turns):
        moments = model._default_manager.order_by(column).values(column)
        columns[f"next_{number}"] = Subquery(moments.filter(**{f"{column}__gt": now})[:1])
        past = moments.filter(**{f"{column}__lte": now}).reverse()
        columns[f"last_{number}"] = Subquery(past[:1])
    rows = SiteVersion.objects.order_by("pk").annotate(**columns)
    return rows.values_list("name", "changed_at", *columns)


_rows = Prepared(_composed, datetime.min.replace(tzinfo=UTC))


def _read() -> CurrentVersion | None:
    read_at, since = time.monotonic(), _forgotten
    rows = _rows(timezone.now())
    if not rows:
        return None
    moments = rows[0][2:]
    coming = [moment for moment in moments[::2] if moment]
    passed = list(zip(moments[1::2], _turns, strict=True))
    ended = [moment for moment, (_, _, ends) in passed if moment and ends]
    changed_at = max([*(row[1] for row in rows), *ended])
    return CurrentVersion(
        name="".join(row[0] for row in rows),
        until=min(coming).timestamp() if coming else float("inf"),
        changed_at=changed_at,
        begun_at=max([changed_at, *(moment for moment, _ in passed if moment)]),
        read_at=read_at,
        since=since,
    )


_of_page: ContextVar[dict[Hashable, Any] | None] = ContextVar("memory", default=None)


@contextmanager
def pinned_cache() -> Iterator[None]:
    """Have a page made of what is remembered at its beginning, without asking at every part."""
    token = _of_page.set(version_cache())
    try:
        yield
    finally:
        _of_page.reset(token)


def version_cache() -> dict[Hashable, Any]:
    """What this process remembers of the present generation; a new one where nothing is kept."""
    global _memory, _memory_of
    if (of_page := _of_page.get()) is not None:
        return of_page
    known = current()
    if known is None:
        return {}
    of = (known.name, known.until)
    if _memory_of != of or len(_memory) >= MOST:
        with _lock:
            _memory, _memory_of = {}, of
    return _memory


def cached_for_version(key: Hashable, make: Callable[[], T]) -> T:
    """What ``make`` gives, made once a process and site_version.

    For what many pages print and few changes touch. Threads share it: nobody changes it. What
    ``make`` notes of a page (``newsroom.page_cache.middleware``) is noted of the first page alone.
    """
    kept = version_cache()
    if key not in kept:
        kept[key] = make()
    value: T = kept[key]
    return value
