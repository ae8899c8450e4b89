"""The models of the articles app, in a module for each subject."""

from articles.models.article import Article, ArticleTitle, Byline
from articles.models.author import Author
from articles.models.edition import (
    Edition,
    EditionAuthor,
    EditionPhoto,
    EditionPoll,
    EditionTitle,
    EditionTopic,
    Withdrawal,
)
from articles.models.hub import Hub
from articles.models.revision import Revision
from articles.models.share_link import ShareLink
from articles.models.title import Availability, Title
from articles.models.topic import Topic

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
