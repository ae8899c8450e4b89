"""The body of an article as HTML for channels that know nothing of boxes: feed readers, say.

Frozen into ``Edition.safe_html``. What depends on the day it is read is left to the channel, as
three elements that no editor can write:

- ``<spoiler-gap></spoiler-gap>``: something was left out; a link to the article,
- ``<article-poll></article-poll>``: readers vote there; a link to the article,
- ``<img data-photo="…">``: the primary key of a photo; its address.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.html import escape

from articles.blocks import spoiler_boxes as spoilers
from articles.blocks import video_links as videos
from articles.blocks.spoiler_boxes import GAP
from articles.models.article import Spoiler

Block = Mapping[str, Any]

POLL = "<article-poll></article-poll>"
#: A photo's element up to its key, which is followed by ``">`` or by ``" alt="…">``.
PHOTO = re.compile(r'<img data-photo="(\d+)"')

_ENDS = re.compile(rf"<(?P<close>/?)(?:p|h2|h3)>|{GAP}")
_GAPS = re.compile(rf"{GAP}(?:\s*{GAP})+")
_GAPS_ALONE = re.compile(rf"<p>{GAP}</p>(?:\s*<p>(?:{GAP})?</p>)+")


def safe_html(content: Mapping[str, Any]) -> str:
    """Frozen content's body without anything in a spoiler box or section; "" for none.

    Migrations call it too: it reads every content that was ever frozen, and nothing else.
    """
    if content["spoiler"] == Spoiler.THROUGHOUT:
        return _paragraph(GAP)
    pieces = [
        _WRITERS[block["kind"]](block)
        for block in spoilers.blocks_with_gaps(content["body"])
        if block["kind"] in _WRITERS
    ]
    return _GAPS_ALONE.sub(_paragraph(GAP), "".join(pieces))


def _paragraph(html: str) -> str:
    return f"<p>{html}</p>"


def _text(block: Block) -> str:
    """Each gap in a paragraph, of its own where it stands between paragraphs."""
    in_line = False

    def placed(match: re.Match[str]) -> str:
        nonlocal in_line
        if match[0] == GAP:
            return GAP if in_line else _paragraph(GAP)
        in_line = not match["close"]
        return match[0]

    return _ENDS.sub(placed, _GAPS.sub(GAP, block["html"]))


def _photo(block: Block) -> str:
    picture = f'<img data-photo="{int(block["photo"])}" alt="{escape(block["alt"])}">'
    words = " ".join(filter(None, (block["caption"], block["credit"])))
    caption = f"<figcaption>{escape(words)}</figcaption>" if words else ""
    return f"<figure>{picture}{caption}</figure>"


def _pull_quote(block: Block) -> str:
    by = _paragraph(f"– {escape(block['attribution'])}") if block["attribution"] else ""
    return f"<blockquote>{_paragraph(escape(block['text']))}{by}</blockquote>"


def _video(block: Block) -> str:
    # Parsed again: the rules may have become stricter since it was frozen.
    video = videos.parse(block["url"])
    if video is None:
        return ""
    words = f"Video: {block['name']} ({video.provider_name})"
    return _paragraph(f'<a href="{escape(video.page)}">{escape(words)}</a>')


#: Kinds that are not here say nothing outside the site: sign-ups and adverts.
_WRITERS: dict[str, Callable[[Block], str]] = {
    "gap": lambda block: _paragraph(GAP),
    "text": _text,
    "photo": _photo,
    "pullquote": _pull_quote,
    "video": _video,
    "poll": lambda block: _paragraph(POLL),
}
