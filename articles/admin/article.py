"""The article form and its preview."""

from typing import Any

from content_editor.admin import ContentEditor
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from js_asset import Media, Script

from articles.admin.article_list import ArticleColumns, ArticleList, ReadersFilter
from articles.admin.blocks import BLOCK_INLINES, ArticleTitleInline, BylineInline
from articles.admin.clash_pages import ClashPages
from articles.admin.history_pages import HistoryPages
from articles.admin.kept_text import KeptText, confirm_saved
from articles.admin.share_pages import SharePages, open_links
from articles.blocks import SpoilerStartBlock, TextBlock
from articles.blocks.spoiler_boxes import has_box
from articles.models import Article
from articles.models.article import Spoiler
from articles.publishing import giveaways, revisions
from articles.publishing import publish as publishing
from articles.site import rendering
from newsroom.desk.transition_pages import staff
from newsroom.security.private import keep_private


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


@admin.register(Article)
class ArticleAdmin(ArticleColumns, HistoryPages, SharePages, ClashPages, KeptText, ContentEditor):
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
    list_filter = (ReadersFilter, "stage", "hub", "spoiler", "updated_at")
    list_select_related = ("hub",)
    list_per_page = 50
    search_fields = ("headline", "standfirst", "slug")
    search_help_text = "Words of the headline, the standfirst or the address"
    # Counting all would take longer than all else, the more there are.
    show_full_result_count = False
    autocomplete_fields = ("hub", "photo", "topics")
    prepopulated_fields = {"slug": ("headline",)}
    inlines = (BylineInline, ArticleTitleInline, *BLOCK_INLINES)
    fieldsets = (
        (None, {"fields": ("headline", "standfirst", "hub", "slug", "spoiler")}),
        ("Lead photo", {"fields": ("photo", "photo_alt")}),
        ("Placing", {"fields": ("lead", "topics"), "classes": ("collapse",)}),
        (
            "Search engines",
            {
                "fields": ("seo_title", "seo_description", "noindex"),
                "classes": ("collapse",),
            },
        ),
    )

    class Media:
        css = {"all": ("articles/spoiler-box.css",)}
        js = (Script("articles/lengths.js", type="module"),)

    # Who may reach what

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        ordering = self.get_ordering(request)
        queryset = Article.objects.editable_by(staff(request))
        return queryset.order_by(*ordering) if ordering else queryset

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

    # The form

    def save_model(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = staff(request)
            super().save_model(request, obj, form, change)
            return
        # Not the stage: somebody may have moved it since this form was read.
        obj.save(update_fields=[*form.cleaned_data.keys() - {"topics"}, "updated_at"])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        # Not ContentEditor's own: with one region there is nothing to clone between regions,
        # and its handling of "_clone" takes blocks of any article by number.
        super(ContentEditor, self).save_related(request, form, formsets, change)
        article = form.instance
        changed = not change or any(part.has_changed() for part in (form, *formsets))
        if change and changed:
            self.ask_for_approval_again(request, article)
        unmarked = article.spoiler == Spoiler.NONE
        if unmarked and self._has_spoilers(article) and article.raise_spoiler_flag():
            changed = True
            messages.info(
                request,
                "The text has a spoiler box, so the spoiler flag is now “Marked in the text”.",
            )
        if changed:
            revisions.record(article, by=staff(request))

    @staticmethod
    def _has_spoilers(article: Article) -> bool:
        texts = TextBlock.objects.filter(parent=article).values_list("html", flat=True)
        return SpoilerStartBlock.objects.filter(parent=article).exists() or any(map(has_box, texts))

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        response: Any = super().render_change_form(request, context, *args, **kwargs)
        article = kwargs.get("obj")
        if article is not None and article.pk:
            response.context_data |= self._standing_context(article)
            if response.context_data["has_change_permission"]:
                response.context_data |= open_links(article)
        # The import map is an inline script, so the content policy wants a nonce on it.
        response.context_data["media"] = Media.from_media(
            response.context_data["media"], nonce=str(request.csp_nonce)
        )
        return response

    @staticmethod
    def _standing_context(article: Article) -> dict[str, Any]:
        seen = article.editions.effective().filter(live_from__lte=timezone.now()).defer("content")
        last = seen.select_related("withdrawal__by").first()
        return {
            "differs": publishing.differs_from_readers(article),
            "missing": article.missing_for_publication(),
            "giveaways": giveaways.of(article),
            "editions": article.editions.select_related("created_by").defer("content"),
            "last": last,
            "withdrawal": getattr(last, "withdrawal", None),
        }

    def response_add(self, request: HttpRequest, obj: Article, *args: Any, **kwargs: Any) -> Any:
        stock = super().response_add
        response = self._to_preview(request, obj) or stock(request, obj, *args, **kwargs)
        return confirm_saved(request, response)

    def response_change(self, request: HttpRequest, obj: Article) -> Any:
        response = self._to_preview(request, obj) or super().response_change(request, obj)
        return confirm_saved(request, response)

    @staticmethod
    def _to_preview(request: HttpRequest, article: Article) -> HttpResponse | None:
        if "_preview" not in request.POST:
            return None
        return HttpResponseRedirect(reverse("admin:articles_article_preview", args=[article.pk]))

    # Preview

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/preview/", wrap(self.preview_view), name="articles_article_preview"),
            *super().get_urls(),
        ]

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The saved working copy in the site's own design; never cached, never indexed."""
        article = self.reachable(request, pk)
        context = {
            "banner": "articles/banners/preview.html",
            "after_save": True,
            **rendering.page(publishing.preview(article), takes_votes=False),
        }
        return keep_private(render(request, "articles/article_detail.html", context))
