"""Crops: around the focal point, in the sizes that pages name."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from articles.photos import renditions
from tests.articles.factories import make_large_photo as make_large
from tests.articles.factories import make_ready
from tests.articles.photos.printed_pictures import html, printed, stored

CROPS = ["16/9", "4/3", "1/1"]
SIDES = st.integers(1, 60_000)
PER_CENT = st.integers(0, 100)


@given(width=SIDES, height=SIDES, x=PER_CENT, y=PER_CENT, ratio=st.sampled_from(CROPS))
def test_crop_is_the_largest_of_its_ratio_that_holds_the_focal_point(width, height, x, y, ratio):
    shape = Fraction(ratio)
    left, upper, right, lower = renditions.crop_box((width, height), shape, f"{x}-{y}")

    assert 0 <= left < right <= width
    assert 0 <= upper < lower <= height
    assert left - 1 < x * width / 100 < right + 1  # to the pixel
    assert upper - 1 < y * height / 100 < lower + 1
    wide, high = right - left, lower - upper
    assert wide == width or high == height
    if wide > 1 and high > 1:
        assert abs(wide - high * shape) < max(1, shape)


@given(width=SIDES, height=SIDES, x=PER_CENT, y=PER_CENT, ratio=st.sampled_from(CROPS))
def test_crop_is_centred_on_the_focal_point_as_far_as_the_edges_let_it(width, height, x, y, ratio):
    left, upper, right, lower = renditions.crop_box((width, height), Fraction(ratio), f"{x}-{y}")

    for point, first, last, length in (
        (x * width / 100, left, right, width),
        (y * height / 100, upper, lower, height),
    ):
        middle = (first + last) / 2
        assert abs(middle - point) <= 1 or (first == 0 if middle > point else last == length)


@given(width=SIDES, height=SIDES, x=PER_CENT, y=PER_CENT)
def test_the_whole_picture_is_not_cut(width, height, x, y):
    assert renditions.crop_box((width, height), None, f"{x}-{y}") == (0, 0, width, height)


CORNERS = {
    (0, 0): "red",
    (100, 0): "lime",
    (100, 100): "blue",
    (0, 100): "yellow",
}


def colours(image):
    """The colours of quarters that take up at least a hundredth of the picture."""
    known = {
        "red": (255, 0, 0),
        "lime": (0, 255, 0),
        "blue": (0, 0, 255),
        "yellow": (255, 255, 0),
    }
    small = image.convert("RGB").resize((20, 20), Image.Resampling.BOX)
    seen = set()
    for x in range(20):
        for y in range(20):
            pixel = small.getpixel((x, y))
            for name, colour in known.items():
                if max(abs(a - b) for a, b in zip(pixel, colour, strict=True)) < 60:
                    seen.add(name)
    return seen


@pytest.mark.django_db
@pytest.mark.parametrize("ratio", CROPS)
@pytest.mark.parametrize("corner", CORNERS)
@pytest.mark.parametrize("size", [(3000, 400), (400, 3000)])
def test_crop_shows_the_corner_that_matters(settings, ratio, corner, size):
    photo = make_ready(make_large(size, focus_x=corner[0], focus_y=corner[1]))

    sources, (fallback, *_) = printed(html(photo, ratio))

    for url in [fallback, *(url for url, _ in sources)]:
        seen = colours(stored(settings, url))
        assert CORNERS[corner] in seen
        assert len(seen) == 2  # its half of the picture, and nothing of the other


# Which there are


@pytest.mark.django_db
@pytest.mark.parametrize("ratio", [None, *CROPS])
@pytest.mark.parametrize("size", [(3000, 2000), (1000, 1600), (700, 500), (321, 400)])
def test_at_most_six_widths_with_the_sizes_that_the_page_names(settings, ratio, size):
    photo = make_ready(make_large(size))

    sources, (fallback, width, height) = printed(html(photo, ratio))

    assert 1 <= len(sources) <= 6
    assert stored(settings, fallback).format == "JPEG"
    assert stored(settings, fallback).size == (width, height)
    for url, named in sources:
        image = stored(settings, url)
        image.load()
        assert (image.format, image.width) == ("AVIF", named)
        assert abs(image.height - named * height / width) <= 1
        assert named <= photo.width


@pytest.mark.django_db
def test_small_picture_has_the_fallback_alone(settings):
    photo = make_ready(make_large((100, 80)))

    assert "<source" not in html(photo)
    sources, (fallback, width, height) = printed(html(photo, "16/9"))
    assert not sources
    assert stored(settings, fallback).size == (width, height) == (100, 56)


@pytest.mark.django_db
@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1)])
def test_odd_shapes_have_what_they_can(settings, size):
    photo = make_ready(make_large(size, focus_x=100, focus_y=0))

    for ratio in (None, *CROPS):
        _, (fallback, *measures) = printed(html(photo, ratio))
        assert stored(settings, fallback).size == tuple(measures)


@pytest.mark.django_db
def test_no_rendition_of_a_very_tall_picture_is_huge():
    photo = make_large((2000, 9000))

    made = renditions.avif_renditions(photo.image, photo.size, None, photo.focus)

    assert [one.width for one in made] == [320, 640]
    assert all(one.width * one.height <= renditions.MAX_PIXELS for one in made)


@pytest.mark.django_db
def test_the_original_is_decoded_once(monkeypatch):
    photo = make_large()
    opened = []
    real = Image.open
    monkeypatch.setattr(
        "articles.photos.renditions.Image.open", lambda file: opened.append(file) or real(file)
    )
    make_ready(photo)

    assert len(opened) == 1
