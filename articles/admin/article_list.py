"""The list of articles: its filter by readers, and what its columns print."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list

from articles.models import Article, Edition
from articles.models.edition import live_at


def _editions() -> QuerySet[Edition]:
    return Edition.objects.effective().filter(article=OuterRef("pk"))


class ReadersFilter(admin.SimpleListFilter):
    """Articles by what readers get of them."""

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
    """The list, with what its columns print in one query and one prefetch."""

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


class ArticleColumns:
    """The columns, for the model admin; each prints what :class:`ArticleList` annotates."""

    @admin.display(description="working copy", ordering="stage")
    def working_copy(self, article: Any) -> str:
        """Its stage, or that readers have, or will have, exactly this."""
        if article.frozen_at and article.frozen_at >= article.updated_at:
            if article.scheduled_from:
                return "as scheduled"
            if article.live_number:
                return "as published"
        return str(article.get_stage_display())

    @admin.display(description="readers see")
    def readers(self, article: Any) -> str:
        """The live edition, and what comes next."""
        parts = []
        if article.live_number:
            parts.append(f"edition {article.live_number}")
        elif article.was_live:
            parts.append("no longer")
        if article.scheduled_from:
            moment = timezone.localtime(article.scheduled_from)
            parts.append(f"from {date_format(moment, 'j M Y, H:i')}")
        return ", ".join(parts) or "nothing yet"

    @admin.display(description="by")
    def signed_by(self, article: Article) -> str:
        """The names in the byline."""
        names = [byline.author.name for byline in article.bylines.all()]
        return get_text_list(names, "and") or "–"
