"""A planted word is found in whatever form it leaves its box, and only there."""

import base64
import json
from urllib.parse import quote

import pytest

from tests.seal.plants import Plants
from tests.seal.reading import Boxes, Sent, Unreadable, read

PAGE, POLL = "/sci-fi/ending/", "/polls/who/"
BOX = '<section class="spoiler" data-nosnippet><details><summary>{}</summary>{}</details></section>'
BODY = '<div class="spoiler-body">{}</div>'


@pytest.fixture
def plants():
    plants = Plants()
    plants.boxed_on["box"].add(PAGE)
    plants.opened_on["box"].add(POLL)
    return plants


@pytest.fixture
def word(plants):
    return plants.word("box", "text")


def box(inside, label="The ending", around=BODY):
    return BOX.format(label, around.format(inside))


def wrong(plants, page="", path=PAGE, *texts, opened=False, asked=""):
    sent = Sent("GET", path, asked, [("in a header", text) for text in texts], page, opened)
    return [problem.removeprefix("GET: ") for problem in read(sent, plants)[0]]


def test_word_in_a_closed_box_of_its_own_page_is_where_it_belongs(plants, word):
    page = f"<p>Before</p>{box(f'<p>{word}</p><img alt={word!r}>{box(word)}')}<p>After</p>"

    assert read(Sent("GET", PAGE, page=page), plants) == ([], {word})


@pytest.mark.parametrize(
    "page",
    [
        "<p>{word}</p>",
        "<p>{WORD}</p>",
        '<p title="{word}">Open</p>',
        "<p hidden>{word}</p>",
        "<p>{half}<mark>{rest}</mark></p>",
        "<p>{half}&shy;{rest}</p>",
        "<p>{half}\u200b{rest}</p>",
        "<p>{entities}</p>",
        '<a href="/?q={percent}">Open</a>',
        "<!-- {word} -->",
        "<p>{half_and_more}…</p>",
        '<script type="application/ld+json">{json}</script>',
        '<input value="{base64}">',
        box("Open", label="{word}"),
        box("{word}", around="{}"),
        box("{word}").replace(" data-nosnippet", ""),
        box("{word}").replace("spoiler-body", "body"),
        box("<script>'{word}'</script>"),
        box("<!-- {word} -->"),
        box('<meta content="{word}">'),
        BODY.format("{word}"),
    ],
)
def test_word_outside_every_box_is_noticed(plants, word, page):
    forms = {
        "word": word,
        "WORD": word.upper(),
        "half": word[:5],
        "rest": word[5:],
        "half_and_more": word[:12],
        "entities": "".join(f"&#x{ord(letter):x};" for letter in word),
        "percent": "".join(f"%{ord(letter):x}" for letter in word),
        "json": json.dumps(word).replace(word[0], f"\\u{ord(word[0]):04x}"),
        "base64": base64.b64encode(f"It ends: {word}!".encode()).decode(),
    }
    for name, form in forms.items():
        page = page.replace(f"{{{name}}}", form)

    [problem] = wrong(plants, page)

    assert problem.endswith("is outside every box")


@pytest.mark.parametrize("form", ["{}", "a%20{}", "&amp;lt;b&amp;gt;{}"])
def test_word_in_a_header_is_noticed(plants, word, form):
    assert wrong(plants, "", PAGE, form.format(word)) == ["“box: text” is in a header"]


def test_word_in_an_open_box_is_for_readers_who_have_opened_it(plants, word):
    page = box(word).replace("<details>", "<details open>")
    open_box = ["“box: text” is in a box that is open"]

    assert wrong(plants, page, PAGE) == open_box
    assert wrong(plants, page, PAGE, opened=True) == open_box
    assert wrong(plants, page, POLL) == open_box
    assert wrong(plants, page, POLL, opened=True) == []


def test_word_in_a_box_of_another_page_is_noticed(plants, word):
    assert wrong(plants, box(word), "/sci-fi/") == ["“box: text” is in a box that is closed"]


def test_word_that_was_asked_for_may_be_repeated_in_the_open(plants, word):
    page = f'<input name="q" value="{word}">'

    assert wrong(plants, page, "/search/", asked=f"/search/?q={quote(word)}") == []
    assert wrong(plants, page, "/search/", asked="/search/?q=other")
    assert wrong(plants, box(word), "/search/", asked=f"/search/?q={word}")


@pytest.mark.parametrize(
    "page",
    ["<p><b></p></b>", "<div>", "</div>", '<div class="spoiler-body"/>', "<p></section></p>"],
)
def test_page_whose_boxes_nobody_can_tell_counts_as_open(plants, word, page):
    with pytest.raises(Unreadable):
        Boxes.read(page)

    assert len(wrong(plants, page + box(word))) == 2


def test_page_is_divided_without_a_loss():
    page = (
        f'<!doctype html><p class="a">A &amp; &#66; <br> <svg><use href="#i"/></svg></p>{box("C")}'
    )

    heaps = Boxes.read(page)

    assert heaps["closed"] == "C"
    assert heaps["open"] == ""
    assert "A &amp; &#66; <br>" in heaps["outside"]
    assert "<summary>The ending</summary>" in heaps["outside"]
