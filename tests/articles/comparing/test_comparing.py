"""Comparing two contents: every block accounted for, told in words."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.comparing.aligning import State
from articles.comparing.compare import align, compare, same_block
from tests.growth import assert_linear

EMPTY = {
    "version": 1,
    "headline": "A headline",
    "standfirst": "",
    "seo_title": "",
    "seo_description": "",
    "noindex": False,
    "slug": "a-headline",
    "spoiler": "none",
    "lead": False,
    "hub": None,
    "photo": None,
    "bylines": [],
    "titles": [],
    "topics": [],
    "body": [],
}


def content(*body, **fields):
    return copy.deepcopy({**EMPTY, "body": list(body), **fields})


def text(html):
    return {"kind": "text", "html": html}


def photo(number, **fields):
    return {
        "kind": "photo",
        "photo": number,
        "name": f"photos/{number}.jpg",
        "width": 64,
        "height": 36,
        "alt": "What it shows",
        "caption": "",
        "credit": "Somebody",
        "own_alt": "",
        "own_caption": "",
        **fields,
    }


def quote(words):
    return {"kind": "pullquote", "text": words, "attribution": ""}


def section(**fields):
    start = {"kind": "spoiler_start", "title": None, "name": "", "season": None, "episode": None}
    return {**start, "label": "", **fields}


END = {"kind": "spoiler_end"}
LAMP = text("<p>Somebody lit the lamp again, and nobody saw who it was.</p>")
KITE = text("<p>Far from the shore a kite rose over the empty town at dusk.</p>")
LETTERS = text("<p>Twelve letters arrived on the same morning, none of them signed.</p>")


def states(comparison):
    return [(block.state, block.old, block.new) for block in comparison.blocks]


def written(line):
    signs = {"-": "[-%s-]", "+": "{+%s+}", "=": "%s"}
    return "".join(signs[piece.sign] % piece.text for piece in line.pieces)


def side(line, sign):
    return "".join(piece.text for piece in line.pieces if piece.sign in ("=", sign))


BLOCKS = st.one_of(
    st.lists(st.sampled_from(["<p>lamp</p>", "<p>a kite <b>rose</b></p>", "<h2>kite</h2>"])).map(
        lambda parts: text("".join(parts))
    ),
    st.lists(st.sampled_from(["lamp", "kite", "letter"])).map(lambda parts: quote(" ".join(parts))),
    st.integers(1, 3).map(photo),
    st.sampled_from([END, section(season=1), section(label="Own words"), LAMP, KITE]),
)
BODIES = st.lists(BLOCKS, max_size=8)


@given(BODIES, BODIES)
def test_every_block_of_both_appears_exactly_once(old, new):
    pairs = align(old, new)

    assert sorted(pair.old for pair in pairs if pair.old is not None) == list(range(len(old)))
    assert [pair.new for pair in pairs if pair.new is not None] == list(range(len(new)))
    for pair in pairs:
        assert (pair.old is None) == (pair.state == State.ADDED)
        assert (pair.new is None) == (pair.state == State.GONE)
        if pair.state in (State.SAME, State.MOVED) and not pair.changed:
            assert same_block(old[pair.old], new[pair.new])


@given(BODIES, BODIES)
def test_what_stays_in_place_keeps_its_order(old, new):
    staying = [
        (pair.old, pair.new)
        for pair in align(old, new)
        if pair.state in (State.SAME, State.CHANGED)
    ]

    assert staying == sorted(staying)


@given(BODIES)
def test_a_content_does_not_differ_from_itself(body):
    comparison = compare(content(*body), content(*body))

    assert not comparison.differs
    assert not comparison.coarse


@given(BODIES, BODIES)
def test_both_texts_can_be_read_from_the_lines(old, new):
    backward, forward = compare(content(*new), content(*old)), compare(content(*old), content(*new))

    for block in forward.blocks:
        shown = [side(line, "+") for line in block.lines if line.state != State.GONE]
        if block.new is not None:
            alone = compare(content(), content(new[block.new])).blocks[0]
            assert shown == [side(line, "+") for line in alone.lines]
    for comparison in (forward, backward):
        for line in (*comparison.fields, *(line for b in comparison.blocks for line in b.lines)):
            assert line.differs or all(piece.sign == "=" for piece in line.pieces)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([LAMP, KITE], [LAMP, KITE], ["same", "same"]),
        ([LAMP], [LAMP, KITE], ["same", "added"]),
        ([LAMP, KITE], [KITE], ["gone", "same"]),
        ([LAMP, KITE, LETTERS], [KITE, LETTERS, LAMP], ["same", "same", "moved"]),
        ([LAMP, END, END], [END, LAMP, END], ["moved", "same", "same"]),
        ([LAMP], [quote("Somebody lit the lamp again, and nobody saw")], ["gone", "added"]),
        ([photo(1)], [photo(1, own_caption="New", caption="New")], ["changed"]),
        ([photo(1, alt="A lamp")], [photo(2, alt="Quite another")], ["gone", "added"]),
        ([section(season=1, name="The Lamp")], [section(season=2, name="The Lamp")], ["changed"]),
        ([{"kind": "new_kind", "words": "x"}], [{"kind": "new_kind", "words": "x"}], ["same"]),
    ],
)
def test_what_became_of_each_block_is_told(old, new, expected):
    if expected == ["moved", "same", "same"]:
        assert sorted(block.state for block in compare(content(*old), content(*new)).blocks) == [
            "moved",
            "same",
            "same",
        ]
        return
    assert [block.state for block in compare(content(*old), content(*new)).blocks] == expected


def test_a_block_that_moved_and_changed_is_both():
    changed = text(LAMP["html"].replace("again", "twice"))
    comparison = compare(content(LAMP, KITE, LETTERS), content(KITE, LETTERS, changed))

    moved = comparison.blocks[-1]
    assert (moved.state, moved.old, moved.new, moved.changed) == ("moved", 0, 2, True)
    assert "[-again-]{+twice+}" in written(moved.lines[0])


def test_what_is_gone_stands_behind_what_it_stood_behind():
    old = content(LAMP, quote("One"), KITE, quote("Two"))
    comparison = compare(old, content(LAMP, KITE))

    assert states(comparison) == [
        ("same", 0, 0),
        ("gone", 1, None),
        ("same", 2, 1),
        ("gone", 3, None),
    ]


def test_paragraphs_of_one_text_stay_apart():
    old = text("<h2>Letters</h2><p>The lamp burns every night.</p><p>Kites.</p><p>At sea.</p>")
    new = text("<p>The lamp burns each night.</p><p>Nobody came.</p><p>At sea.</p><h2>Letters</h2>")

    (block,) = compare(content(old), content(new)).blocks

    assert [(line.state, line.label, written(line)) for line in block.lines] == [
        ("changed", "Paragraph", "The lamp burns [-every-]{+each+} night."),
        ("gone", "Paragraph", "[-Kites.-]"),
        ("added", "Paragraph", "{+Nobody came.+}"),
        ("same", "Paragraph", "At sea."),
        ("moved", "Heading", "Letters"),
    ]


def test_formatting_alone_is_said_to_be_that():
    old, new = text("<p>The <em>lamp</em>.</p>"), text("<h2>The <strong>lamp</strong>.</h2>")

    (block,) = compare(content(old), content(new)).blocks

    assert block.state == "changed"
    assert block.only_formatting
    assert written(block.lines[0]) == "The lamp."
    assert block.lines[0].label == "Heading, was paragraph"


def test_a_changed_address_behind_the_same_words_is_seen():
    old = text('<p>See <a href="/a/">here</a>.</p>')
    new = text('<p>See <a href="https://b.example/?x=1&amp;y">here</a>.</p>')

    (line,) = compare(content(old), content(new)).blocks[0].lines

    assert written(line) == "See here [-[/a/]-]{+[https://b.example/?x=1&y]+}."


def test_boxes_are_lines_of_their_own():
    box = (
        '<spoiler-box data-season="1" data-name="The Lamp &amp; I"><p>It was him.</p></spoiler-box>'
    )
    open_text = text("<p>Safe.</p><p>It was him.</p>")

    (block,) = compare(content(open_text), content(text(f"<p>Safe.</p>{box}"))).blocks

    assert [(line.state, line.label, written(line)) for line in block.lines] == [
        ("same", "Paragraph", "Safe."),
        ("added", "Spoiler box", "{+▸ The Lamp & I, season 1+}"),
        ("same", "Paragraph", "It was him."),
        ("added", "End of the spoiler box", "{+◂+}"),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (photo(1, credit="Somebody"), photo(1, credit="Somebody Else")),
        (photo(1, name="photos/old.jpg"), photo(1, name="photos/new.jpg")),
        (
            text('<spoiler-box data-title="3" data-name="A"><p>x</p></spoiler-box>'),
            text('<spoiler-box data-title="3" data-name="B"><p>x</p></spoiler-box>'),
        ),
    ],
)
def test_what_was_changed_elsewhere_is_the_same_block_and_is_shown(old, new):
    assert same_block(old, new)
    assert [pair.state for pair in align([old], [new])] == ["same"]

    (block,) = compare(content(old), content(new)).blocks

    assert (block.state, block.from_elsewhere) == ("changed", True)


def test_words_of_every_kind_of_block_are_compared():
    video = {"kind": "video", "url": "https://youtu.be/aaaaaaaaaaa", "name": "One", "poster": None}
    poster = {"photo": 1, "name": "p.jpg", "alt": "Lamp", "credit": "Me", "caption": ""}
    advert = {"kind": "advert", "name": "middle", "size": "300x250"}
    old = content(video, advert, quote("One two three"), photo(1))
    new = content(
        {**video, "name": "Two", "poster": poster},
        {**advert, "size": "728x90"},
        quote("One two four"),
        photo(1, alt="New", own_alt="New"),
    )

    told = [
        (line.label, written(line))
        for block in compare(old, new).blocks
        for line in block.lines
        if line.differs
    ]

    assert told == [
        ("Title", "[-One-]{+Two+}"),
        ("Picture", "{+Lamp (Me)+}"),
        ("Size", "[-300x250-]{+728x90+}"),
        ("Quote", "One two [-three-]{+four+}"),
        ("Alternative text", "[-What it shows-]{+New+}"),
    ]


def test_fields_are_compared():
    ada = {"id": 1, "name": "Ada", "slug": "ada", "role": "Editor"}
    old = content(headline="The old lamp", lead=True)
    new = content(headline="The new lamp", bylines=[ada], spoiler="marked")

    told = {field.label: written(field) for field in compare(old, new).changed_fields}

    assert told == {
        "Headline": "The [-old-]{+new+} lamp",
        "Spoiler flag": "[-No spoilers-]{+Marked in the text+}",
        "Bylines": "{+Ada (Editor)+}",
        "Lead story": "[-Yes-]{+No+}",
    }


def test_corrections_count_only_where_both_could_have_some():
    corrected = content(corrections=[{"at": "2026-11-20T14:05:00+00:00", "note": "It was Ada."}])

    assert not compare(corrected, content()).differs
    (field,) = compare(content(corrections=[]), corrected).changed_fields
    assert (field.label, written(field)) == ("Corrections", "{+It was Ada.+}")


def _many(count, words):
    return "".join(f"<p>{words} {number}</p>" for number in range(count))


LONG = {
    "hundred long texts": (
        [text(f"<p>{'lamp kite ' * 1000}{number}</p>") for number in range(128)],
        [text(f"<p>{'kite lamp ' * 1000}{number}</p>") for number in range(128, 0, -1)],
    ),
    "ten thousand paragraphs": (
        [text(_many(10_000, "a b"))],
        [text(_many(10_000, "b a"))],
    ),
    "deep boxes": (
        [text("<spoiler-box>" * 15_000)],
        [text("</spoiler-box>" * 14_000)],
    ),
    "open brackets": ([text("<" * 190_000)], [text("<a" * 90_000)]),
    "links": (
        [text('<p><a href="/x/">y</a></p>' * 7_000)],
        [text('<p><a href="/z/">y</a></p>' * 7_000)],
    ),
    "many blocks": (
        [quote(f"lamp {number}") for number in range(3_000)],
        [quote(f"lamp {number}") for number in range(6_000, 3_000, -1)],
    ),
}


@pytest.mark.parametrize("name", LONG)
def test_the_longest_bodies_are_compared_and_every_block_is_there(name):
    old, new = LONG[name]

    blocks = compare(content(*old), content(*new)).blocks

    assert sorted(block.old for block in blocks if block.old is not None) == list(range(len(old)))
    assert sorted(block.new for block in blocks if block.new is not None) == list(range(len(new)))


def _cut(body, size):
    """So many sixty-fourths of the blocks, or of the text of the only block."""
    if len(body) > 1:
        return body[: max(1, len(body) * size // 64)]
    html = body[0]["html"]
    return [{**body[0], "html": html[: len(html) * size // 64]}]


@pytest.mark.parametrize("name", LONG)
def test_work_grows_in_proportion_to_the_bodies(name):
    old, new = LONG[name]

    def make_contents(size):
        return content(*_cut(old, size)), content(*_cut(new, size))

    assert_linear(compare, make_contents, 8)
