"""Records of pages that are being made: whether they are shared, their dates and expiry."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from time import time
from typing import Any

from django.http import HttpRequest, HttpResponseBase

View = Callable[..., HttpResponseBase]

#: The one way to write a number in the query of a shared page's address.
QUERY_NUMBER = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)


@dataclass(slots=True)
class PageRecord:
    """Facts that are recorded while a page is made. Times are in seconds since 1970."""

    #: The query parameters that the page depends on; None for a page that is not shared.
    parameters: frozenset[str] | None = None
    #: When the newest of what the page shows was published; 0 if that was not recorded.
    published: float = 0
    expires_at: float = float("inf")
    #: Whether it is not the first page of a list: a new row on the first page moves its rows.
    is_further_page: bool = False


_record: ContextVar[PageRecord | None] = ContextVar("page_record", default=None)


@contextmanager
def recording(record: PageRecord) -> Iterator[None]:
    """Let the functions of this module write to a record while the block runs."""
    token = _record.set(record)
    try:
        yield
    finally:
        _record.reset(token)


def shared(view: View, *parameters: str) -> View:
    """Mark a view, in the URL configuration, whose GET is the same for every reader.

    ``parameters`` are the names of the query parameters that change the page, each a whole
    number. A request with any other query is answered, and neither cached nor shared.
    """
    names = frozenset(parameters)

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if (record := _record.get()) is not None:
            record.parameters = names
        return view(request, *args, **kwargs)

    return marked


def record_published(*times: datetime) -> None:
    """Record when editions that the page shows were published, for its Last-Modified header."""
    if (record := _record.get()) is not None:
        for published in times:
            record.published = max(record.published, published.timestamp())


def expire_at(when: datetime) -> None:
    """Record that the page changes at a time without a change of the site version."""
    if (record := _record.get()) is not None:
        record.expires_at = min(record.expires_at, when.timestamp())
        # Nothing records when such a page last changed, so it counts as changed now.
        record.published = max(record.published, time())
