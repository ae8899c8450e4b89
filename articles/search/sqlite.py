"""The search's index on SQLite: a table of its full-text extension FTS5."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet, Value
from modelsearch.backends.database.sqlite.query import MatchExpression
from modelsearch.conf import get_app_config

from articles.search.terms import matches_longer_words

#: The order of results is the index's own, of which only the beginning is read. To order by date
#: of publication, SQLite would look up every match (0.2 seconds).
NEWEST: tuple[str, ...] = ("-pk",)

#: The columns to search for words in the headline, in headline and standfirst, and anywhere.
_PLACES = (["title"], ["title", "autocomplete"], ["title", "autocomplete", "body"])


def columns(headline: str, standfirst: str, text: str) -> dict[str, Any]:
    """Return an entry's columns; their names are modelsearch's."""
    return {"title": headline, "autocomplete": standfirst, "body": text}


def matching_keys(place: int, words: Sequence[str]) -> QuerySet:
    """Return the primary keys of entries with all words in a place (see ``_PLACES``)."""
    table = get_app_config().get_model("SQLiteFTSIndexEntry")
    query = " AND ".join(f'"{word}"{"*" if matches_longer_words(word) else ""}' for word in words)
    # The words are letters and digits, so they contain none of FTS5's syntax.
    condition: Any = Value(query)
    found: QuerySet = table.objects.filter(MatchExpression(_PLACES[place], condition))
    return found.values("pk")
