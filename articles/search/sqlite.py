"""How SQLite keeps and finds words: a table of its full-text extension FTS5."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet, Value
from modelsearch.backends.database.sqlite.query import MatchExpression
from modelsearch.conf import get_app_config

from articles.search.words import is_beginning

#: In the index's own order, of which only the beginning is read. It is that of the editions, not
#: of their articles: in the order of those, SQLite would look every match up (0.2 seconds).
NEWEST: tuple[str, ...] = ("-pk",)

#: What is asked for matches in the headline, in headline and standfirst, and anywhere.
_PLACES = (["title"], ["title", "autocomplete"], ["title", "autocomplete", "body"])


def columns(headline: str, standfirst: str, text: str) -> dict[str, Any]:
    """An entry's columns; the text tables have these names with modelsearch."""
    return {"title": headline, "autocomplete": standfirst, "body": text}


def matching(place: int, words: Sequence[str]) -> QuerySet:
    """The keys of entries with all words in a place."""
    table = get_app_config().get_model("SQLiteFTSIndexEntry")
    query = " AND ".join(f'"{word}"{"*" if is_beginning(word) else ""}' for word in words)
    # Letters and digits, so nothing of the query is FTS5's own language.
    asked: Any = Value(query)
    found: QuerySet = table.objects.filter(MatchExpression(_PLACES[place], asked))
    return found.values("pk")
