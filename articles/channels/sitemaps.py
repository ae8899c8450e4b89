"""What crawlers are told: every page for everybody, the newest articles, and where not to go.

Django's own sitemaps would take the index's addresses from the request's ``Host``, and know no
pictures. Sources: https://www.sitemaps.org/protocol.html, https://www.rfc-editor.org/rfc/rfc9309
and Google's “Image sitemaps” and “Create a News sitemap”.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.core.files.storage import Storage
from django.db.models import Count, F, Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles.models import Edition, Hub
from articles.models.addresses import address
from articles.models.edition import EditionQuerySet
from articles.photos.models import Photo
from articles.photos.renditions import FocalPicture
from newsletter.models import Newsletter, PolicyVersion
from newsroom.link_preview import absolute
from newsroom.page_cache import expire_at, record_published
from polls.models import Poll

#: The most addresses that one file may hold.
LIMIT = 50_000
#: How many primary keys a file is for where there are more addresses than that. It is made in a
#: moment, and a page that comes or goes changes no other file.
KEYS_PER_FILE = 10_000
#: Google's rules for news: articles of two days, and of these so many.
NEWS_FOR = timedelta(days=2)
NEWS_LIMIT = 1000
#: What no crawler has any business with: the desk, drafts, results of searches, and addresses
#: that are one reader's.
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

_START = '<?xml version="1.0" encoding="UTF-8"?>\n'
_PROTOCOL = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_IMAGES = 'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
_NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
#: No XML holds these, however they are written.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
#: What Google calls a language where that isn't the first part of its code.
_LANGUAGES = {"zh-cn": "zh-cn", "zh-hans": "zh-cn", "zh-tw": "zh-tw", "zh-hant": "zh-tw"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One page: its path, when it changed, and the absolute address of a picture on it."""

    path: str
    changed: datetime | None = None
    image: str = ""

    def __str__(self) -> str:
        image = f"<image:image><image:loc>{_text(self.image)}</image:loc></image:image>"
        return (
            f"<url><loc>{_text(absolute(self.path))}</loc>{_last_change(self.changed)}"
            f"{image if self.image else ''}</url>\n"
        )


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of page that there may be very many of, in files by primary key.

    ``key`` is the column of ``rows`` that a page is counted and filed by, ``changed`` one of
    moments; ``entries`` makes the entries of rows.
    """

    rows: Callable[[], QuerySet[Any]]
    key: str
    changed: str
    entries: Callable[[QuerySet[Any]], Iterable[Entry]]

    def files(self) -> dict[int, tuple[int, datetime]]:
        """How many pages each file has that isn't empty, and the last change (one query)."""
        files = self.rows().order_by().values(file=F(self.key) / KEYS_PER_FILE)
        counted = files.annotate(pages=Count(self.key, distinct=True), last=Max(self.changed))
        found = counted.order_by("file").values_list("file", "pages", "last")
        # An edition without a title, say, is on no title's page.
        return {file: (pages, last) for file, pages, last in found if file is not None}

    def file(self, number: int) -> Iterable[Entry]:
        """The entries of one file."""
        first = number * KEYS_PER_FILE
        # In one call: what else names a title, say, would be another title of the edition.
        keys = {f"{self.key}__gte": first, f"{self.key}__lt": first + KEYS_PER_FILE}
        return self.entries(self.rows().filter(**keys))


def _editions() -> EditionQuerySet:
    return Edition.objects.live().filter(noindex=False)


def article_path(hub: str, slug: str) -> str:
    """As ``Edition.get_absolute_url`` has it, for tens of thousands: reversing takes its time."""
    return f"/{hub}/{slug}/"


def _articles(rows: QuerySet[Edition]) -> Iterator[Entry]:
    hubs = dict(Hub.objects.values_list("pk", "slug"))
    storage = Photo().image.storage
    photo = ("photo__image", "photo__fallback_width")
    found = rows.order_by("pk").values_list("hub_id", "slug", "live_from", *photo)
    for hub, slug, live_from, name, width in found.iterator():
        image = _image(storage, name, width) if name else ""
        yield Entry(article_path(hubs[hub], slug), live_from, image)


def _image(storage: Storage, name: str, fallback_width: int) -> str:
    """As ``Photo.fallback_url`` has it, of columns."""
    if not fallback_width:
        return absolute(storage.url(name))
    return absolute(FocalPicture(name, "JPEG", None, storage, fallback_width).url)


def _polls(rows: QuerySet[Poll]) -> Iterator[Entry]:
    for poll in rows.order_by("pk").only("slug").iterator():
        yield Entry(poll.get_absolute_url())


