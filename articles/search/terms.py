"""The words of a reader's query."""

from typing import NamedTuple

from newsroom.words import search_words

#: Longer queries are shortened.
MAX_CHARACTERS = 200
MAX_WORDS = 16


def matches_longer_words(word: str) -> bool:
    """Return whether a word of a query also finds the words that begin with it.

    One or two letters would find half of the dictionary.
    """
    return len(word) > 2 or not word.isascii()


class SearchTerms(NamedTuple):
    """The words that a query is searched by."""

    #: Each word once; empty if the query has no letters or digits.
    words: tuple[str, ...]
    #: Whether the query was longer than what is searched for.
    is_shortened: bool

    @classmethod
    def parse(cls, query: str) -> "SearchTerms":
        """Return the words of a query of any kind and length."""
        found = dict.fromkeys(search_words(query[:MAX_CHARACTERS]))
        is_shortened = len(query) > MAX_CHARACTERS or len(found) > MAX_WORDS
        return cls(tuple(found)[:MAX_WORDS], is_shortened)
