"""The ``cached_part`` tag: parts of templates that are the same on many pages."""

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context

from newsroom.page_cache import cached_for_version

register = template.Library()


class CachedPartNode(template.Node):
    """A part that is rendered once for each site version; it must not contain ``{% block %}``."""

    # Empty, so that Django does not search the part for {% block %} when it renders a page.
    child_nodelists = ()

    def __init__(self, name: str, varies: list[FilterExpression], nodelist: NodeList) -> None:
        self.name, self.varies, self.nodelist = name, varies, nodelist

    def render(self, context: Context) -> str:
        values = [each.resolve(context, ignore_failures=True) for each in self.varies]
        key = ("template", self.name, *values)
        rendered: str = cached_for_version(key, lambda: self.nodelist.render(context))
        return rendered


@register.tag
def cached_part(parser: Parser, token: Token) -> CachedPartNode:
    """Render the part between the tags once for each site version and set of values.

    Usage: ``{% cached_part name value … %}…{% endcached_part %}``. The part may depend only on
    the values and on rows that change the site version (``newsroom.page_cache``).
    """
    _, name, *values = token.split_contents()
    varies = [parser.compile_filter(value) for value in values]
    nodelist = parser.parse(("endcached_part",))
    parser.delete_first_token()
    return CachedPartNode(name, varies, nodelist)
