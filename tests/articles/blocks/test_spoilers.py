"""A spoiler box: what it says, and what is left without it."""

from html import escape as html_escape

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from articles.blocks import TextBlock
from articles.blocks.body import Body
from articles.blocks.spoiler_boxes import (
    Scope,
    _characters,
    boxes,
    has_box,
    name_boxes,
    remove_names,
    sanitize,
    scope_of,
    split_boxes,
)
from newsroom.rich_text import MAX_LENGTH
from tests.growth import assert_linear


def reader_safe_html(html):
    """Return the part of a text that is outside its boxes."""
    return TextBlock.reader_safe_html({"kind": "text", "html": html})


def leaks(html):
    """Whether HTML is accepted and SECRET is in its reader-safe text."""
    try:
        cleaned = sanitize(html)
    except ValidationError:
        return False
    return "SECRET" in reader_safe_html(cleaned)


@pytest.mark.parametrize(
    ("scope", "label"),
    [
        (Scope("Dark Tide"), "Dark Tide"),
        (Scope("Dark Tide", season=1), "Dark Tide, season 1"),
        (Scope("Dark Tide", season=1, episode=12), "Dark Tide, season 1 episode 12"),
        (Scope("Dark Tide", episode=3), "Dark Tide, episode 3"),
        (Scope("", season=2), "season 2"),
        (Scope("Dark Tide", season=1, label="Who did it"), "Who did it"),
        (Scope(), ""),
    ],
)
def test_scope_names_what_is_given_away(scope, label):
    assert str(scope) == label


def test_box_keeps_its_own_attributes_and_no_others():
    html = sanitize(
        '<spoiler-box data-title="7" data-season="1" data-episode="12" data-label="The end" '
        'class="x" onclick="alert(1)" style="color:red" id="y"><p>It ends.</p></spoiler-box>'
    )

    assert boxes(html) == [
        {"data-title": "7", "data-season": "1", "data-episode": "12", "data-label": "The end"}
    ]
    assert "alert" not in html


@pytest.mark.parametrize(
    "attribute",
    [
        'data-title="x"',
        'data-title="-1"',
        'data-season="0"',
        'data-season="1e9"',
        'data-episode="99999"',
        'data-title="٣"',
        'data-label=" "',
    ],
)
def test_malformed_attribute_is_dropped(attribute):
    assert boxes(sanitize(f"<spoiler-box {attribute}><p>x</p></spoiler-box>")) == [{}]


@pytest.mark.parametrize(
    "html",
    [
        "<p>safe</p><spoiler-box><p>SECRET</p></spoiler-box><p>safe</p>",
        "<ul><li><p>safe</p><spoiler-box><p>SECRET</p></spoiler-box></li></ul>",
        "<blockquote><spoiler-box><p>SECRET</p></spoiler-box><p>safe</p></blockquote>",
        "<p>safe <spoiler-box>SECRET</spoiler-box></p>",
        "<p>safe <spoiler-box>SECRET<p>SECRET</p></spoiler-box></p>",
        "<p>safe<spoiler-box><p>SECRET</p></spoiler-box>safe</p>",
        "<h2>safe<spoiler-box><h3>SECRET</h3></spoiler-box></h2>",
        "<p>safe</p><spoiler-box><spoiler-box><p>SECRET</p></spoiler-box><p>SECRET</p>"
        "</spoiler-box>",
        "<p>safe</p><spoiler-box><p>SECRET</p>",
        "<p>safe</p><SPOILER-BOX><p>SECRET</p></SPOILER-BOX>",
        '<p>safe</p><spoiler-box data-label="a>b"><p>SECRET</p></spoiler-box>',
        "<p>safe</p><spoiler-box><a href='/x'>SECRET</a><br>SECRET</spoiler-box>",
    ],
)
def test_nothing_in_a_box_is_in_the_reader_safe_text(html):
    cleaned = sanitize(html)

    assert "SECRET" in cleaned
    assert "SECRET" not in reader_safe_html(cleaned)
    assert "safe" in reader_safe_html(cleaned)


