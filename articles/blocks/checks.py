"""System checks of the kinds of blocks: a kind that leaves something out stops the start.

Without them, what a kind doesn't define would be lost without a word: a text that no search
finds, a block that no feed has, a reference that restoring doesn't know.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from articles.blocks.base import Block
from articles.blocks.registry import BLOCKS
from articles.photos.models import Photo

_ATTRIBUTES = ("kind", "icon", "button_order")
_METHODS = (
    "__str__",
    "freeze",
    "restore",
    "page_html",
    "feed_html",
    "search_text",
    "printed_texts",
    "lines",
)


@register("articles")
def check_blocks(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """E001 to E004, for every kind."""
    return [error for kind in BLOCKS for error in check_kind(kind)] + list(_check_names(BLOCKS))


def check_kind(kind: type[Block]) -> Iterator[CheckMessage]:
    """Return an error for each thing that a kind leaves out."""
    for name in _ATTRIBUTES:
        if not hasattr(kind, name):
            yield _error(kind, f"has no “{name}”.", "E001")
    for name in _METHODS:
        if not _defines(kind, name):
            yield _error(kind, f"does not define “{name}”.", "E002")
    if kind.reference_fields() and not _defines(kind, "missing_message"):
        yield _error(kind, "has a foreign key and does not define “missing_message”.", "E002")
    shows_photo = any(field.remote_field.model is Photo for field in kind.reference_fields())
    if shows_photo and not _defines(kind, "picture"):
        yield _error(kind, "shows a photo and does not define “picture”.", "E002")
    yield from _check_template(kind)


def _defines(kind: type[Block], name: str) -> bool:
    own, inherited = getattr(kind, name), getattr(Block, name)
    return getattr(own, "__func__", own) is not getattr(inherited, "__func__", inherited)


def _check_template(kind: type[Block]) -> Iterator[CheckMessage]:
    """A kind needs its template, unless it prints nothing of its own."""
    if not hasattr(kind, "kind") or not kind.has_template:
        return
    try:
        get_template(kind.template_name())
    except TemplateDoesNotExist:
        yield _error(kind, f"has no template “{kind.template_name()}”.", "E003")


def _check_names(kinds: Sequence[type[Block]]) -> Iterator[CheckMessage]:
    for name, count in Counter(getattr(kind, "kind", "") for kind in kinds).items():
        if count > 1:
            yield Error(f"{count} kinds of blocks are named “{name}”.", id="articles.E004")


def _error(kind: type[Block], problem: str, number: str) -> CheckMessage:
    return Error(
        f"The kind of block {kind.__name__} {problem}",
        hint="See docs/add-a-block.md.",
        obj=kind,
        id=f"articles.{number}",
    )
