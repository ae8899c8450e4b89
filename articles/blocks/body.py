"""The walk through frozen content: every block with the spoiler box that it stands in.

Pages, feeds, search, warnings and comparisons all read a body through :class:`Body`, so there is
one definition of where a spoiler section begins and ends.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Model

from articles.blocks.base import Frozen
from articles.blocks.box_html import close_box, open_box
from articles.blocks.feed_html import OMITTED_PARAGRAPH, join_omissions
from articles.blocks.page import Page
from articles.blocks.registry import kind_of
from articles.blocks.scope import Scope
from articles.models.article import Spoiler


@dataclass(frozen=True, slots=True)
class PlacedBlock:
    """A frozen block, its kind, and the spoiler box that it stands in."""

    frozen: Frozen
    #: The kind's class, or a stand-in with the same methods (``registry.kind_of``).
    kind: Any
    #: The scope of the innermost box around the block; None for a block in the open.
    box: Scope | None
    #: Counts the blocks of this kind from 1.
    number: int


@dataclass(slots=True)
class Section:
    """Blocks that follow one another in the same spoiler section, or in none."""

    #: None outside every spoiler section.
    scope: Scope | None
    blocks: list[PlacedBlock] = field(default_factory=list)


class Body:
    """The body of frozen content.

    ``content`` needs ``"body"``, ``"spoiler"`` and ``"titles"`` only.
    """

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = content

    @cached_property
    def whole(self) -> Scope | None:
        """The scope of the box around the whole body, in an article with spoilers throughout."""
        if self.content["spoiler"] != Spoiler.THROUGHOUT:
            return None
        title = next(iter(self.content["titles"]), None)
        return Scope(title["name"], work=title["id"]) if title else Scope()

    @cached_property
    def sections(self) -> Sequence[Section]:
        """The blocks by spoiler section, without the blocks that begin or end one.

        A section runs to the next start or end of one, or to the end of the body. Outside, a
        section without blocks is left out; a spoiler section without blocks is not.
        """
        sections = [Section(None)]
        numbers: Counter[str] = Counter()
        for frozen in self.content["body"]:
            kind = kind_of(frozen)
            numbers[frozen["kind"]] += 1
            scope = kind.section_scope(frozen)
            if scope is not None or kind.ends_section:
                sections.append(Section(scope))
            else:
                current = sections[-1]
                box = current.scope or self.whole
                current.blocks.append(PlacedBlock(frozen, kind, box, numbers[frozen["kind"]]))
        return [section for section in sections if section.blocks or section.scope is not None]

    def __iter__(self) -> Iterator[PlacedBlock]:
        """Return the blocks in the order of reading, without the marks of sections."""
        return (block for section in self.sections for block in section.blocks)

    # Readers

    def page_html(self, page: Page) -> str:
        """Return the HTML of the article's page."""
        pieces = []
        for section in self.sections:
            blocks = "".join(block.kind.page_html(block.frozen, page) for block in section.blocks)
            pieces.append(_in_box(section.scope, blocks))
        return _in_box(self.whole, "".join(pieces))

    def feed_html(self) -> str:
        """Return the HTML of feeds, without anything in a spoiler box."""
        if self.whole is not None:
            return OMITTED_PARAGRAPH
        pieces = [
            OMITTED_PARAGRAPH
            if section.scope is not None
            else "".join(block.kind.feed_html(block.frozen) for block in section.blocks)
            for section in self.sections
        ]
        return join_omissions("".join(pieces))

    def search_text(self) -> str:
        """Return the text without anything in a spoiler box, a line for each paragraph."""
        texts = (block.kind.search_text(block.frozen) for block in self if block.box is None)
        return "\n".join(filter(None, texts))

    def scripts(self, page: Page) -> tuple[str, ...]:
        """Return the static paths of the modules that the blocks need, each once."""
        found = {path for block in self for path in block.kind.scripts(block.frozen, page)}
        return tuple(sorted(found, reverse=True))

    # Spoilers

    def has_box(self) -> bool:
        """Whether the body has a spoiler section, or a box in a text."""
        return any(section.scope is not None for section in self.sections) or any(
            True for block in self for _ in block.kind.box_scopes(block.frozen)
        )

    def scopes(self) -> Iterator[Scope]:
        """Return the scope of every box, nested ones included."""
        if self.whole is not None:
            yield self.whole
        for section in self.sections:
            if section.scope is not None:
                yield section.scope
            for block in section.blocks:
                yield from block.kind.box_scopes(block.frozen)

    def closed_scopes(self) -> Iterator[Scope]:
        """Return the scopes that readers see on closed boxes: those of boxes in no other box."""
        if self.whole is not None:
            yield self.whole
            return
        for section in self.sections:
            if section.scope is not None:
                yield section.scope
            else:
                for block in section.blocks:
                    yield from block.kind.outer_box_scopes(block.frozen)

    def spoiled_titles(self) -> list[str]:
        """Return the names of titles on closed boxes, each once.

        A box with an editor's label names no title: the label stands for one that may be the
        surprise.
        """
        names = (scope.name for scope in self.closed_scopes() if not scope.label)
        return list(dict.fromkeys(filter(None, names)))

    # References

    def references(self) -> dict[type[Model], list[int]]:
        """Return the primary keys of the rows that blocks refer to, by model, each once."""
        found: dict[type[Model], dict[int, None]] = {}
        for frozen in self.content["body"]:
            for foreign_key, key in kind_of(frozen).references(frozen):
                found.setdefault(foreign_key.remote_field.model, {})[key] = None
        return {model: list(keys) for model, keys in found.items()}


def _in_box(scope: Scope | None, html: str) -> str:
    return html if scope is None else f"{open_box(scope)}{html}{close_box()}"
