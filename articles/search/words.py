"""Words of texts and of queries, alike on every database, and extracts that show where they are.

What is indexed and what is asked for is cut into words here, so that PostgreSQL and SQLite, whose
own ideas of a word differ, find the same.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple
from unicodedata import normalize

#: Of a longer query only the beginning counts.
MOST_CHARACTERS = 200
MOST_WORDS = 16
#: Of a longer text only so much is searched. PostgreSQL refuses a vector of more than a megabyte.
INDEXED = 100_000

#: How long an extract is, how much of it stands before the first word found, and how many places
#: are looked at to find the best; characters, but for the places.
EXTRACT = 240
LEAD_IN = 60
PLACES = 500

_MORE = r"[^\W_]*"
_WORD = re.compile(r"[^\W_]+")
_ACCENTS = range(0x300, 0x370)


class _Plain(dict[int, str]):
    """For ``str.translate``: a character in lower case without its accents, always just one."""

    def __missing__(self, code: int) -> str:
        parts = normalize("NFKD", chr(code))
        base = parts[0] if all(ord(mark) in _ACCENTS for mark in parts[1:]) else chr(code)
        lower = next((each for each in (base.casefold(), base.lower()) if len(each) == 1), base)
        self[code] = lower
        return lower


_plain = _Plain()


def plain(text: str) -> str:
    """In lower case and without accents; as long as ``text`` is in its normal form C."""
    return normalize("NFC", text).translate(_plain)


def words(text: str) -> list[str]:
    """A text's words, as they are indexed."""
    return _WORD.findall(plain(text))


def is_beginning(word: str) -> bool:
    """Whether a word that is searched for stands for all longer ones too.

    One or two letters would stand for half the dictionary.
    """
    return len(word) > 2 or not word.isascii()


class Asked(NamedTuple):
    """What a reader searches for."""

    #: Each once; empty where there was nothing but signs.
    words: tuple[str, ...]
    #: Whether there was more than is searched for.
    is_cut: bool

    @classmethod
    def of(cls, query: str) -> "Asked":
        """A query of any kind and length."""
        found = dict.fromkeys(words(query[:MOST_CHARACTERS]))
        is_cut = len(query) > MOST_CHARACTERS or len(found) > MOST_WORDS
        return cls(tuple(found)[:MOST_WORDS], is_cut)


class Piece(NamedTuple):
    """A part of a text, and whether it is a word that was searched for."""

    text: str
    is_found: bool = False


class Marker:
    """Finds the words of one query in texts that readers see."""

    def __init__(self, asked: Sequence[str]) -> None:
        longest_first = sorted(asked, key=len, reverse=True)
        ways = (f"({word}{_MORE if is_beginning(word) else ''})" for word in longest_first)
        self._found = re.compile(rf"(?<![^\W_])(?:{'|'.join(ways)})(?![^\W_])")

    def mark(self, text: str) -> list[Piece]:
        """The whole text in pieces."""
        text = normalize("NFC", text)
        found = (match.span() for match in self._found.finditer(plain(text)))
        return _pieces(text, found, 0, len(text))

    def extract(self, text: str) -> list[Piece]:
        """The part of a text that has most of the words; empty where it has none."""
        text = normalize("NFC", text)
        places = [
            (*match.span(), match.lastindex or 0)
            for match, _ in zip(self._found.finditer(plain(text)), range(PLACES), strict=False)
        ]
        if not places:
            return []
        begin, end = _frame(text, _densest(places))
        inside = ((start, stop) for start, stop, _ in places if begin <= start and stop <= end)
        pieces = _pieces(text, inside, begin, end)
        before = [Piece("… ")] if begin else []
        return [*before, *pieces, *([Piece(" …")] if end < len(text) else [])]


def _densest(places: Sequence[tuple[int, int, int]]) -> int:
    """Where the first stretch begins that has the most different words."""
    best, most = places[0][0], 0
    for nth, (begin, _, _) in enumerate(places):
        near = set()
        for _, end, word in places[nth:]:
            if end - begin > EXTRACT - LEAD_IN:
                break
            near.add(word)
        if len(near) > most:
            best, most = begin, len(near)
    return best


def _frame(text: str, first: int) -> tuple[int, int]:
    """An extract's ends, at the ends of words, round a place."""
    begin = max(0, first - LEAD_IN)
    if begin:
        # Not in the middle of a word, but never behind the one that was found.
        space = text.find(" ", begin, first)
        begin = space + 1 if space >= 0 else first
    end = min(len(text), begin + EXTRACT)
    if end < len(text):
        space = text.rfind(" ", first, end)
        end = space if space > first else end
    return begin, end


def _pieces(text: str, found: Iterable[tuple[int, int]], begin: int, end: int) -> list[Piece]:
    cuts = [begin, *(cut for span in found for cut in span), end]
    pieces = (Piece(text[a:b], nth % 2 == 1) for nth, (a, b) in enumerate(pairwise(cuts)))
    return [piece for piece in pieces if piece.text]
