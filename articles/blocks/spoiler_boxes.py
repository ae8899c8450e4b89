"""What a spoiler gives away, and the reader-safe remainder of a text.

In stored rich text a spoiler box is ``<spoiler-box data-title data-season data-episode
data-label>``: a custom element of the allow-list, so that nh3 can drop it with its content.
"""

import html
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import nh3
from django.core.exceptions import ValidationError

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
_GAP = "spoiler-gap"
#: Stands in reader-safe HTML where something was left out, if that is asked for. The allow-list
#: of articles has no such element, so that no editor can write it.
GAP = f"<{_GAP}></{_GAP}>"
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
# What freezing adds; the allow-list keeps neither, so no editor can write them.
_WRITTEN = frozenset({"data-name", "data-work"})
_RAW_TAG = re.compile(rf"<{TAG}\b[^<>]*+>", re.IGNORECASE)
# Possessive throughout: whatever is thrown at it, it reads every character once.
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


@dataclass(frozen=True, slots=True)
class Scope:
    """What is given away: a title by name, season and episode, or an editor's own label."""

    name: str = ""
    season: int | None = None
    episode: int | None = None
    label: str = ""
    #: Primary key of the title, by which a reader's “seen” mark finds the box; None: no mark.
    work: int | None = None

    @property
    def takes_mark(self) -> bool:
        """Whether having seen so much of the work makes the box safe, for all that is known."""
        return self.work is not None and bool(self.season or self.episode or not self.label)

    def __str__(self) -> str:
        if self.label:
            return self.label
        place = " ".join(
            f"{word} {number}"
            for word, number in (("season", self.season), ("episode", self.episode))
            if number
        )
        return ", ".join(part for part in (self.name, place) if part)


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
    allowed["tags"] = {*allowed["tags"], _GAP}
    return nh3.Cleaner(**allowed, clean_content_tags={TAG})


def sanitize(html_text: str) -> str:
    """Reduce HTML to the allow-list of articles.

    Raises ``ValidationError`` where HTML's own nesting rules would let something out of a
    box (a box that begins inside a bold run, say), or where it can't be told.
    """
    if refusal := too_much_to_parse(html_text):
        raise ValidationError(refusal, code="too_much")
    if TAG not in html_text.lower():
        return empty_if_blank(_settle(html_text))
    written = _characters(html_text)
    cleaned = _settle(html_text)
    if written is not None and _keeps_hidden(written, _characters(cleaned)):
        return empty_if_blank(cleaned)
    # A paragraph can't hold paragraphs, so the parser ended box and paragraph together; with
    # the paragraph ended first, the box stays whole.
    cleaned = _settle(_RAW_TAG.sub(r"</p>\g<0>", html_text)).replace("<p></p>", "")
    if written is not None and _keeps_hidden(written, _characters(cleaned)):
        return empty_if_blank(cleaned)
    raise ValidationError(
        "A spoiler box in this text is broken: part of it would be readable outside. "
        "Take the box away and put it around whole paragraphs.",
        code="broken_spoiler_box",
    )


def seal(html_text: str) -> str:
    """All of a text in one box: what is left to do where its own boxes can't be trusted."""
    parsable = too_much_to_parse(html_text) is None
    text = sanitize_prose(html_text) if parsable else html.escape(html_text)
    return f"<{TAG}>{text}</{TAG}>"


#: The characters of a text, without white space, and for each whether it is in a box.
_Characters = tuple[str, list[bool]]


