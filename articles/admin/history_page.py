"""The pages about an article's history: the timeline, a comparison, restoring a version."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from articles.admin import timeline, versions
from articles.admin.article_page import ArticlePage
from articles.admin.comparison import comparison_context
from articles.models import Article
from articles.publishing import revisions
from newsroom.desk.pages import staff_user

PAGE_SIZE = 50


class _HistoryPage(ArticlePage):
    stylesheets = ("articles/history.css",)


class HistoryPage(_HistoryPage):
    """An article's timeline, in the place of Django's own history."""

    route = "<path:pk>/history/"
    name = "history"
    title = "History"
    template = "admin/articles/article/history.html"

    def get(self, request: HttpRequest, row: Article) -> HttpResponse:
        """List saves, editions, withdrawals and transitions, newest first."""
        page = Paginator(timeline.rows(row), PAGE_SIZE).get_page(request.GET.get("p"))
        entries = timeline.entries(page.object_list)
        old = _valid_name(request, "from") or versions.default_old(row)
        new = _valid_name(request, "to") or versions.WORKING
        return self.render(
            request,
            row,
            page=page,
            entries=entries,
            old=old,
            new=new,
            # Versions chosen on another page of the list: the form must not lose them.
            chosen_elsewhere=_chosen_elsewhere((old, new), entries),
            last_save=f"r{row.version}",
            may_restore=self.may_replace_text(request, row),
        )


class ComparePage(_HistoryPage):
    """The differences between two versions of an article, word by word."""

    route = "<int:pk>/compare/"
    name = "compare"
    title = "Compare"
    template = "admin/articles/article/compare.html"

    def get(self, request: HttpRequest, row: Article) -> HttpResponse:
        """Compare the versions that ``?from=`` and ``?to=`` name."""
        old = versions.find(row, request.GET.get("from") or versions.default_old(row))
        new = versions.find(row, request.GET.get("to") or versions.WORKING)
        may_restore = self.may_replace_text(request, row)
        context = comparison_context(old, new)
        return self.render(request, row, may_restore=may_restore, **context)


class RestorePage(_HistoryPage):
    """Replaces the working copy's text with that of an earlier version."""

    route = "<int:pk>/restore/<slug:version>/"
    name = "restore"
    title = "Restore"
    template = "admin/articles/article/restore.html"

    def may_open(self, request: HttpRequest, row: Article) -> bool:
        """Return whether this user may replace the article's text."""
        return self.may_replace_text(request, row)

    def get(self, request: HttpRequest, row: Article, version: str) -> HttpResponse:
        """Ask for a confirmation."""
        return self._confirm(request, row, _find_earlier(row, version))

    def post(self, request: HttpRequest, row: Article, version: str) -> HttpResponse:
        """Restore the version, unless the article was saved since the page was opened."""
        wanted = _find_earlier(row, version)
        with transaction.atomic():
            if request.POST.get("version") == str(revisions.locked_version(row)):
                return self._restore(request, row, wanted)
        messages.warning(
            request,
            "Somebody has saved the article since this page was opened. Please look again.",
        )
        return self._confirm(request, self.model_admin.get_row_or_404(request, row.pk), wanted)

    def _confirm(
        self, request: HttpRequest, article: Article, wanted: versions.Version
    ) -> TemplateResponse:
        context: dict[str, Any] = comparison_context(
            versions.find(article, versions.WORKING), wanted
        )
        title = f"Restore {wanted.label_in_sentence}?"
        return self.render(request, article, title=title, wanted=wanted, **context)

    def _restore(
        self, request: HttpRequest, article: Article, wanted: versions.Version
    ) -> HttpResponse:
        note = f"{wanted.label_in_sentence} restored"
        user = staff_user(request)
        restored = revisions.restore(article, wanted.content, by=user, note=note)
        article.refresh_from_db()
        self.model_admin.transition_handler.return_to_review(request, article)
        self.model_admin.log_change(request, article, f"Restored {wanted.label_in_sentence}.")
        messages.success(
            request,
            f"{wanted.label} is the working copy again. Readers see it once it is published.",
        )
        for sentence in restored.left_out:
            messages.warning(request, f"{sentence} It was left out.")
        return HttpResponseRedirect(self.model_admin.address("change", article.pk))


def _find_earlier(article: Article, name: str) -> versions.Version:
    """Return a version that can be restored; raise ``Http404`` if there is none of that name."""
    found = versions.find(article, name)
    if found.name == versions.WORKING:
        raise Http404
    return found


def _valid_name(request: HttpRequest, parameter: str) -> str:
    """Return the version's name in a query parameter; "" if there is none or it is malformed."""
    name = request.GET.get(parameter, "")
    return name if versions.label(name) else ""


def _chosen_elsewhere(
    chosen: Iterable[str], entries: Iterable[timeline.Entry]
) -> list[tuple[str, str]]:
    """Return name and label of the chosen versions that are not on this page of the list."""
    listed = {entry.version for entry in entries} | {versions.WORKING}
    return [(name, versions.label(name)) for name in dict.fromkeys(chosen) if name not in listed]
