"""The blocks of an article as inlines of its form."""

from typing import Any

from content_editor.admin import ContentEditorInline
from django import forms
from django.contrib import admin
from django.db.models import Model

from articles.blocks import (
    BLOCKS,
    AdvertSlotBlock,
    PhotoBlock,
    PollBlock,
    PullQuoteBlock,
    SignUpBlock,
    SpoilerEndBlock,
    SpoilerStartBlock,
    TextBlock,
    VideoBlock,
)
from articles.models import ArticleTitle, Byline


class BylineInline(admin.TabularInline):
    """Who signs, in order."""

    model = Byline
    extra = 0
    autocomplete_fields = ("author",)


class ArticleTitleInline(admin.TabularInline):
    """What the article is about; the first counts for spoilers."""

    model = ArticleTitle
    extra = 0
    autocomplete_fields = ("title",)


class BlockInline(ContentEditorInline):
    """What the forms of all blocks share."""

    autocomplete: tuple[str, ...] = ()

    def get_autocomplete_fields(self, request: Any) -> tuple[str, ...]:
        return self.autocomplete

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in ("caption", "alt", "attribution", "label", "url", "name"):
            field.widget.attrs["size"] = 60
        if isinstance(field, forms.CharField) and db_field.name == "text":
            field.widget.attrs.update(rows=3, cols=80)
        return field


def _inline(model: type[Model], icon: str, *autocomplete: str) -> type[BlockInline]:
    inline: type[BlockInline] = BlockInline.create(model, icon=icon, autocomplete=autocomplete)
    return inline


BLOCK_INLINES = (
    _inline(TextBlock, "notes"),
    _inline(PhotoBlock, "image", "photo"),
    _inline(PullQuoteBlock, "format_quote"),
    _inline(VideoBlock, "smart_display", "photo"),
    _inline(PollBlock, "ballot", "poll"),
    _inline(SignUpBlock, "mail", "newsletter"),
    _inline(AdvertSlotBlock, "ad_units"),
    _inline(SpoilerStartBlock, "lock", "title"),
    _inline(SpoilerEndBlock, "lock_open"),
)
# A kind without an inline could be stored and never edited; better no start at all.
assert {inline.model for inline in BLOCK_INLINES} == set(BLOCKS)  # noqa: S101
