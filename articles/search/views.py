"""The page that searches, and its results."""

from typing import Any

from django.core.paginator import Paginator
from django.utils.text import Truncator
from django.views.generic import TemplateView

from articles.models import Edition
from articles.models.edition import EditionQuerySet
from articles.search.backend import MOST
from articles.search.forms import SearchForm
from articles.search.words import EXTRACT, Marker

PER_PAGE = 20
LATEST = 5


def cards() -> EditionQuerySet:
    """What readers see now, with the text that extracts are cut from."""
    return Edition.objects.live().for_cards().defer(None).defer("content", "safe_html")


class SearchView(TemplateView):
    """``/search/?q=…&hub=…&from=…&to=…&page=…``, all of which may be missing or nonsense.

    Six queries at most, the masthead's among them.
    """

    template_name = "articles/search.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = SearchForm(self.request.GET)
        context = super().get_context_data(form=form, is_search=True, **kwargs)
        if form.is_valid():
            context |= {"query": form.cleaned_data["q"], "asked": form.asked}
            if form.asked.words:
                context |= self._found(form)
        return context

    def _found(self, form: SearchForm) -> dict[str, Any]:
        results = cards().filter(form.condition()).search(form.cleaned_data["q"])
        total = results[: MOST + 1].count()
        if not total:
            latest = Edition.objects.live().for_cards()[:LATEST]
            return {"total": 0, "latest": latest, "wider": form.in_address("q")}
        page = Paginator(results[:MOST], PER_PAGE).get_page(self.request.GET.get("page"))
        marker = Marker(form.asked.words)
        return {
            "total": total,
            "more_than": f"{MOST:,}" if total > MOST else "",
            "page_obj": page,
            "found": [_entry(edition, marker) for edition in page],
            "within": form.in_address(),
        }


def _entry(edition: Edition, marker: Marker) -> dict[str, Any]:
    """An edition as the list of results prints it; of its columns those that are reader-safe."""
    beginning = Truncator(edition.standfirst or edition.summary).chars(EXTRACT, truncate="…")
    return {
        "edition": edition,
        "headline": marker.mark(edition.headline),
        "extract": marker.extract(edition.search_text) or marker.mark(beginning),
    }
