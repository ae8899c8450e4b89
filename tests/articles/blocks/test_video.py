"""A video in an article: a link with a picture, and nothing fetched from anywhere."""

import re
import socket

import pytest
from django.core.exceptions import ValidationError

from articles.blocks import PhotoBlock, SpoilerEndBlock, SpoilerStartBlock, VideoBlock
from articles.publishing import publish as publishing
from tests.articles.blocks.contract import Example, word
from tests.articles.factories import add_block, make_article, make_photo, make_title

EXAMPLES = [
    Example(
        VideoBlock,
        lambda: {"url": "https://vimeo.com/123", "name": word(), "photo": make_photo()},
    )
]

pytestmark = pytest.mark.django_db

KEY = "abc_DEF-123"
ADDRESS = f"https://youtu.be/{KEY}?t=30"
PAGE = f"https://www.youtube.com/watch?v={KEY}&amp;t=30s"
PLAYER = f"https://www.youtube-nocookie.com/embed/{KEY}?autoplay=1&amp;start=30"
SCRIPT = "articles/video.js"


def page_of(client, edition):
    return client.get(edition.get_absolute_url()).text


def outside_boxes(html):
    return re.sub(r"<details.*?</details>", "", html, flags=re.DOTALL)


def test_video_is_a_link_with_its_name_its_picture_and_who_will_know(client):
    poster = make_photo(credit="A. Photographer")
    article = make_article()
    add_block(article, VideoBlock, url=ADDRESS, name="The trailer", photo=poster)

    html = page_of(client, publishing.publish(article))

    assert f'<a class="video-link" href="{PAGE}" data-player="{PLAYER}"' in html
    figure = re.search(r'<figure class="video">.*?</figure>', html, re.DOTALL)[0]
    for expected in ("The trailer</b>", "YouTube", "A. Photographer", "/media/photos/"):
        assert expected in figure
    assert "<iframe" not in html
    assert SCRIPT in html


def test_video_without_a_picture_is_shown_too(client):
    article = make_article()
    add_block(article, VideoBlock, url="https://vimeo.com/123456", name="The trailer")

    html = page_of(client, publishing.publish(article))

    assert 'href="https://vimeo.com/123456"' in html
    assert "Vimeo</a>" in html


def test_policy_lets_in_the_two_players_and_no_other_frame(client):
    policy = client.get("/")["Content-Security-Policy"]

    assert "frame-src https://www.youtube-nocookie.com https://player.vimeo.com;" in f"{policy};", (
        policy
    )


def test_script_is_loaded_by_pages_with_a_video_only(client):
    edition = publishing.publish(make_article(), by=None)

    assert SCRIPT not in page_of(client, edition)


def test_address_that_was_written_past_the_form_is_left_out(client):
    article = make_article()
    add_block(article, VideoBlock, url="javascript:alert(1)", name="The trailer")

    html = page_of(client, publishing.publish(article))

    assert "javascript:" not in html
    assert "video-link" not in html
    assert "Some text." in html


def test_name_of_a_video_is_text(client):
    article = make_article()
    add_block(article, VideoBlock, url=ADDRESS, name='"><script>alert(1)</script>')

    assert "<script>alert" not in page_of(client, publishing.publish(article))


def test_nothing_of_a_video_in_a_spoiler_section_is_outside(client):
    article = make_article(titles=[make_title()])
    add_block(article, SpoilerStartBlock, season=1)
    poster = make_photo(alt="SECRET alt", caption="SECRET caption", credit="SECRET credit")
    add_block(article, VideoBlock, url=ADDRESS, name="SECRET ending", photo=poster)
    add_block(article, SpoilerEndBlock)
    edition = publishing.publish(article)

    html = page_of(client, edition)

    traces = ("SECRET", KEY, poster.image.name)
    assert all(trace in html for trace in ("SECRET ending", KEY))
    for trace in traces:
        assert trace not in outside_boxes(html)
        for address in ("/", edition.hub.get_absolute_url()):
            assert trace not in client.get(address).text
    assert "SECRET" not in edition.search_text + edition.summary


def test_name_of_a_video_outside_of_boxes_is_found_by_search():
    article = make_article()
    add_block(article, VideoBlock, url=ADDRESS, name="The long trailer")

    assert "The long trailer" in publishing.publish(article).search_text


def test_edition_keeps_the_picture_of_a_video():
    article = make_article()
    poster, photo = make_photo(), make_photo()
    add_block(article, VideoBlock, url=ADDRESS, name="With a picture", photo=poster)
    add_block(article, VideoBlock, url=ADDRESS, name="Without")
    add_block(article, PhotoBlock, photo=photo)

    edition = publishing.publish(article)

    assert {link.photo for link in edition.photo_links.all()} == {poster, photo}


def test_address_of_the_own_network_is_refused_and_never_asked(client):
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.setblocking(False)
        address = f"http://127.0.0.1:{canary.getsockname()[1]}/watch?v={KEY}"
        article = make_article()
        block = VideoBlock(parent=article, region="body", ordering=20, url=address, name="x")
        with pytest.raises(ValidationError, match="Allowed are"):
            block.full_clean()
        block.save()
        page_of(client, publishing.publish(article))

        with pytest.raises(BlockingIOError):
            canary.accept()
