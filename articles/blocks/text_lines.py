"""The lines of rich text, for reading and comparing: words, not HTML."""

import html
import re

from articles.blocks.base import Line
from articles.blocks.spoiler_boxes import TAG, scope_of_tag

PARAGRAPH = "Paragraph"
BOX = "Spoiler box"
BOX_END = "End of the spoiler box"
#: The label of a line, by the innermost element that has one.
_LABELS = {
    "h2": "Heading",
    "h3": "Smaller heading",
    "li": "List item",
    "blockquote": "Quotation",
    "p": PARAGRAPH,
}
# Sound on sanitised HTML: no attribute that the allow-list keeps holds "<" or ">".
_PART = re.compile(r"<(?P<close>/?)(?P<name>[a-z][a-z0-9-]*+)(?P<rest>[^<>]*+)>|(?P<text>[^<]++|<)")
_HREF = re.compile(r' href="([^"]*+)"')


def text_lines(html_text: str) -> list[Line]:
    """Return the lines of sanitised rich text."""
    reader = _TextReader()
    for part in _PART.finditer(html_text):
        if part["name"] is None:
            reader.text(part[0])
        elif part["close"]:
            reader.close(part["name"])
        else:
            reader.open(part["name"], part["rest"])
    reader.end_line()
    return reader.lines


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
        if name == TAG or name in _LABELS:
            self.end_line()
            self._inside.append(name)
        else:
            self._markup.append(f"<{name}{rest}>")
        if name == TAG:
            scope = scope_of_tag(rest)
            self.lines.append(Line(BOX, f"▸ {scope}".strip()))
        elif name == "a":
            found = _HREF.search(rest)
            self._links.append(html.unescape(found[1]) if found else "")
        elif name == "br":
            self._text.append(" ↵\n")

    def close(self, name: str) -> None:
        if name == "a" and self._links and (address := self._links.pop()):
            self._text.append(f" [{address}]")
        if name == TAG or name in _LABELS:
            self.end_line()
            while self._inside and self._inside.pop() != name:
                pass
            if name == TAG:
                self.lines.append(Line(BOX_END, "◂"))
        else:
            self._markup.append(f"</{name}>")

    def end_line(self) -> None:
        text = re.sub(r"[ \n]*\n ?", "\n", re.sub(" +", " ", "".join(self._text))).strip()
        if text:
            here = next((each for each in reversed(self._inside) if each != "p"), "p")
            label = _LABELS.get(here, PARAGRAPH)
            self.lines.append(Line(label, text, "".join(self._markup).strip()))
        self._text, self._markup = [], []
