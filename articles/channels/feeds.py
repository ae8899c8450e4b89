"""RSS and Atom feeds of the site and of each hub, title and author.

Sources: RFC 4287 (Atom), the RSS Advisory Board's RSS 2.0 and profile, RFC 5005 section 3 (paged
feeds), RFC 4151 (``tag:`` URIs, used as ids because they don't change with an article's slug).
"""

import mimetypes
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import QuerySet, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.feedgenerator import Enclosure
from django.views.generic import View

from articles.blocks.feed_html import PHOTO, POLL
from articles.blocks.spoiler_boxes import OMITTED
from articles.channels.feed_formats import FORMATS, LAUNCH, Atom, Rss
from articles.channels.xml_text import xml_text
from articles.models import Author, Edition, EditionAuthor, EditionTopic, Hub, Title
from articles.models.addresses import address
from articles.photos import renditions
from articles.photos.models import Photo
from newsroom.link_preview import absolute
from newsroom.page_cache import QUERY_NUMBER, cached_for_version, record_published

#: Entries on one page of a feed.
PAGE_SIZE = 20
#: Texts of links from a feed to the article.
SPOILER_LINK = "Contains spoilers: read it on the site"
POLL_LINK = "Vote on the site"

_NamesByEdition = Mapping[int, list[tuple[str, str]]]


def tag_uri(specific: str, day: datetime = LAUNCH) -> str:
    """Return a ``tag:`` URI of this site; the day is one on which the site had its domain."""
    authority = urlsplit(settings.SITE_URL).hostname
    return f"tag:{authority},{day.astimezone(UTC).date().isoformat()}:{specific}"


# Entries


def _authors_and_topics(editions: Sequence[Edition]) -> tuple[_NamesByEdition, _NamesByEdition]:
    """Return pairs of name and slug, in order, of the editions' authors and topics (one query)."""
    keys = [edition.pk for edition in editions]
    author_links = EditionAuthor.objects.filter(edition__in=keys).order_by()
    topic_links = EditionTopic.objects.filter(edition__in=keys).order_by()
    order = ("edition", "position", "pk")
    links = author_links.values_list(*order, "author__name", "author__slug", Value(True)).union(
        topic_links.values_list(*order, "topic__name", "topic__slug", Value(False)), all=True
    )
    authors: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    topics: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for edition, _, _, name, slug, is_author in sorted(links):
        (authors if is_author else topics)[edition].append((xml_text(name), slug))
    return authors, topics


class Entries:
    """The entries of one page of a feed, as arguments of ``add_item`` (two queries)."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        self.editions = editions
        self.authors, self.topics = _authors_and_topics(editions)
        photos = {edition.photo_id for edition in editions if edition.photo_id}
        for edition in editions:
            photos.update(map(int, PHOTO.findall(edition.safe_html)))
        self.photos = Photo.objects.in_bulk(photos)
        # Each address is made once: most entries share hubs and authors.
        hubs = {edition.hub_id: edition.hub for edition in editions}
        self.hub_pages = {key: absolute(hub.get_absolute_url()) for key, hub in hubs.items()}
        slugs = {slug for names in self.authors.values() for _, slug in names}
        self.author_pages = {slug: absolute(address("author", slug)) for slug in slugs}

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for edition in self.editions:
            address = f"{self.hub_pages[edition.hub_id]}{edition.slug}/"
            topics = (name for name, _ in self.topics[edition.pk])
            yield {
                "title": xml_text(edition.headline),
                "link": address,
                "description": escape(xml_text(edition.summary), quote=False) or None,
                "content": xml_text(self._content(edition, address)),
                "unique_id": tag_uri(f"articles/{edition.article_id}", edition.first_published),
                "unique_id_is_permalink": False,
                "pubdate": edition.first_published,
                "updateddate": edition.live_from,
                "authors": [
                    (name, self.author_pages[slug]) for name, slug in self.authors[edition.pk]
                ],
                "categories": [xml_text(edition.hub.name), *topics],
                "enclosures": list(_enclosures(self.photos.get(edition.photo_id or 0))),
            }

    def _content(self, edition: Edition, address: str) -> str:
        """Return the frozen HTML for feeds with its placeholders filled in.

        See ``articles.blocks.feed_html`` for the placeholders.
        """
        link = f'<a href="{escape(address)}">'
        html = edition.safe_html.replace(OMITTED, f"{link}{SPOILER_LINK}</a>")
        html = html.replace(POLL, f"{link}{POLL_LINK}</a>")
        # In sanitised HTML a link to a path is always written like this.
        html = html.replace('<a href="/', f'<a href="{escape(settings.SITE_URL)}/')
        return PHOTO.sub(self._picture, html)

    def _picture(self, match: re.Match[str]) -> str:
        photo = self.photos.get(int(match[1]))
        return f'<img src="{escape(absolute(photo.fallback_url))}"' if photo else "<img"


def _enclosures(photo: Photo | None) -> Iterator[Enclosure]:
    """Yield the photo's fallback JPEG, or its original if there is no fallback yet."""
    if photo is None:
        return
    file = (
        renditions.fallback_rendition(photo.image, photo.size, None, renditions.CENTRE)
        if photo.fallback_width
        else photo.image
    )
    kind = mimetypes.guess_type(str(file.name))[0] or "application/octet-stream"
    try:
        length = photo.image.storage.size(str(file.name))
    except OSError:  # such as in a copy of the database without its media files
        return
    yield Enclosure(absolute(str(file.url)), str(length), kind)


