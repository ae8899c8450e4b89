"""Attributes of spoiler boxes for the readers' “seen” marks, and those that are left out."""

import re

import pytest
from django.urls import reverse

from articles.blocks import SpoilerEndBlock, SpoilerStartBlock, TextBlock
from articles.publishing import publish as publishing
from articles.site import rendering
from tests.articles.factories import add_block, make_article, make_live, make_title

pytestmark = pytest.mark.django_db

SCRIPT = "articles/seen-marks.js"


def page_of(client, edition):
    return client.get(edition.get_absolute_url()).text


def outside_boxes(html):
    """The page up to its first box, and after the last."""
    return re.sub(r"<details>.*</details>", "", html, flags=re.DOTALL)


def sections(html):
    """The attributes of each box, as text."""
    return re.findall(r'<section class="spoiler"([^>]*) data-nosnippet>', html)


@pytest.fixture
def dark_tide():
    return make_title(name="Dark Tide")


def test_box_carries_its_title_season_and_episode(client, dark_tide):
    edition = make_live(
        titles=[dark_tide],
        text='<spoiler-box data-season="1" data-episode="12"><p>x</p></spoiler-box>',
    )

    assert sections(page_of(client, edition)) == [
        f' data-work="{dark_tide.pk}" data-season="1" data-episode="12" data-name="Dark Tide"'
    ]


def test_box_about_another_title_carries_that_one(client, dark_tide):
    other = make_title(name="Other")
    article = make_article(
        titles=[dark_tide],
        text=f'<spoiler-box data-title="{other.pk}"><p>x</p></spoiler-box>',
    )
    add_block(article, SpoilerStartBlock, title=other, season=2)

    html = page_of(client, publishing.publish(article))

    assert sections(html) == [
        f' data-work="{other.pk}" data-name="Other"',
        f' data-work="{other.pk}" data-season="2" data-name="Other"',
    ]


def test_throughout_is_a_box_about_the_first_title(client, dark_tide):
    edition = make_live(titles=[dark_tide, make_title()], spoiler="throughout")

    html = page_of(client, edition)

    assert sections(html) == [f' data-work="{dark_tide.pk}" data-name="Dark Tide"']
    assert SCRIPT in html


def test_preview_takes_marks_as_the_page_does(client, editor, dark_tide):
    article = make_article(
        titles=[dark_tide], text='<spoiler-box data-season="1"><p>x</p></spoiler-box>'
    )

    html = client.get(reverse("admin:articles_article_preview", args=[article.pk])).text

    assert SCRIPT in html
    assert len(sections(html)) == 1


def test_label_keeps_the_name_of_the_title_to_itself(client):
    title = make_title(name="HIDDEN CROSSOVER")
    article = make_article(
        text='<spoiler-box data-label="Who did it" data-season="1"><p>x</p></spoiler-box>',
        titles=[make_title(name="Dark Tide")],
    )
    add_block(article, SpoilerStartBlock, title=title, season=1, label="A surprise guest")
    add_block(article, TextBlock, html="<p>It is HIDDEN CROSSOVER.</p>")
    add_block(article, SpoilerEndBlock)
    edition = publishing.publish(article)
    assert title.pk in {block.get("title") for block in edition.content["body"]}

    html = page_of(client, edition)

    first, second = sections(html)
    assert re.fullmatch(r' data-work="\d+" data-season="1"', first)
    assert second == ""
    assert "HIDDEN" in html
    assert "HIDDEN" not in outside_boxes(html)


def test_box_in_a_box_shows_nothing_outside(client, dark_tide):
    other = make_title(name="NESTED")
    edition = make_live(
        titles=[dark_tide],
        text='<spoiler-box data-label="x"><p>a</p><blockquote><spoiler-box '
        f'data-title="{other.pk}" data-season="3"><p>b</p></spoiler-box></blockquote>'
        "</spoiler-box>",
    )

    html = page_of(client, edition)

    assert f'data-work="{other.pk}"' in html
    for trace in (f'data-work="{other.pk}"', 'data-season="3"', "NESTED"):
        assert trace not in outside_boxes(html)


@pytest.mark.parametrize(
    "text",
    ["<p>No box.</p>", '<spoiler-box data-label="x"><p>y</p></spoiler-box>'],
    ids=["no box", "own label only"],
)
def test_page_without_a_box_that_can_take_a_mark_has_no_script(client, dark_tide, text):
    html = page_of(client, make_live(titles=[dark_tide], text=text))

    assert '<script type="module"' not in html
    assert "data-work" not in html
    assert 'role="status"' not in html


def test_page_without_a_title_has_no_script(client):
    html = page_of(client, make_live(text='<spoiler-box data-season="1">x</spoiler-box>'))

    assert '<script type="module"' not in html


def test_edition_from_before_the_marks_shows_its_box_as_ever(client, dark_tide):
    article = make_article(
        titles=[dark_tide], text='<spoiler-box data-season="1"><p>x</p></spoiler-box>'
    )
    add_block(article, SpoilerStartBlock, season=2)
    edition = publishing.publish(article)
    text, section = edition.content["body"]
    assert " data-work=" in text["html"]
    text["html"] = re.sub(r' data-work="\d+"', "", text["html"])
    del section["work"]

    page = rendering.page_context(edition)

    assert "Dark Tide, season 1" in page["body"]
    assert "Dark Tide, season 2" in page["body"]
    assert "data-work" not in page["body"]
    assert not page["takes_marks"]
