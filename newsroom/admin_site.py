"""The newsroom's admin site.

In a file of its own because Django imports it while it sets the admin up, when ``admin.py``
modules can't be imported yet.
"""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest
from django.template.response import TemplateResponse

#: Articles in each of the dashboard's lists.
DASHBOARD_ROWS = 6


class NewsroomAdminSite(AdminSite):
    """Django's admin under the newsroom's name, with a dashboard above its index."""

    site_header = "Newsroom desk"
    site_title = "Newsroom desk"
    index_title = "What's on the desk"
    index_template = "admin/dashboard.html"

    # A property where Django has a class attribute: the form can't be imported that early.
    @property
    def login_form(self) -> type[AuthenticationForm]:  # type: ignore[override]
        """With a limit to guessing."""
        from newsroom.login import LoginForm

        return LoginForm

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The index with what waits for this member of staff."""
        return super().index(request, {**(extra_context or {}), "desk": self._desk(request)})

    @staticmethod
    def _desk(request: HttpRequest) -> list[dict[str, Any]]:
        from articles.models import Article, Edition
        from newsroom.models import User

        user = request.user
        if not (isinstance(user, User) and user.has_perm("articles.view_article")):
            return []
        own = Article.objects.editable_by(user).select_related("hub")
        coming = Edition.objects.scheduled().filter(article__in=own).order_by("live_from")
        live = Edition.objects.live().filter(article__in=own).order_by("-live_from")
        return [
            {"name": "In review", "articles": own.in_review()[:DASHBOARD_ROWS]},
            {"name": "Ready to publish", "articles": own.ready()[:DASHBOARD_ROWS]},
            {"name": "Coming up", "editions": coming.select_related("hub")[:DASHBOARD_ROWS]},
            {"name": "Latest live", "editions": live.select_related("hub")[:DASHBOARD_ROWS]},
        ]
