"""Frozen content to the context of the article's page.

Of the public code this module alone reads ``Edition.content``.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.safestring import mark_safe

from articles.blocks.body import Body
from articles.blocks.page import Page
from articles.models import Edition, Hub, Title
from articles.models.addresses import address
from articles.photos.models import Photo
from articles.publishing.snapshot import Content


def page_context(edition: Edition, *, takes_answers: bool = True) -> dict[str, Any]:
    """Return everything that the article's template needs of an edition.

    Previews and former editions take no votes and no sign-ups. The rows that blocks refer to
    are read as they are now: one query for photos, two for polls and two for newsletters, each
    once for each site version, none where there are none.
    """
    content = edition.content
    body = Body(content)
    # A draft may have no address yet.
    page = Page(edition.get_absolute_url() if takes_answers else "", takes_answers=takes_answers)
    lead = content["photo"]
    references = body.references()
    photos = references.get(Photo, [])
    page.load({**references, Photo: [lead["photo"], *photos] if lead else photos})
    return {
        "edition": edition,
        "current_hub": edition.hub,
        "title_keys": [title["id"] for title in content["titles"]],
        # A block's template escapes, and rich text was sanitised when it was frozen.
        "body": mark_safe(body.page_html(page)),  # noqa: S308
        "content": {
            **content,
            "photo": {**lead, "row": page.row(Photo, lead["photo"])} if lead else None,
            **_around_the_body(content, body, edition.hub),
        },
        "takes_marks": any(scope.takes_mark for scope in body.scopes()),
        "scripts": body.scripts(page),
    }


def _with_address(view: str, item: Mapping[str, Any]) -> dict[str, Any]:
    return {**item, "url": address(view, item["slug"])}


def _around_the_body(content: Content, body: Body, hub: Hub) -> dict[str, Any]:
    return {
        "hub": {"name": hub.name, "url": hub.get_absolute_url(), "accent": hub.accent},
        "bylines": [_with_address("author", item) for item in content["bylines"]],
        "titles": [
            {**_with_address("title", item), "kind_label": Title.Kind(item["kind"]).label}
            for item in content["titles"]
        ],
        "topics": [_with_address("topic", item) for item in content["topics"]],
        "corrections": [
            {**correction, "at": datetime.fromisoformat(correction["at"])}
            for correction in content.get("corrections", [])
        ],
        "spoiler_label": ", ".join(body.spoiled_titles()),
    }
