"""Editions in the admin: to look at, never to change."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from articles.admin.steps import staff
from articles.models import Article, Edition
from articles.models.edition import live_at


class WindowFilter(admin.SimpleListFilter):
    """Editions by what readers get of them."""

    title = "readers"
    parameter_name = "readers"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("live", "See it now"), ("scheduled", "Will see it"), ("past", "Saw it")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Edition]) -> QuerySet[Edition]:
        now = timezone.now()
        editions = Edition.objects.filter(pk__in=queryset.values("pk"))
        if self.value() == "live":
            return queryset.filter(live_at(now))
        if self.value() == "scheduled":
            return editions.scheduled(at=now)
        if self.value() == "past":
            return editions.effective().filter(live_until__lte=now)
        return queryset


@admin.register(Edition)
class EditionAdmin(admin.ModelAdmin):
    """Every snapshot with its window and who made it."""

    list_display = ("headline", "number", "hub", "state", "live_from", "live_until", "created_by")
    list_filter = (WindowFilter, "hub", "spoiler")
    list_select_related = ("hub", "created_by")
    search_fields = ("headline", "standfirst", "byline")
    date_hierarchy = "live_from"
    exclude = ("content",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        queryset = super().get_queryset(request).defer("content")
        own = Article.objects.editable_by(staff(request))
        return queryset.filter(article__in=own)

    @admin.display(description="state")
    def state(self, edition: Edition) -> str:
        return edition.window_state().capitalize()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
