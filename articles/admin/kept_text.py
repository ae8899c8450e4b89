"""
Text that the browser kept: told what is saved, and given back what is not.

The other half is ``static/articles/autosave.js``. It sends a token along with the form, as
``_kept``, under which it keeps what is typed. After a save a cookie names that token, and the
script forgets the text. What was never saved it sends back, with ``_recover``, to be shown in
the ordinary form and not saved.
"""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

COOKIE = "desk-saved"
A_WEEK = 7 * 24 * 60 * 60  # seconds
#: As many saves can wait for the page of the desk that hears of them.
MOST_TOKENS = 20

_TOKEN = re.compile(r"[A-Za-z0-9-]{1,64}")


def recovering(request: HttpRequest) -> bool:
    """Whether a form is sent to be shown again, and not to be saved."""
    return request.method == "POST" and "_recover" in request.POST


def confirm_saved(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Tell the browser that the text which it sent is saved: it need not keep it any longer."""
    token = _well_formed([request.POST.get("_kept", "")])
    if token:
        waiting = _well_formed(request.COOKIES.get(COOKIE, "").split("."))
        response.set_cookie(
            COOKIE,
            ".".join((waiting + token)[-MOST_TOKENS:]),
            max_age=A_WEEK,
            path=reverse("admin:index"),
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
    return response


def _well_formed(tokens: Iterable[str]) -> list[str]:
    return [token for token in tokens if _TOKEN.fullmatch(token)]


class _Unsaved(forms.ModelForm):
    """A form that is checked as ever and never valid, so that nobody saves it."""

    def is_valid(self) -> bool:
        """Check, and refuse."""
        super().is_valid()
        return False


class KeptText(admin.ModelAdmin):
    """A form that takes back what the browser kept of it."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """As ever, except that what is brought back leaves no trace in the database."""
        if not recovering(request):
            return super().changeform_view(request, *args, **kwargs)
        with transaction.atomic():
            response = super().changeform_view(request, *args, **kwargs)
            transaction.set_rollback(True)
        return response

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """As ever; while text is brought back, a form that cannot be saved."""
        form = super().get_form(request, *args, **kwargs)
        return type(form.__name__, (_Unsaved, form), {}) if recovering(request) else form

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        """With what the script has to know of the text that the form was sent with."""
        token = request.POST.get("_recover") or request.POST.get("_kept", "")
        context |= {"recovered": recovering(request), "continues": "".join(_well_formed([token]))}
        return super().render_change_form(request, context, *args, **kwargs)
