"""The search page."""

from typing import Any

from django.core.paginator import Paginator
from django.utils.text import Truncator
from django.views.generic import TemplateView

from articles.models import Edition
from articles.models.edition import EditionQuerySet
from articles.search.backend import MAX_RESULTS
from articles.search.extracts import EXTRACT_LENGTH, Highlighter
from articles.search.forms import SearchForm

PER_PAGE = 20
LATEST = 5


def cards() -> EditionQuerySet:
    """Return the live editions with the text that extracts are cut from."""
    return Edition.objects.live().for_cards().defer(None).defer("content", "safe_html")


class SearchView(TemplateView):
    """``/search/?q=…&hub=…&from=…&to=…&page=…``; every parameter may be missing or invalid.

    At most six queries, including the masthead's.
    """

    template_name = "articles/search.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = SearchForm(self.request.GET)
        context = super().get_context_data(form=form, is_search=True, **kwargs)
        if form.is_valid():
            context |= {"query": form.cleaned_data["q"], "terms": form.terms}
            if form.terms.words:
                context |= self._found(form)
        return context

    def _found(self, form: SearchForm) -> dict[str, Any]:
        results = cards().filter(form.condition()).search(form.cleaned_data["q"])
        total = results[: MAX_RESULTS + 1].count()
        if not total:
            latest = Edition.objects.live().for_cards()[:LATEST]
            return {"total": 0, "latest": latest, "wider": form.query_string("q")}
        page = Paginator(results[:MAX_RESULTS], PER_PAGE).get_page(self.request.GET.get("page"))
        highlighter = Highlighter(form.terms.words)
        return {
            "total": total,
            "more_than": f"{MAX_RESULTS:,}" if total > MAX_RESULTS else "",
            "page_obj": page,
            "found": [_entry(edition, highlighter) for edition in page],
            "within": form.query_string(),
        }


def _entry(edition: Edition, highlighter: Highlighter) -> dict[str, Any]:
    """Return an edition as the list of results prints it, from reader-safe columns."""
    beginning = Truncator(edition.standfirst or edition.summary).chars(EXTRACT_LENGTH, truncate="…")
    return {
        "edition": edition,
        "headline": highlighter.highlight(edition.headline),
        "extract": highlighter.extract(edition.search_text) or highlighter.highlight(beginning),
    }
