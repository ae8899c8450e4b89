"""A pull quote."""

from articles.blocks import PullQuoteBlock
from tests.articles.blocks.contract import Example, word

EXAMPLES = [
    Example(
        PullQuoteBlock,
        lambda: {"text": word(), "attribution": word()},
        not_in_search={"attribution"},
    )
]


def test_quote_without_a_source_prints_none():
    frozen = {"kind": "pullquote", "text": "Words", "attribution": ""}

    assert PullQuoteBlock.feed_html(frozen) == "<blockquote><p>Words</p></blockquote>"
    assert "figcaption" not in PullQuoteBlock.page_html(frozen, None)
