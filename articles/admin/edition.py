"""Editions in the admin, which nobody can change."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from articles.admin.as_seen_page import as_seen_address, first_second
from articles.admin.transitions import EDIT_ANY
from articles.models import Article, Edition
from articles.models.edition import CANCELLED, live_at
from newsroom.desk.pages import staff_user


class WindowFilter(admin.SimpleListFilter):
    """Filters editions by whether readers see them."""

    title = "readers"
    parameter_name = "readers"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("live", "See it now"), ("scheduled", "Will see it"), ("past", "Saw it")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Edition]) -> QuerySet[Edition]:
        now = timezone.now()
        conditions = {
            "live": live_at(now),
            "scheduled": Q(live_from__gt=now) & ~CANCELLED,
            "past": Q(live_until__lte=now) & ~CANCELLED,
        }
        chosen = conditions.get(self.value() or "")
        return queryset.filter(chosen) if chosen else queryset


@admin.register(Edition)
class EditionAdmin(admin.ModelAdmin):
    """All editions, with the time in which each is live and who published it."""

    list_display = ("headline", "number", "hub", "state", "live_from", "live_until", "created_by")
    list_filter = (WindowFilter, "hub", "spoiler")
    list_select_related = ("hub", "created_by")
    search_fields = ("headline", "standfirst", "byline")
    date_hierarchy = "live_from"
    exclude = ("content",)
    readonly_fields = ("links",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        editions: Any = super().get_queryset(request)
        queryset: QuerySet[Edition] = editions.defer_texts()
        if staff_user(request).has_perm(EDIT_ANY):
            return queryset
        return queryset.filter(article__in=Article.objects.editable_by(staff_user(request)))

    @admin.display(description="state")
    def state(self, edition: Edition) -> str:
        return edition.window_state().capitalize()

    @admin.display(description="go to")
    def links(self, edition: Edition) -> SafeString:
        """Return links to pages about the article; each page checks the permission."""
        names = ("compare", "history")
        compare, history = (
            reverse(f"admin:articles_article_{name}", args=[edition.article_id]) for name in names
        )
        links = [
            (f"{compare}?from=e{edition.number}&to=working", "Compare with the working copy"),
            (history, "History of the article"),
        ]
        if not edition.is_cancelled:
            address = as_seen_address(edition.article_id, first_second(edition))
            links.insert(0, (address, "As readers saw it"))
        return format_html_join(" · ", '<a href="{}">{}</a>', links)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