@pytest.mark.parametrize(
    "html",
    [
        "<strong><spoiler-box>SECRET</strong> SECRET</spoiler-box>",
        '<p>safe<spoiler-box><p title="</spoiler-box>">SECRET</p></spoiler-box></p>',
        "<p>a<spoiler-box><!-- </spoiler-box> --><p>SECRET</p></spoiler-box>",
        "<strong><spoiler-box>a</strong>SECRET</spoiler-box>"
        "<spoiler-box><table></spoiler-box>safe safe safe safe",
        "<p>safe</p><spoiler-box><table><tr><td>SECRET</td></tr></table></spoiler-box>",
        "<spoiler-box><title></spoiler-box></title>SECRET</spoiler-box>",
        "<spoiler-box><iframe></spoiler-box></iframe>SECRET</spoiler-box>",
        "<spoiler-box><math><mtext></spoiler-box>SECRET</mtext></math></spoiler-box>",
        "<spoiler-box>a < b</spoiler-box>SECRET",
        "<blockquote>open<spoiler-box></blockquote></spoiler-box\x0b>SECRET",
    ],
)
def test_box_that_parsers_may_read_differently_is_refused_or_sealed(html):
    assert not leaks(html)


def test_blank_paragraph_beside_a_box_stays():
    html = "<p>a</p><p></p><p>b</p><spoiler-box><p>c</p></spoiler-box>"

    assert sanitize(html) == html


def test_box_torn_open_by_nesting_is_refused():
    with pytest.raises(ValidationError, match="broken"):
        sanitize("<strong><spoiler-box>SECRET</strong> SECRET</spoiler-box>")


@pytest.mark.parametrize(
    "piece", ["<spoiler-box", "<spoiler-box><!--", "<p ", "</", "<p title='", "&", "<ul><li>"]
)
def test_work_grows_in_proportion_to_the_text(piece):
    assert_linear(_characters, lambda size: (("<spoiler-box>" + piece * size)[:size],), MAX_LENGTH)


TAGS = ["p", "ul", "li", "blockquote", "strong", "em", "h2", "spoiler-box", "table", "td", "a"]
TRICKS = [
    "<!-- </spoiler-box> -->",
    '<p title="</spoiler-box>">',
    "<title></spoiler-box></title>",
    "<spoiler-box/>",
    "<br>",
    "&lt;/spoiler-box&gt;",
    "word",
]
OPENING = [f"<{tag}>" for tag in TAGS]
CLOSING = [f"</{tag}>" for tag in TAGS]
PIECES = st.lists(st.sampled_from(OPENING + CLOSING + TRICKS), max_size=20)


@given(before=PIECES, inside=PIECES, after=PIECES)
def test_whatever_is_written_inside_a_box_stays_inside_or_is_refused(before, inside, after):
    inside = [piece for piece in inside if piece not in ("</spoiler-box>", "<spoiler-box/>")]
    html = "".join([*before, "<spoiler-box>", *inside, "SECRET", "</spoiler-box>", *after])

    try:
        cleaned = sanitize(html)
    except ValidationError:
        return

    assert "SECRET" in cleaned
    assert "SECRET" not in reader_safe_html(cleaned)
    assert sanitize(cleaned) == cleaned


def test_names_are_written_into_boxes_and_escaped():
    html = sanitize(
        '<spoiler-box data-title="7"><p>x</p></spoiler-box><spoiler-box>y</spoiler-box>'
    )

    named = name_boxes(html, {7: '"Quoted" & <b>'}, "First")

    assert [box["data-name"] for box in boxes(named)] == ['"Quoted" & <b>', "First"]
    assert "<b>" not in named


def test_box_about_a_title_that_is_gone_names_no_other():
    named = name_boxes('<spoiler-box data-title="7"><p>x</p></spoiler-box>', {}, "First")

    assert boxes(named) == [{"data-title": "7"}]


