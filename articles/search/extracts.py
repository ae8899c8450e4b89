"""Highlight the words of a query in a text, and cut extracts that show them."""

import re
from collections.abc import Iterable, Sequence
from itertools import islice, pairwise
from typing import NamedTuple
from unicodedata import normalize

from articles.search.terms import matches_longer_words
from newsroom.words import fold_text

#: In characters: the length of an extract, and how much of it stands before the first match.
EXTRACT_LENGTH = 240
LEAD_IN = 60
#: How many matches are compared to find the best extract.
MAX_MATCHES = 500

_LONGER = r"[^\W_]*"


class Piece(NamedTuple):
    """A part of a text, and whether it is a word that was searched for."""

    text: str
    is_match: bool = False


class Highlighter:
    """Finds the words of one query in texts that readers see."""

    def __init__(self, words: Sequence[str]) -> None:
        longest_first = sorted(words, key=len, reverse=True)
        patterns = (
            f"({word}{_LONGER if matches_longer_words(word) else ''})" for word in longest_first
        )
        self._words = re.compile(rf"(?<![^\W_])(?:{'|'.join(patterns)})(?![^\W_])")

    def highlight(self, text: str) -> list[Piece]:
        """Return the whole text in pieces."""
        text = normalize("NFC", text)
        spans = (match.span() for match in self._words.finditer(fold_text(text)))
        return _pieces(text, spans, 0, len(text))

    def extract(self, text: str) -> list[Piece]:
        """Return the part of a text with most of the words, in pieces; empty if it has none."""
        text = normalize("NFC", text)
        matches = islice(self._words.finditer(fold_text(text)), MAX_MATCHES)
        places = [(*match.span(), match.lastindex or 0) for match in matches]
        if not places:
            return []
        begin, end = _extract_bounds(text, _best_start(places))
        inside = ((start, stop) for start, stop, _ in places if begin <= start and stop <= end)
        pieces = _pieces(text, inside, begin, end)
        before = [Piece("… ")] if begin else []
        return [*before, *pieces, *([Piece(" …")] if end < len(text) else [])]


def _best_start(places: Sequence[tuple[int, int, int]]) -> int:
    """Return the start of the first stretch with the most different words.

    ``places`` are triples of start, end and the number of the word in the query.
    """
    best, most = places[0][0], 0
    for nth, (begin, _, _) in enumerate(places):
        near = set()
        for _, end, word in places[nth:]:
            if end - begin > EXTRACT_LENGTH - LEAD_IN:
                break
            near.add(word)
        if len(near) > most:
            best, most = begin, len(near)
    return best


def _extract_bounds(text: str, first: int) -> tuple[int, int]:
    """Return start and end of an extract around a place, at the ends of words."""
    begin = max(0, first - LEAD_IN)
    if begin:
        # At the start of a word, but not after the one that was found.
        space = text.find(" ", begin, first)
        begin = space + 1 if space >= 0 else first
    end = min(len(text), begin + EXTRACT_LENGTH)
    if end < len(text):
        space = text.rfind(" ", first, end)
        end = space if space > first else end
    return begin, end


def _pieces(text: str, spans: Iterable[tuple[int, int]], begin: int, end: int) -> list[Piece]:
    cuts = [begin, *(cut for span in spans for cut in span), end]
    pieces = (Piece(text[a:b], nth % 2 == 1) for nth, (a, b) in enumerate(pairwise(cuts)))
    return [piece for piece in pieces if piece.text]
