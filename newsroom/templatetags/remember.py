"""Parts of pages that are the same on many of them."""

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context

from newsroom.generation import remembered

register = template.Library()


class RememberNode(template.Node):
    """A part that is rendered once a generation; it has no ``{% block %}``."""

    # So that nobody looks for blocks in it, which is done for every page.
    child_nodelists = ()

    def __init__(self, name: str, varies: list[FilterExpression], nodelist: NodeList) -> None:
        self.name, self.varies, self.nodelist = name, varies, nodelist

    def render(self, context: Context) -> str:
        values = [each.resolve(context, ignore_failures=True) for each in self.varies]
        key = ("template", self.name, *values)
        rendered: str = remembered(key, lambda: self.nodelist.render(context))
        return rendered


@register.tag
def remember(parser: Parser, token: Token) -> RememberNode:
    """``{% remember name value … %}…{% endremember %}``: rendered once a generation and values.

    What is between prints nothing but what the values stand for, and what the site's generation
    covers (``newsroom.generation``).
    """
    _, name, *values = token.split_contents()
    varies = [parser.compile_filter(value) for value in values]
    nodelist = parser.parse(("endremember",))
    parser.delete_first_token()
    return RememberNode(name, varies, nodelist)
