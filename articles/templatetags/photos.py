"""The ``photo`` tag, which prints every picture on the public site."""

from typing import Any

from django import template
from django.template.loader import render_to_string

from articles.photos import renditions
from articles.photos.models import Photo
from articles.photos.uploads import fallback_size
from newsroom.page_cache import cached_for_version

register = template.Library()

#: The ``sizes`` attribute of a picture by its place on a page, as in ``site.css``. Here 1rem is the
#: browser's default font size.
SIZES = {
    # As wide as the article, at most 76rem; upright pictures are as wide as the text.
    "lead": "(min-width:81rem) 76rem,94vw",
    "text": "(min-width:42rem) 37.5rem,94vw",
    # Half of the first screen of the front page, at least 36rem high.
    "home": "(min-width:60rem) max(55vw,48rem),100vw",
    "front": "(min-width:60rem) min(53vw,43rem),94vw",
    "large": "(min-width:60rem) min(53vw,43rem),(min-width:40rem) 54vw,94vw",
    "wide": "(min-width:81rem) 76rem,94vw",
    "plain": "clamp(6rem,26vw,9rem)",
    # Below 48rem these cards are squares, as high as a plain card.
    "teaser": "(min-width:48rem) min(30vw,25rem),clamp(11rem,46vw,16rem)",
    # Four cards in a row below an article.
    "next": "(min-width:48rem) min(24vw,20rem),clamp(11rem,46vw,16rem)",
    "portrait": "9rem",
    "title": "18rem",
}


def _nearest_quarter(point: int, length: int, first: int, last: int) -> int:
    """Return the place of a focal point in a crop, as 0, 25, 50, 75 or 100 per cent.

    ``point`` is in per cent of the picture's ``length`` in pixels; the crop is from ``first`` to
    ``last``.
    """
    share = (point * length / 100 - first) / max(1, last - first)
    return min(100, max(0, 25 * round(4 * share)))


def _position_classes(photo: Photo, ratio: str | None, focus: str) -> str:
    """Return classes that keep the focal point visible where the stylesheet crops the picture."""
    fraction = renditions.ratio_fraction(ratio)
    left, upper, right, lower = renditions.crop_box(photo.size, fraction, focus)
    across = _nearest_quarter(photo.focus_x, photo.width, left, right)
    down = _nearest_quarter(photo.focus_y, photo.height, upper, lower)
    classes = ("" if across == 50 else f"focus-x-{across}", "" if down == 50 else f"focus-y-{down}")
    return " ".join(filter(None, classes))


def _fallback_attributes(photo: Photo) -> dict[str, Any]:
    size = fallback_size(*photo.size) if photo.fallback_width else photo.size
    return {
        "src": photo.fallback_url,
        "width": size[0],
        "height": size[1],
        "position": _position_classes(photo, None, renditions.CENTRE),
    }


def _rendition_attributes(photo: Photo, ratio: str | None) -> dict[str, Any]:
    fallback = renditions.fallback_rendition(photo.image, photo.size, ratio, photo.rendered_focus)
    sources = renditions.avif_renditions(photo.image, photo.size, ratio, photo.rendered_focus)
    return {
        "srcset": ", ".join(f"{source.url} {source.width}w" for source in sources),
        "src": fallback.url,
        "width": fallback.width,
        "height": fallback.height,
        "position": _position_classes(photo, ratio, photo.rendered_focus),
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

    ``ratio`` is "16/9", "4/3", "1/1" or None for the whole picture; ``alt`` replaces the photo's
    own; ``place`` is a key of ``SIZES``; ``load`` is "lazy", "eager" or "first" (with high
    priority). Until the renditions are made, the whole picture is printed, and the stylesheet
    crops it. Without a photo nothing is printed. No queries.
    """
    if photo is None:
        return ""
    key = ("articles.picture", photo.pk, ratio, alt, place, load)
    return cached_for_version(key, lambda: _picture(photo, ratio, alt, place, load))


def _picture(photo: Photo, ratio: str | None, alt: str | None, place: str, load: str) -> str:
    is_rendered = bool(photo.rendered_focus)
    attributes = _rendition_attributes(photo, ratio) if is_rendered else _fallback_attributes(photo)
    context = {
        **attributes,
        "alt": photo.alt if alt is None else alt,
        "sizes": SIZES[place],
        "load": load,
    }
    return render_to_string("includes/picture.html", context)
