"""The start and the end of a spoiler section: the blocks between them are in a spoiler box."""

from collections.abc import Iterator
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from articles.blocks import spoiler_boxes
from articles.blocks.base import Block, FreezeContext, Frozen, Line, PrintedText
from articles.blocks.page import Page
from articles.blocks.scope import Scope
from articles.models.title import Title

_NUMBER = (MinValueValidator(1), MaxValueValidator(9999))


class SectionMarker(Block):
    """A block that prints nothing itself: ``articles.blocks.body`` prints the section's box."""

    has_template = False

    class Meta(Block.Meta):
        abstract = True

    @classmethod
    def page_html(cls, frozen: Frozen, page: Page) -> str:
        return ""

    @classmethod
    def feed_html(cls, frozen: Frozen) -> str:
        return ""

    @classmethod
    def search_text(cls, frozen: Frozen) -> str:
        return ""

    @classmethod
    def printed_texts(cls, frozen: Frozen, number: int, row: Any) -> Iterator[PrintedText]:
        yield from ()


class SpoilerStartBlock(SectionMarker):
    """The start of a spoiler section, with the scope that its box prints."""

    kind = "spoiler_start"
    icon = "lock"
    button_order = 80
    autocomplete_fields = ("title",)
    widget_attrs = {"label": {"size": 60}}

    title = models.ForeignKey(
        Title,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="What it gives away; empty: the article's first title.",
    )
    season = models.PositiveSmallIntegerField(null=True, blank=True, validators=_NUMBER)
    episode = models.PositiveSmallIntegerField(null=True, blank=True, validators=_NUMBER)
    label = models.CharField(
        max_length=spoiler_boxes.MAX_LABEL,
        blank=True,
        help_text="Own words on the box, instead of title, season and episode.",
    )

    class Meta(Block.Meta):
        verbose_name = "spoiler start"

    def __str__(self) -> str:
        return str(Scope("", self.season, self.episode, self.label))

    def freeze(self, context: FreezeContext) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "title": self.title_id,
            "name": context.names.get(self.title_id or 0, context.first_title),
            "season": self.season,
            "episode": self.episode,
            "label": self.label,
            "work": spoiler_boxes.work_of(
                self.title_id, self.label, context.names, context.first_work
            ),
        }

    @classmethod
    def restore(cls, frozen: Frozen) -> dict[str, Any]:
        return {
            "title_id": frozen["title"],
            "season": frozen["season"],
            "episode": frozen["episode"],
            "label": frozen["label"],
        }

    def titles_named(self) -> set[int]:
        return {self.title_id} if self.title_id else set()

    @classmethod
    def section_scope(cls, frozen: Frozen) -> Scope:
        return Scope(
            frozen["name"],
            frozen["season"],
            frozen["episode"],
            frozen["label"],
            frozen.get("work"),
        )

    @classmethod
    def lines(cls, frozen: Frozen) -> Iterator[Line]:
        yield Line("Gives away", str(cls.section_scope(frozen)))

    @classmethod
    def missing_message(cls, frozen: Frozen, field: str) -> str:
        return f"The title “{frozen['name']}” of a spoiler section no longer exists."

    @classmethod
    def restore_without(
        cls, frozen: Frozen, columns: dict[str, Any], field: str
    ) -> dict[str, Any] | None:
        # The closed box keeps its words.
        label = columns["label"] or frozen["name"][: spoiler_boxes.MAX_LABEL]
        return {**columns, "title_id": None, "label": label}


class SpoilerEndBlock(SectionMarker):
    """The end of a spoiler section; without one it runs to the end of the article."""

    kind = "spoiler_end"
    icon = "lock_open"
    button_order = 90
    ends_section = True

    class Meta(Block.Meta):
        verbose_name = "spoiler end"

    def __str__(self) -> str:
        return ""

    def freeze(self, context: FreezeContext) -> dict[str, Any]:
        return {"kind": self.kind}

    @classmethod
    def restore(cls, frozen: Frozen) -> dict[str, Any]:
        return {}

    @classmethod
    def lines(cls, frozen: Frozen) -> Iterator[Line]:
        yield from ()
