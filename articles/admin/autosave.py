"""The server's part of autosave: what the browser may forget, and unsaved text that it sends back.

``static/articles/autosave.js`` keeps what is typed under a token, which the form sends as
``_autosave``. After a save a cookie names the token, and the script deletes the text. Text that
was never saved it sends back with ``_recover``: the form shows it again and saves nothing.
"""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

COOKIE = "desk-saved"
COOKIE_MAX_AGE = 7 * 24 * 60 * 60  # seconds
#: Tokens in the cookie at most; the newest stay.
MAX_TOKENS = 20

_TOKEN = re.compile(r"[A-Za-z0-9-]{1,64}")


def is_recovery(request: HttpRequest) -> bool:
    """Return whether the form was sent to be shown again and not to be saved."""
    return request.method == "POST" and "_recover" in request.POST


def confirm_saved(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Tell the browser, in a cookie, that the text it sent is saved."""
    token = _valid_tokens([request.POST.get("_autosave", "")])
    if token:
        waiting = _valid_tokens(request.COOKIES.get(COOKIE, "").split("."))
        response.set_cookie(
            COOKIE,
            ".".join((waiting + token)[-MAX_TOKENS:]),
            max_age=COOKIE_MAX_AGE,
            path=reverse("admin:index"),
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
    return response


def form_context(request: HttpRequest) -> dict[str, Any]:
    """Return what the form tells the script about the text that it was sent with."""
    token = request.POST.get("_recover") or request.POST.get("_autosave", "")
    return {"is_recovery": is_recovery(request), "previous_token": "".join(_valid_tokens([token]))}


class RecoveryForm(forms.ModelForm):
    """A form that is validated and never valid, so that nothing saves it."""

    def is_valid(self) -> bool:
        """Validate the form, and return False."""
        super().is_valid()
        return False


def _valid_tokens(tokens: Iterable[str]) -> list[str]:
    return [token for token in tokens if _TOKEN.fullmatch(token)]
