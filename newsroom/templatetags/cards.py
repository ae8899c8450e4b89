"""The card of a page whose view knows of none."""

from django import template
from django.utils.safestring import SafeString

from newsroom import link_preview as cards

register = template.Library()


@register.simple_tag
def card(path: str, name: str, about: str = "", page: int = 1) -> SafeString:
    """``{% card poll.get_absolute_url poll.question %}``; ``page``: which one of a list."""
    return cards.card(cards.numbered(path, page), name, about)
