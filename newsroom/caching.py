"""Pages that are the same for every reader: what may be shared, and for how long."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase

View = Callable[..., HttpResponseBase]


def shared(view: View, *parameters: str) -> View:
    """Mark a view, in the URL configuration, whose GET is the same for every reader.

    ``parameters`` are the names in a query that change the page; a request with any other is
    answered and kept by nobody.
    """

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    return marked


def shows(*moments: datetime) -> None:
    """Note, for Last-Modified, when editions on the page that is being made went live."""


def until(moment: datetime) -> None:
    """Note that the page that is being made changes by itself at a moment."""