BOX_TEXTS = st.text(
    st.sampled_from(" ab=\"'&;’\xa0é") | st.characters(exclude_categories=["Cs"]), max_size=20
)


@given(
    label=BOX_TEXTS | st.just('" data-name=') | st.just('x data-work="1" data-name="y'),
    title=st.none() | st.sampled_from([0, 7, 8]),
    season=st.none() | st.integers(1, 3),
    name=BOX_TEXTS,
)
def test_names_are_taken_out_again_to_the_letter(label, title, season, name):
    attributes = f'data-label="{html_escape(label)}"'
    attributes += f' data-title="{title}"' if title is not None else ""
    attributes += f' data-season="{season}"' if season else ""
    html = sanitize(
        f"<p>a</p><spoiler-box {attributes}><p>b</p><blockquote><spoiler-box><p>c</p>"
        "</spoiler-box></blockquote></spoiler-box>"
    )

    named = name_boxes(html, {7: name}, "First", 3)

    assert remove_names(named) == html
    assert remove_names(html) == html
    assert name_boxes(named, {7: name}, "First", 3) == named
    assert boxes(named)[1] == {"data-name": "First", "data-work": "3"}


def test_editor_can_not_write_what_freezing_writes():
    html = sanitize('<spoiler-box data-work="7" data-name="x"><p>y</p></spoiler-box>')

    assert boxes(html) == [{}]


@pytest.mark.parametrize(
    ("attributes", "work"),
    [
        ("", 3),
        ('data-season="1"', 3),
        ('data-label="Who did it"', 3),
        ('data-title="3" data-label="Who did it"', 3),
        ('data-title="7"', 7),
        ('data-title="7" data-season="2"', 7),
        ('data-title="7" data-label="A surprise guest" data-season="2"', None),
        ('data-title="9"', None),
    ],
)
def test_box_is_about_its_own_title_or_the_first_unless_a_label_hides_which(attributes, work):
    html = sanitize(f"<spoiler-box {attributes}><p>x</p></spoiler-box>")

    named = name_boxes(html, {3: "First", 7: "Other"}, "First", 3)

    assert scope_of(boxes(named)[0]).work == work


@pytest.mark.parametrize(
    ("scope", "takes_mark"),
    [
        (Scope("Dark Tide", work=3), True),
        (Scope("Dark Tide", season=1, work=3), True),
        (Scope("Dark Tide", label="Who did it", season=1, work=3), True),
        (Scope("Dark Tide", label="Who did it", episode=1, work=3), True),
        (Scope("Dark Tide", label="Who did it", work=3), False),
        (Scope("Dark Tide", season=1), False),
        (Scope(), False),
    ],
)
def test_mark_needs_a_title_and_something_to_go_by(scope, takes_mark):
    assert scope.takes_mark is takes_mark


def test_frozen_text_splits_into_pieces_in_order():
    html = '<p>a</p><spoiler-box data-name="T" data-season="2"><p>b</p></spoiler-box><p>c</p>'

    assert list(split_boxes(html)) == [
        "<p>a</p>",
        Scope("T", season=2),
        "<p>b</p>",
        None,
        "<p>c</p>",
    ]


def test_text_that_talks_about_the_element_is_no_box():
    html = sanitize("<p>Write &lt;spoiler-box&gt; to hide.</p>")

    assert not has_box(html)
    assert list(split_boxes(html)) == [html]


def test_section_runs_to_its_end_or_to_the_end_of_the_article():
    def block(kind, name=""):
        scope = {"season": None, "episode": None, "label": ""}
        return {"kind": kind, "html": name, "name": name, **scope}

    body = [
        block("text", "a"),
        block("spoiler_start"),
        block("photo", "b"),
        block("spoiler_end"),
        block("text", "c"),
        block("spoiler_start"),
        block("text", "d"),
    ]

    placed = Body({"spoiler": "marked", "titles": [], "body": body})
    assert [block.frozen["name"] for block in placed if block.box is None] == ["a", "c"]
    assert [block.frozen["name"] for block in placed if block.box is not None] == ["b", "d"]
