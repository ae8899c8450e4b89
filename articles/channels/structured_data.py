"""The link preview of a page, and its structured data as JSON-LD.

Both are made from what the page has read already, and from nothing inside a spoiler box. A page
without a :class:`Head` has no canonical address, no link preview and no structured data: previews,
shared drafts, pages of former days and error pages.

Sources: https://schema.org, https://ogp.me and Google's “Article structured data”.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from articles.models import Author, Edition, Hub, Title, Topic
from articles.photos import renditions
from articles.photos.models import Photo
from articles.photos.uploads import fallback_size
from newsroom.link_preview import (
    ArticleMetadata,
    Picture,
    absolute,
    page_path,
    preview_elements,
)
from newsroom.page_cache import cached_for_version

#: The most characters of a description; search engines show no more.
MAX_DESCRIPTION = 160
#: The aspect ratios that Google asks for. The link preview uses the first.
RATIOS = ("16/9", "4/3", "1/1")
TITLE_TYPES = {
    Title.Kind.SERIES: "TVSeries",
    Title.Kind.FILM: "Movie",
    Title.Kind.GAME: "VideoGame",
    Title.Kind.BOOK: "Book",
}

Thing = dict[str, Any]
Subject = Hub | Title | Topic | Author

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Head:
    """The description, link preview and structured data in the head of a public page."""

    about: str
    card: SafeString
    data: SafeString


def article(edition: Edition, content: Mapping[str, Any]) -> Head:
    """Return an article's head; ``content`` is what ``rendering.page`` returns."""
    hub, lead = content["hub"], content["photo"]
    pictures = _pictures(lead["row"]) if lead and lead["row"] else []
    story = ArticleMetadata(
        published=_moment(edition.first_published),
        modified=_moment(edition.updated or edition.first_published),
        section=hub["name"],
        authors=[absolute(byline["url"]) for byline in content["bylines"]],
    )
    path = edition.get_absolute_url()
    about = _description(edition.seo_description or edition.summary)
    news = {
        **_news(edition, content, story),
        "description": about,
        "mainEntityOfPage": {"@type": "WebPage", "@id": absolute(path)},
        "image": [_image(picture) for picture in pictures],
    }
    filled = {name: value for name, value in news.items() if value}
    return Head(
        about,
        preview_elements(
            path,
            edition.headline,
            about,
            picture=pictures[0] if pictures else None,
            alt=lead["alt"] if lead else "",
            article=story,
        ),
        _data(filled, _breadcrumbs((hub["name"], hub["url"]), (edition.headline, path))),
    )


def home(lead: Edition | None, latest: Iterable[Edition], sections: Iterable[Any]) -> Head:
    """Return the front page's head; each section is a mapping with ``editions``."""
    shown = [lead] if lead else []
    shown += latest
    for section in sections:
        shown += section["editions"]
    site = {"@type": "WebSite", "name": settings.SITE_NAME, "url": absolute("/")}
    about = _description(settings.SITE_TAGLINE)
    card = preview_elements("/", settings.SITE_NAME, about, **_card_picture(None, shown))
    return Head(about, card, _data(site, _list(shown)))


def front(subject: Subject, editions: Iterable[Edition], page: int = 1) -> Head:
    """Return the head of one page of a hub's, title's, topic's or author's articles."""
    shown = list(editions)
    path = subject.get_absolute_url()
    about = _description(_about(subject))
    picture = _card_picture(getattr(subject, "photo", None), shown)
    card = preview_elements(page_path(path, page), subject.name, about, **picture)
    return Head(about, card, _data(_list(shown), _breadcrumbs((subject.name, path))))


def _about(subject: Subject) -> str:
    if isinstance(subject, Author):
        who = f"{subject.name}, {subject.role}" if subject.role else subject.name
        return f"{who}: stories in {settings.SITE_NAME}."
    if isinstance(subject, Title):
        return f"{subject.name}: {subject.description or 'news, reviews and where to watch.'}"
    return subject.description


def _description(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_DESCRIPTION else f"{line[: MAX_DESCRIPTION - 1].rstrip()}…"


def _moment(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")


def _pictures(photo: Photo) -> list[Picture]:
    """Return a photo in each ratio, or the whole photo until the renditions are made."""
    return cached_for_version(("articles.ratios", photo.pk), lambda: _pictures_by_ratio(photo))


def _pictures_by_ratio(photo: Photo) -> list[Picture]:
    if not photo.rendered_focus:
        size = fallback_size(*photo.size) if photo.fallback_width else photo.size
        return [Picture(absolute(photo.fallback_url), *size)]
    file, size = photo.image, photo.size
    focus = photo.rendered_focus
    made = [renditions.fallback_rendition(file, size, ratio, focus) for ratio in RATIOS]
    return [Picture(absolute(one.url), one.width, one.height) for one in made]


def _card_picture(photo: Photo | None, shown: list[Edition]) -> dict[str, Any]:
    """Return the subject's photo, or that of the first article that has one."""
    pictured = next((edition for edition in shown if edition.photo), None)
    if photo:
        alt = photo.alt
    elif pictured:
        photo, alt = pictured.photo, pictured.photo_alt
    if photo is None:
        return {}
    return {"picture": _pictures(photo)[0], "alt": alt}


def _image(picture: Picture) -> Thing:
    return {
        "@type": "ImageObject",
        "url": picture.url,
        "width": picture.width,
        "height": picture.height,
    }


def _news(edition: Edition, content: Mapping[str, Any], story: ArticleMetadata) -> Thing:
    publisher = cached_for_version("articles.publisher", _publisher)
    people = [
        {"@type": "Person", "name": byline["name"], "url": url}
        for byline, url in zip(content["bylines"], story.authors, strict=True)
    ]
    return {
        "@type": "NewsArticle",
        "headline": edition.headline,
        "datePublished": story.published,
        "dateModified": story.modified,
        "author": people or [publisher],
        "publisher": publisher,
        "articleSection": story.section,
        "isAccessibleForFree": True,
        "inLanguage": settings.LANGUAGE_CODE,
        "about": [
            {"@type": TITLE_TYPES[title["kind"]], "name": title["name"]}
            for title in content["titles"]
        ],
    }


def _publisher() -> Thing:
    return {
        "@type": "Organization",
        "name": settings.SITE_NAME,
        "url": absolute("/"),
        "logo": {"@type": "ImageObject", "url": absolute(static("newsroom/favicon.svg"))},
    }


def _breadcrumbs(*steps: tuple[str, str]) -> Thing:
    """Return breadcrumbs from the front page; ``steps`` are pairs of name and address."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": absolute(address)}
            for position, (name, address) in enumerate([(settings.SITE_NAME, "/"), *steps], 1)
        ],
    }


def _list(editions: Iterable[Edition]) -> Thing:
    return {
        "@type": "ItemList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "url": absolute(address)}
            for position, address in enumerate(map(Edition.get_absolute_url, editions), 1)
        ],
    }


def _data(*things: Thing) -> SafeString:
    """Return JSON-LD for a ``<script>``, escaped so that no text can end the element."""
    text = _encode([{"@context": "https://schema.org", **thing} for thing in things])
    for character, escape in (("<", "\\u003C"), (">", "\\u003E"), ("&", "\\u0026")):
        text = text.replace(character, escape)
    return mark_safe(text)  # noqa: S308
