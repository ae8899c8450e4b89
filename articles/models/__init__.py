"""The models of the articles app, a file per subject."""

from articles.models.article import Article, ArticleTitle, Byline
from articles.models.edition import (
    Edition,
    EditionAuthor,
    EditionPhoto,
    EditionPoll,
    EditionTitle,
    EditionTopic,
    Withdrawal,
)
from articles.models.revision import Revision
from articles.models.share_link import ShareLink
from articles.models.taxonomy import Author, Availability, Hub, Title, Topic

__all__ = [
    "Article",
    "ArticleTitle",
    "Author",
    "Availability",
    "Byline",
    "Edition",
    "EditionAuthor",
    "EditionPhoto",
    "EditionPoll",
    "EditionTitle",
    "EditionTopic",
    "Hub",
    "Revision",
    "ShareLink",
    "Title",
    "Topic",
    "Withdrawal",
]