def _characters(html_text: str) -> _Characters | None:
    """Read HTML token by token, as it was written; None where that is no plain matter.

    Comments, stray brackets and elements that the allow-list doesn't know are no plain
    matter: parsers differ on them, and a difference is where a spoiler gets out.
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
    """Whether the text is the same, and hidden wherever it was written to be."""
    return (
        cleaned is not None
        and cleaned[0] == written[0]
        and all(now or not before for before, now in zip(written[1], cleaned[1], strict=True))
    )


def _settle(html_text: str) -> str:
    # Parsing what was just written may move an element again (lists in tables do); what is
    # stored has come to rest, so that every later parser reads what this one did.
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
    """The attributes of each box in sanitised HTML, in order, entities resolved."""
    return [_attributes(match[1]) for match in _OPEN.finditer(html_text)]


def _attributes(text: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(text)}


def work_of(chosen: int | None, label: str, names: Container[int], first: int | None) -> int | None:
    """The primary key of the title that a box is about, as readers' marks know it.

    ``chosen`` is the box's own title, ``first`` the article's first. An editor's label over
    another title stands for that title, which may be the surprise itself: whoever has seen
    all of it may still not know that it comes up here. So there is none.
    """
    if chosen is None or chosen == first:
        return first
    return chosen if chosen in names and not label else None


def name_boxes(
    html_text: str, names: Mapping[int, str], default: str, work: int | None = None
) -> str:
    """Write the title's name and primary key into each box, for the frozen content.

    ``names`` maps primary keys of titles to names; ``default`` and ``work`` are for a box
    without one. A title that is gone leaves no name: the first title's would be a wrong one.
    """

    def named(match: re.Match[str]) -> str:
        attributes = _attributes(match[1])
        chosen = int(attributes["data-title"]) if "data-title" in attributes else None
        name = default if chosen is None else names.get(chosen, "")
        about = work_of(chosen, attributes.get("data-label", ""), names, work)
        written = f' data-name="{html.escape(name)}"' if name else ""
        written += f' data-work="{about}"' if about else ""
        return f"<{TAG}{_as_chosen(match[1])}{written}>"

    return _OPEN.sub(named, html_text)


def unname_boxes(html_text: str) -> str:
    """Frozen HTML as its editor left it, without what :func:`name_boxes` wrote."""
    return _OPEN.sub(lambda match: f"<{TAG}{_as_chosen(match[1])}>", html_text)


def _as_chosen(text: str) -> str:
    # One attribute after the other: looked for anywhere, a name could be found in a label.
    return _ATTRIBUTE.sub(lambda match: "" if match[1] in _WRITTEN else match[0], text)


def scope_of(attributes: Mapping[str, str]) -> Scope:
    """The scope of one frozen box."""
    return Scope(
        name=attributes.get("data-name", ""),
        season=int(attributes.get("data-season", 0)) or None,
        episode=int(attributes.get("data-episode", 0)) or None,
        label=attributes.get("data-label", ""),
        work=int(attributes.get("data-work", 0)) or None,
    )


def split_boxes(html_text: str) -> Iterator[str | Scope | None]:
    """Frozen HTML in pieces: text, a :class:`Scope` where a box opens, None where one closes."""
    position = 0
    for match in re.finditer(rf"{_OPEN.pattern}|{_CLOSE}", html_text):
        yield html_text[position : match.start()]
        yield None if match[0] == _CLOSE else scope_of(_attributes(match[1] or ""))
        position = match.end()
    yield html_text[position:]


def section_scope(block: Mapping[str, Any]) -> Scope:
    """The scope of a frozen ``spoiler_start``."""
    return Scope(
        block["name"], block["season"], block["episode"], block["label"], block.get("work")
    )


def outer_scopes(html_text: str) -> Iterator[Scope]:
    """The scopes of the boxes in frozen HTML that are not in another box."""
    depth = 0
    for piece in split_boxes(html_text):
        if isinstance(piece, Scope):
            if depth == 0:
                yield piece
            depth += 1
        elif piece is None:
            depth -= 1


def gapped_html(html_text: str) -> str:
    """Sanitised HTML without its spoiler boxes and all that is in them: a ``GAP`` for each."""
    # Where a parser takes a box for a child of something, it takes the element before it too.
    marked = _OPEN.sub(lambda match: GAP + match[0], html_text)
    return empty_if_blank(_dropper().clean(marked))


def blocks_with_gaps(blocks: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The frozen blocks outside spoiler sections, their boxes as ``GAP``, their sections as "gap".

    A section runs from a ``spoiler_start`` to the next ``spoiler_end``, or to the end.
    """
    hidden = False
    for block in blocks:
        if block["kind"] == "spoiler_start":
            hidden = True
            yield {"kind": "gap"}
        elif block["kind"] == "spoiler_end":
            hidden = False
        elif not hidden and block["kind"] == "text":
            yield {**block, "html": gapped_html(block["html"])}
        elif not hidden:
            yield block


def reader_safe_blocks(blocks: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The frozen blocks outside spoiler sections, their texts without spoiler boxes."""
    for block in blocks_with_gaps(blocks):
        if block["kind"] == "text":
            yield {**block, "html": empty_if_blank(block["html"].replace(GAP, ""))}
        elif block["kind"] != "gap":
            yield block