def _subjects(view: str, relation: str) -> Section:
    """The pages of those whose stories search engines may list."""

    def entries(rows: QuerySet[Edition]) -> Iterator[Entry]:
        slugs = rows.order_by().values_list(f"{relation}__slug")
        found = slugs.annotate(last=Max("live_from")).order_by(f"{relation}__slug")
        for slug, last in found.iterator():
            if slug is not None:
                yield Entry(address(view, slug), last)

    return Section(_editions, f"{relation}__pk", "live_from", entries)


SECTIONS = {
    "articles": Section(_editions, "pk", "live_from", _articles),
    "hubs": _subjects("hub", "hub"),
    "titles": _subjects("title", "titles"),
    "topics": _subjects("topic", "topics"),
    "authors": _subjects("author", "authors"),
    "polls": Section(
        lambda: Poll.objects.open() | Poll.objects.listed().closed(), "pk", "created_at", _polls
    ),
}
#: The file of what there is one of, or a handful.
FEW = "pages"


def _few() -> Iterator[Entry]:
    yield Entry(reverse("articles:home"), _editions().values_list("live_from", flat=True).first())
    yield Entry(reverse("polls:list"))
    yield Entry(reverse("newsletter:list"))
    for newsletter in Newsletter.objects.filter(is_open=True):
        yield Entry(newsletter.get_absolute_url())
    for document in PolicyVersion.Document:
        in_force = PolicyVersion.objects.filter(document=document).standing().first()
        if in_force:
            yield Entry(reverse(f"newsletter:{document.value}"), in_force.effective_from)


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every page; above ``LIMIT`` the files that hold them."""
    few = list(_few())
    files = {name: section.files() for name, section in SECTIONS.items()}
    counted = [file for several in files.values() for file in several.values()]
    record_published(*(last for _, last in counted))
    if len(few) + sum(pages for pages, _ in counted) <= LIMIT:
        found = [section.entries(section.rows()) for section in SECTIONS.values()]
        return _urlset(_IMAGES, chain(few, *found))
    named = [(name, number, last) for name in files for number, (_, last) in files[name].items()]
    entries = [
        f"<sitemap><loc>{_file_address(name, number)}</loc>{_last_change(last)}</sitemap>\n"
        for name, number, last in [(FEW, 0, None), *named]
    ]
    return _xml("sitemapindex", _PROTOCOL, entries)


def _file_address(section: str, number: int) -> str:
    return _text(absolute(reverse("articles:sitemap_file", args=[section, number])))


@require_safe
def sitemap_file(request: HttpRequest, section: str, number: int) -> HttpResponse:
    """One of the files that the index names."""
    if section in SECTIONS:
        entries = list(SECTIONS[section].file(number))
    else:
        entries = list(_few()) if (section, number) == (FEW, 0) else []
    if not entries:
        raise Http404
    record_published(*(entry.changed for entry in entries if entry.changed))
    return _urlset(_IMAGES, entries)


@require_safe
def news_sitemap(request: HttpRequest) -> HttpResponse:
    """The articles of the last two days, newest first; none is no fault."""
    begun = timezone.now() - NEWS_FOR
    recent = _editions().for_cards().filter(first_published__gt=begun)
    editions = list(recent.select_related(None).select_related("hub")[:NEWS_LIMIT])
    record_published(*(edition.live_from for edition in editions))
    if editions:
        expire_at(editions[-1].first_published + NEWS_FOR)
    return _urlset(_NEWS, map(_news, editions))


def _news(edition: Edition) -> str:
    return (
        f"<url><loc>{_text(absolute(edition.get_absolute_url()))}</loc><news:news>"
        f"<news:publication><news:name>{_text(settings.SITE_NAME)}</news:name>"
        f"<news:language>{_language()}</news:language></news:publication>"
        f"<news:publication_date>{_moment(edition.first_published)}</news:publication_date>"
        f"<news:title>{_text(edition.headline)}</news:title></news:news></url>\n"
    )


def _language() -> str:
    code = settings.LANGUAGE_CODE.lower()
    return _LANGUAGES.get(code, code.partition("-")[0])


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Where crawlers needn't go, and where the sitemaps are."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in DISALLOWED), ""]
    lines += [
        f"Sitemap: {absolute(reverse(f'articles:{name}'))}" for name in ("sitemap", "news_sitemap")
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


def _urlset(more: str, entries: Iterable[object]) -> HttpResponse:
    return _xml("urlset", f"{_PROTOCOL} {more}", map(str, entries))


def _xml(element: str, namespaces: str, entries: Iterable[str]) -> HttpResponse:
    text = "".join([_START, f"<{element} {namespaces}>\n", *entries, f"</{element}>\n"])
    response = HttpResponse(text, content_type="application/xml")
    # The file is for crawlers to read; nobody wants to find it.
    response["X-Robots-Tag"] = "noindex"
    return response


def _last_change(moment: datetime | None) -> str:
    return f"<lastmod>{_moment(moment)}</lastmod>" if moment else ""


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("", text))