# Feeds


@dataclass(frozen=True, slots=True)
class FeedInfo:
    """A feed's own data; ``page`` is the path of the page with the same articles."""

    key: str
    title: str
    description: str
    page: str


class FeedView(View):
    """One page of a feed; the newest first publication comes first."""

    #: A key of ``FORMATS``.
    feed_format = ""
    #: Whether the entries of the first page are cached. Most readers follow these feeds.
    caches_entries = False

    def get_feed(self, slug: str) -> tuple[FeedInfo, QuerySet[Edition], tuple[Any, ...]]:
        """Return the feed's data, its editions and the cache key of their number."""
        raise NotImplementedError

    def get(self, request: HttpRequest, slug: str = "") -> HttpResponse:
        page = request.GET.get("page", "1")
        info, editions, key = self.get_feed(slug)
        count = cached_for_version(key, editions.count)
        last = max(1, -(-count // PAGE_SIZE))
        if not QUERY_NUMBER.fullmatch(page) or (number := int(page)) > last:
            raise Http404
        feed = self._empty_feed(info, absolute(request.path), number, last)
        for entry in self.entries(key, editions, number):
            record_published(entry["updateddate"])
            feed.add_item(**entry)
        response = HttpResponse(content_type=feed.content_type)
        feed.write(response, "utf-8")
        return response

    def entries(
        self, key: tuple[Any, ...], editions: QuerySet[Edition], number: int
    ) -> list[dict[str, Any]]:
        """Return the entries of one page."""

        def read() -> list[dict[str, Any]]:
            page = slice(PAGE_SIZE * (number - 1), PAGE_SIZE * number)
            return list(Entries(list(_columns(editions)[page])))

        is_cached = self.caches_entries and number == 1
        return cached_for_version(("articles.entries", *key), read) if is_cached else read()

    def _empty_feed(self, info: FeedInfo, address: str, number: int, last: int) -> Rss | Atom:
        """Return a feed without entries; ``number`` is the page's, ``last`` the last page's."""

        def page(n: int) -> str:
            return address if n == 1 else f"{address}?page={n}"

        pages = {"first": page(1), "last": page(last)}
        pages |= {"previous": page(number - 1)} if number > 1 else {}
        pages |= {"next": page(number + 1)} if number < last else {}
        return FORMATS[self.feed_format](
            title=xml_text(info.title),
            link=absolute(info.page),
            description=xml_text(info.description),
            subtitle=xml_text(info.description),
            language=settings.LANGUAGE_CODE,
            author_name=settings.SITE_NAME,
            author_link=absolute("/"),
            feed_url=page(number),
            feed_guid=tag_uri(f"feeds/{info.key}"),
            feed_copyright=f"© {settings.SITE_NAME}",
            generator=settings.SITE_NAME,
            pages=pages,
        )


def _columns(editions: QuerySet[Edition]) -> QuerySet[Edition]:
    """Return the editions in order, with the columns that an entry needs."""
    read = ("article", "slug", "headline", "summary", "safe_html", "photo")
    return (
        editions.defer(None)
        .select_related("hub")
        .only(*read, "first_published", "live_from", "hub__name", "hub__slug")
        .order_by("-first_published", "-id")
    )


class LatestFeed(FeedView):
    """The feed of all articles."""

    caches_entries = True

    def get_feed(self, slug: str) -> tuple[FeedInfo, QuerySet[Edition], tuple[Any, ...]]:
        info = FeedInfo("latest", settings.SITE_NAME, settings.SITE_TAGLINE, "/")
        return info, Edition.objects.live(), ("articles.count",)


class SubjectFeed(FeedView):
    """The feed of a hub, title or author."""

    model: ClassVar[type[Hub] | type[Title] | type[Author]]
    #: The field of an edition that refers to the subject.
    relation: ClassVar[str]

    def get_feed(self, slug: str) -> tuple[FeedInfo, QuerySet[Edition], tuple[Any, ...]]:
        subject: Any = get_object_or_404(self.model, slug=slug)
        info = FeedInfo(
            key=f"{self.model._meta.model_name}s/{subject.pk}",
            title=f"{subject.name} – {settings.SITE_NAME}",
            description=self.describe(subject),
            page=subject.get_absolute_url(),
        )
        editions = Edition.objects.live().filter(**{self.relation: subject})
        return info, editions, ("articles.count", self.relation, subject.pk)

    def describe(self, subject: Any) -> str:
        """Return a sentence about the feed, for its readers."""
        raise NotImplementedError


class HubFeed(SubjectFeed):
    """A hub's articles."""

    caches_entries = True
    model, relation = Hub, "hub"

    def describe(self, subject: Hub) -> str:
        return subject.description or f"{subject.name}: articles in {settings.SITE_NAME}."


class TitleFeed(SubjectFeed):
    """The articles about a title."""

    model, relation = Title, "titles"

    def describe(self, subject: Title) -> str:
        return f"Articles about {subject} in {settings.SITE_NAME}."


class AuthorFeed(SubjectFeed):
    """An author's articles."""

    model, relation = Author, "authors"

    def describe(self, subject: Author) -> str:
        return f"Articles by {subject.name} in {settings.SITE_NAME}."
