"""A video at YouTube or Vimeo, of which nothing is loaded before a reader's click."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models
from django.utils.html import escape

from articles.blocks import video_links
from articles.blocks.base import Block, FreezeContext, Frozen, Line, PrintedText
from articles.blocks.feed_html import paragraph
from articles.blocks.kinds.photo import freeze_photo
from articles.blocks.page import Page
from articles.photos.models import Photo


class VideoBlock(Block):
    """A link to a video, with a picture, which becomes the provider's player."""

    kind = "video"
    icon = "smart_display"
    button_order = 40
    autocomplete_fields = ("photo",)
    widget_attrs = {"url": {"size": 60}, "name": {"size": 60}}

    url = models.CharField(
        "address",
        max_length=300,
        validators=[video_links.validate_video],
        help_text="Of the video's page at YouTube or Vimeo, as the browser shows it.",
    )
    name = models.CharField(
        "title", max_length=150, help_text="What the video shows; readers see it on the picture."
    )
    photo = models.ForeignKey(
        Photo,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="videos",
        verbose_name="picture",
        help_text="Shown until the reader starts the video; empty: a plain area.",
    )

    class Meta(Block.Meta):
        verbose_name = "video"

    def __str__(self) -> str:
        return self.name

    def freeze(self, context: FreezeContext) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "url": self.url,
            "name": self.name,
            "poster": freeze_photo(self.photo) if self.photo else None,
        }

    @classmethod
    def restore(cls, frozen: Frozen) -> dict[str, Any]:
        poster = frozen["poster"]
        return {
            "url": frozen["url"],
            "name": frozen["name"],
            "photo_id": poster["photo"] if poster else None,
        }

    @classmethod
    def page_html(cls, frozen: Frozen, page: Page) -> str:
        poster = frozen["poster"]
        shown = {**poster, "row": page.row(Photo, poster["photo"])} if poster else None
        # Parsed again: the rules may have become stricter since it was frozen.
        return cls.render({**frozen, "poster": shown, "video": video_links.parse(frozen["url"])})

    @classmethod
    def feed_html(cls, frozen: Frozen) -> str:
        video = video_links.parse(frozen["url"])
        if video is None:
            return ""
        words = f"Video: {frozen['name']} ({video.provider_name})"
        return paragraph(f'<a href="{escape(video.page)}">{escape(words)}</a>')

    @classmethod
    def search_text(cls, frozen: Frozen) -> str:
        return str(frozen["name"])

    @classmethod
    def scripts(cls, frozen: Frozen, page: Page) -> Iterable[str]:
        return ("articles/video.js",)

    @classmethod
    def printed_texts(cls, frozen: Frozen, number: int, row: Any) -> Iterator[PrintedText]:
        yield PrintedText(frozen["name"])

    @classmethod
    def lines(cls, frozen: Frozen) -> Iterator[Line]:
        yield Line("Title", frozen["name"])
        yield Line("Address", frozen["url"])
        if poster := frozen["poster"]:
            yield Line("Picture", f"{poster['alt']} ({poster['credit']})")

    @classmethod
    def identity(cls, frozen: Frozen) -> str:
        return str(frozen["url"])

    @classmethod
    def picture(cls, frozen: Frozen) -> str:
        return str(frozen["poster"]["name"]) if frozen["poster"] else ""

    @classmethod
    def missing_message(cls, frozen: Frozen, field: str) -> str:
        return f"A photo by {frozen['poster']['credit']} no longer exists."
