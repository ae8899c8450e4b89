"""URL configuration: the admin, then the apps; the addresses of hubs match all that is left."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.cache import cache_control
from django.views.generic import RedirectView
from js_asset import static_lazy

ICON = RedirectView.as_view(url=static_lazy("newsroom/favicon.svg"))
ONE_DAY = 24 * 60 * 60  # seconds

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    # Browsers request it for pages that name no icon, such as the admin's.
    path("favicon.ico", cache_control(public=True, max_age=ONE_DAY)(ICON)),
    path("polls/", include("polls.urls")),
    path("", include("newsletter.urls")),
    path("", include("articles.urls")),
]
