"""The page that shows an article as readers saw it at any moment."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from articles.admin.article_page import ArticlePage
from articles.models import Article, Edition
from articles.site import rendering
from articles.site.related import related
from articles.site.views import gone
from newsroom.desk.moments import MomentField
from newsroom.security.private import keep_private

#: Years that every database and time zone supports.
_YEARS = range(1900, 2200)


class MomentForm(forms.Form):
    """A form for a moment in the newsroom's time zone, to the second."""

    at = MomentField(
        label="Moment",
        error_messages={"invalid": "Enter a date and a time, such as 2026-11-20T14:05."},
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"
        ),
    )

    def clean_at(self) -> datetime:
        """Refuse a year that is not supported."""
        moment: datetime = self.cleaned_data["at"]
        if moment.year not in _YEARS:
            raise forms.ValidationError(f"Choose a year from {_YEARS.start} to {_YEARS.stop - 1}.")
        return moment


def as_seen_address(article_id: int, at: datetime) -> str:
    """Return the address of an article as readers saw it at a moment."""
    moment = at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    return reverse("admin:articles_article_as_seen", args=[article_id]) + (
        "?" + urlencode({"at": moment})
    )


def first_second(edition: Edition) -> datetime:
    """Return the first full second of an edition, which a form can show.

    An edition that was live for less than a second has none: return its first moment.
    """
    second = edition.live_from.replace(microsecond=0)
    if second < edition.live_from:
        second += timedelta(seconds=1)
    within = edition.live_until is None or second < edition.live_until
    return second if within else edition.live_from


class AsSeenPage(ArticlePage):
    """An article as readers saw it at the moment in ``?at=``; now, if there is none."""

    route = "<int:pk>/as-seen/"
    name = "as_seen"

    def get(self, request: HttpRequest, row: Article) -> HttpResponse:
        """Show the page that readers got, or will get, at that moment."""
        now = timezone.now()
        form = MomentForm({"at": request.GET.get("at") or now.isoformat()})
        valid = form.is_valid()
        moment: datetime = form.cleaned_data["at"] if valid else now
        # What was sent may have another offset; the form shows the newsroom's time.
        shown = form if not valid else MomentForm(initial={"at": moment})
        context = {
            "article": row,
            "moment": moment,
            "form": shown,
            "refused": form.errors.get("at", []),
            "to_come": moment > now,
            "banner": "admin/articles/article/as_seen_banner.html",
            **(_adjacent_editions(row, moment) if valid else {}),
        }
        if not valid:
            template = "admin/articles/article/as_seen_nothing.html"
            return keep_private(render(request, template, context))
        return keep_private(self._show(request, row, moment, context))

    @staticmethod
    def _show(
        request: HttpRequest, article: Article, moment: datetime, context: dict[str, Any]
    ) -> HttpResponse:
        seen = article.editions.live(at=moment).defer(None).select_related("hub").first()
        if seen is not None:
            context |= rendering.page_context(seen, takes_answers=False)
            context["related"] = related(seen, context["title_keys"], _moment_for_others(moment))
            context["related_keys"] = tuple(other.pk for other in context["related"])
            return render(request, "articles/article_detail.html", context)
        effective = article.editions.not_cancelled().select_related("hub").defer("content")
        former = effective.filter(live_from__lte=moment).first()
        if former is None:
            return render(request, "admin/articles/article/as_seen_nothing.html", context)
        context |= {"former": former, **gone(former, moment, _moment_for_others(moment))}
        return render(request, "articles/article_gone.html", context)


def _moment_for_others(moment: datetime) -> datetime:
    """Return the moment for other articles on the page: a future edition of theirs is not shown."""
    return min(moment, timezone.now())


def _adjacent_editions(article: Article, moment: datetime) -> dict[str, Any]:
    """Return number and address of the editions before and after a moment, where there are any."""
    effective = article.editions.not_cancelled().defer_texts()
    begun = list(effective.filter(live_from__lte=moment)[:2])
    # While an edition is live, the earlier one is the one before it; later it is the ended one.
    live = bool(begun) and begun[0].window_state(moment) == "live"
    earlier = begun[1:] if live else begun[:1]
    later = effective.filter(live_from__gt=moment).order_by("live_from", "number")[:1]
    return {
        name: {
            "number": edition.number,
            "address": as_seen_address(article.pk, first_second(edition)),
        }
        for name, editions in (("earlier", earlier), ("later", later))
        for edition in editions
    }
