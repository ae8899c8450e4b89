"""Rich text with spoiler boxes."""

import pytest

from articles.blocks import TextBlock
from tests.articles.blocks.contract import Example, word

pytestmark = pytest.mark.django_db

EXAMPLES = [Example(TextBlock, lambda: {"html": f"<p>{word()}</p>"})]
BOX = '<spoiler-box data-season="2"><p>SECRET</p></spoiler-box>'


def frozen(html):
    return {"kind": "text", "html": html}


def test_box_inside_a_text_is_printed_on_the_page_alone():
    text = frozen(f"<p>Safe</p>{BOX}")

    assert "SECRET" in TextBlock.page_html(text, None)
    assert "SECRET" not in TextBlock.feed_html(text)
    assert TextBlock.search_text(text) == "Safe"


def test_text_in_a_box_is_hidden_for_the_warnings_and_its_scope_is_not():
    hidden = {
        printed.text: printed.is_hidden
        for printed in TextBlock.printed_texts(frozen(f"<p>Safe</p>{BOX}"), 1, None)
    }

    assert hidden["SECRET"]
    assert not hidden["Safe"]
    assert not hidden["season 2"]
