"""Markup in plain fields is text, on every page that readers get."""

import pytest

from articles.blocks import PhotoBlock, PullQuoteBlock, SpoilerStartBlock
from articles.models import Author
from articles.publishing import publish as publishing
from tests.articles.factories import (
    add_block,
    make_article,
    make_hub,
    make_photo,
    make_title,
    make_topic,
)

pytestmark = pytest.mark.django_db


def text_of(response):
    return response.content.decode()


@pytest.mark.parametrize("payload", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_markup_in_plain_fields_is_escaped_everywhere(client, payload):
    title = make_title(name=payload, description=payload, original_name=payload)
    title.availability.create(service=payload, url="https://streamer.example/")
    author = Author.objects.create(
        name=payload, slug="ada", role=payload, biography=payload, photo=make_photo(alt=payload)
    )
    topic = make_topic(name=payload, description=payload)
    hub = make_hub(name=payload, description=payload)
    photo = make_photo(alt=payload, caption=payload, credit=payload)
    article = make_article(
        headline=payload,
        standfirst=payload,
        seo_title=payload,
        seo_description=payload,
        photo_alt=payload,
        photo=photo,
        hub=hub,
        authors=[author],
        titles=[title],
        topics=[topic],
    )
    add_block(article, PullQuoteBlock, text=payload, attribution=payload)
    add_block(article, PhotoBlock, photo=photo, alt=payload, caption=payload)
    add_block(article, SpoilerStartBlock, label=payload)
    edition = publishing.publish(article)

    for page in (edition, hub, author, title, topic):
        html = text_of(client.get(page.get_absolute_url()))
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "alert(1)" in html
    assert "<script>alert" not in text_of(client.get("/"))
