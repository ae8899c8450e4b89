"""Applies transitions to articles: warnings before publishing, and approval after changes."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from articles.admin.status import ArticleStatus
from articles.admin.transitions import PUBLISHING, TRANSITIONS
from articles.models import Article
from articles.publishing import giveaways
from articles.publishing.giveaways import Giveaway
from newsroom.desk.transition_pages import TransitionHandler
from newsroom.desk.transitions import Transition


class ArticleTransitionHandler(TransitionHandler[Article, ArticleStatus]):
    """Applies transitions to articles."""

    def status(self, row: Article) -> ArticleStatus:
        """Return the article's status."""
        return ArticleStatus.of(row)

    def version_of(self, row: Article) -> str:
        """Return the number of the last save, so that an answer is about the text that was read."""
        return f"{row.pk}:{row.version}"

    def get_context(
        self,
        request: HttpRequest,
        transition: Transition[Article, ArticleStatus],
        statuses: Sequence[ArticleStatus],
    ) -> dict[str, Any]:
        """Return what is missing before a single article can be published."""
        alone = statuses[0].article if len(statuses) == 1 else None
        return {"missing": alone.missing_for_publication() if alone else []}

    def get_warnings(
        self,
        transition: Transition[Article, ArticleStatus],
        rows: Sequence[Article],
        answers: Mapping[str, Any],
    ) -> Sequence[tuple[Article, list[Giveaway]]]:
        """Return the words outside spoiler boxes that may give away what is inside one."""
        if transition.name not in PUBLISHING:
            return []
        note = answers["note"] if transition.name == "correct" and answers else ""
        found = [(article, giveaways.find_in_article(article, note)) for article in rows]
        return [(article, several) for article, several in found if several]

    def return_to_review(self, request: HttpRequest, article: Article) -> None:
        """Return a ready article to review after a change by a user who can't approve it."""
        # The editor who approved it has not read the change.
        if self.may_apply(request, TRANSITIONS["approve"]):
            return
        ready = Article.objects.filter(pk=article.pk, stage=Article.Stage.READY)
        if ready.update(stage=Article.Stage.IN_REVIEW):
            article.stage = Article.Stage.IN_REVIEW
            messages.info(
                request, "The article was ready. Since you changed it, it is in review again."
            )
