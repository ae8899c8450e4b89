"""The search's index on PostgreSQL: a vector for each column, each with an index."""

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import QuerySet, TextField, Value
from modelsearch.conf import get_app_config

from articles.search.terms import matches_longer_words

#: The order of results. For common words the planner reads the newest editions until it has
#: enough; for rare ones it sorts all matches.
NEWEST: tuple[str, ...] = ("-first_published", "-pk")

#: The column to search for words in the headline, in headline and standfirst, and anywhere.
_PLACES = ("title", "autocomplete", "body")


def columns(headline: str, standfirst: str, text: str) -> dict[str, Any]:
    """Return an entry's columns. Each contains those before it, so that one is enough to search."""
    joined = (headline, f"{headline} {standfirst}", f"{headline} {standfirst} {text}")
    return {
        name: SearchVector(Value(each, output_field=TextField()), config="simple")
        for name, each in zip(_PLACES, joined, strict=True)
    }


def matching_keys(place: int, words: Sequence[str]) -> QuerySet:
    """Return the primary keys of entries with all words in a place (see ``_PLACES``)."""
    entries = get_app_config().get_model("IndexEntry")
    query = " & ".join(f"'{word}'{':*' if matches_longer_words(word) else ''}" for word in words)
    condition = SearchQuery(query, search_type="raw", config="simple")
    found: QuerySet = entries.objects.filter(**{_PLACES[place]: condition})
    return found.values("pk")
