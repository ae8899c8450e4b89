"""A modelsearch backend for the site's own database that stays fast with many articles.

modelsearch's own database backends use the same tables, but take seconds with 200,000 articles: on
PostgreSQL they search a combination of two columns that no index covers, and on SQLite they rank
each match with a subquery. They give a headline no more weight, because its field isn't named
``title``, and find no words by their beginning. Here each column is searched by its own index.
Results come in this order: all words in the headline, then in headline and standfirst, then
anywhere; within each group the newest first, and headlines with the exact words before all others.

The index holds editions only. An entry has its edition's primary key.

See ``docs/decisions/0032-own-search-backend.md`` for measurements.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from modelsearch.backends.base import (
    BaseIndex,
    BaseSearchBackend,
    BaseSearchQueryCompiler,
    BaseSearchResults,
)
from modelsearch.conf import get_app_config
from modelsearch.query import PlainText
from modelsearch.utils import get_content_type_pk

from articles.models import Edition
from articles.search.terms import SearchTerms
from newsroom.words import search_words

if connection.vendor == "postgresql":
    from articles.search.postgresql import NEWEST, columns, matching_keys
else:
    from articles.search.sqlite import NEWEST, columns, matching_keys

IndexEntry = get_app_config().get_model("IndexEntry", require_ready=False)

#: The most results; if there are more, the page doesn't tell their number.
MAX_RESULTS = 1_000
#: How many characters of a text are indexed. PostgreSQL refuses a vector of more than 1 MB.
MAX_INDEXED = 100_000

HEADLINE, STANDFIRST, ANYWHERE = range(3)


def indexed_texts(edition: Edition) -> tuple[str, str, str]:
    """Return the folded words of the headline, the standfirst and the rest, with spaces between."""
    headline = " ".join(search_words(edition.headline))
    standfirst = " ".join(search_words(edition.standfirst[:MAX_INDEXED]))
    rest = f"{edition.byline}\n{edition.search_text}"[: MAX_INDEXED - len(standfirst)]
    return headline, standfirst, " ".join(search_words(rest))


class Index(BaseIndex):
    """One entry for each edition, written in the same transaction as the edition."""

    def add_items(self, model: type[Edition], items: Iterable[Edition]) -> None:
        """Write the entries of editions; replace entries that exist."""
        content_type = get_content_type_pk(model)
        entries = [
            IndexEntry(
                pk=edition.pk,
                object_id=str(edition.pk),
                content_type_id=content_type,
                **columns(*indexed_texts(edition)),
            )
            for edition in items
        ]
        IndexEntry.objects.bulk_create(
            entries,
            batch_size=100,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["object_id", "content_type_id", *_COLUMNS],
        )

    def delete_item(self, item: Edition) -> None:
        """Delete an edition's entry, if it has one."""
        _delete(IndexEntry.objects.filter(pk=item.pk))

    def reset(self) -> None:
        """Delete all entries."""
        _delete(IndexEntry.objects.all())


_COLUMNS = ("title", "autocomplete", "body")


def _delete(entries: QuerySet) -> None:
    # As modelsearch does: no other row refers to an entry, and triggers update the text tables.
    entries._raw_delete(entries.db)


class Rebuilder:
    """Deletes entries without an edition; the command that uses it then writes all others anew.

    It isn't one transaction, which would block other writers for minutes on SQLite.
    """

    def __init__(self, index: Index) -> None:
        self.index = index

    def start(self) -> Index:
        """Delete entries that belong to no edition, and return the index."""
        wanted = Edition.get_indexed_objects().filter(pk=OuterRef("pk"))
        _delete(IndexEntry.objects.filter(~Exists(wanted)))
        return self.index

    def finish(self) -> None:
        """Do nothing."""


class Compiler(BaseSearchQueryCompiler):
    """Finds the primary keys of results, in order."""

    DEFAULT_OPERATOR = "and"
    HANDLES_ORDER_BY_EXPRESSIONS = True

    @cached_property
    def keys(self) -> list[int]:
        """At most ``MAX_RESULTS + 1`` primary keys (one query if nothing is found, else three)."""
        if not isinstance(self.query, PlainText):
            raise NotImplementedError("The site's index searches for plain text only.")
        words = SearchTerms.parse(self.query.query_string).words
        anywhere = self._keys(ANYWHERE, words) if words else []
        if not anywhere:
            return []
        better = [key for place in (HEADLINE, STANDFIRST) for key in self._keys(place, words)]
        return list(dict.fromkeys([*better, *anywhere]))[: MAX_RESULTS + 1]

    def _keys(self, place: int, words: Sequence[str]) -> list[int]:
        found = self.queryset.filter(pk__in=matching_keys(place, words)).order_by(*NEWEST)
        rows = found.values_list("first_published", "pk", "headline")[: MAX_RESULTS + 1]

        def rank(row: tuple[datetime, int, str]) -> tuple[bool, datetime, int]:
            # For “her”, a headline with “Her” comes before a newer one with “Heroes”.
            published, key, headline = row
            is_exact = place == HEADLINE and set(words).issubset(search_words(headline))
            return is_exact, published, key

        return [key for _, key, _ in sorted(rows, key=rank, reverse=True)]


class Results(BaseSearchResults):
    """The results of a search, which can be sliced, counted and iterated."""

    def _do_search(self) -> list[Edition]:
        keys = self.query_compiler.keys[self.start : self.stop]
        editions = self.query_compiler.queryset.in_bulk(keys)
        return [editions[key] for key in keys if key in editions]

    def _do_count(self) -> int:
        return len(self.query_compiler.keys[self.start : self.stop])


class SearchBackend(BaseSearchBackend):
    """The default of ``MODELSEARCH_BACKENDS``."""

    index_class: Any = Index
    results_class: Any = Results
    query_compiler_class: Any = Compiler
    rebuilder_class: Any = Rebuilder

    def get_index_for_model(self, model: type[Any]) -> Index:
        """Return the index, which holds editions only."""
        if model is not Edition:
            raise NotImplementedError(f"The site's index holds editions, not {model.__name__}.")
        index: Index = self.index_class(self)
        return index
