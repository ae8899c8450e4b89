"""Sitemaps of all public pages and of recent news, and ``robots.txt``.

The sitemaps are Django's, with three differences: addresses start with ``SITE_URL`` instead of the
request's host, articles have a picture, and large sitemaps are divided by primary key instead of
by offset.

Sources: https://www.sitemaps.org/protocol.html, https://www.rfc-editor.org/rfc/rfc9309
and Google's “Image sitemaps” and “Create a News sitemap”.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.core.files.storage import Storage
from django.db.models import Count, F, Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles.channels.xml_text import xml_text
from articles.models import Edition, Hub
from articles.models.addresses import address
from articles.models.edition import EditionQuerySet
from articles.photos.models import Photo
from articles.photos.renditions import Rendition
from newsletter.models import Newsletter, PolicyVersion
from newsroom.link_preview import absolute
from newsroom.page_cache import expire_at, record_published
from polls.models import Poll

#: The most addresses in one file. The protocol allows 50,000, but a file of that size takes
#: seconds to make and is too large for the page cache.
LIMIT = 10_000
#: How many primary keys a file covers if there are more addresses than ``LIMIT``. A page that is
#: added or removed changes only one of these files.
KEYS_PER_FILE = 10_000
#: Google's rules for news sitemaps: the age of articles, and their number.
NEWS_AGE = timedelta(days=2)
NEWS_LIMIT = 1000
#: Paths that crawlers need not visit: the admin, drafts, search results, and pages for one reader.
DISALLOWED = (
    "/admin/",
    "/share/",
    "/search/",
    "/newsletters/change/",
    "/newsletters/confirm/",
    "/newsletters/manage/",
    "/newsletters/unsubscribe/",
    "/newsletters/*/requested/",
    "/newsletters/*/sign-up/",
    "/polls/*/result/",
    "/polls/*/vote/",
)

#: Google's language codes that aren't the first part of Django's.
_LANGUAGES = {"zh-cn": "zh-cn", "zh-hans": "zh-cn", "zh-tw": "zh-tw", "zh-hant": "zh-tw"}


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its path, its last change, and the absolute address of a picture on it."""

    path: str
    changed: datetime | None = None
    image: str = ""


@dataclass(frozen=True, slots=True)
class NewsPage:
    """An article in the news sitemap."""

    path: str
    headline: str
    published: datetime


class SiteSitemap(Sitemap[Any]):
    """A list of pages whose addresses start with ``SITE_URL``."""

    #: The protocol's; the views below divide the pages into smaller files.
    limit = 50_000

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.SITE_URL).netloc

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme

    def location(self, item: Page | NewsPage) -> str:
        return item.path


class PageSitemap(SiteSitemap):
    """Pages with their last change and a picture."""

    def lastmod(self, item: Page) -> datetime | None:
        return item.changed and _seconds(item.changed)


class SinglePages(PageSitemap):
    """The pages that exist once, and kinds of pages of which there are few."""

    def items(self) -> list[Page]:
        """Return the front page, the lists, open newsletters and policies in force."""
        newest = _editions().values_list("live_from", flat=True).first()
        pages = [
            Page(reverse("articles:home"), newest),
            Page(reverse("polls:list")),
            Page(reverse("newsletter:list")),
        ]
        newsletters = Newsletter.objects.filter(is_open=True)
        pages += [Page(newsletter.get_absolute_url()) for newsletter in newsletters]
        for document in PolicyVersion.Document:
            in_force = PolicyVersion.objects.filter(document=document).valid().first()
            if in_force:
                pages.append(Page(reverse(f"newsletter:{document.value}"), in_force.effective_from))
        return pages


class Section(PageSitemap):
    """A kind of page of which there may be very many, divided into files by primary key.

    ``number`` selects one file; without it all pages are listed. ``key`` is the column of the
    rows by which pages are counted and divided, ``changed`` the column of their last change.
    """

    key: ClassVar[str] = "pk"
    changed: ClassVar[str] = "live_from"

    def __init__(self, number: int | None = None) -> None:
        self.number = number

    def rows(self) -> QuerySet[Any]:
        """Return the rows that the pages are made from."""
        return _editions()

    def pages(self, rows: QuerySet[Any]) -> Iterable[Page]:
        """Return the pages of rows."""
        raise NotImplementedError

    def items(self) -> list[Page]:
        rows = self.rows()
        if self.number is not None:
            first = self.number * KEYS_PER_FILE
            # One call of filter(): another one would join another title of the edition.
            keys = {f"{self.key}__gte": first, f"{self.key}__lt": first + KEYS_PER_FILE}
            rows = rows.filter(**keys)
        return list(self.pages(rows))

    def files(self) -> dict[int, tuple[int, datetime]]:
        """Return the number of pages and the last change of each file that isn't empty."""
        files = self.rows().order_by().values(file=F(self.key) / KEYS_PER_FILE)
        counted = files.annotate(pages=Count(self.key, distinct=True), last=Max(self.changed))
        found = counted.order_by("file").values_list("file", "pages", "last")
        # An edition without a title, for example, has no key in the section of titles.
        return {file: (pages, last) for file, pages, last in found if file is not None}


class Articles(Section):
    """The articles, each with its lead photo."""

    def pages(self, rows: QuerySet[Any]) -> Iterator[Page]:
        hubs = dict(Hub.objects.values_list("pk", "slug"))
        storage = Photo().image.storage
        photo = ("photo__image", "photo__fallback_width")
        found = rows.order_by("pk").values_list("hub_id", "slug", "live_from", *photo)
        for hub, slug, live_from, name, width in found.iterator():
            image = _image(storage, name, width) if name else ""
            yield Page(article_path(hubs[hub], slug), live_from, image)


