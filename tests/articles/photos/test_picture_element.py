"""The picture element: lean, honest about widths, readable without pictures."""

import pytest

from tests.articles.factories import make_large_photo as make_large
from tests.articles.factories import make_photo, make_ready
from tests.articles.photos.printed_pictures import html


@pytest.mark.django_db
def test_picture_element_is_lean_and_honest():
    photo = make_ready(make_large(alt='Ships & "sails"'))

    text = html(photo, "4/3", place="large")

    assert text.count("<picture>") == text.count("</picture>") == text.count("<img") == 1
    assert 'type="image/avif"' in text
    assert 'alt="Ships &amp; &quot;sails&quot;"' in text
    assert 'loading="lazy" decoding="async"' in text
    assert 'sizes="(min-width:60rem)' in text
    assert "style" not in text
    assert "\n" not in text.strip()


@pytest.mark.django_db
def test_first_picture_is_fetched_at_once_and_no_photo_is_no_picture():
    photo = make_photo()

    assert 'fetchpriority="high"' in html(photo, load="first")
    assert "loading" not in html(photo, load="first")
    assert html(None).strip() == ""


@pytest.mark.django_db
def test_description_may_be_empty_on_a_card():
    photo = make_photo(alt="A boat")

    assert 'alt=""' in html(photo, alt="")
    assert 'alt="Own"' in html(photo, alt="Own")
    assert 'alt="A boat"' in html(photo)


@pytest.mark.django_db
def test_picture_that_the_stylesheet_cuts_keeps_its_focal_point():
    assert 'class="focus-x-0 focus-y-100"' in html(make_photo(focus_x=5, focus_y=95))
    assert "class" not in html(make_photo())
    assert 'class="focus-y-25"' in html(make_photo(focus_x=55, focus_y=30))
