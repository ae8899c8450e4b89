"""The dashboard's panels about articles, and its button to write one."""

from collections.abc import Iterable, Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from articles.models import Article, Edition
from newsroom.desk import dashboard
from newsroom.desk.dashboard import MAX_ROWS, Panel, PanelRow
from newsroom.desk.moments import format_short_moment
from newsroom.models import User


def register() -> None:
    """Register the panels, the button and the script that ends autosaving of saved text."""
    dashboard.register_panels(article_panels, order=10)
    dashboard.register_shortcut(
        "Write an article", "admin:articles_article_add", "articles.add_article"
    )
    dashboard.register_script("articles/autosave-cleanup.js")


def article_panels(user: User) -> Iterator[Panel]:
    """Yield the user's articles in review and ready, and scheduled and live editions."""
    if not user.has_perm("articles.view_article"):
        return
    own = Article.objects.editable_by(user).select_related("hub")
    editions = Edition.objects.filter(article__in=own).select_related("hub")
    coming = editions.scheduled().order_by("live_from")
    live = editions.live().order_by("-live_from")
    yield Panel("In review", _article_rows(own.in_review()[:MAX_ROWS]))
    yield Panel("Ready to publish", _article_rows(own.ready()[:MAX_ROWS]))
    yield Panel("Coming up", _edition_rows(coming[:MAX_ROWS]))
    yield Panel("Latest live", _edition_rows(live[:MAX_ROWS]))


def _article_rows(articles: Iterable[Article]) -> list[PanelRow]:
    return [
        PanelRow(
            str(article),
            _form_address(article.pk),
            f"{article.hub or 'no hub yet'}, changed "
            f"{date_format(timezone.localtime(article.updated_at), 'j M, H:i')}",
        )
        for article in articles
    ]


def _edition_rows(editions: Iterable[Edition]) -> list[PanelRow]:
    return [
        PanelRow(
            edition.headline,
            _form_address(edition.article_id),
            f"{edition.hub}, {format_short_moment(edition.live_from)}",
        )
        for edition in editions
    ]


def _form_address(article_id: int) -> str:
    return reverse("admin:articles_article_change", args=[article_id])
