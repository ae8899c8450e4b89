"""The kinds of blocks that an article's body is made of."""

from articles.blocks.models import (
    BLOCKS,
    PARTS,
    AdvertSlotBlock,
    Block,
    FreezeContext,
    PhotoBlock,
    PollBlock,
    PullQuoteBlock,
    SignUpBlock,
    SpoilerEndBlock,
    SpoilerStartBlock,
    TextBlock,
    VideoBlock,
    freeze_photo,
)

__all__ = [
    "BLOCKS",
    "PARTS",
    "AdvertSlotBlock",
    "Block",
    "FreezeContext",
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
