"""A place for an advert, its size reserved so that the page does not move when it loads."""

from collections.abc import Iterator
from typing import Any

from django.db import models

from articles.blocks.base import Block, FreezeContext, Frozen, Line, PrintedText
from articles.blocks.page import Page


class AdvertSlotBlock(Block):
    """A slot of the advert server."""

    class Size(models.TextChoices):
        RECTANGLE = "300x250", "Rectangle, 300 × 250"
        BANNER = "320x100", "Large mobile banner, 320 × 100"
        LEADERBOARD = "728x90", "Leaderboard, 728 × 90"
        BILLBOARD = "970x250", "Billboard, 970 × 250"
        HALF_PAGE = "300x600", "Half page, 300 × 600"

    kind = "advert"
    icon = "ad_units"
    button_order = 70
    widget_attrs = {"name": {"size": 60}}

    name = models.SlugField(max_length=60, help_text="The slot's name at the advert server.")
    size = models.CharField(max_length=10, choices=Size.choices, default=Size.RECTANGLE)

    class Meta(Block.Meta):
        verbose_name = "advert slot"

    def __str__(self) -> str:
        return f"{self.name}, {self.size}"

    def freeze(self, context: FreezeContext) -> dict[str, Any]:
        return {"kind": self.kind, "name": self.name, "size": self.size}

    @classmethod
    def restore(cls, frozen: Frozen) -> dict[str, Any]:
        return {"name": frozen["name"], "size": frozen["size"]}

    @classmethod
    def page_html(cls, frozen: Frozen, page: Page) -> str:
        return cls.render(frozen)

    @classmethod
    def feed_html(cls, frozen: Frozen) -> str:
        return ""

    @classmethod
    def search_text(cls, frozen: Frozen) -> str:
        return ""

    @classmethod
    def printed_texts(cls, frozen: Frozen, number: int, row: Any) -> Iterator[PrintedText]:
        yield from ()  # readers see none of it

    @classmethod
    def lines(cls, frozen: Frozen) -> Iterator[Line]:
        yield Line("Slot", frozen["name"])
        yield Line("Size", frozen["size"])