class Subjects(Section):
    """The pages of hubs, titles, topics or authors with articles that may be listed."""

    #: The name of the page's URL pattern.
    view: ClassVar[str]
    #: The field of an edition that refers to the subject; ``key`` is that of its primary key.
    relation: ClassVar[str]

    def pages(self, rows: QuerySet[Any]) -> Iterator[Page]:
        slugs = rows.order_by().values_list(f"{self.relation}__slug")
        found = slugs.annotate(last=Max("live_from")).order_by(f"{self.relation}__slug")
        for slug, last in found.iterator():
            if slug is not None:
                yield Page(address(self.view, slug), last)


class Hubs(Subjects):
    """The fronts of hubs."""

    view, relation, key = "hub", "hub", "hub__pk"


class Titles(Subjects):
    """The pages of titles."""

    view, relation, key = "title", "titles", "titles__pk"


class Topics(Subjects):
    """The pages of topics."""

    view, relation, key = "topic", "topics", "topics__pk"


class Authors(Subjects):
    """The pages of authors."""

    view, relation, key = "author", "authors", "authors__pk"


class Polls(Section):
    """Open polls, and closed ones that are listed."""

    changed = "created_at"

    def rows(self) -> QuerySet[Poll]:
        return Poll.objects.open() | Poll.objects.listed().closed()

    def pages(self, rows: QuerySet[Any]) -> Iterator[Page]:
        for poll in rows.order_by("pk").only("slug").iterator():
            yield Page(poll.get_absolute_url())


class News(SiteSitemap):
    """The articles first published in the last two days, newest first."""

    limit = NEWS_LIMIT

    def __init__(self, editions: Sequence[Edition]) -> None:
        self.editions = editions

    def items(self) -> list[NewsPage]:
        return [
            NewsPage(
                edition.get_absolute_url(),
                xml_text(edition.headline),
                _seconds(edition.first_published),
            )
            for edition in self.editions
        ]


#: The divided sections, by the names in their files' addresses.
SECTIONS: dict[str, type[Section]] = {
    "articles": Articles,
    "hubs": Hubs,
    "titles": Titles,
    "topics": Topics,
    "authors": Authors,
    "polls": Polls,
}
#: The name of the file of ``SinglePages``.
SINGLE_PAGES = "pages"


def _editions() -> EditionQuerySet:
    return Edition.objects.live().filter(noindex=False)


def article_path(hub: str, slug: str) -> str:
    """Return the same path as ``Edition.get_absolute_url``, faster, for very many articles."""
    return f"/{hub}/{slug}/"


def _image(storage: Storage, name: str, fallback_width: int) -> str:
    """Return the same address as ``Photo.fallback_url``, from columns."""
    if not fallback_width:
        return absolute(storage.url(name))
    return absolute(Rendition(name, "JPEG", None, storage, fallback_width).url)


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Return all pages or, if they are more than ``LIMIT``, an index of files."""
    single = SinglePages().get_urls()
    files = {name: section().files() for name, section in SECTIONS.items()}
    counted = [file for several in files.values() for file in several.values()]
    record_published(*(last for _, last in counted))
    if len(single) + sum(pages for pages, _ in counted) <= LIMIT:
        urls = [url for section in SECTIONS.values() for url in section().get_urls()]
        return _xml("sitemap", urlset=[*single, *urls])
    index: list[tuple[str, datetime | None]] = [(_file_address(SINGLE_PAGES, 0), None)]
    index += [
        (_file_address(name, number), _seconds(last))
        for name in files
        for number, (_, last) in files[name].items()
    ]
    return _xml("sitemap_index", files=index)


def _file_address(section: str, number: int) -> str:
    return absolute(reverse("articles:sitemap_file", args=[section, number]))


@require_safe
def sitemap_file(request: HttpRequest, section: str, number: int) -> HttpResponse:
    """Return one of the files that the index names."""
    if section in SECTIONS:
        urls = SECTIONS[section](number).get_urls()
    else:
        urls = SinglePages().get_urls() if (section, number) == (SINGLE_PAGES, 0) else []
    if not urls:
        raise Http404
    record_published(*(url["lastmod"] for url in urls if url["lastmod"]))
    return _xml("sitemap", urlset=urls)


@require_safe
def news_sitemap(request: HttpRequest) -> HttpResponse:
    """Return the news sitemap; it may be empty."""
    since = timezone.now() - NEWS_AGE
    recent = _editions().for_cards().filter(first_published__gt=since)
    editions = list(recent.select_related(None).select_related("hub")[:NEWS_LIMIT])
    record_published(*(edition.live_from for edition in editions))
    if editions:
        expire_at(editions[-1].first_published + NEWS_AGE)
    urls = News(editions).get_urls()
    return _xml("news_sitemap", urlset=urls, publication=settings.SITE_NAME, language=_language())


def _language() -> str:
    code = settings.LANGUAGE_CODE.lower()
    return _LANGUAGES.get(code, code.partition("-")[0])


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Return ``robots.txt``: the paths to leave out, and the sitemaps."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in DISALLOWED), ""]
    lines += [
        f"Sitemap: {absolute(reverse(f'articles:{name}'))}" for name in ("sitemap", "news_sitemap")
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


def _xml(template: str, **context: Any) -> HttpResponse:
    # Without the request, whose context processors would read what only pages need.
    text = render_to_string(f"articles/{template}.xml", context)
    response = HttpResponse(text, content_type="application/xml")
    # Crawlers read the file, but needn't list it in results.
    response["X-Robots-Tag"] = "noindex"
    return response


def _seconds(moment: datetime) -> datetime:
    """Return the moment without fractions of a second."""
    return moment.replace(microsecond=0)
