"""The one place that prints a picture for readers."""

from typing import Any

from django import template
from django.template.loader import render_to_string

from articles.photos import renditions
from articles.photos.models import Photo
from articles.photos.uploads import fallback_size
from newsroom.page_cache import cached_for_version

register = template.Library()

#: How wide pages show a picture, by the place it has in them: what ``site.css`` says, in the
#: words of the ``sizes`` attribute. 1rem is 16 pixels here, whatever the reader's letters.
SIZES = {
    # Across the article, up to its frame of 76rem; upright ones no wider than the text.
    "lead": "(min-width:81rem) 76rem,94vw",
    "text": "(min-width:42rem) 37.5rem,94vw",
    # On the front page it fills its half of the first screen, at least 36rem high.
    "home": "(min-width:60rem) max(55vw,48rem),100vw",
    "front": "(min-width:60rem) min(53vw,43rem),94vw",
    "large": "(min-width:60rem) min(53vw,43rem),(min-width:40rem) 54vw,94vw",
    "wide": "(min-width:81rem) 76rem,94vw",
    "plain": "clamp(6rem,26vw,9rem)",
    # Wide cards are squares below 48rem, of the height that a plain one has.
    "teaser": "(min-width:48rem) min(30vw,25rem),clamp(11rem,46vw,16rem)",
    # Four of them side by side under an article.
    "next": "(min-width:48rem) min(24vw,20rem),clamp(11rem,46vw,16rem)",
    "portrait": "9rem",
    "title": "18rem",
}


def _quarter(point: int, length: int, first: int, last: int) -> int:
    """Where a focal point is in what is shown of a picture, to the nearest quarter, per cent."""
    share = (point * length / 100 - first) / max(1, last - first)
    return min(100, max(0, 25 * round(4 * share)))


def _position(photo: Photo, ratio: str | None, focus: str) -> str:
    """Classes that keep the focal point in sight where the stylesheet cuts the picture."""
    shape = renditions.shape(ratio)
    left, upper, right, lower = renditions.crop_box(photo.size, shape, focus)
    across = _quarter(photo.focus_x, photo.width, left, right)
    down = _quarter(photo.focus_y, photo.height, upper, lower)
    classes = ("" if across == 50 else f"focus-x-{across}", "" if down == 50 else f"focus-y-{down}")
    return " ".join(filter(None, classes))


def _not_ready(photo: Photo) -> dict[str, Any]:
    size = fallback_size(*photo.size) if photo.fallback_width else photo.size
    return {
        "src": photo.fallback_url,
        "width": size[0],
        "height": size[1],
        "position": _position(photo, None, renditions.CENTRE),
    }


def _ready(photo: Photo, ratio: str | None) -> dict[str, Any]:
    fallback = renditions.fallback(photo.image, photo.size, ratio, photo.made_for)
    sources = renditions.sources(photo.image, photo.size, ratio, photo.made_for)
    return {
        "srcset": ", ".join(f"{source.url} {source.width}w" for source in sources),
        "src": fallback.url,
        "width": fallback.width,
        "height": fallback.height,
        "position": _position(photo, ratio, photo.made_for),
    }


@register.simple_tag
def photo(
    photo: Photo | None,
    ratio: str | None = None,
    alt: str | None = None,
    place: str = "text",
    load: str = "lazy",
) -> str:
    """``{% photo photo ratio="16/9" alt="" place="large" %}``: a ``<picture>``.

    ``ratio`` is "16/9", "4/3", "1/1" or nothing for the whole picture; ``alt`` the photo's own
    unless given; ``place`` one of ``SIZES``; ``load`` "lazy", "eager" or "first" (at the top of
    the page, before all else). Until the renditions are made it is the whole picture, which the
    stylesheet cuts. No photo, no picture. Asks the database nothing.
    """
    if photo is None:
        return ""
    key = ("articles.picture", photo.pk, ratio, alt, place, load)
    return cached_for_version(key, lambda: _picture(photo, ratio, alt, place, load))


def _picture(photo: Photo, ratio: str | None, alt: str | None, place: str, load: str) -> str:
    printed = _ready(photo, ratio) if photo.made_for else _not_ready(photo)
    shown = {
        **printed,
        "alt": photo.alt if alt is None else alt,
        "sizes": SIZES[place],
        "load": load,
    }
    return render_to_string("includes/picture.html", shown)
