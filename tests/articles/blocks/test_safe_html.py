"""The text for channels: all that is outside the boxes, and a mark where something was left out."""

import re

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from articles.blocks.body import Body
from articles.blocks.feed_html import OMITTED_PARAGRAPH, POLL
from articles.blocks.spoiler_boxes import OMITTED, has_box, sanitize
from tests.articles.comparing.test_comparing import content, photo, quote, section, text

BOX = "<spoiler-box><p>SECRET</p></spoiler-box>"


def of(*body, **fields):
    return Body(content(*body, **fields)).feed_html()


def end():
    return {"kind": "spoiler_end"}


def test_paragraphs_headings_lists_quotes_and_links_stay_as_they_are():
    html = (
        '<h2>One</h2><p>Two <strong>three</strong> <a href="/four/">five</a><br>six</p>'
        "<ol><li><p>Seven</p></li></ol><blockquote><p>Eight</p></blockquote>"
    )

    assert of(text(html)) == html


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        (f"<p>a</p>{BOX}<p>b</p>", f"<p>a</p>{OMITTED_PARAGRAPH}<p>b</p>"),
        (f"<p>a</p>{BOX}{BOX}<p></p>{BOX}", f"<p>a</p>{OMITTED_PARAGRAPH}"),
        (f"<ul><li><p>a</p>{BOX}</li></ul>", f"<ul><li><p>a</p>{OMITTED_PARAGRAPH}</li></ul>"),
        (f"<blockquote>{BOX}</blockquote>", f"<blockquote>{OMITTED_PARAGRAPH}</blockquote>"),
        ("<p>a <spoiler-box>SECRET</spoiler-box> b</p>", f"<p>a {OMITTED} b</p>"),
        (f"<spoiler-box><p>SECRET</p>{BOX}</spoiler-box>", OMITTED_PARAGRAPH),
    ],
)
def test_box_leaves_one_mark_where_a_paragraph_may_stand(html, safe):
    assert sanitize(html) == html
    assert of(text(html)) == safe


def test_section_leaves_one_mark_with_the_boxes_beside_it():
    secrets = [
        text("<p>SECRET</p>"),
        photo(1, alt="SECRET"),
        quote("SECRET"),
        {"kind": "poll", "poll": 1, "question": "SECRET"},
    ]
    safe = of(
        text(f"<p>a</p>{BOX}"), section(), *secrets, section(), *secrets, end(), text("<p>b</p>")
    )

    assert safe == f"<p>a</p>{OMITTED_PARAGRAPH}<p>b</p>"
    assert of(text("<p>a</p>"), section(), *secrets) == f"<p>a</p>{OMITTED_PARAGRAPH}"


def test_article_that_gives_away_something_throughout_leaves_nothing_but_the_mark():
    assert of(text("<p>SECRET</p>"), photo(1), spoiler="throughout") == OMITTED_PARAGRAPH


def test_photo_keeps_its_key_its_words_and_its_credit():
    assert of(photo(7, alt='"A" <b>', caption="B & C")) == (
        '<figure><img data-photo="7" alt="&quot;A&quot; &lt;b&gt;">'
        "<figcaption>B &amp; C Somebody</figcaption></figure>"
    )


def test_quote_video_and_poll_are_told_in_plain_elements_and_offers_in_none():
    video = {"kind": "video", "url": "https://vimeo.com/123", "name": "<i>", "poster": None}
    poll = {"kind": "poll", "poll": 1, "question": "SECRET"}
    offers = [
        {"kind": "advert", "name": "slot", "size": "300x250"},
        {"kind": "signup", "newsletter": 1, "name": "Letter"},
    ]

    assert of({**quote("<b>"), "attribution": "Who"}, video, poll, *offers) == (
        "<blockquote><p>&lt;b&gt;</p><p>– Who</p></blockquote>"
        '<p><a href="https://vimeo.com/123">Video: &lt;i&gt; (Vimeo)</a></p>'
        f"<p>{POLL}</p>"
    )


def test_address_that_is_no_video_any_more_is_left_out():
    assert of({"kind": "video", "url": "javascript:x", "name": "a", "poster": None}) == ""


def test_editor_can_not_write_what_freezing_writes():
    written = sanitize(f'<p>a{OMITTED}{POLL}<img data-photo="1" alt="x"></p>')

    assert written == "<p>a</p>"


TAGS = ["p", "ul", "li", "strong", "h2", "blockquote"]
WRITTEN = ["<spoiler-box>SECRET", "</spoiler-box>", "safe ", "<br>", OMITTED]
WRITTEN += [f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]
PIECES = st.lists(st.sampled_from(WRITTEN), max_size=20)


@given(pieces=PIECES)
def test_marks_tell_of_boxes_and_stand_in_a_paragraph_or_a_heading(pieces):
    try:
        html = sanitize("".join(pieces))
    except ValidationError:
        return
    safe = of(text(html))

    assert "SECRET" not in safe
    assert (OMITTED in safe) == has_box(html)
    for mark in re.finditer(OMITTED, safe):
        opened, closed = (
            len(re.findall(tag, safe[: mark.start()])) for tag in ("<(?:p|h2)>", "</(?:p|h2)>")
        )
        assert opened > closed
