"""What other sites show of a page, and the one address that it is known by.

Sources: https://ogp.me, and Twitter's cards for what that lacks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import to_locale


def absolute(address: str) -> str:
    """A path of this site, or an address elsewhere, as the world knows it."""
    return address if "://" in address else f"{settings.SITE_URL}{address}"


@dataclass(frozen=True, slots=True)
class Picture:
    """A file of a picture: its absolute address, its size in pixels."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Story:
    """What the card of an article says besides; moments in ISO 8601, with offset."""

    published: str
    modified: str
    section: str
    #: Absolute addresses of the authors' pages.
    authors: Sequence[str]


def numbered(path: str, page: int) -> str:
    """The path of one page of a list."""
    return path if page == 1 else f"{path}?page={page}"


def card(
    path: str,
    name: str,
    about: str = "",
    *,
    picture: Picture | None = None,
    alt: str = "",
    story: Story | None = None,
) -> SafeString:
    """Elements of the head of the page that is to be known by a path.

    ``about`` is one line, ``alt`` the picture's alternative text; "" where there is none.
    """
    address = absolute(path)
    properties = {
        "og:type": "article" if story else "website",
        "og:site_name": settings.SITE_NAME,
        "og:locale": to_locale(settings.LANGUAGE_CODE),
        "og:url": address,
        "og:title": name,
        "og:description": about,
    }
    elements = [
        f'<link rel="canonical" href="{escape(address)}">',
        *_elements("property", properties),
        *(_of_story(story) if story else ()),
        *(_of_picture(picture, alt) if picture else ()),
        f'<meta name="twitter:card" content="{"summary_large_image" if picture else "summary"}">',
    ]
    # Whatever isn't written here is escaped.
    return mark_safe("\n".join(elements))  # noqa: S308


def _of_story(story: Story) -> Iterator[str]:
    said = {"published_time": story.published, "modified_time": story.modified}
    said["section"] = story.section
    yield from _elements("property", {f"article:{name}": value for name, value in said.items()})
    for author in story.authors:
        yield from _elements("property", {"article:author": author})


def _of_picture(picture: Picture, alt: str) -> Iterator[str]:
    size = {"og:image:width": str(picture.width), "og:image:height": str(picture.height)}
    yield from _elements("property", {"og:image": picture.url, **size, "og:image:alt": alt})
    yield from _elements("name", {"twitter:image:alt": alt})


def _elements(attribute: str, values: dict[str, str]) -> Iterator[str]:
    for name, value in values.items():
        if value:
            yield f'<meta {attribute}="{name}" content="{escape(value)}">'
