"""The two formats of feeds: Django's own generators, with what they leave out, and quicker.

Sources: RFC 4287 (Atom), the RSS Advisory Board's RSS 2.0 and profile, RFC 5005 section 3 (pages).
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any, ClassVar

from django.utils import feedgenerator
from django.utils.feedgenerator import SyndicationFeed, rfc3339_date

#: From when on the site's name is taken for ids; what an empty feed says of its last change.
SINCE = datetime(2026, 1, 1, tzinfo=UTC)

# XML 1.0, section 2.2: there is no way to write these, not even as references. As bytes of UTF-8.
_CONTROLS = bytes(sorted({*range(0x20)} - {*b"\t\n\r"}))
_NO_CHARACTERS = ("\ufffe".encode(), "\uffff".encode())


def _writable(text: str) -> bytes:
    """A text in UTF-8 without what XML has no way to write."""
    written = text.encode(errors="ignore").translate(None, _CONTROLS)
    for character in _NO_CHARACTERS:
        written = written.replace(character, b"")
    return written


class Handler:
    """Writes what Django's feeds say, faster than the SAX writer that they bring along."""

    def __init__(self) -> None:
        self.pieces = ['<?xml version="1.0" encoding="utf-8"?>\n']

    def startElement(self, name: str, attrs: Mapping[str, str]) -> None:  # noqa: N802
        written = "".join([f' {key}="{escape(value)}"' for key, value in attrs.items()])
        self.pieces.append(f"<{name}{written}>")

    def endElement(self, name: str) -> None:  # noqa: N802
        self.pieces.append(f"</{name}>\n")

    def addQuickElement(  # noqa: N802
        self, name: str, contents: str | None = None, attrs: Mapping[str, str] | None = None
    ) -> None:
        """An element without children."""
        self.startElement(name, attrs or {})
        self.pieces.append(escape(contents or "", quote=False))
        self.endElement(name)

    def add_html(self, name: str, html: str, attrs: Mapping[str, str] | None = None) -> None:
        """An element whose text is HTML: as it is, which is short and quick."""
        self.startElement(name, attrs or {})
        # The one thing that ends such a section is divided between two; looked for in what is
        # written in the end.
        html = _writable(html).decode().replace("]]>", "]]]]><![CDATA[>")
        self.pieces.append(f"<![CDATA[{html}]]>")
        self.endElement(name)

    def document(self) -> bytes:
        """All of it, well-formed whatever it says."""
        return _writable("".join(self.pieces))


class _Written(SyndicationFeed):
    """What both formats share: how they are written, and which moment is the last."""

    #: What holds one entry.
    element: ClassVar[str]

    def roots(self) -> list[tuple[str, dict[str, str]]]:
        """The elements around everything, outermost first."""
        raise NotImplementedError

    def document(self) -> bytes:
        """The feed in UTF-8."""
        handler: Any = Handler()
        roots = self.roots()
        for name, attributes in roots:
            handler.startElement(name, attributes)
        self.add_root_elements(handler)
        for item in self.items:
            handler.startElement(self.element, {})
            self.add_item_elements(handler, item)
            handler.endElement(self.element)
        for name, _ in reversed(roots):
            handler.endElement(name)
        written: bytes = handler.document()
        return written

    def latest_post_date(self) -> datetime:
        """When the newest of the texts came; not the clock's time where there is none."""
        return max((item["updateddate"] for item in self.items), default=SINCE)


class Rss(_Written, feedgenerator.Rss201rev2Feed):
    """RSS 2.0 with what Atom and others lend it: links, the last change, authors, full text."""

    element = "item"

    def roots(self) -> list[tuple[str, dict[str, str]]]:
        spaces = {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        }
        return [("rss", {**self.rss_attributes(), **spaces}), ("channel", self.root_attributes())]

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        handler.addQuickElement("generator", self.feed["generator"])
        for relation, address in self.feed["pages"].items():
            handler.addQuickElement("atom:link", None, {"rel": relation, "href": address})

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        for name, _ in item["authors"]:
            handler.addQuickElement("dc:creator", name)
        handler.addQuickElement("atom:updated", rfc3339_date(item["updateddate"]))
        if item["content"]:
            handler.add_html("content:encoded", item["content"])


class Atom(_Written, feedgenerator.Atom1Feed):
    """Atom 1.0 with the full text, and with each author."""

    element = "entry"

    def roots(self) -> list[tuple[str, dict[str, str]]]:
        return [("feed", self.root_attributes())]

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        handler.addQuickElement("generator", self.feed["generator"])
        for relation, address in self.feed["pages"].items():
            handler.addQuickElement("link", "", {"rel": relation, "href": address})

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        for name, address in item["authors"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", name)
            handler.addQuickElement("uri", address)
            handler.endElement("author")
        if item["content"]:
            handler.add_html("content", item["content"], {"type": "html"})


FORMATS: dict[str, type[Rss] | type[Atom]] = {"rss": Rss, "atom": Atom}
