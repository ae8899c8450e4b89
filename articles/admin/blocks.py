"""The blocks of an article as inlines of its form."""

from typing import Any

from content_editor.admin import ContentEditorInline
from django.contrib import admin

from articles.blocks import BLOCKS, Block
from articles.models import ArticleTitle, Byline


class BylineInline(admin.TabularInline):
    """The authors, in the order of their names in the byline."""

    model = Byline
    extra = 0
    autocomplete_fields = ("author",)


class ArticleTitleInline(admin.TabularInline):
    """The titles that the article is about. Spoiler boxes are about the first by default."""

    model = ArticleTitle
    extra = 0
    autocomplete_fields = ("title",)


class BlockInline(ContentEditorInline):
    """The form of a block, as its kind describes it."""

    model: type[Block]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if attrs := self.model.widget_attrs.get(db_field.name):
            field.widget.attrs.update(attrs)
        return field


def _inline(kind: type[Block]) -> type[BlockInline]:
    inline: type[BlockInline] = BlockInline.create(
        kind, icon=kind.icon, autocomplete_fields=kind.autocomplete_fields
    )
    return inline


BLOCK_INLINES = tuple(_inline(kind) for kind in BLOCKS)
