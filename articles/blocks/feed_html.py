"""The HTML of feeds, which is frozen into ``Edition.safe_html``.

Feed readers drop classes and ``<details>``, so everything in a spoiler box is left out. Three
placeholders stand for things that depend on when a feed is read. No editor can write them, since
the allow-list has none of these elements:

- ``<spoiler-gap></spoiler-gap>``: something was left out; becomes a link to the article,
- ``<article-poll></article-poll>``: a poll; becomes a link to the article,
- ``<img data-photo="…">``: a photo's primary key; gets the photo's address.
"""

import re

from django.utils.html import escape

from articles.blocks.spoiler_boxes import OMITTED

POLL = "<article-poll></article-poll>"
#: A photo's element up to its key, which is followed by ``">`` or by ``" alt="…">``.
PHOTO = re.compile(r'<img data-photo="(\d+)"')

_ENDS = re.compile(rf"<(?P<close>/?)(?:p|h2|h3)>|{OMITTED}")
_SEVERAL = re.compile(rf"{OMITTED}(?:\s*{OMITTED})+")
_SEVERAL_PARAGRAPHS = re.compile(rf"<p>{OMITTED}</p>(?:\s*<p>(?:{OMITTED})?</p>)+")


def paragraph(html: str) -> str:
    """Return HTML in a paragraph."""
    return f"<p>{html}</p>"


#: Stands in a feed for a whole spoiler section, or a whole article.
OMITTED_PARAGRAPH = paragraph(OMITTED)


def photo_element(photo: int, alt: str) -> str:
    """Return the placeholder of a photo, given its primary key."""
    return f'<img data-photo="{int(photo)}" alt="{escape(alt)}">'


def place_omissions(html: str) -> str:
    """Put each placeholder between paragraphs into a paragraph of its own."""
    in_paragraph = False

    def placed(match: re.Match[str]) -> str:
        nonlocal in_paragraph
        if match[0] == OMITTED:
            return OMITTED if in_paragraph else OMITTED_PARAGRAPH
        in_paragraph = not match["close"]
        return match[0]

    return _ENDS.sub(placed, _SEVERAL.sub(OMITTED, html))


def join_omissions(html: str) -> str:
    """Replace placeholders that follow one another by one."""
    return _SEVERAL_PARAGRAPHS.sub(OMITTED_PARAGRAPH, html)
