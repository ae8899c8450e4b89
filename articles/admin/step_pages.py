"""The pages that ask before a step is taken, for one article and for several."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from articles.admin.steps import STEPS, Standing, Step, staff
from articles.models import PARTS, Article, TransitionRefused

#: Articles that one bulk step takes at the most; each is a transaction of its own.
MAX_BULK = 100


class StepPages(admin.ModelAdmin):
    """What the article admin knows of steps. Every door to one ends in :meth:`take`."""

    actions = ("bulk_approve", "bulk_send_back", "bulk_publish", "bulk_withdraw")

    def get_urls(self) -> list[URLPattern]:
        """The steps' pages before the stock ones."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/step/<slug:name>/", wrap(self.step_view), name="articles_article_step"),
            path("step/<slug:name>/", wrap(self.bulk_view), name="articles_article_bulk"),
            *super().get_urls(),
        ]

    def step_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Ask, then take one step with one article."""
        back = reverse("admin:articles_article_change", args=[pk])
        return self._step_page(request, name, [self.reachable(request, pk)], back)

    def bulk_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """Ask, then take one step with each of several articles."""
        ids = request.GET.get("ids", "").split(",")[: MAX_BULK + 1]
        numbers = [int(pk) for pk in ids if pk.isdecimal() and len(pk) < 19]
        step = STEPS.get(name)
        if step is None or not step.in_bulk or len(numbers) > MAX_BULK:
            raise Http404
        articles = list(self.get_queryset(request).filter(pk__in=numbers).select_related("hub"))
        if not articles:
            raise Http404
        back = reverse("admin:articles_article_changelist")
        return self._step_page(request, name, articles, back)

    def reachable(self, request: HttpRequest, pk: int) -> Article:
        """An article that this member of staff may look at, or 404."""
        queryset: QuerySet[Article] = self.get_queryset(request)
        article = queryset.filter(pk=pk).select_related("hub").first()
        if article is None or not self.has_view_permission(request, article):
            raise Http404
        return article

    def may_take(self, request: HttpRequest, step: Step, article: Article | None = None) -> bool:
        """Whether this member of staff may take a step, with this article if one is given."""
        return staff(request).has_perm(step.permission) and self.has_change_permission(
            request, article
        )

    def may_rewrite(self, request: HttpRequest, article: Article) -> bool:
        """Whether this member of staff may replace an article's text with another, whole."""
        names = [
            f"articles.{get_permission_codename(action, part._meta)}"
            for part in PARTS
            for action in ("add", "delete")
        ]
        return staff(request).has_perms(names) and self.has_change_permission(request, article)

    def _step_page(
        self, request: HttpRequest, name: str, articles: list[Article], back: str
    ) -> HttpResponse:
        step = STEPS.get(name)
        if step is None:
            raise Http404
        if not all(self.may_take(request, step, article) for article in articles):
            raise PermissionDenied
        standings = [Standing.of(article) for article in articles]
        initial = step.initial(standings[0])
        seen = _versions(articles)
        answered = request.method == "POST" and request.POST.get("versions", seen) == seen
        if request.method == "POST" and not answered:
            messages.warning(
                request, "The text was changed since this question came up. Look at it again."
            )
        form = step.form(request.POST if request.method == "POST" else None, initial=initial)
        if answered and form.is_valid():
            self.take(request, step, articles, form.cleaned_data)
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": step.question,
            "opts": self.opts,
            "step": step,
            "form": form,
            "standings": standings,
            "versions": seen,
            "missing": articles[0].missing_for_publication() if len(articles) == 1 else [],
            "back": back,
        }
        return TemplateResponse(request, "admin/articles/article/step.html", context)

    def take(
        self, request: HttpRequest, step: Step, articles: list[Article], answers: dict[str, Any]
    ) -> None:
        """Take a step with each article, with a message for each refusal.

        Raises ``PermissionDenied`` before anything is done where one may not be touched.
        """
        if not all(self.may_take(request, step, article) for article in articles):
            raise PermissionDenied
        done = []
        for article in articles:
            address = reverse("admin:articles_article_change", args=[article.pk])
            link = format_html('<a href="{}">{}</a>', address, article)
            try:
                outcome = step.run(article, staff(request), answers)
            except TransitionRefused as refusal:
                messages.error(request, format_html("{}: {}", link, refusal))
            else:
                self.log_change(request, article, f"{step.label.rstrip('…')}: it {outcome}.")
                done.append(format_html("{} {}.", link, outcome))
        if len(done) > 1:
            messages.success(request, f"{step.label.rstrip('…')}: done with {len(done)} articles.")
        elif done:
            messages.success(request, done[0])

    # Bulk actions: each leads to the page that asks.

    def _to_bulk_page(
        self, request: HttpRequest, name: str, queryset: QuerySet[Article]
    ) -> HttpResponseRedirect | None:
        keys = list(queryset.values_list("pk", flat=True)[: MAX_BULK + 1])
        if len(keys) > MAX_BULK:
            messages.error(request, f"Choose at most {MAX_BULK} articles at a time.")
            return None
        ids = ",".join(map(str, keys))
        return HttpResponseRedirect(
            reverse("admin:articles_article_bulk", args=[name]) + f"?ids={ids}"
        )

    def has_approve_permission(self, request: HttpRequest) -> bool:
        """For the actions that move stages."""
        return self.may_take(request, STEPS["approve"])

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """For the actions that change what readers see."""
        return self.may_take(request, STEPS["publish"])

    @admin.action(description="Mark as ready…", permissions=["approve"])
    def bulk_approve(self, request: HttpRequest, queryset: QuerySet[Article]) -> Any:
        """Lead to the page that asks."""
        return self._to_bulk_page(request, "approve", queryset)

    @admin.action(description="Send back to draft…", permissions=["approve"])
    def bulk_send_back(self, request: HttpRequest, queryset: QuerySet[Article]) -> Any:
        """Lead to the page that asks."""
        return self._to_bulk_page(request, "send-back", queryset)

    @admin.action(description="Publish now…", permissions=["publish"])
    def bulk_publish(self, request: HttpRequest, queryset: QuerySet[Article]) -> Any:
        """Lead to the page that asks."""
        return self._to_bulk_page(request, "publish", queryset)

    @admin.action(description="Withdraw…", permissions=["publish"])
    def bulk_withdraw(self, request: HttpRequest, queryset: QuerySet[Article]) -> Any:
        """Lead to the page that asks."""
        return self._to_bulk_page(request, "withdraw", queryset)


def _versions(articles: list[Article]) -> str:
    """The versions that a question is about, so that the answer is about no other."""
    return ",".join(f"{article.pk}:{article.version}" for article in articles)
