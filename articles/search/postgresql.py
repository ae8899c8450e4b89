"""How PostgreSQL keeps and finds words: vectors, each with an index of its own."""

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import QuerySet, TextField, Value
from modelsearch.conf import get_app_config

from articles.search.words import is_beginning

#: The planner reads the newest editions until there are enough where a word is common, and sorts
#: all matches where it is rare.
NEWEST: tuple[str, ...] = ("-first_published", "-pk")

#: What is asked for matches in the headline, in headline and standfirst, and anywhere.
_PLACES = ("title", "autocomplete", "body")


def columns(headline: str, standfirst: str, text: str) -> dict[str, Any]:
    """An entry's columns, each with the words of those before it: one index finds them all."""
    joined = (headline, f"{headline} {standfirst}", f"{headline} {standfirst} {text}")
    return {
        name: SearchVector(Value(each, output_field=TextField()), config="simple")
        for name, each in zip(_PLACES, joined, strict=True)
    }


def matching(place: int, words: Sequence[str]) -> QuerySet:
    """The keys of entries with all words in a place."""
    entries = get_app_config().get_model("IndexEntry")
    query = " & ".join(f"'{word}'{':*' if is_beginning(word) else ''}" for word in words)
    asked = SearchQuery(query, search_type="raw", config="simple")
    found: QuerySet = entries.objects.filter(**{_PLACES[place]: asked})
    return found.values("pk")
