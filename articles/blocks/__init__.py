"""The blocks of an article's body: what every kind has, and the kinds that there are.

To add a kind, see ``docs/add-a-block.md``.
"""

from articles.blocks.base import Block, FreezeContext, Frozen
from articles.blocks.kinds.advert_slot import AdvertSlotBlock
from articles.blocks.kinds.photo import PhotoBlock, freeze_photo
from articles.blocks.kinds.poll import PollBlock
from articles.blocks.kinds.pull_quote import PullQuoteBlock
from articles.blocks.kinds.sign_up import SignUpBlock
from articles.blocks.kinds.spoiler_section import SpoilerEndBlock, SpoilerStartBlock
from articles.blocks.kinds.text import TextBlock
from articles.blocks.kinds.video import VideoBlock
from articles.blocks.registry import BLOCKS, PARTS

__all__ = [
    "BLOCKS",
    "PARTS",
    "AdvertSlotBlock",
    "Block",
    "FreezeContext",
    "Frozen",
    "PhotoBlock",
    "PollBlock",
    "PullQuoteBlock",
    "SignUpBlock",
    "SpoilerEndBlock",
    "SpoilerStartBlock",
    "TextBlock",
    "VideoBlock",
    "freeze_photo",
]
