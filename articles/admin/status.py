"""The status of an article: its stage, and what readers see of it."""

from dataclasses import dataclass

from django.utils import timezone

from articles.models import Article, Edition


@dataclass(frozen=True, slots=True)
class ArticleStatus:
    """An article with its live and its scheduled edition."""

    article: Article
    live: Edition | None
    scheduled: Edition | None

    @classmethod
    def of(cls, article: Article) -> "ArticleStatus":
        """Return an article's status (two queries); an unsaved article has no editions."""
        if article.pk is None:
            return cls(article, None, None)
        now = timezone.now()
        return cls(
            article,
            article.editions.live(at=now).select_related("hub", "created_by").first(),
            article.editions.scheduled(at=now)
            .select_related("hub", "created_by")
            .defer("content")
            .first(),
        )

    @property
    def is_published(self) -> bool:
        """Whether an edition is live or scheduled."""
        return self.live is not None or self.scheduled is not None
