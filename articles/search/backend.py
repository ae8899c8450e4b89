"""modelsearch's index in the site's own database, asked so that it stays quick.

The package's own queries take seconds at 200,000 articles: on PostgreSQL they join two columns
into one that no index covers, on SQLite they rank each match by a search of its own, on neither
does a headline count for more unless its column has one certain name. Here each column has its
index and is asked for itself, and the order is one that readers understand: what has all words in
its headline, then in headline and standfirst, then anywhere; the newest first in each. Headlines
that have the words just as they were typed lead.

It keeps nothing but editions: an entry's key is the edition's, so that either finds the other.
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
from articles.search.words import INDEXED, Asked, words

if connection.vendor == "postgresql":
    from articles.search.postgresql import NEWEST, columns, matching
else:
    from articles.search.sqlite import NEWEST, columns, matching

IndexEntry = get_app_config().get_model("IndexEntry", require_ready=False)

#: Of more matches than this nobody is told how many there are; those beyond it aren't shown.
MOST = 1_000

HEADLINE, STANDFIRST, ANYWHERE = range(3)


def texts(edition: Edition) -> tuple[str, str, str]:
    """The words of an edition's headline, of its standfirst and of the rest, blanks between."""
    headline = " ".join(words(edition.headline))
    standfirst = " ".join(words(edition.standfirst[:INDEXED]))
    rest = f"{edition.byline}\n{edition.search_text}"[: INDEXED - len(standfirst)]
    return headline, standfirst, " ".join(words(rest))


class Index(BaseIndex):
    """One entry an edition, in the transaction that its row is written in."""

    def add_items(self, model: type[Edition], items: Iterable[Edition]) -> None:
        """Write editions' entries, over those that stand."""
        kind = get_content_type_pk(model)
        entries = [
            IndexEntry(
                pk=each.pk, object_id=str(each.pk), content_type_id=kind, **columns(*texts(each))
            )
            for each in items
        ]
        IndexEntry.objects.bulk_create(
            entries,
            batch_size=100,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["object_id", "content_type_id", *_COLUMNS],
        )

    def delete_item(self, item: Edition) -> None:
        """Take an edition's entry away, where there is one."""
        _delete(IndexEntry.objects.filter(pk=item.pk))

    def reset(self) -> None:
        """Take all entries away."""
        _delete(IndexEntry.objects.all())


_COLUMNS = ("title", "autocomplete", "body")


def _delete(entries: QuerySet) -> None:
    # As modelsearch does it: nothing but triggers hangs on an entry.
    entries._raw_delete(entries.db)


class Rebuilder:
    """Takes away what no edition needs; the command that asks for it writes the rest anew.

    A piece at a time: in one transaction it would keep SQLite's writers waiting for minutes.
    """

    def __init__(self, index: Index) -> None:
        self.index = index

    def start(self) -> Index:
        """Before the entries are written."""
        wanted = Edition.get_indexed_objects().filter(pk=OuterRef("pk"))
        _delete(IndexEntry.objects.filter(~Exists(wanted)))
        return self.index

    def finish(self) -> None:
        """Nothing is left to do."""


class Compiler(BaseSearchQueryCompiler):
    """Finds the keys of what is searched for, in order."""

    DEFAULT_OPERATOR = "and"
    HANDLES_ORDER_BY_EXPRESSIONS = True

    @cached_property
    def keys(self) -> list[int]:
        """Those of ``MOST`` editions and one, each once (one query, or three)."""
        if not isinstance(self.query, PlainText):
            raise NotImplementedError("The site's index answers plain texts only.")
        asked = Asked.of(self.query.query_string).words
        anywhere = self._keys(ANYWHERE, asked) if asked else []
        if not anywhere:
            return []
        before = [key for place in (HEADLINE, STANDFIRST) for key in self._keys(place, asked)]
        return list(dict.fromkeys([*before, *anywhere]))[: MOST + 1]

    def _keys(self, place: int, asked: Sequence[str]) -> list[int]:
        found = self.queryset.filter(pk__in=matching(place, asked)).order_by(*NEWEST)
        rows = found.values_list("first_published", "pk", "headline")[: MOST + 1]

        def rank(row: tuple[datetime, int, str]) -> tuple[bool, datetime, int]:
            # A headline with “Her” before the newer one that goes on about “Heroes”.
            published, key, headline = row
            as_typed = place == HEADLINE and set(asked).issubset(words(headline))
            return as_typed, published, key

        return [key for _, key, _ in sorted(rows, key=rank, reverse=True)]


class Results(BaseSearchResults):
    """What was found, as modelsearch's results are used: sliced, counted, gone through."""

    def _do_search(self) -> list[Edition]:
        keys = self.query_compiler.keys[self.start : self.stop]
        editions = self.query_compiler.queryset.in_bulk(keys)
        return [editions[key] for key in keys if key in editions]

    def _do_count(self) -> int:
        return len(self.query_compiler.keys[self.start : self.stop])


class SearchBackend(BaseSearchBackend):
    """What ``MODELSEARCH_BACKENDS`` names where nothing else is set."""

    index_class: Any = Index
    results_class: Any = Results
    query_compiler_class: Any = Compiler
    rebuilder_class: Any = Rebuilder

    def get_index_for_model(self, model: type[Any]) -> Index:
        """The one index; it has room for editions alone, whose keys its entries have."""
        if model is not Edition:
            raise NotImplementedError(f"The site's index holds editions, not {model.__name__}.")
        index: Index = self.index_class(self)
        return index
