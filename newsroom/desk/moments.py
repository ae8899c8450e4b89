"""Moments in forms and texts: to the minute, in the newsroom's time zone."""

from datetime import datetime

from django import forms
from django.utils import timezone
from django.utils.formats import date_format


class MomentField(forms.DateTimeField):
    """A day and a time in the newsroom's time zone, chosen with the browser's own picker."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def keep_seconds(moment: datetime | None, initial: datetime | None) -> datetime | None:
    """Return ``initial`` if ``moment`` is the same minute, else ``moment``.

    The browser's picker has no seconds, so saving a form unchanged would remove them.
    """
    if moment and initial and moment == initial.replace(second=0, microsecond=0):
        return initial
    return moment


def format_moment(moment: datetime) -> str:
    """Return a moment such as “20 November 2026, 14:05”."""
    return date_format(timezone.localtime(moment), "j F Y, H:i")


def format_short_moment(moment: datetime) -> str:
    """Return a moment for a table, such as “20 Nov 2026, 14:05”."""
    return date_format(timezone.localtime(moment), "j M Y, H:i")
