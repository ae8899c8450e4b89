"""A stand-in for a kind of block that editions still hold and the project no longer has."""

from collections.abc import Iterator, Mapping
from typing import Any

from articles.blocks.base import Frozen, Line, PrintedText


class RemovedKind:
    """Has the methods of a kind of block; see ``articles.blocks.base.Block``."""

    ends_section = False
    has_paragraphs = False

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def kind_label(self) -> str:
        """Return the kind's name for people, as far as it is known."""
        return self.kind.replace("_", " ").capitalize()

    def restore(self, frozen: Frozen) -> dict[str, Any]:
        """Return everything that the block held."""
        return dict(frozen)

    def page_html(self, frozen: Frozen, page: Any) -> str:
        """Return nothing: no template is left."""
        return ""

    def feed_html(self, frozen: Frozen) -> str:
        """Return nothing."""
        return ""

    def search_text(self, frozen: Frozen) -> str:
        """Return nothing: readers don't see it."""
        return ""

    def scripts(self, frozen: Frozen, page: Any) -> tuple[str, ...]:
        """Return nothing."""
        return ()

    def section_scope(self, frozen: Frozen) -> None:
        """Return None."""

    def box_scopes(self, frozen: Frozen) -> tuple[()]:
        """Return nothing."""
        return ()

    def outer_box_scopes(self, frozen: Frozen) -> tuple[()]:
        """Return nothing."""
        return ()

    def printed_texts(self, frozen: Frozen, number: int, row: Any) -> Iterator[PrintedText]:
        """Return every text of the block, as if it were printed."""
        for name, value in frozen.items():
            if name not in ("kind", "url") and isinstance(value, str):
                yield PrintedText(value)

    def lines(self, frozen: Frozen) -> Iterator[Line]:
        """Return a line for each value."""
        for key, value in frozen.items():
            if key != "kind" and (text := _written(value)):
                yield Line(key.replace("_", " ").capitalize(), text)

    def identity(self, frozen: Frozen) -> None:
        """Return None."""

    def picture(self, frozen: Frozen) -> str:
        """Return nothing."""
        return ""

    def references(self, frozen: Frozen) -> tuple[()]:
        """Return nothing."""
        return ()


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(filter(None, map(_written, value.values())))
    if isinstance(value, list):
        return "\n".join(filter(None, map(_written, value)))
    return "" if value is None else str(value)
