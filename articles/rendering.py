"""Content to HTML: one template per kind of block.

Of the public code this module alone reads ``Edition.content``.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.files.storage import default_storage
from django.template.loader import get_template, render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from articles import content as contents
from articles import spoilers
from articles.models import Edition, Title
from articles.models.article import Spoiler

Block = Mapping[str, Any]


def _open_box(scope: spoilers.Scope) -> str:
    return render_to_string("articles/blocks/spoiler_open.html", {"block": {"label": str(scope)}})


def _close_box() -> str:
    return render_to_string("articles/blocks/spoiler_close.html")


def _with_source(photo: Block) -> dict[str, Any]:
    return {**photo, "src": default_storage.url(photo["name"])}


def _text(block: Block) -> dict[str, Any]:
    pieces: list[str] = []
    for piece in spoilers.split_boxes(block["html"]):
        if isinstance(piece, str):
            pieces.append(piece)
        else:
            pieces.append(_close_box() if piece is None else _open_box(piece))
    return {"html": "".join(pieces)}


#: What the template of each kind gets as ``block``.
RENDERERS: dict[str, Callable[[Block], Mapping[str, Any]]] = {
    "text": _text,
    "photo": _with_source,
    "pullquote": lambda block: block,
    "advert": lambda block: block,
}


def _render_blocks(blocks: list[Block]) -> list[str]:
    pieces: list[str] = []
    in_section = False
    for block in blocks:
        if block["kind"] in ("spoiler_start", "spoiler_end"):
            if in_section:
                pieces.append(_close_box())
            in_section = block["kind"] == "spoiler_start"
            if in_section:
                pieces.append(_open_box(spoilers.section_scope(block)))
        else:
            template = get_template(f"articles/blocks/{block['kind']}.html")
            pieces.append(template.render({"block": RENDERERS[block["kind"]](block)}))
    if in_section:
        pieces.append(_close_box())
    return pieces


def render_body(content: contents.Content) -> SafeString:
    """The body of frozen content as HTML; “throughout” puts all of it in one box."""
    pieces = _render_blocks(content["body"])
    if content["spoiler"] == Spoiler.THROUGHOUT:
        name = next((title["name"] for title in content["titles"]), "")
        pieces = [_open_box(spoilers.Scope(name)), *pieces, _close_box()]
    # Every piece comes from a template that escapes, or from text sanitised when frozen.
    return mark_safe("".join(pieces))  # noqa: S308


def _with_address(view: str, item: Block) -> dict[str, Any]:
    return {**item, "url": reverse(f"articles:{view}", args=[item["slug"]])}


def page(edition: Edition) -> dict[str, Any]:
    """What the article's template needs of an edition beside its reader-safe columns."""
    content = edition.content
    photo = content["photo"]
    return {
        "body": render_body(content),
        "content": {
            **content,
            "hub": {
                "name": edition.hub.name,
                "url": edition.hub.get_absolute_url(),
                "accent": edition.hub.accent,
            },
            "photo": _with_source(photo) if photo else None,
            "bylines": [_with_address("author", item) for item in content["bylines"]],
            "titles": [
                {**_with_address("title", item), "kind_label": Title.Kind(item["kind"]).label}
                for item in content["titles"]
            ],
            "topics": [_with_address("topic", item) for item in content["topics"]],
            "spoiler_label": ", ".join(contents.spoiled_names(content)),
        },
    }
