"""Spoiler boxes in rich text: sanitising, naming, splitting and leaving them out.

In stored rich text a spoiler box is ``<spoiler-box data-title data-season data-episode
data-label>``: a custom element of the allow-list, so that nh3 can drop it with its content.
"""

import html
import re
from collections.abc import Container, Iterator, Mapping
from functools import cache
from typing import Any

import nh3
from django.core.exceptions import ValidationError

from articles.blocks.scope import Scope
from newsroom.rich_text import (
    PROSE,
    allow_list,
    empty_if_blank,
    sanitize_prose,
    too_much_to_parse,
)

TAG = "spoiler-box"
EXTENSIONS: dict[str, Any] = {**PROSE, "SpoilerBox": True}
MAX_LABEL = 120

# Sound on sanitised HTML only: no attribute that the allow-list keeps can hold "<" or ">".
_OPEN = re.compile(rf"<{TAG}((?: [a-z-]+=\"[^\"]*\")*)>")
_CLOSE = f"</{TAG}>"
_OMITTED = "spoiler-gap"
#: Stands in reader-safe HTML where a box was left out. The allow-list of articles has no such
#: element, so no editor can write it.
OMITTED = f"<{_OMITTED}></{_OMITTED}>"
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
# Attributes that freezing adds. The allow-list has neither, so no editor can write them.
_FROZEN_ATTRIBUTES = frozenset({"data-name", "data-work"})
_RAW_TAG = re.compile(rf"<{TAG}\b[^<>]*+>", re.IGNORECASE)
# All quantifiers are possessive, so that it reads every character once.
_TOKEN = re.compile(
    r"""
    <(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9-]*+)
        (?:[\t\n\f\r\ ]++[a-zA-Z][a-zA-Z0-9:_-]*+
            (?:[\t\n\f\r\ ]*+=[\t\n\f\r\ ]*+(?:"[^"]*+"|'[^']*+'|[^\s"'<>=`]++))?+)*+
        [\t\n\f\r\ ]*+/?>
    | (?P<text>[^<]++)
    """,
    re.VERBOSE,
)


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    if tag != TAG:
        return None
    if name == "data-label":
        return re.sub(r"[\x00-\x1f\x7f<>]+", " ", value).strip()[:MAX_LABEL] or None
    pattern = r"\d{1,18}" if name == "data-title" else r"[1-9]\d{0,3}"
    return value if re.fullmatch(pattern, value, re.ASCII) else None


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(**allow_list(EXTENSIONS, keep=_keep_attribute))


@cache
def _tags() -> frozenset[str]:
    return frozenset(allow_list(EXTENSIONS)["tags"])


@cache
def _dropper() -> nh3.Cleaner:
    allowed = allow_list(PROSE)
    allowed["tags"] = {*allowed["tags"], _OMITTED}
    return nh3.Cleaner(**allowed, clean_content_tags={TAG})


def sanitize(html_text: str) -> str:
    """Reduce HTML to the allow-list of articles.

    Raises ``ValidationError`` where HTML's nesting rules would move part of a box out of it (a
    box that begins inside bold text, say), or where that is not known.
    """
    if refusal := too_much_to_parse(html_text):
        raise ValidationError(refusal, code="too_much")
    if TAG not in html_text.lower():
        return empty_if_blank(_sanitize_until_stable(html_text))
    written = _characters(html_text)
    cleaned = _sanitize_until_stable(html_text)
    if written is not None and _keeps_hidden(written, _characters(cleaned)):
        return empty_if_blank(cleaned)
    # A paragraph can't hold paragraphs, so the parser ended box and paragraph together; with
    # the paragraph ended first, the box stays whole.
    cleaned = _sanitize_until_stable(_RAW_TAG.sub(r"</p>\g<0>", html_text)).replace("<p></p>", "")
    if written is not None and _keeps_hidden(written, _characters(cleaned)):
        return empty_if_blank(cleaned)
    raise ValidationError(
        "A spoiler box in this text is broken: part of it would be readable outside. "
        "Take the box away and put it around whole paragraphs.",
        code="broken_spoiler_box",
    )


def box_all(html_text: str) -> str:
    """Return a whole text in one box, for a text whose own boxes are broken."""
    parsable = too_much_to_parse(html_text) is None
    text = sanitize_prose(html_text) if parsable else html.escape(html_text)
    return f"<{TAG}>{text}</{TAG}>"


#: The characters of a text, without white space, and for each whether it is in a box.
_Characters = tuple[str, list[bool]]


def _characters(html_text: str) -> _Characters | None:
    """Read HTML token by token, as it was written; None where parsers may disagree.

    They disagree on comments, stray brackets and elements that the allow-list doesn't have. A
    difference between two parsers could show a spoiler.
    """
    characters: list[str] = []
    hidden: list[bool] = []
    depth = position = 0
    while position < len(html_text):
        token = _TOKEN.match(html_text, position)
        if token is None or (token["name"] and token["name"].lower() not in _tags()):
            return None
        position = token.end()
        if token["text"]:
            visible = "".join(html.unescape(token["text"]).split())
            characters.append(visible)
            hidden += [depth > 0] * len(visible)
        elif token["name"].lower() == TAG:
            depth = max(0, depth - 1) if token["close"] else depth + 1
    return "".join(characters), hidden


