"""Link previews: the elements from which other sites make the preview of a shared page.

Sources: https://ogp.me, and Twitter's cards for what that lacks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import to_locale


def absolute(address: str) -> str:
    """Return a path of this site as an absolute address; return other addresses unchanged."""
    return address if "://" in address else f"{settings.SITE_URL}{address}"


@dataclass(frozen=True, slots=True)
class Picture:
    """An image file: its absolute address, and its width and height in pixels."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ArticleMetadata:
    """Open Graph's properties of an article; times in ISO 8601 with offset."""

    published: str
    modified: str
    section: str
    #: Absolute addresses of the authors' pages.
    authors: Sequence[str]


def page_path(path: str, page: int) -> str:
    """Return the path of one page of a list; pages are numbered from 1."""
    return path if page == 1 else f"{path}?page={page}"


def preview_elements(
    path: str,
    name: str,
    about: str = "",
    *,
    picture: Picture | None = None,
    alt: str = "",
    article: ArticleMetadata | None = None,
) -> SafeString:
    """Return the elements for the head of a page: its canonical link and its link preview.

    ``path`` is the page's canonical path, ``about`` its description in one line, ``alt`` the
    picture's alternative text; "" where there is none.
    """
    address = absolute(path)
    properties = {
        "og:type": "article" if article else "website",
        "og:site_name": settings.SITE_NAME,
        "og:locale": to_locale(settings.LANGUAGE_CODE),
        "og:url": address,
        "og:title": name,
        "og:description": about,
    }
    elements = [
        f'<link rel="canonical" href="{escape(address)}">',
        *_elements("property", properties),
        *(_article_elements(article) if article else ()),
        *(_picture_elements(picture, alt) if picture else ()),
        f'<meta name="twitter:card" content="{"summary_large_image" if picture else "summary"}">',
    ]
    # Every value is escaped above and in _elements.
    return mark_safe("\n".join(elements))  # noqa: S308


def _article_elements(article: ArticleMetadata) -> Iterator[str]:
    properties = {
        "article:published_time": article.published,
        "article:modified_time": article.modified,
        "article:section": article.section,
    }
    yield from _elements("property", properties)
    for author in article.authors:
        yield from _elements("property", {"article:author": author})


def _picture_elements(picture: Picture, alt: str) -> Iterator[str]:
    size = {"og:image:width": str(picture.width), "og:image:height": str(picture.height)}
    yield from _elements("property", {"og:image": picture.url, **size, "og:image:alt": alt})
    yield from _elements("name", {"twitter:image:alt": alt})


def _elements(attribute: str, values: dict[str, str]) -> Iterator[str]:
    """Yield a ``meta`` element for each value that is not empty."""
    for name, value in values.items():
        if value:
            yield f'<meta {attribute}="{name}" content="{escape(value)}">'
