"""The models of the articles app, a file per subject."""

from articles.models.article import Article, ArticleTitle, Byline, TransitionRefused
from articles.models.blocks import (
    BLOCKS,
    AdvertSlotBlock,
    PhotoBlock,
    PullQuoteBlock,
    SpoilerEndBlock,
    SpoilerStartBlock,
    TextBlock,
)
from articles.models.edition import (
    Edition,
    EditionAuthor,
    EditionPhoto,
    EditionTitle,
    EditionTopic,
    Withdrawal,
)
from articles.models.photo import Photo
from articles.models.taxonomy import Author, Availability, Hub, Title, Topic

__all__ = [
    "BLOCKS",
    "AdvertSlotBlock",
    "Article",
    "ArticleTitle",
    "Author",
    "Availability",
    "Byline",
    "Edition",
    "EditionAuthor",
    "EditionPhoto",
    "EditionTitle",
    "EditionTopic",
    "Hub",
    "Photo",
    "PhotoBlock",
    "PullQuoteBlock",
    "SpoilerEndBlock",
    "SpoilerStartBlock",
    "TextBlock",
    "Title",
    "Topic",
    "TransitionRefused",
    "Withdrawal",
]
