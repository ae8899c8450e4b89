"""The list of articles: its filter by what readers see, and its columns."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import get_text_list

from articles.models import Article, Edition
from articles.models.edition import live_at
from newsroom.desk.moments import format_short_moment


def _editions() -> QuerySet[Edition]:
    return Edition.objects.not_cancelled().filter(article=OuterRef("pk"))


class ReadersFilter(admin.SimpleListFilter):
    """Filters articles by what readers see of them."""

    title = "readers"
    parameter_name = "readers"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("live", "See it"),
            ("scheduled", "Will see it"),
            ("gone", "No longer see it"),
            ("never", "Never saw it"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        now = timezone.now()
        live = Exists(_editions().filter(live_at(now)))
        past = Exists(_editions().filter(live_until__lte=now))
        conditions = {
            "live": live,
            "scheduled": Exists(_editions().filter(live_from__gt=now)),
            "gone": past & ~live,
            "never": ~Exists(_editions()),
        }
        chosen = conditions.get(self.value() or "")
        return queryset.filter(chosen) if chosen is not None else queryset


class ArticleList(ChangeList):
    """The list, which loads what its columns print in one query and one prefetch."""

    def get_queryset(self, *args: Any, **kwargs: Any) -> QuerySet[Article]:
        now = timezone.now()
        live = _editions().filter(live_at(now))
        scheduled = _editions().filter(live_from__gt=now).order_by("live_from")
        queryset: QuerySet[Article] = super().get_queryset(*args, **kwargs)
        return queryset.annotate(
            live_number=Subquery(live.values("number")[:1]),
            scheduled_from=Subquery(scheduled.values("live_from")[:1]),
            was_live=Exists(_editions().filter(live_until__lte=now)),
            frozen_at=Subquery(_editions().order_by("-number").values("created_at")[:1]),
        ).prefetch_related("bylines__author")


# Columns. Each prints what ``ArticleList`` adds to its articles.


@admin.display(description="working copy", ordering="stage")
def working_copy(article: Any) -> str:
    """Return the stage, or that readers have, or will have, exactly this text."""
    if article.frozen_at and article.frozen_at >= article.updated_at:
        if article.scheduled_from:
            return "as scheduled"
        if article.live_number:
            return "as published"
    return str(article.get_stage_display())


@admin.display(description="readers see")
def readers(article: Any) -> str:
    """Return the number of the live edition, and when the scheduled one goes live."""
    parts = []
    if article.live_number:
        parts.append(f"edition {article.live_number}")
    elif article.was_live:
        parts.append("no longer")
    if article.scheduled_from:
        parts.append(f"from {format_short_moment(article.scheduled_from)}")
    return ", ".join(parts) or "nothing yet"


@admin.display(description="by")
def byline(article: Article) -> str:
    """Return the names in the byline."""
    names = [byline.author.name for byline in article.bylines.all()]
    return get_text_list(names, "and") or "–"
