"""The admin of articles: the form, and what else belongs to an article's page."""

from typing import Any

from content_editor.admin import ContentEditor
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from js_asset import Media, Script

from articles.admin import article_list, autosave, clashes
from articles.admin.article_page import PreviewPage
from articles.admin.as_seen_page import AsSeenPage
from articles.admin.blocks import BLOCK_INLINES, ArticleTitleInline, BylineInline
from articles.admin.history_page import ComparePage, HistoryPage, RestorePage
from articles.admin.share_links_page import ShareLinksPage, open_links
from articles.admin.transition_handler import ArticleTransitionHandler
from articles.admin.transitions import TRANSITIONS
from articles.blocks import SpoilerStartBlock, TextBlock
from articles.blocks.spoiler_boxes import has_box
from articles.models import Article
from articles.models.article import Spoiler
from articles.publishing import giveaways, publish, revisions
from newsroom.desk.model_admin import DeskAdmin
from newsroom.desk.pages import staff_user


class ArticleForm(forms.ModelForm):
    """The article's own fields; the script shows the lengths that search engines print."""

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
class ArticleAdmin(DeskAdmin[Article], ContentEditor):
    """The working copy, what readers see of it, and the transitions between."""

    pages = (
        PreviewPage,
        AsSeenPage,
        HistoryPage,
        ComparePage,
        RestorePage,
        ShareLinksPage,
        clashes.ClashPage,
    )
    page_stylesheets = ("articles/admin.css",)
    transitions = TRANSITIONS
    transition_handler_class = ArticleTransitionHandler
    transition_handler: ArticleTransitionHandler
    form = ArticleForm
    change_form_template = "admin/articles/article/change_form.html"
    list_display = (
        "headline",
        "hub",
        article_list.working_copy,
        article_list.readers,
        "spoiler",
        article_list.byline,
        "updated_at",
    )
    list_filter = (article_list.ReadersFilter, "stage", "hub", "spoiler", "updated_at")
    list_select_related = ("hub",)
    list_per_page = 50
    search_fields = ("headline", "standfirst", "slug")
    search_help_text = "Words of the headline, the standfirst or the address"
    # Counting all articles would take longer than the rest of the page.
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
        js = (Script("articles/length-hints.js", type="module"),)

    # Who may reach what

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        ordering = self.get_ordering(request)
        queryset = Article.objects.editable_by(staff_user(request))
        return queryset.order_by(*ordering) if ordering else queryset

    def get_page_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        """Add the hub, which an address is made of."""
        return super().get_page_queryset(request).select_related("hub")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._is_editable(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and self._is_editable(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._is_editable(request, obj)

    def _is_editable(self, request: HttpRequest, obj: Article | None) -> bool:
        if obj is None or obj.pk is None:
            return True
        return Article.objects.editable_by(staff_user(request)).filter(pk=obj.pk).exists()

    # The list

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return article_list.ArticleList

    # The form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Save a form, unless the text is older than the stored one or only recovered."""
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            article = self.get_object(request, object_id) if object_id is not None else None
            response = None
            if article is not None and self.has_change_permission(request, article):
                response = clashes.find_clash(self, request, article)
            if response is None:
                response = super().changeform_view(request, object_id, form_url, extra_context)
            if autosave.is_recovery(request):
                transaction.set_rollback(True)
        return response

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Return a form that is never valid, if the text must not be saved."""
        form = super().get_form(request, *args, **kwargs)
        bases: list[type[forms.ModelForm]] = []
        if clashes.is_outdated(request):
            bases.append(clashes.OutdatedForm)
        if autosave.is_recovery(request):
            bases.append(autosave.RecoveryForm)
        return type(form.__name__, (*bases, form), {}) if bases else form

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Any, inline: Any, prefix: str
    ) -> dict[str, Any]:
        """Keep rows of an older text that others have deleted since."""
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        if clashes.is_outdated(request) or (autosave.is_recovery(request) and obj.pk):
            clashes.make_unknown_rows_new(inline.model, obj, kwargs["data"], prefix)
        return kwargs

    def save_model(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = staff_user(request)
            super().save_model(request, obj, form, change)
            return
        # Without the stage: somebody may have changed it since this form was loaded.
        obj.save(update_fields=[*form.cleaned_data.keys() - {"topics"}, "updated_at"])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        # Without ContentEditor's own method: it copies blocks of any article by number between
        # regions, and an article has one region.
        super(ContentEditor, self).save_related(request, form, formsets, change)
        article = form.instance
        changed = not change or any(part.has_changed() for part in (form, *formsets))
        if change and changed:
            self.transition_handler.return_to_review(request, article)
        unmarked = article.spoiler == Spoiler.NONE
        if unmarked and self._has_spoilers(article) and article.mark_spoilers():
            changed = True
            messages.info(
                request,
                "The text has a spoiler box, so the spoiler flag was set to “Marked in the text”.",
            )
        if changed:
            revisions.record(article, by=staff_user(request))

    @staticmethod
    def _has_spoilers(article: Article) -> bool:
        texts = TextBlock.objects.filter(parent=article).values_list("html", flat=True)
        return SpoilerStartBlock.objects.filter(parent=article).exists() or any(map(has_box, texts))

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        article = kwargs.get("obj")
        version = article.version if article is not None else 0
        # A form that comes back with errors keeps the version it was loaded with.
        context["form_version"] = request.POST.get("_version", version)
        context |= autosave.form_context(request)
        response: Any = super().render_change_form(request, context, *args, **kwargs)
        if article is not None and article.pk:
            response.context_data |= _status_context(article)
            if response.context_data["has_change_permission"]:
                response.context_data |= open_links(article)
        # The import map is an inline script, so the content policy requires a nonce.
        response.context_data["media"] = Media.from_media(
            response.context_data["media"], nonce=str(request.csp_nonce)
        )
        return response

    def response_add(self, request: HttpRequest, obj: Article, *args: Any, **kwargs: Any) -> Any:
        response = self._redirect_to_preview(request, obj)
        return autosave.confirm_saved(
            request, response or super().response_add(request, obj, *args, **kwargs)
        )

    def response_change(self, request: HttpRequest, obj: Article) -> Any:
        response = self._redirect_to_preview(request, obj)
        return autosave.confirm_saved(request, response or super().response_change(request, obj))

    def _redirect_to_preview(self, request: HttpRequest, article: Article) -> HttpResponse | None:
        if "_preview" not in request.POST:
            return None
        return HttpResponseRedirect(self.address("preview", article.pk))


def _status_context(article: Article) -> dict[str, Any]:
    """Return what the form prints above the fields, besides the article's status."""
    started = article.editions.not_cancelled().filter(live_from__lte=timezone.now())
    last = started.defer("content").select_related("withdrawal__by").first()
    return {
        "differs": publish.differs_from_readers(article),
        "missing": article.missing_for_publication(),
        "giveaways": giveaways.find_in_article(article),
        "editions": article.editions.select_related("created_by").defer("content"),
        "last": last,
        "withdrawal": getattr(last, "withdrawal", None),
    }
