"""A photo in the text."""

from articles.blocks import PhotoBlock
from tests.articles.blocks.contract import Example, word
from tests.articles.factories import make_photo

EXAMPLES = [
    Example(
        PhotoBlock,
        lambda: {"photo": make_photo(), "alt": word(), "caption": word()},
        not_in_search={"alt"},
    )
]


def test_own_words_of_the_photo_are_told_from_those_of_the_block():
    frozen = {"credit": "", "alt": "a", "caption": "c", "own_alt": "a", "own_caption": ""}
    labels = [printed.label for printed in PhotoBlock.printed_texts(frozen, 2, None)]

    assert labels == [
        "",
        "Alternative text of photo 2 in the text",
        "Caption of photo 2 in the text (the photo’s own)",
    ]
