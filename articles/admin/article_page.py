"""The base class of the pages about one article, and the preview."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_permission_codename
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse

from articles.blocks import PARTS
from articles.models import Article
from articles.publishing import publish
from articles.site import rendering
from newsroom.desk.pages import AdminPage, staff_user
from newsroom.security.private import keep_private

if TYPE_CHECKING:
    from articles.admin.article import ArticleAdmin


class ArticlePage(AdminPage[Article]):
    """A page about one article."""

    model_admin: "ArticleAdmin"

    def may_replace_text(self, request: HttpRequest, article: Article) -> bool:
        """Return whether this user may replace the whole text of an article."""
        permissions = [
            f"articles.{get_permission_codename(action, part._meta)}"
            for part in PARTS
            for action in ("add", "delete")
        ]
        may_change = self.model_admin.has_change_permission(request, article)
        return may_change and staff_user(request).has_perms(permissions)

    def render(
        self, request: HttpRequest, row: Article, *, title: str = "", **context: Any
    ) -> TemplateResponse:
        """Add the article to the context."""
        return super().render(request, row, title=title, article=row, **context)


class PreviewPage(ArticlePage):
    """The saved working copy in the site's own design; never cached, never indexed."""

    route = "<int:pk>/preview/"
    name = "preview"

    def get(self, request: HttpRequest, row: Article) -> HttpResponse:
        """Show the working copy as readers would see it."""
        context = {
            "banner": "articles/banners/preview.html",
            "after_save": True,
            **rendering.page_context(publish.preview(row), takes_answers=False),
        }
        return keep_private(render(request, "articles/article_detail.html", context))
