"""Pictures are laid out as one box each, whatever stands around and in them."""

import pytest

from tests.articles.factories import make_author, make_large_photo, make_live

STORIES = """[...document.querySelectorAll(".story:has(picture)")].map((story) => ({
    boxes: [...story.querySelectorAll("picture, source")].filter(
        (part) => part.getClientRects().length,
    ).length,
    text: story.querySelector(".story-text").offsetWidth,
}))"""


@pytest.fixture
def articles(live_server, django_capture_on_commit_callbacks):
    """Articles for every place on the front page, with a photo that has its renditions."""
    with django_capture_on_commit_callbacks(execute=True):
        photo = make_large_photo((1400, 900))
    return [make_live(photo=photo, authors=[make_author(photo=photo)]) for _ in range(9)]


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_part_of_a_picture_takes_the_place_of_the_text(articles, new_page, width):
    page = new_page(viewport={"width": width, "height": 900})
    for address in ("/", articles[0].hub.get_absolute_url()):
        page.goto(address)
        stories = page.evaluate(STORIES)
        assert page.locator("source").count() > 3, "there is no rendition to lay out"
        assert len(stories) > 3
        for story in stories:
            assert story["boxes"] == 0
            assert story["text"] > 140
