"""A photo in the text."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import models
from django.utils.html import escape

from articles.blocks.base import Block, FreezeContext, Frozen, Line, PrintedText
from articles.blocks.feed_html import photo_element
from articles.blocks.page import Page, register_loader
from articles.photos.models import Photo
from newsroom.page_cache import version_cache


def freeze_photo(photo: Photo, *, alt: str = "", caption: str = "") -> dict[str, Any]:
    """Return a photo as an edition keeps it; ``name`` is the file's in the media storage."""
    return {
        "photo": photo.pk,
        "name": photo.image.name,
        "width": photo.width,
        "height": photo.height,
        "alt": alt or photo.alt,
        "caption": caption or photo.caption,
        "credit": photo.credit,
    }


def photo_texts(photo: Frozen, name: str) -> Iterator[PrintedText]:
    """Return the texts of a frozen photo that warnings are about; ``name``: “the lead photo”."""
    for field, label in (("alt", "Alternative text"), ("caption", "Caption")):
        own = "" if photo.get(f"own_{field}") else " (the photo’s own)"
        yield PrintedText(photo[field], f"{label} of {name}{own}")


def load_photos(keys: Iterable[int], page: Page) -> Mapping[int, Photo | None]:
    """Return photos by primary key (one query for those not read for this site version)."""
    cached, wanted = version_cache(), list(keys)
    missing = [key for key in wanted if ("articles.photo", key) not in cached]
    if missing:
        found = Photo.objects.in_bulk(missing)
        cached.update({("articles.photo", key): found.get(key) for key in missing})
    return {key: cached["articles.photo", key] for key in wanted}


register_loader(Photo, load_photos)


class PhotoBlock(Block):
    """A photo with its caption and credit."""

    kind = "photo"
    icon = "image"
    button_order = 20
    autocomplete_fields = ("photo",)
    widget_attrs = {"alt": {"size": 60}, "caption": {"size": 60}}

    photo = models.ForeignKey(Photo, on_delete=models.PROTECT, related_name="blocks")
    alt = models.CharField(
        "alternative text", max_length=250, blank=True, help_text="Empty: the photo's own text."
    )
    caption = models.CharField(
        max_length=300, blank=True, help_text="Empty: the photo's own caption."
    )

    class Meta(Block.Meta):
        verbose_name = "photo"

    def __str__(self) -> str:
        return self.caption or self.alt

    def freeze(self, context: FreezeContext) -> dict[str, Any]:
        return {
            "kind": self.kind,
            **freeze_photo(self.photo, alt=self.alt, caption=self.caption),
            "own_alt": self.alt,
            "own_caption": self.caption,
        }

    @classmethod
    def restore(cls, frozen: Frozen) -> dict[str, Any]:
        return {
            "photo_id": frozen["photo"],
            "alt": frozen["own_alt"],
            "caption": frozen["own_caption"],
        }

    @classmethod
    def page_html(cls, frozen: Frozen, page: Page) -> str:
        return cls.render({**frozen, "row": page.row(Photo, frozen["photo"])})

    @classmethod
    def feed_html(cls, frozen: Frozen) -> str:
        words = " ".join(filter(None, (frozen["caption"], frozen["credit"])))
        caption = f"<figcaption>{escape(words)}</figcaption>" if words else ""
        return f"<figure>{photo_element(frozen['photo'], frozen['alt'])}{caption}</figure>"

    @classmethod
    def search_text(cls, frozen: Frozen) -> str:
        return str(frozen["caption"])

    @classmethod
    def printed_texts(cls, frozen: Frozen, number: int, row: Any) -> Iterator[PrintedText]:
        yield PrintedText(frozen["credit"])
        yield from photo_texts(frozen, f"photo {number} in the text")

    @classmethod
    def lines(cls, frozen: Frozen) -> Iterator[Line]:
        yield Line("Alternative text", frozen["alt"])
        yield Line("Caption", frozen["caption"])
        yield Line("Credit", frozen["credit"])

    @classmethod
    def identity(cls, frozen: Frozen) -> int:
        return int(frozen["photo"])

    @classmethod
    def picture(cls, frozen: Frozen) -> str:
        return str(frozen["name"])

    @classmethod
    def missing_message(cls, frozen: Frozen, field: str) -> str:
        return f"A photo by {frozen['credit']} no longer exists."
