"""Parts of pages that are the same on many of them."""

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context

from newsroom.page_cache.site_version import cached_for_version

register = template.Library()


class RememberNode(template.Node):
    """A part that is rendered once for each site version; it has no ``{% block %}``."""

    # So that nobody looks for blocks in it, which is done for every page.
    child_nodelists = ()

    def __init__(self, name: str, varies: list[FilterExpression], nodelist: NodeList) -> None:
        self.name, self.varies, self.nodelist = name, varies, nodelist

    def render(self, context: Context) -> str:
        values = [each.resolve(context, ignore_failures=True) for each in self.varies]
        key = ("template", self.name, *values)
        rendered: str = cached_for_version(key, lambda: self.nodelist.render(context))
        return rendered


@register.tag
def remember(parser: Parser, token: Token) -> RememberNode:
    """``{% remember name value … %}…{% endremember %}``: rendered once for each
    site version and values.

    What is between prints nothing but what the values stand for, and what the site version
    covers (``newsroom.page_cache.site_version``).
    """
    _, name, *values = token.split_contents()
    varies = [parser.compile_filter(value) for value in values]
    nodelist = parser.parse(("endremember",))
    parser.delete_first_token()
    return RememberNode(name, varies, nodelist)
