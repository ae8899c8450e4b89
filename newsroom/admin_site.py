"""The newsroom's admin site.

In a file of its own because Django imports it while it sets the admin up, when ``admin.py``
modules can't be imported yet.
"""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.forms import AuthenticationForm
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path

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
        from newsroom.security.log_in import LoginForm

        return LoginForm

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The index with what waits for this member of staff."""
        desk = [*self._desk(request), *self._held_ballots(request)]
        return super().index(request, {**(extra_context or {}), "desk": desk})

    def get_urls(self) -> list[Any]:
        """Django's, with a way from rows to pages that asks who goes it."""
        row = "r/<int:content_type_id>/<int:object_id>/"
        guarded = path(row, self.admin_view(self.view_on_site), name="view_on_site")
        stock = [each for each in super().get_urls() if getattr(each, "name", "") != guarded.name]
        return [guarded, *stock]

    def view_on_site(
        self, request: HttpRequest, content_type_id: int, object_id: int
    ) -> HttpResponseBase:
        """Lead to a row's page on the site, if this member of staff may look at the row.

        Django tells any of its staff the address of anything: a share link's is its secret.
        """
        from django.contrib.contenttypes.models import ContentType
        from django.contrib.contenttypes.views import shortcut

        kind = get_object_or_404(ContentType, pk=content_type_id)
        # The class of a former model is None, which no registry holds.
        model_admin = self._registry.get(kind.model_class())  # type: ignore[arg-type]
        if model_admin is None:
            raise Http404
        row = get_object_or_404(model_admin.get_queryset(request), pk=object_id)
        if not model_admin.has_view_permission(request, row):
            raise Http404
        return shortcut(request, content_type_id, object_id)

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

    @staticmethod
    def _held_ballots(request: HttpRequest) -> list[dict[str, Any]]:
        """A list only where there is something to decide, for those who may."""
        from newsroom.models import User
        from polls.admin.poll_list import for_dashboard

        user = request.user
        if not (
            isinstance(user, User) and user.has_perms(("polls.view_poll", "polls.review_ballots"))
        ):
            return []
        polls = list(for_dashboard()[:DASHBOARD_ROWS])
        return [{"name": "Ballots held back", "polls": polls}] if polls else []