def _keeps_hidden(written: _Characters, cleaned: _Characters | None) -> bool:
    """Whether the text is the same, and hidden in every place where it was hidden."""
    return (
        cleaned is not None
        and cleaned[0] == written[0]
        and all(now or not before for before, now in zip(written[1], cleaned[1], strict=True))
    )


def _sanitize_until_stable(html_text: str) -> str:
    # Parsing the result may move an element again (lists in tables do). What is stored must be
    # stable, so that every later parser reads the same as this one.
    for _ in range(5):
        cleaned = _cleaner().clean(html_text)
        if cleaned == html_text:
            return cleaned
        html_text = cleaned
    raise ValidationError(
        "The structure of this text can't be understood. Paste it again as plain text.",
        code="unstable_markup",
    )


def has_box(html_text: str) -> bool:
    """Whether sanitised HTML holds a spoiler box."""
    return _OPEN.search(html_text) is not None


def boxes(html_text: str) -> list[dict[str, str]]:
    """Return the attributes of each box in sanitised HTML, in order, entities resolved."""
    return [_attributes(match[1]) for match in _OPEN.finditer(html_text)]


def _attributes(text: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(text)}


def work_of(chosen: int | None, label: str, names: Container[int], first: int | None) -> int | None:
    """Return the primary key of the title that readers' “seen” marks of a box are for.

    ``chosen`` is the box's own title, ``first`` the article's first title. None where the box
    has an editor's label and another title: that the article speaks of this title may itself be
    the spoiler, and readers who have seen the title may not expect it here.
    """
    if chosen is None or chosen == first:
        return first
    return chosen if chosen in names and not label else None


def name_boxes(
    html_text: str, names: Mapping[int, str], default: str, work: int | None = None
) -> str:
    """Write the title's name and primary key into each box, for the frozen content.

    ``names`` maps primary keys of titles to names; ``default`` and ``work`` are for a box
    without a title. A box whose title no longer exists gets no name.
    """

    def named(match: re.Match[str]) -> str:
        attributes = _attributes(match[1])
        chosen = int(attributes["data-title"]) if "data-title" in attributes else None
        name = default if chosen is None else names.get(chosen, "")
        about = work_of(chosen, attributes.get("data-label", ""), names, work)
        written = f' data-name="{html.escape(name)}"' if name else ""
        written += f' data-work="{about}"' if about else ""
        return f"<{TAG}{_without_names(match[1])}{written}>"

    return _OPEN.sub(named, html_text)


def remove_names(html_text: str) -> str:
    """Return frozen HTML without the attributes that :func:`name_boxes` wrote."""
    return _OPEN.sub(lambda match: f"<{TAG}{_without_names(match[1])}>", html_text)


def _without_names(text: str) -> str:
    # Attribute by attribute: a search in the whole text could match inside a label.
    return _ATTRIBUTE.sub(lambda match: "" if match[1] in _FROZEN_ATTRIBUTES else match[0], text)


def scope_of(attributes: Mapping[str, str]) -> Scope:
    """Return the scope of a frozen box, given its attributes."""
    return Scope(
        name=attributes.get("data-name", ""),
        season=int(attributes.get("data-season", 0)) or None,
        episode=int(attributes.get("data-episode", 0)) or None,
        label=attributes.get("data-label", ""),
        work=int(attributes.get("data-work", 0)) or None,
    )


def scope_of_tag(attributes: str) -> Scope:
    """Return the scope of a frozen box, given the attributes of its opening tag as text."""
    return scope_of(_attributes(attributes))


def split_boxes(html_text: str) -> Iterator[str | Scope | None]:
    """Return frozen HTML in pieces: text, the scope where a box opens, None where one closes."""
    position = 0
    for match in re.finditer(rf"{_OPEN.pattern}|{_CLOSE}", html_text):
        yield html_text[position : match.start()]
        yield None if match[0] == _CLOSE else scope_of_tag(match[1] or "")
        position = match.end()
    yield html_text[position:]


def outer_scopes(html_text: str) -> Iterator[Scope]:
    """Return the scopes of the boxes in frozen HTML that are in no other box."""
    depth = 0
    for piece in split_boxes(html_text):
        if isinstance(piece, Scope):
            if depth == 0:
                yield piece
            depth += 1
        elif piece is None:
            depth -= 1


def omit_boxes(html_text: str) -> str:
    """Return sanitised HTML with :data:`OMITTED` instead of each spoiler box and its content."""
    # A parser that moves a box moves the element in front of it as well.
    marked = _OPEN.sub(lambda match: OMITTED + match[0], html_text)
    return empty_if_blank(_dropper().clean(marked))
