"""The article form, its list, its preview and the pages of its steps."""

from collections.abc import Sequence
from typing import Any

from content_editor.admin import ContentEditor
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import get_text_list
from js_asset import Media, Script

from articles import content as contents
from articles import publishing, rendering
from articles.admin.blocks import BLOCK_INLINES, ArticleTitleInline, BylineInline
from articles.admin.steps import STEPS, Standing, Step, staff, steps_for
from articles.models import (
    Article,
    Edition,
    Hub,
    SpoilerStartBlock,
    TextBlock,
    TransitionRefused,
    Withdrawal,
)
from articles.models.article import Spoiler
from articles.models.edition import live_at
from articles.spoilers import has_box


class ArticleForm(forms.ModelForm):
    """The article's own fields, with lengths that search engines show."""

    class Meta:
        model = Article
        fields = ()  # the admin's fieldsets decide
        widgets = {
            "headline": forms.TextInput(attrs={"class": "vTextField", "size": 90}),
            "standfirst": forms.Textarea(attrs={"rows": 3, "cols": 90}),
            "photo_alt": forms.TextInput(attrs={"size": 90}),
            "seo_title": forms.TextInput(attrs={"size": 90, "data-length-hint": "60"}),
            "seo_description": forms.Textarea(
                attrs={"rows": 2, "cols": 90, "data-length-hint": "155"}
            ),
        }


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
        of_article = Edition.objects.effective().filter(article=OuterRef("pk"))
        live = Exists(of_article.filter(live_at(now)))
        scheduled = Exists(of_article.filter(live_from__gt=now))
        past = Exists(of_article.filter(live_until__lte=now))
        conditions = {
            "live": live,
            "scheduled": scheduled,
            "gone": past & ~live,
            "never": ~Exists(of_article),
        }
        chosen = conditions.get(self.value() or "")
        return queryset.filter(chosen) if chosen is not None else queryset


class ArticleList(ChangeList):
    """The list, with what its columns print in one query and one prefetch."""

    def get_queryset(self, *args: Any, **kwargs: Any) -> QuerySet[Article]:
        of_article = Edition.objects.effective().filter(article=OuterRef("pk"))
        now = timezone.now()
        live = of_article.filter(live_at(now))
        scheduled = of_article.filter(live_from__gt=now).order_by("live_from")
        queryset: QuerySet[Article] = super().get_queryset(*args, **kwargs)
        return queryset.annotate(
            live_number=Subquery(live.values("number")[:1]),
            scheduled_from=Subquery(scheduled.values("live_from")[:1]),
            was_live=Exists(of_article.filter(live_until__lte=now)),
            frozen_at=Subquery(of_article.order_by("-number").values("created_at")[:1]),
        ).prefetch_related("bylines__author")


