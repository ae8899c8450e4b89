"""Addresses: the admin, then the site, whose hubs take what is left."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView
from django.views.static import serve
from js_asset import static_lazy

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    # Where a page names no icon, as the admin's don't, browsers ask for this one.
    path("favicon.ico", RedirectView.as_view(url=static_lazy("newsroom/favicon.svg"))),
    path("polls/", include("polls.urls")),
    path("", include("newsletter.urls")),
    path("", include("articles.urls")),
]

if settings.DEVELOPMENT:
    # In production the web server hands out media; here there is none.
    urlpatterns.insert(
        0, re_path(r"^media/(?P<path>.+)$", serve, {"document_root": settings.MEDIA_ROOT})
    )
