"""A sentence of the text or of a source, set large."""

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.utils.html import escape
from django.utils.text import Truncator

from articles.blocks.base import Block, FreezeContext, Frozen, Line, PrintedText
from articles.blocks.feed_html import paragraph
from articles.blocks.page import Page


class PullQuoteBlock(Block):
    """A quote with the name of whoever said it."""

    kind = "pullquote"
    icon = "format_quote"
    button_order = 30
    widget_attrs = {"text": {"rows": 3, "cols": 80}, "attribution": {"size": 60}}

    text = models.TextField(max_length=500)
    attribution = models.CharField(max_length=120, blank=True)

    class Meta(Block.Meta):
        verbose_name = "pull quote"

    def __str__(self) -> str:
        return Truncator(self.text).words(8, truncate="…")

    def freeze(self, context: FreezeContext) -> dict[str, Any]:
        return {"kind": self.kind, "text": self.text, "attribution": self.attribution}

    @classmethod
    def restore(cls, frozen: Frozen) -> dict[str, Any]:
        return {"text": frozen["text"], "attribution": frozen["attribution"]}

    @classmethod
    def page_html(cls, frozen: Frozen, page: Page) -> str:
        return cls.render(frozen)

    @classmethod
    def feed_html(cls, frozen: Frozen) -> str:
        attribution = frozen["attribution"]
        source = paragraph(f"– {escape(attribution)}") if attribution else ""
        return f"<blockquote>{paragraph(escape(frozen['text']))}{source}</blockquote>"

    @classmethod
    def search_text(cls, frozen: Frozen) -> str:
        return str(frozen["text"])

    @classmethod
    def printed_texts(cls, frozen: Frozen, number: int, row: Any) -> Iterator[PrintedText]:
        yield PrintedText(frozen["text"])
        yield PrintedText(frozen["attribution"])

    @classmethod
    def lines(cls, frozen: Frozen) -> Iterator[Line]:
        yield Line("Quote", frozen["text"])
        yield Line("By", frozen["attribution"])
