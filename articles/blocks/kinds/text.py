"""Paragraphs, headings, lists and quotes, with spoiler boxes around any of them."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.text import Truncator

from articles.blocks import spoiler_boxes
from articles.blocks.base import Block, FreezeContext, Frozen, Line, PrintedText
from articles.blocks.box_html import close_box, open_box
from articles.blocks.feed_html import place_omissions
from articles.blocks.page import Page
from articles.blocks.scope import Scope
from articles.blocks.text_lines import text_lines
from newsroom.rich_text import RichTextField, empty_if_blank, plain_text

# Sound on sanitised HTML: no attribute that the allow-list keeps holds "<" or ">".
_BREAK = re.compile(r"<(?:/?(?:p|h[23]|li|[ou]l|blockquote)\b[^<>]*+|br)>")


class TextBlock(Block):
    """Rich text."""

    kind = "text"
    icon = "notes"
    button_order = 10
    has_template = False  # the text is HTML already
    has_paragraphs = True

    html = RichTextField(
        "text", extensions=spoiler_boxes.EXTENSIONS, sanitize=spoiler_boxes.sanitize
    )

    class Meta(Block.Meta):
        verbose_name = "text"

    def __str__(self) -> str:
        return Truncator(plain_text(self.html[:500])).words(8, truncate="…")

    @cached_property
    def safe_html(self) -> str:
        """The text sanitised again, since the row may not have been written by the form."""
        try:
            return spoiler_boxes.sanitize(self.html)
        except ValidationError:
            return spoiler_boxes.box_all(self.html)

    def freeze(self, context: FreezeContext) -> dict[str, Any]:
        html = spoiler_boxes.name_boxes(
            self.safe_html, context.names, context.first_title, context.first_work
        )
        return {"kind": self.kind, "html": html}

    @classmethod
    def restore(cls, frozen: Frozen) -> dict[str, Any]:
        return {"html": spoiler_boxes.remove_names(frozen["html"])}

    def titles_named(self) -> set[int]:
        boxes = spoiler_boxes.boxes(self.safe_html)
        return {int(box["data-title"]) for box in boxes if "data-title" in box}

    @classmethod
    def page_html(cls, frozen: Frozen, page: Page) -> str:
        pieces: list[str] = []
        for piece in spoiler_boxes.split_boxes(frozen["html"]):
            if isinstance(piece, str):
                pieces.append(piece)
            else:
                pieces.append(close_box() if piece is None else open_box(piece))
        return "".join(pieces)

    @classmethod
    def feed_html(cls, frozen: Frozen) -> str:
        return place_omissions(spoiler_boxes.omit_boxes(frozen["html"]))

    @classmethod
    def search_text(cls, frozen: Frozen) -> str:
        return plain_text(cls.reader_safe_html(frozen))

    @classmethod
    def reader_safe_html(cls, frozen: Frozen) -> str:
        """Return the HTML without spoiler boxes; "" where nothing is left."""
        html = spoiler_boxes.omit_boxes(frozen["html"])
        return empty_if_blank(html.replace(spoiler_boxes.OMITTED, ""))

    @classmethod
    def box_scopes(cls, frozen: Frozen) -> Iterator[Scope]:
        pieces = spoiler_boxes.split_boxes(frozen["html"])
        return (piece for piece in pieces if isinstance(piece, Scope))

    @classmethod
    def outer_box_scopes(cls, frozen: Frozen) -> Iterator[Scope]:
        return spoiler_boxes.outer_scopes(frozen["html"])

    @classmethod
    def printed_texts(cls, frozen: Frozen, number: int, row: Any) -> Iterator[PrintedText]:
        pieces: list[str] = []
        depth = 0
        for piece in spoiler_boxes.split_boxes(frozen["html"]):
            if isinstance(piece, str):
                pieces.append(plain_text(_BREAK.sub("\n", piece)))
                continue
            if depth + (piece is not None) == 1:
                # An outermost box begins or ends here; nested ones divide no text.
                yield PrintedText("\n".join(pieces), is_hidden=depth > 0)
                pieces = []
            if piece is not None:
                yield PrintedText(str(piece), is_hidden=depth > 0, scope=piece)
            depth += -1 if piece is None else 1
        yield PrintedText("\n".join(pieces), is_hidden=depth > 0)

    @classmethod
    def lines(cls, frozen: Frozen) -> Iterator[Line]:
        return iter(text_lines(frozen["html"]))
