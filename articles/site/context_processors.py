"""Variables of the templates of all pages."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from articles.site import masthead


def hubs(request: HttpRequest) -> dict[str, Any]:
    """Return the variable ``hubs``: all hubs in their order, read if a page prints them."""
    return {"hubs": SimpleLazyObject(masthead.hubs)}
