"""A plain list of articles in an admin of its own, beside the site's: addresses and admin."""

from django.contrib import admin
from django.urls import path

from articles.models import Article
from newsroom import urls

site = admin.AdminSite(name="plain")


@admin.register(Article, site=site)
class PlainArticles(admin.ModelAdmin):
    """As many columns as the desk's list has, each of them a column of the table."""

    list_display = ("headline", "hub", "stage", "lead", "spoiler", "slug", "updated_at")
    list_select_related = ("hub",)
    list_per_page = 50

    def get_queryset(self, request):
        return super().get_queryset(request).using("small")


urlpatterns = [path("plain/", site.urls), *urls.urlpatterns]
