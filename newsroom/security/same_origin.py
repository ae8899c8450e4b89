"""The guard for POSTs from pages that caches share, which can't hold a token.

The same rule as in Go's ``http.CrossOriginProtection`` and OWASP's advice on Fetch Metadata: a
browser says where a POST comes from, in ``Sec-Fetch-Site`` and in ``Origin``, and a page
elsewhere can't change either. A request with neither was not made by a browser on behalf of a
page elsewhere: every browser has sent ``Origin`` with POST since 2020.
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
    """Whether a POST comes from a page of this site, as far as the browser says."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    own = urlsplit(request.build_absolute_uri("/"))
    return origin == f"{own.scheme}://{own.netloc}"


def local_path(page: str) -> str:
    """An address within this site as it is, and "" for any other, or for none."""
    local = page.startswith("/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return page if local else ""


def same_origin_only(view: View[Arguments]) -> View[Arguments]:
    """Refuse a POST from elsewhere (403), in place of Django's token."""

    @wraps(view)
    def guarded(
        request: HttpRequest, /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> HttpResponse:
        if request.method == "POST" and not is_same_origin(request):
            raise PermissionDenied("The form was sent from another site.")
        return view(request, *args, **kwargs)

    return csrf_exempt(guarded)
