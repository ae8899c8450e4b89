"""Protection of POST requests against other sites, for shared pages, which have no CSRF token.

The rule is that of Go's ``http.CrossOriginProtection`` and of OWASP's advice on Fetch Metadata:
browsers say where a POST comes from in ``Sec-Fetch-Site`` and in ``Origin``, and a page of another
site can change neither. A request without both was not made by a browser for such a page: every
browser has sent ``Origin`` with POST since 2020.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt

Arguments = ParamSpec("Arguments")
View = Callable[Concatenate[HttpRequest, Arguments], HttpResponse]


def is_same_origin(request: HttpRequest) -> bool:
    """Return whether the browser says that a POST comes from a page of this site."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    own = urlsplit(request.build_absolute_uri("/"))
    return origin == f"{own.scheme}://{own.netloc}"


def local_path(page: str) -> str:
    """Return the address if it is a path on this site, else ""."""
    local = page.startswith("/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return page if local else ""


def same_origin_only(view: View[Arguments]) -> View[Arguments]:
    """Answer 403 to a POST from another site; replaces the check of Django's CSRF token."""

    @wraps(view)
    def guarded(
        request: HttpRequest, /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> HttpResponse:
        if request.method == "POST" and not is_same_origin(request):
            raise PermissionDenied("The form was sent from another site.")
        return view(request, *args, **kwargs)

    return csrf_exempt(guarded)
