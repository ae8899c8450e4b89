"""A place for an advert."""

from articles.blocks import AdvertSlotBlock
from tests.articles.blocks.contract import Example, word

EXAMPLES = [Example(AdvertSlotBlock, lambda: {"name": word()}, not_on_page={"name"})]


def test_slot_reserves_its_size():
    frozen = {"kind": "advert", "name": "top", "size": "300x250"}

    assert "advert-300x250" in AdvertSlotBlock.page_html(frozen, None)
