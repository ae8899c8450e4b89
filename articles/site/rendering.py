"""Content to HTML: one template per kind of block.

Of the public code this module alone reads ``Edition.content``.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.template.loader import get_template, render_to_string
from django.utils.safestring import SafeString, mark_safe

from articles.blocks import spoiler_boxes as spoilers
from articles.blocks import video_links as videos
from articles.models import Edition, Hub, Title
from articles.models.addresses import address
from articles.models.article import Spoiler
from articles.photos.models import Photo
from articles.publishing import snapshot as contents
from newsletter import box
from newsroom.page_cache.site_version import cached_for_version, version_cache
from polls import panel

Block = Mapping[str, Any]


def _open_box(scope: spoilers.Scope) -> str:
    return cached_for_version(("articles.box", scope), lambda: _render_opening(scope))


def _render_opening(scope: spoilers.Scope) -> str:
    box: dict[str, Any] = {"label": str(scope)}
    if scope.takes_mark:
        # An editor's label stands for the title's name, which may say too much.
        name = "" if scope.label else scope.name
        places = {"season": scope.season, "episode": scope.episode}
        box |= {"work": scope.work, "name": name, **places}
    return render_to_string("includes/spoiler_open.html", {"box": box})


def _close_box() -> str:
    return cached_for_version(
        "articles.box_end", lambda: render_to_string("includes/spoiler_close.html")
    )


def _photos(keys: Iterable[int]) -> dict[int, Photo | None]:
    """Photos by primary key (one query, for those that no page has shown for this site version)."""
    kept, wanted = version_cache(), list(keys)
    missing = [key for key in wanted if ("articles.photo", key) not in kept]
    if missing:
        found = Photo.objects.in_bulk(missing)
        kept.update({("articles.photo", key): found.get(key) for key in missing})
    return {key: kept["articles.photo", key] for key in wanted}


def _with_rows(content: contents.Content, came_from: str, *, takes_votes: bool) -> contents.Content:
    """The content with the rows that it names beside it: photos, polls and boxes as they are now.

    A query for photos, two for polls and two for newsletters, each once for each site version, none
    where there are none. A working copy of former days may name what is gone since: None.
    """
    rows = _photos(contents.photos(content))
    panels = {
        key: panel.shared(poll, came_from=came_from, inert=not takes_votes)
        for key, poll in panel.polls(contents.polls(content)).items()
    }
    boxes = box.boxes(
        contents.newsletters(content),
        page=came_from,
        placement=box.ARTICLE,
        inert=not takes_votes,
    )

    def shown(photo: Block | None) -> dict[str, Any] | None:
        return {**photo, "row": rows.get(photo["photo"])} if photo else None

    body: list[Any] = []
    for block in content["body"]:
        if block["kind"] == "photo":
            body.append(shown(block))
        elif block["kind"] == "video":
            body.append({**block, "poster": shown(block["poster"])})
        elif block["kind"] == "poll":
            body.append({**block, "panel": panels.get(block["poll"])})
        elif block["kind"] == "signup":
            body.append({**block, "box": boxes.get(block["newsletter"])})
        else:
            body.append(block)
    return {**content, "photo": shown(content["photo"]), "body": body}


def _text(block: Block) -> str:
    pieces: list[str] = []
    for piece in spoilers.split_boxes(block["html"]):
        if isinstance(piece, str):
            pieces.append(piece)
        else:
            pieces.append(_close_box() if piece is None else _open_box(piece))
    return "".join(pieces)


def _by_template(block: Block) -> str:
    template = get_template(f"articles/blocks/{block['kind']}.html")
    return template.render({"block": block})


def _video(block: Block) -> str:
    # Parsed again: the rules may have become stricter since it was frozen.
    return _by_template({**block, "video": videos.parse(block["url"])})


#: How each kind becomes HTML: a text is HTML already, all others have a template.
RENDERERS: dict[str, Callable[[Block], str]] = {
    "text": _text,
    "photo": _by_template,
    "pullquote": _by_template,
    "video": _video,
    "poll": _by_template,
    "signup": _by_template,
    "advert": _by_template,
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
            pieces.append(RENDERERS[block["kind"]](block))
    if in_section:
        pieces.append(_close_box())
    return pieces


def render_body(content: contents.Content) -> SafeString:
    """The body of frozen content as HTML; “throughout” puts all of it in one box."""
    pieces = _render_blocks(content["body"])
    if content["spoiler"] == Spoiler.THROUGHOUT:
        pieces = [_open_box(contents.scope_throughout(content)), *pieces, _close_box()]
    # Every piece comes from a template that escapes, or from text sanitised when frozen.
    return mark_safe("".join(pieces))  # noqa: S308


def _with_address(view: str, item: Block) -> dict[str, Any]:
    return {**item, "url": address(view, item["slug"])}


def page(edition: Edition, *, takes_votes: bool = True) -> dict[str, Any]:
    """All that the article's template needs of an edition.

    Previews and former editions take no votes: nobody but the desk sees them.
    """
    # A draft may have no address yet.
    came_from = edition.get_absolute_url() if takes_votes else ""
    content = _with_rows(edition.content, came_from, takes_votes=takes_votes)
    return {
        "edition": edition,
        "current_hub": edition.hub,
        "title_keys": [title["id"] for title in content["titles"]],
        "body": render_body(content),
        "content": {**content, **_around_the_body(content, edition.hub)},
        **_needs(content),
    }


def _needs(content: contents.Content) -> dict[str, bool]:
    """Which scripts have work on the page."""
    body = content["body"]
    panels = [block["panel"] for block in body if block["kind"] == "poll"]
    return {
        "takes_marks": any(scope.takes_mark for scope in contents.scopes(content)),
        "has_video": any(block["kind"] == "video" for block in body),
        "has_sign_up": any(block["box"] for block in body if block["kind"] == "signup"),
        "has_live_poll": any(shown.is_alive for shown in panels if shown),
    }


def _around_the_body(content: contents.Content, hub: Hub) -> dict[str, Any]:
    return {
        "hub": {"name": hub.name, "url": hub.get_absolute_url(), "accent": hub.accent},
        "bylines": [_with_address("author", item) for item in content["bylines"]],
        "titles": [
            {**_with_address("title", item), "kind_label": Title.Kind(item["kind"]).label}
            for item in content["titles"]
        ],
        "topics": [_with_address("topic", item) for item in content["topics"]],
        "corrections": [
            {**told, "at": datetime.fromisoformat(told["at"])}
            for told in content.get("corrections", [])
        ],
        "spoiler_label": ", ".join(contents.spoiled_names(content)),
    }
