"""Frozen content as plain lines to read and compare: words, not HTML."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from articles.blocks import BLOCKS
from articles.blocks import spoiler_boxes as spoilers
from articles.models.article import Spoiler
from articles.models.taxonomy import Title

Block = Mapping[str, Any]

PARAGRAPH = "Paragraph"
BOX = "Spoiler box"
BOX_END = "End of the spoiler box"
LEAD_PHOTO = "Lead photo"
CORRECTIONS = "Corrections"
#: What a line of text is, by its innermost element that says so.
_STYLES = {
    "h2": "Heading",
    "h3": "Smaller heading",
    "li": "List item",
    "blockquote": "Quotation",
    "p": PARAGRAPH,
}
_KIND_LABELS = {model.kind: str(model._meta.verbose_name).capitalize() for model in BLOCKS}
# Sound on sanitised HTML: no attribute that the allow-list keeps holds "<" or ">".
_PART = re.compile(r"<(?P<close>/?)(?P<name>[a-z][a-z0-9-]*+)(?P<rest>[^<>]*+)>|(?P<text>[^<]++|<)")
_HREF = re.compile(r' href="([^"]*+)"')


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it is, what it says, and the HTML that tells formatting apart."""

    label: str
    text: str
    markup: str = ""


def kind_label(block: Block) -> str:
    """“Text”, “Pull quote”, …"""
    kind = str(block["kind"])
    return _KIND_LABELS.get(kind, kind.replace("_", " ").capitalize())


def picture(block: Block) -> str:
    """The name of the picture's file that a block shows, "" for none."""
    shown = block.get("poster") if block["kind"] == "video" else block
    return str(shown["name"]) if block["kind"] in ("photo", "video") and shown else ""


def lead_picture(content: Mapping[str, Any]) -> str:
    """The name of the lead photo's file, "" for none."""
    return str(content["photo"]["name"]) if content["photo"] else ""


def block_lines(block: Block) -> list[Line]:
    """A frozen block, every one of its words in some line; a block of a new kind too."""
    describe = _DESCRIBED.get(block["kind"], _anything)
    return list(describe(block))


def _text(block: Block) -> Iterator[Line]:
    reader = _TextReader()
    for part in _PART.finditer(block["html"]):
        if part["name"] is None:
            reader.text(part[0])
        elif part["close"]:
            reader.close(part["name"])
        else:
            reader.open(part["name"], part["rest"])
    reader.end_line()
    yield from reader.lines


