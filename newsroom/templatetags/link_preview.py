"""The ``link_preview`` tag, for pages whose view does not make a link preview."""

from django import template
from django.utils.safestring import SafeString

from newsroom.link_preview import page_path, preview_elements

register = template.Library()


@register.simple_tag
def link_preview(path: str, name: str, about: str = "", page: int = 1) -> SafeString:
    """Return the elements of a page's link preview; ``page`` is its number within a list.

    Usage: ``{% link_preview poll.get_absolute_url poll.question %}``.
    """
    return preview_elements(page_path(path, page), name, about)
