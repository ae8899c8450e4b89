"""RSS 2.0 and Atom 1.0: Django's feed generators with page links, authors and full text.

Sources: RFC 4287 (Atom), the RSS Advisory Board's RSS 2.0 and profile, RFC 5005 section 3 (paged
feeds).
"""

from datetime import UTC, datetime
from typing import Any

from django.utils import feedgenerator
from django.utils.feedgenerator import SyndicationFeed, rfc3339_date

#: The date of the last change of a feed without entries.
LAUNCH = datetime(2026, 1, 1, tzinfo=UTC)


class PagedFeed(SyndicationFeed):
    """One page of a feed.

    Arguments besides Django's: ``generator`` (a name) and ``pages`` (absolute addresses by
    relation, as in RFC 5005). Those of ``add_item``: ``authors`` (pairs of name and absolute
    address) and ``content`` (HTML, may be empty).
    """

    def latest_post_date(self) -> datetime:
        """Return the newest date of the entries, or ``LAUNCH`` if there are none."""
        # Django would return the current time, and an empty feed would change with each request.
        newest: datetime = super().latest_post_date() if self.items else LAUNCH
        return newest


class Rss(PagedFeed, feedgenerator.Rss201rev2Feed):
    """RSS 2.0 with elements of Atom, Dublin Core and the content module."""

    def rss_attributes(self) -> dict[str, str]:
        return {
            **super().rss_attributes(),
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        }

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
            handler.addQuickElement("content:encoded", item["content"])


class Atom(PagedFeed, feedgenerator.Atom1Feed):
    """Atom 1.0 with the full text and every author."""

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        handler.addQuickElement("generator", self.feed["generator"])
        for relation, address in self.feed["pages"].items():
            handler.addQuickElement("link", None, {"rel": relation, "href": address})

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        for name, address in item["authors"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", name)
            handler.addQuickElement("uri", address)
            handler.endElement("author")
        if item["content"]:
            handler.addQuickElement("content", item["content"], {"type": "html"})


FORMATS: dict[str, type[Rss] | type[Atom]] = {"rss": Rss, "atom": Atom}
