"""The newsroom's admin site.

A module of its own, because Django imports it while it sets the admin up, when ``admin.py``
modules can't be imported yet.
"""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.forms import AuthenticationForm
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path


class NewsroomAdminSite(AdminSite):
    """Django's admin under the newsroom's name, with a dashboard above its index."""

    site_header = "Newsroom desk"
    site_title = "Newsroom desk"
    index_title = "What's on the desk"
    index_template = "admin/dashboard.html"

    # A property where Django has a class attribute: the form can't be imported that early.
    @property
    def login_form(self) -> type[AuthenticationForm]:  # type: ignore[override]
        """The form that limits the number of attempts."""
        from newsroom.security.log_in import LoginForm

        return LoginForm

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Return the index with the dashboard's panels for this user."""
        # Imports of models have to wait until the apps are loaded.
        from newsroom.desk import dashboard
        from newsroom.desk.pages import staff_user

        user = staff_user(request)
        context = {
            **(extra_context or {}),
            "panels": dashboard.panels(user),
            "shortcuts": dashboard.shortcuts(user),
            "scripts": dashboard.scripts(),
        }
        return super().index(request, context)

    def get_urls(self) -> list[Any]:
        """Return Django's addresses, with a ``view_on_site`` that checks the permission."""
        row = "r/<int:content_type_id>/<int:object_id>/"
        guarded = path(row, self.admin_view(self.view_on_site), name="view_on_site")
        stock = [each for each in super().get_urls() if getattr(each, "name", "") != guarded.name]
        return [guarded, *stock]

    def view_on_site(
        self, request: HttpRequest, content_type_id: int, object_id: int
    ) -> HttpResponseBase:
        """Redirect to a row's page on the site, if this user may view the row.

        Django would tell any member of staff the address of any row, and the address of a share
        link is secret.
        """
        from django.contrib.contenttypes.models import ContentType
        from django.contrib.contenttypes.views import shortcut

        kind = get_object_or_404(ContentType, pk=content_type_id)
        # The class of a deleted model is None, which is not in the registry.
        model_admin = self._registry.get(kind.model_class())  # type: ignore[arg-type]
        if model_admin is None:
            raise Http404
        row = get_object_or_404(model_admin.get_queryset(request), pk=object_id)
        if not model_admin.has_view_permission(request, row):
            raise Http404
        return shortcut(request, content_type_id, object_id)
