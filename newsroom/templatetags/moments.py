"""Moments as readers get them: for people in words, for machines in ISO 8601, with offset."""

from datetime import datetime

from django import template
from django.utils import dateformat, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def moment(value: datetime) -> SafeString:
    """``{% moment value %}``: a ``<time>`` in the site's zone, such as “4 May 2026, 14:05 BST”."""
    return _time(value, "j F Y, H:i T")


@register.simple_tag
def day(value: datetime) -> SafeString:
    """``{% day value %}``: a ``<time>`` of which the day is shown, such as “4 May 2026”."""
    return _time(value, "j F Y")


def _time(value: datetime, shown: str) -> SafeString:
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}">{}</time>', local.isoformat(), dateformat.format(local, shown)
    )
