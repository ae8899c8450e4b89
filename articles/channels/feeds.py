"""RSS and Atom: the site's feed, and one for each hub, title and author.

Sources: RFC 4287 (Atom), the RSS Advisory Board's RSS 2.0 and profile, RFC 5005 section 3 (pages),
RFC 4151 (``tag:`` addresses as ids that outlive an article's slug).
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
from articles.channels.feed_formats import FORMATS, SINCE, Atom, Rss
from articles.models import Author, Edition, EditionAuthor, EditionTopic, Hub, Title
from articles.models.addresses import address
from articles.photos import renditions
from articles.photos.models import Photo
from newsroom.link_preview import absolute
from newsroom.page_cache import QUERY_NUMBER, cached_for_version, record_published

#: Entries on one page of a feed.
PAGE_SIZE = 20
LEFT_OUT = "Contains spoilers: read it on the site"
VOTE = "Vote on the site"

_Names = Mapping[int, list[tuple[str, str]]]


def tag(specific: str, day: datetime = SINCE) -> str:
    """An id that nobody else gives, and that is never given again."""
    authority = urlsplit(settings.SITE_URL).hostname
    return f"tag:{authority},{day.astimezone(UTC).date().isoformat()}:{specific}"


# Entries


def _names(editions: Sequence[Edition]) -> tuple[_Names, _Names]:
    """The authors and the topics of editions: names with slugs, in their order (one query)."""
    keys = [edition.pk for edition in editions]
    signed = EditionAuthor.objects.filter(edition__in=keys).order_by()
    filed = EditionTopic.objects.filter(edition__in=keys).order_by()
    place = ("edition", "position", "pk")
    links = signed.values_list(*place, "author__name", "author__slug", Value(True)).union(
        filed.values_list(*place, "topic__name", "topic__slug", Value(False)), all=True
    )
    authors: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    topics: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for edition, _, _, name, slug, is_author in sorted(links):
        (authors if is_author else topics)[edition].append((name, slug))
    return authors, topics


class Entries:
    """The entries of one page of a feed, with all that they name (two queries)."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        self.editions = editions
        self.authors, self.topics = _names(editions)
        shown = {edition.photo_id for edition in editions if edition.photo_id}
        for edition in editions:
            shown.update(map(int, PHOTO.findall(edition.safe_html)))
        self.photos = Photo.objects.in_bulk(shown)
        # An address takes longer to make than to look up.
        hubs = {edition.hub_id: edition.hub for edition in editions}
        self.hub_pages = {key: absolute(hub.get_absolute_url()) for key, hub in hubs.items()}
        slugs = {slug for names in self.authors.values() for _, slug in names}
        self.author_pages = {slug: absolute(address("author", slug)) for slug in slugs}

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for edition in self.editions:
            address = f"{self.hub_pages[edition.hub_id]}{edition.slug}/"
            topics = (name for name, _ in self.topics[edition.pk])
            yield {
                "title": edition.headline,
                "link": address,
                "description": escape(edition.summary, quote=False) or None,
                "content": self._content(edition, address),
                "unique_id": tag(f"articles/{edition.article_id}", edition.first_published),
                "unique_id_is_permalink": False,
                "pubdate": edition.first_published,
                "updateddate": edition.live_from,
                "authors": [
                    (name, self.author_pages[slug]) for name, slug in self.authors[edition.pk]
                ],
                "categories": [edition.hub.name, *topics],
                "enclosures": list(_enclosures(self.photos.get(edition.photo_id or 0))),
            }

    def _content(self, edition: Edition, address: str) -> str:
        """The frozen HTML for feeds, its placeholders filled in (``articles.blocks.feed_html``)."""
        link = f'<a href="{escape(address)}">'
        html = edition.safe_html.replace(OMITTED, f"{link}{LEFT_OUT}</a>")
        html = html.replace(POLL, f"{link}{VOTE}</a>")
        # In sanitised HTML this is the only way to write a link to a path.
        html = html.replace('<a href="/', f'<a href="{escape(settings.SITE_URL)}/')
        return PHOTO.sub(self._picture, html)

    def _picture(self, match: re.Match[str]) -> str:
        photo = self.photos.get(int(match[1]))
        return f'<img src="{escape(absolute(photo.fallback_url))}"' if photo else "<img"


def _enclosures(photo: Photo | None) -> Iterator[Enclosure]:
    """The JPEG that browsers without AVIF get, the original where there is none yet."""
    if photo is None:
        return
    file = (
        renditions.fallback(photo.image, photo.size, None, renditions.CENTRE)
        if photo.fallback_width
        else photo.image
    )
    kind = mimetypes.guess_type(str(file.name))[0] or "application/octet-stream"
    try:
        length = photo.image.storage.size(str(file.name))
    except OSError:  # the row is there, the file isn't: a copy of the database without its media
        return
    yield Enclosure(absolute(str(file.url)), str(length), kind)


