"""Freezing trusts no row: what was written past the form is made safe or sealed."""

import pytest

from articles.blocks import TextBlock
from articles.publishing import publish as publishing
from tests.articles.factories import make_article, make_title

pytestmark = pytest.mark.django_db


def test_published_text_is_sanitised_again():
    article = make_article()
    TextBlock.objects.filter(parent=article).update(html="<p>a<script>alert(1)</script></p>")

    assert publishing.publish(article).content["body"][0]["html"] == "<p>a</p>"


@pytest.mark.parametrize(
    "html",
    [
        '<spoiler-box data-title="abc"><p>SECRET</p></spoiler-box>',
        "<ul></x><li>" * 9_000 + "SECRET",
        "<strong><spoiler-box>a</strong>SECRET</spoiler-box>",
    ],
)
def test_row_written_past_the_form_is_published_sealed(html):
    article = make_article()
    TextBlock.objects.filter(parent=article).update(html=html)

    assert "SECRET" not in publishing.publish(article, by=None).search_text


def test_box_written_past_the_form_names_its_title():
    title = make_title(name="Another Title")
    article = make_article()
    html = f"<SPOILER-BOX data-title='{title.pk}'><p>x</p></SPOILER-BOX>"
    TextBlock.objects.filter(parent=article).update(html=html)

    assert "Another Title" in publishing.publish(article).content["body"][0]["html"]