class _TextReader:
    """Collects the lines of sanitised rich text, element by element."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._inside: list[str] = []
        self._links: list[str] = []
        self._text: list[str] = []
        self._markup: list[str] = []

    def text(self, written: str) -> None:
        self._text.append(re.sub(r"\s+", " ", html.unescape(written)))
        self._markup.append(written)

    def open(self, name: str, rest: str) -> None:
        if name == spoilers.TAG or name in _STYLES:
            self.end_line()
            self._inside.append(name)
        else:
            self._markup.append(f"<{name}{rest}>")
        if name == spoilers.TAG:
            # To be split by the one who knows how boxes are written.
            scope = next(
                piece
                for piece in spoilers.split_boxes(f"<{name}{rest}></{name}>")
                if isinstance(piece, spoilers.Scope)
            )
            self.lines.append(Line(BOX, f"▸ {scope}".strip()))
        elif name == "a":
            found = _HREF.search(rest)
            self._links.append(html.unescape(found[1]) if found else "")
        elif name == "br":
            self._text.append(" ↵\n")

    def close(self, name: str) -> None:
        if name == "a" and self._links and (address := self._links.pop()):
            self._text.append(f" [{address}]")
        if name == spoilers.TAG or name in _STYLES:
            self.end_line()
            while self._inside and self._inside.pop() != name:
                pass
            if name == spoilers.TAG:
                self.lines.append(Line(BOX_END, "◂"))
        else:
            self._markup.append(f"</{name}>")

    def end_line(self) -> None:
        text = re.sub(r"[ \n]*\n ?", "\n", re.sub(" +", " ", "".join(self._text))).strip()
        if text:
            here = next((each for each in reversed(self._inside) if each != "p"), "p")
            label = _STYLES.get(here, PARAGRAPH)
            self.lines.append(Line(label, text, "".join(self._markup).strip()))
        self._text, self._markup = [], []


def _photo(block: Block) -> Iterator[Line]:
    yield Line("Alternative text", block["alt"])
    yield Line("Caption", block["caption"])
    yield Line("Credit", block["credit"])


def _pull_quote(block: Block) -> Iterator[Line]:
    yield Line("Quote", block["text"])
    yield Line("By", block["attribution"])


def _video(block: Block) -> Iterator[Line]:
    yield Line("Title", block["name"])
    yield Line("Address", block["url"])
    poster = block["poster"]
    if poster:
        yield Line("Picture", f"{poster['alt']} ({poster['credit']})")


def _poll(block: Block) -> Iterator[Line]:
    yield Line("Question", block["question"])


def _sign_up(block: Block) -> Iterator[Line]:
    yield Line("Newsletter", block["name"])


def _advert(block: Block) -> Iterator[Line]:
    yield Line("Slot", block["name"])
    yield Line("Size", block["size"])


def _spoiler_start(block: Block) -> Iterator[Line]:
    yield Line("Gives away", str(spoilers.section_scope(block)))


def _anything(block: Block) -> Iterator[Line]:
    """Whatever a block of a kind that is not known here has to say."""
    for key, value in block.items():
        if key != "kind" and (text := _written(value)):
            yield Line(key.replace("_", " ").capitalize(), text)


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(filter(None, map(_written, value.values())))
    if isinstance(value, list):
        return "\n".join(filter(None, map(_written, value)))
    return "" if value is None else str(value)


_DESCRIBED = {
    "text": _text,
    "photo": _photo,
    "pullquote": _pull_quote,
    "video": _video,
    "poll": _poll,
    "signup": _sign_up,
    "advert": _advert,
    "spoiler_start": _spoiler_start,
}


def field_lines(content: Mapping[str, Any]) -> list[Line]:
    """What stands around the body, a line per field, in the form's order."""
    photo = content["photo"]
    lines = [
        Line("Headline", content["headline"]),
        Line("Standfirst", content["standfirst"]),
        Line("Hub", content["hub"]["name"] if content["hub"] else ""),
        Line("Slug", content["slug"]),
        Line("Spoiler flag", Spoiler(content["spoiler"]).label),
        Line(LEAD_PHOTO, _named(photo["alt"], photo["credit"]) if photo else ""),
        Line("Caption of the lead photo", photo["caption"] if photo else ""),
        Line(
            "Bylines", "\n".join(_named(each["name"], each["role"]) for each in content["bylines"])
        ),
        Line("Titles", "\n".join(map(_title, content["titles"]))),
        Line("Topics", "\n".join(topic["name"] for topic in content["topics"])),
        Line("Lead story", "Yes" if content["lead"] else "No"),
        Line("SEO title", content["seo_title"]),
        Line("SEO description", content["seo_description"]),
        # Content of former days knows nothing of it.
        Line("Hide from search engines", "Yes" if content.get("noindex") else "No"),
    ]
    if "corrections" in content:
        notes = (correction["note"] for correction in content["corrections"])
        lines.append(Line(CORRECTIONS, "\n".join(notes)))
    return lines


def _named(name: str, more: str) -> str:
    return f"{name} ({more})" if more else name


def _title(title: Mapping[str, Any]) -> str:
    details = ", ".join(
        str(each) for each in (Title.Kind(title["kind"]).label, title["year"]) if each
    )
    offers = ", ".join(f"{offer['service']} [{offer['url']}]" for offer in title["availability"])
    return _named(title["name"], details) + (f" – {offers}" if offers else "")