# Feeds


@dataclass(frozen=True, slots=True)
class About:
    """What a feed says of itself; ``page`` is the path of the page with the same stories."""

    key: str
    title: str
    description: str
    page: str


class FeedView(View):
    """One page of a feed, newest first publication first."""

    #: “rss” or “atom”.
    form = ""
    #: Whether it is one of the few that most readers follow.
    is_front = False

    def about(self, slug: str) -> tuple[About, QuerySet[Edition], tuple[Any, ...]]:
        """What the feed is about, its editions, and what their number is remembered by."""
        raise NotImplementedError

    def get(self, request: HttpRequest, slug: str = "") -> HttpResponse:
        asked = request.GET.get("page", "1")
        about, editions, key = self.about(slug)
        count = cached_for_version(key, editions.count)
        last = max(1, -(-count // PAGE_SIZE))
        if not QUERY_NUMBER.fullmatch(asked) or (number := int(asked)) > last:
            raise Http404
        feed = self._empty_feed(about, absolute(request.path), number, last)
        for entry in self.entries(key, editions, number):
            record_published(entry["updateddate"])
            feed.add_item(**entry)
        return HttpResponse(feed.document(), content_type=feed.content_type)

    def entries(
        self, key: tuple[Any, ...], editions: QuerySet[Edition], number: int
    ) -> list[dict[str, Any]]:
        """The entries of one page; a front's first page is read once for each site version."""

        def read() -> list[dict[str, Any]]:
            page = slice(PAGE_SIZE * (number - 1), PAGE_SIZE * number)
            return list(Entries(list(_columns(editions)[page])))

        kept = self.is_front and number == 1
        return cached_for_version(("articles.entries", *key), read) if kept else read()

    def _empty_feed(self, about: About, address: str, number: int, last: int) -> Rss | Atom:
        def page(n: int) -> str:
            return address if n == 1 else f"{address}?page={n}"

        pages = {"first": page(1), "last": page(last)}
        pages |= {"previous": page(number - 1)} if number > 1 else {}
        pages |= {"next": page(number + 1)} if number < last else {}
        return FORMATS[self.form](
            title=about.title,
            link=absolute(about.page),
            description=about.description,
            subtitle=about.description,
            language=settings.LANGUAGE_CODE,
            author_name=settings.SITE_NAME,
            author_link=absolute("/"),
            feed_url=page(number),
            feed_guid=tag(f"feeds/{about.key}"),
            feed_copyright=f"© {settings.SITE_NAME}",
            generator=settings.SITE_NAME,
            pages=pages,
        )


def _columns(editions: QuerySet[Edition]) -> QuerySet[Edition]:
    read = ("article", "slug", "headline", "summary", "safe_html", "photo")
    return (
        editions.defer(None)
        .select_related("hub")
        .only(*read, "first_published", "live_from", "hub__name", "hub__slug")
        .order_by("-first_published", "-id")
    )


class LatestFeed(FeedView):
    """Everything."""

    is_front = True

    def about(self, slug: str) -> tuple[About, QuerySet[Edition], tuple[Any, ...]]:
        about = About("latest", settings.SITE_NAME, settings.SITE_TAGLINE, "/")
        return about, Edition.objects.live(), ("articles.count",)


class SubjectFeed(FeedView):
    """What is filed under one thing that has a page of its own."""

    model: ClassVar[type[Hub] | type[Title] | type[Author]]
    #: The column or link of an edition that names the subject.
    relation: ClassVar[str]

    def about(self, slug: str) -> tuple[About, QuerySet[Edition], tuple[Any, ...]]:
        subject: Any = get_object_or_404(self.model, slug=slug)
        about = About(
            key=f"{self.model._meta.model_name}s/{subject.pk}",
            title=f"{subject.name} – {settings.SITE_NAME}",
            description=self.describe(subject),
            page=subject.get_absolute_url(),
        )
        editions = Edition.objects.live().filter(**{self.relation: subject})
        return about, editions, ("articles.count", self.relation, subject.pk)

    def describe(self, subject: Any) -> str:
        """A sentence on what is in the feed."""
        raise NotImplementedError


class HubFeed(SubjectFeed):
    """A hub's stories."""

    is_front = True
    model, relation = Hub, "hub"

    def describe(self, subject: Hub) -> str:
        return subject.description or f"{subject.name}: stories in {settings.SITE_NAME}."


class TitleFeed(SubjectFeed):
    """What was written about a title."""

    model, relation = Title, "titles"

    def describe(self, subject: Title) -> str:
        return f"What {settings.SITE_NAME} has written about {subject}."


class AuthorFeed(SubjectFeed):
    """What an author signed."""

    model, relation = Author, "authors"

    def describe(self, subject: Author) -> str:
        return f"What {subject.name} has written in {settings.SITE_NAME}."
