"""A spoiler section, from its start to its end."""

import pytest

from articles.blocks import SpoilerEndBlock, SpoilerStartBlock
from articles.blocks.body import Body
from articles.blocks.page import Page
from tests.articles.blocks.contract import SECTION, Example, word
from tests.articles.factories import make_title

pytestmark = pytest.mark.django_db

EXAMPLES = [
    Example(
        SpoilerStartBlock,
        lambda: {
            "title": make_title(),
            "season": 2,
            "episode": 3,
            "label": word(),
        },
        not_on_page={"label"},
    ),
    Example(SpoilerEndBlock, dict, not_on_page=set()),
]
START = {"kind": "spoiler_start", **SECTION, "label": "The ending"}
END = {"kind": "spoiler_end"}


def text(words):
    return {"kind": "text", "html": f"<p>{words}</p>"}


def body(*blocks, **fields):
    return Body({"spoiler": "marked", "titles": [], "body": list(blocks), **fields})


def test_section_prints_one_box_with_its_label():
    html = body(text("a"), START, text("b"), text("c"), END, text("d")).page_html(Page())

    before, _, rest = html.partition("<details")
    inside, _, after = rest.partition("</details>")
    assert ("a" in before, "The ending" in inside, "<p>b</p><p>c</p>" in inside) == (True,) * 3
    assert after.endswith("<p>d</p>")


def test_section_without_an_end_runs_to_the_end_of_the_article():
    assert body(text("a"), START, text("b"), text("c")).search_text() == "a"


def test_start_inside_a_section_begins_another_one():
    blocks = body(START, text("a"), {**START, "label": "Another"}, text("b"))

    assert [str(block.box) for block in blocks] == ["The ending", "Another"]


def test_section_in_an_article_with_spoilers_throughout_is_in_two_boxes():
    whole = {"spoiler": "throughout", "titles": [{"id": 1, "name": "A series"}]}
    blocks = body(text("a"), START, text("b"), END, **whole)

    assert [str(block.box) for block in blocks] == ["A series", "The ending"]
    assert blocks.page_html(Page()).count("<details") == 2
    assert blocks.search_text() == ""
    assert blocks.spoiled_titles() == ["A series"]


def test_end_alone_means_nothing():
    assert body(text("a"), END, text("b")).search_text() == "a\nb"
