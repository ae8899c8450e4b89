"""Tags that print a time as a ``<time>`` element: in words, and in ISO 8601 with offset."""

from datetime import datetime

from django import template
from django.utils import dateformat, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def moment(value: datetime) -> SafeString:
    """Return date and time in the site's time zone, such as “4 May 2026, 14:05 BST”.

    Usage: ``{% moment value %}``.
    """
    return _time(value, "j F Y, H:i T")


@register.simple_tag
def day(value: datetime) -> SafeString:
    """Return the date in the site's time zone, such as “4 May 2026”.

    Usage: ``{% day value %}``.
    """
    return _time(value, "j F Y")


def _time(value: datetime, date_format: str) -> SafeString:
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}">{}</time>', local.isoformat(), dateformat.format(local, date_format)
    )