@admin.register(Article)
class ArticleAdmin(ContentEditor):
    """The working copy, what readers see of it, and the steps between."""

    form = ArticleForm
    change_form_template = "admin/articles/article/change_form.html"
    list_display = (
        "headline",
        "hub",
        "working_copy",
        "readers",
        "spoiler",
        "signed_by",
        "updated_at",
    )
    list_filter = (ReadersFilter, "stage", "hub", "spoiler")
    list_select_related = ("hub",)
    list_per_page = 50
    search_fields = ("headline", "standfirst", "slug")
    search_help_text = "Words of the headline, the standfirst or the address"
    date_hierarchy = "updated_at"
    autocomplete_fields = ("hub", "photo", "topics")
    prepopulated_fields = {"slug": ("headline",)}
    actions = ("bulk_approve", "bulk_send_back", "bulk_publish", "bulk_withdraw")
    inlines = (BylineInline, ArticleTitleInline, *BLOCK_INLINES)
    fieldsets = (
        (None, {"fields": ("headline", "standfirst", "hub", "slug", "spoiler")}),
        ("Lead photo", {"fields": ("photo", "photo_alt")}),
        ("Placing", {"fields": ("lead", "topics")}),
        (
            "Search engines",
            {"fields": ("seo_title", "seo_description"), "classes": ("collapse",)},
        ),
    )

    class Media:
        css = {"all": ("articles/admin.css", "articles/spoiler-box.css")}
        js = (Script("articles/lengths.js", type="module"),)

    # Who may reach what

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        queryset: QuerySet[Article] = super().get_queryset(request)
        return queryset.filter(pk__in=Article.objects.editable_by(staff(request)).values("pk"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._may_reach(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and self._may_reach(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._may_reach(request, obj)

    def _may_reach(self, request: HttpRequest, obj: Article | None) -> bool:
        if obj is None or obj.pk is None:
            return True
        return Article.objects.editable_by(staff(request)).filter(pk=obj.pk).exists()

    # The list

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ArticleList

    @admin.display(description="working copy", ordering="stage")
    def working_copy(self, article: Any) -> str:
        if article.frozen_at and article.frozen_at >= article.updated_at:
            return "as scheduled" if article.scheduled_from else "as published"
        return str(article.get_stage_display())

    @admin.display(description="readers see")
    def readers(self, article: Any) -> str:
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
        names = [byline.author.name for byline in article.bylines.all()]
        return get_text_list(names, "and") or "–"

    # The form

    def save_model(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = staff(request)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        # Not ContentEditor's own: with one region there is nothing to clone between regions,
        # and its handling of "_clone" takes blocks of any article by number.
        super(ContentEditor, self).save_related(request, form, formsets, change)
        article = form.instance
        if article.spoiler == Spoiler.NONE and self._has_spoilers(article):
            article.spoiler = Spoiler.MARKED
            article.save(update_fields=["spoiler"])
            messages.info(
                request,
                "The text has a spoiler box, so the spoiler flag is now “Marked in the text”.",
            )

    @staticmethod
    def _has_spoilers(article: Article) -> bool:
        texts = TextBlock.objects.filter(parent=article).values_list("html", flat=True)
        return SpoilerStartBlock.objects.filter(parent=article).exists() or any(map(has_box, texts))

    def render_change_form(self, request: Any, context: Any, **kwargs: Any) -> Any:
        article = kwargs.get("obj")
        if article is not None and article.pk:
            context.update(self._standing_context(request, article))
        response = super().render_change_form(request, context, **kwargs)
        # The import map is an inline script, so the content policy wants a nonce on it.
        response.context_data["media"] = Media.from_media(
            response.context_data["media"], nonce=str(request.csp_nonce)
        )
        return response

    def _standing_context(self, request: HttpRequest, article: Article) -> dict[str, Any]:
        standing = Standing.of(article)
        editable = self.has_change_permission(request, article)
        return {
            "standing": standing,
            "steps": steps_for(standing, staff(request)) if editable else [],
            "differs": publishing.differs_from_readers(article),
            "missing": article.missing_for_publication(),
            "editions": article.editions.select_related("created_by").defer("content"),
            "withdrawal": Withdrawal.objects.filter(edition__article=article)
            .select_related("by", "edition")
            .first(),
        }

    def response_add(self, request: HttpRequest, obj: Article, *args: Any, **kwargs: Any) -> Any:
        return self._after_save(request, obj) or super().response_add(request, obj, *args, **kwargs)

    def response_change(self, request: HttpRequest, obj: Article) -> Any:
        return self._after_save(request, obj) or super().response_change(request, obj)

    def _after_save(self, request: HttpRequest, article: Article) -> HttpResponse | None:
        if "_preview" in request.POST:
            return HttpResponseRedirect(
                reverse("admin:articles_article_preview", args=[article.pk])
            )
        step = STEPS.get(request.POST.get("_step", ""))
        if step is None:
            return None
        if step.asks:
            return HttpResponseRedirect(
                reverse("admin:articles_article_step", args=[article.pk, step.name])
            )
        self._take(request, step, [article], {})
        return HttpResponseRedirect(reverse("admin:articles_article_change", args=[article.pk]))

    # Preview and steps

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/preview/", wrap(self.preview_view), name="articles_article_preview"),
            path("<int:pk>/step/<slug:name>/", wrap(self.step_view), name="articles_article_step"),
            path("step/<slug:name>/", wrap(self.bulk_view), name="articles_article_bulk"),
            *super().get_urls(),
        ]

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The saved working copy in the site's own design; never cached, never indexed."""
        article = self._reachable(request, [pk])[0]
        edition = preview_edition(article)
        context = {"edition": edition, "preview": True, "related": [], "current_hub": edition.hub}
        response = render(
            request, "articles/article_detail.html", {**context, **rendering.page(edition)}
        )
        add_never_cache_headers(response)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def step_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Ask, then take one step with one article."""
        back = reverse("admin:articles_article_change", args=[pk])
        return self._step_page(request, name, self._reachable(request, [pk]), back)

    def bulk_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """Ask, then take one step with each of several articles."""
        ids = [int(pk) for pk in request.GET.get("ids", "").split(",") if pk.isdecimal()]
        if not ids or not STEPS.get(name, STEPS["submit"]).in_bulk:
            raise Http404
        back = reverse("admin:articles_article_changelist")
        return self._step_page(request, name, self._reachable(request, ids[:1000]), back)

    def _reachable(self, request: HttpRequest, ids: Sequence[int]) -> list[Article]:
        articles = list(self.get_queryset(request).filter(pk__in=ids).select_related("hub"))
        if not articles:
            raise Http404
        if not self.has_view_permission(request):
            raise PermissionDenied
        return articles

    def _step_page(
        self, request: HttpRequest, name: str, articles: list[Article], back: str
    ) -> HttpResponse:
        step = STEPS.get(name)
        if step is None:
            raise Http404
        if not (staff(request).has_perm(step.permission) and self.has_change_permission(request)):
            raise PermissionDenied
        form = step.form(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            self._take(request, step, articles, form.cleaned_data)
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": step.question,
            "opts": self.opts,
            "step": step,
            "form": form,
            "standings": [Standing.of(article) for article in articles],
            "missing": articles[0].missing_for_publication() if len(articles) == 1 else [],
            "back": back,
        }
        return TemplateResponse(request, "admin/articles/article/step.html", context)

    def _take(
        self, request: HttpRequest, step: Step, articles: list[Article], answers: dict[str, Any]
    ) -> None:
        for article in articles:
            link = format_html(
                '<a href="{}">{}</a>',
                reverse("admin:articles_article_change", args=[article.pk]),
                article,
            )
            try:
                done = step.run(article, staff(request), answers)
            except TransitionRefused as refusal:
                messages.error(request, format_html("{}: {}", link, refusal))
            else:
                self.log_change(request, article, f"{step.label.rstrip('…')}: it {done}.")
                messages.success(request, format_html("{} {}.", link, done))

    # Bulk actions: each leads to the page that asks.

    def _to_bulk_page(self, name: str, queryset: QuerySet[Article]) -> HttpResponseRedirect:
        ids = ",".join(str(pk) for pk in queryset.values_list("pk", flat=True))
        return HttpResponseRedirect(
            reverse("admin:articles_article_bulk", args=[name]) + f"?ids={ids}"
        )

    def has_approve_permission(self, request: HttpRequest) -> bool:
        return staff(request).has_perm(STEPS["approve"].permission)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return staff(request).has_perm(STEPS["publish"].permission)

    @admin.action(description="Mark as ready…", permissions=["approve"])
    def bulk_approve(self, request: HttpRequest, queryset: QuerySet[Article]) -> HttpResponse:
        return self._to_bulk_page("approve", queryset)

    @admin.action(description="Send back to draft…", permissions=["approve"])
    def bulk_send_back(self, request: HttpRequest, queryset: QuerySet[Article]) -> HttpResponse:
        return self._to_bulk_page("send-back", queryset)

    @admin.action(description="Publish now…", permissions=["publish"])
    def bulk_publish(self, request: HttpRequest, queryset: QuerySet[Article]) -> HttpResponse:
        return self._to_bulk_page("publish", queryset)

    @admin.action(description="Withdraw…", permissions=["publish"])
    def bulk_withdraw(self, request: HttpRequest, queryset: QuerySet[Article]) -> HttpResponse:
        return self._to_bulk_page("withdraw", queryset)


def preview_edition(article: Article) -> Edition:
    """An unsaved edition of the working copy as it is, however incomplete."""
    content = contents.freeze(article)
    return Edition(
        article=article,
        hub=article.hub or Hub(name="No hub yet", slug="no-hub"),
        live_from=timezone.now(),
        first_published=timezone.now(),
        content=content,
        **publishing.reader_safe_columns(article, content),
    )
