"""Hubs, titles, topics and authors in the admin."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from articles.models import Article, Author, Availability, Hub, Title, Topic
from articles.models.public_page import PublicPage
from newsroom.desk.lists import NoReverseLookupsAdmin


class PublicPageAdmin(NoReverseLookupsAdmin):
    """Counts articles; proposes a slug, which is read-only once it was published."""

    #: The field of an article that refers to this model.
    article_field: ClassVar[str]
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # A subquery keeps the model's order, and counts for the rows on the page only.
        articles = Article.objects.order_by().filter(**{self.article_field: OuterRef("pk")})
        count = articles.values(self.article_field).annotate(n=Count("pk")).values("n")
        counted: QuerySet[Any] = (
            super().get_queryset(request).annotate(article_count=Coalesce(Subquery(count), 0))
        )
        return counted

    @admin.display(description="articles", ordering="article_count")
    def article_count(self, item: Any) -> int:
        return int(item.article_count)

    def _slug_is_fixed(self, obj: PublicPage | None) -> bool:
        return obj is not None and obj.is_published()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return (*fields, "slug") if self._slug_is_fixed(obj) else fields

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return {} if self._slug_is_fixed(obj) else {"slug": ("name",)}


@admin.register(Hub)
class HubAdmin(PublicPageAdmin):
    """Hubs, in their order on the site."""

    article_field = "hub"
    list_display = ("name", "slug", "position", "accent", "article_count")
    list_editable = ("position",)
    search_fields = ("name", "slug", "description")
    fields = (
        "name",
        "slug",
        "description",
        "accent",
        "position",
        ("newsletter", "newsletter_on_front"),
    )
    autocomplete_fields = ("newsletter",)


class AvailabilityInline(admin.TabularInline):
    """Services where a title can be watched, played or read."""

    model = Availability
    extra = 1
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}


@admin.register(Title)
class TitleAdmin(PublicPageAdmin):
    """Series, films, games and books."""

    article_field = "titles"
    list_display = ("name", "kind", "year", "services", "article_count")
    list_filter = ("kind", "year")
    search_fields = ("name", "original_name")
    date_hierarchy = "released"
    fields = (
        "name",
        "slug",
        "original_name",
        ("kind", "year", "released", "episodes"),
        "description",
        "photo",
    )
    autocomplete_fields = ("photo",)
    inlines = (AvailabilityInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Title]:
        return super().get_queryset(request).prefetch_related("availability")

    @admin.display(description="where to watch")
    def services(self, title: Title) -> str:
        return ", ".join(place.service for place in title.availability.all()) or "–"


@admin.register(Topic)
class TopicAdmin(PublicPageAdmin):
    """Topics, which can span hubs."""

    article_field = "topics"
    list_display = ("name", "slug", "article_count")
    search_fields = ("name", "description")
    fields = ("name", "slug", "description")


@admin.register(Author)
class AuthorAdmin(PublicPageAdmin):
    """Authors, whose names are in bylines."""

    article_field = "authors"
    list_display = ("name", "role", "account", "article_count")
    list_filter = ("role", ("user", admin.EmptyFieldListFilter))
    list_select_related = ("user",)
    search_fields = ("name", "role", "biography")
    fields = ("name", "slug", "role", "biography", "photo", "user")
    autocomplete_fields = ("photo", "user")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # The account of an author may edit the author's articles.
        fields = super().get_readonly_fields(request, obj)
        allowed = request.user.has_perms(("articles.edit_any_article", "newsroom.view_user"))
        return fields if allowed else (*fields, "user")

    @admin.display(description="staff account", ordering=F("user__username"))
    def account(self, author: Author) -> str:
        return author.user.get_username() if author.user else "–"
