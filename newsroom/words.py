"""Split texts into words, and fold words so that they can be compared.

Folding removes differences of case and accents. There are two ways to split:

- ``split_words`` finds names and repeated phrases. A hyphen separates words and an apostrophe
  doesn't, as in a slug: “Jae-min’s” is “jae” and “mins”.
- ``search_words`` is for the search. Everything but letters and digits separates words, so that
  PostgreSQL and SQLite index and find the same words.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from django.utils.text import slugify

_APOSTROPHES = "'’‘ʼ＇"
# Invisible inside a word: combining accents, soft hyphens, joiners.
_INVISIBLE = "\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_INVISIBLE}]|[{_APOSTROPHES}](?=[^\W_]))*+")
_REMOVED_BY_FOLDING = re.compile(rf"[{_APOSTROPHES}{_INVISIBLE}]")
_POSSESSIVE = re.compile(rf"[{_APOSTROPHES}][sS]\Z")
_HYPHEN = re.compile(r"[-‐‑]")
_NEW_SENTENCE = re.compile(r"[.!?…:;•|–—\n“\"‘«(\[]")
# Letters that Unicode doesn't treat as accented; replaced as the admin does in slugs.
_SLUG_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)
_SEARCH_WORD = re.compile(r"[^\W_]+")
_COMBINING_ACCENTS = range(0x300, 0x370)

#: Words that are never a name by themselves, folded: a capital comes from their place in a
#: sentence.
# Lists of literals would fill the page.
COMMON_WORDS = frozenset(
    """
    a about above across actually after again against ago all almost alone along already also
    although always am among an and another any anybody anyone anything apparently are around as
    at away back be because been before behind being below beneath besides between beyond both but
    by cannot cant chapter clearly could couldnt despite did didnt do does doesnt doing done dont
    down dr due during each either else enough episode episodes especially even eventually ever
    every everybody everyone everything everywhere except few finale finally first for fortunately
    from had half has hasnt have havent having he hed hence her here heres hers herself hes him
    himself his how however i id if ill im in indeed inside instead into is isnt it its itself ive
    just last later least less let lets like likewise luckily many maybe me meanwhile might more
    moreover most mostly mr mrs ms much must my myself near nearly neither never nevertheless next
    no nobody none nor not nothing now nowhere of off often oh ok okay on once one only onto or
    other others otherwise our ours out outside over own part per perhaps please quite rather
    really sadly season seasons second series several shall she shes should shouldnt since sir so
    some somebody someone something sometimes somewhere soon spoiler spoilers still such suddenly
    surprisingly than thanks that thats the their theirs them themselves then there therefore
    theres these they theyre third this those though through throughout thus to together too
    toward towards ultimately under underneath unfortunately unless unlike until up upon us very
    via volume was wasnt we well were werent what whatever when whenever where whereas wherever
    whether which while who whoever whom whose why with without wont would wouldnt yes yet you
    your yours yourself
    """.split()  # noqa: SIM905
)
#: Words that may be names, but only where their place doesn't explain the capital.
SELDOM_NAMES = frozenset(
    """
    two three four five six seven eight nine ten eleven twelve hell mine miss old will may can
    """.split()  # noqa: SIM905
)


class Word(NamedTuple):
    """A word and its place in a text."""

    folded: str
    #: Folded, without a possessive “’s”.
    name: str
    start: int
    end: int
    is_capitalised: bool
    #: Whether only a hyphen separates it from the word before.
    follows_hyphen: bool
    #: Whether its case tells something: it isn't the first word of its sentence, and capitals
    #: are in the minority there.
    case_is_significant: bool

    @property
    def looks_like_name(self) -> bool:
        """Whether a name would be written like this here."""
        return self.is_capitalised and (self.case_is_significant or self.name not in SELDOM_NAMES)


def split_words(text: str) -> list[Word]:
    """Return the words of plain text, with what their case tells."""
    found: list[Word] = []
    sentence: list[Word] = []
    end = 0
    for match in _WORD.finditer(text):
        gap, raw = text[end : match.start()], match[0]
        if sentence and _NEW_SENTENCE.search(gap):
            found += _with_significance(sentence)
            sentence = []
        end = match.end()
        follows_hyphen = bool(sentence) and _HYPHEN.fullmatch(gap) is not None
        folded, name = _fold_word(raw), _fold_word(_POSSESSIVE.sub("", raw))
        is_capitalised = raw[0] != raw[0].lower()
        sentence.append(
            Word(folded, name, match.start(), end, is_capitalised, follows_hyphen, False)
        )
    return [*found, *_with_significance(sentence)]


def _with_significance(sentence: Sequence[Word]) -> Iterator[Word]:
    """Yield the words of a sentence with ``case_is_significant`` set."""
    yield from sentence[:1]
    # In a headline with capitals, or in a text in capitals, a capital tells nothing.
    counted = [word.is_capitalised for word in sentence[1:] if not word.follows_hyphen]
    significant = 2 * sum(counted) <= len(counted)
    yield from (word._replace(case_is_significant=significant) for word in sentence[1:])


# Most words of a long text are frequent ones.
@lru_cache(maxsize=10_000)
def _fold_word(word: str) -> str:
    bare = _REMOVED_BY_FOLDING.sub("", word)
    if bare.isascii():
        return bare.lower()
    decomposed = unicodedata.normalize("NFKD", bare)
    base = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return base.casefold().translate(_SLUG_LETTERS)


def ngrams(items: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    """Yield every ``size`` consecutive items."""
    return zip(*(items[start:] for start in range(size)), strict=False)


def hyphenated_names(words: Sequence[Word]) -> Iterator[tuple[tuple[str, ...], Word]]:
    """Yield words that hyphens join as one name, each with its first word."""
    joined: list[Word] = []
    for word in words:
        if joined and not word.follows_hyphen:
            yield tuple(each.name for each in joined), joined[0]
            joined = []
        joined.append(word)
    if joined:
        yield tuple(each.name for each in joined), joined[0]


class _FoldedCharacters(dict[int, str]):
    """For ``str.translate``: one character each, in lower case and without accents."""

    def __missing__(self, code: int) -> str:
        parts = unicodedata.normalize("NFKD", chr(code))
        has_accents_only = all(ord(mark) in _COMBINING_ACCENTS for mark in parts[1:])
        base = parts[0] if has_accents_only else chr(code)
        lower = next((each for each in (base.casefold(), base.lower()) if len(each) == 1), base)
        self[code] = lower
        return lower


_folded_characters = _FoldedCharacters()


def fold_text(text: str) -> str:
    """Return the text in lower case and without accents.

    The result is as long as the text's normal form C, so that places in both are the same.
    """
    return unicodedata.normalize("NFC", text).translate(_folded_characters)


def search_words(text: str) -> list[str]:
    """Return the folded words of a text, as the search indexes them."""
    return _SEARCH_WORD.findall(fold_text(text))


def slug_words(text: str, *, min_length: int) -> set[str]:
    """Return the words of at least ``min_length`` letters, as they stand in a slug."""
    return {word for word in slugify(text).split("-") if len(word) >= min_length}
