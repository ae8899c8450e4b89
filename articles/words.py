"""The words of a text, so that two texts can be compared: without case, accents, punctuation.

A hyphen parts words, as it does in a slug, and an apostrophe doesn't, as in a slug: “Jae-min’s”
is “jae” and “mins”.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

_APOSTROPHES = "'’‘ʼ＇"
# In the middle of a word, and no part of it: combining accents, soft hyphens, joiners.
_UNSEEN = "\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_UNSEEN}]|[{_APOSTROPHES}](?=[^\W_]))*+")
_SILENT = re.compile(rf"[{_APOSTROPHES}{_UNSEEN}]")
_POSSESSIVE = re.compile(rf"[{_APOSTROPHES}][sS]\Z")
_HYPHEN = re.compile(r"[-‐‑]")
_NEW_SENTENCE = re.compile(r"[.!?…:;•|–—\n“\"‘«(\[]")
# Letters that are no accented ones to Unicode, as the admin writes them into slugs.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)

#: Capitalised for their place in a sentence, or no name of anybody; as they are folded.
# Lists of literals would fill the page.
COMMON = frozenset(
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
#: Names too, but not where something else explains the capital.
SELDOM = frozenset(
    """
    two three four five six seven eight nine ten eleven twelve hell mine miss old will may can
    """.split()  # noqa: SIM905
)


class Word(NamedTuple):
    """One word, and where it stands in its text."""

    folded: str
    #: Folded too, without “’s”.
    name: str
    start: int
    end: int
    is_capital: bool
    #: Whether a hyphen alone is between it and the word before.
    is_joined: bool
    #: Whether it is in a sentence, after the beginning, that has small letters for the most.
    in_sentence: bool

    @property
    def stands_as_name(self) -> bool:
        """Whether it is written as a name would be here."""
        return self.is_capital and (self.in_sentence or self.name not in SELDOM)


def words(text: str) -> list[Word]:
    """The words of plain text, a line or a sentence after the other."""
    found: list[Word] = []
    sentence: list[Word] = []
    end = 0
    for match in _WORD.finditer(text):
        gap, raw = text[end : match.start()], match[0]
        if sentence and _NEW_SENTENCE.search(gap):
            found += _placed(sentence)
            sentence = []
        end = match.end()
        joined = bool(sentence) and _HYPHEN.fullmatch(gap) is not None
        folded, name = _fold(raw), _fold(_POSSESSIVE.sub("", raw))
        capital = raw[0] != raw[0].lower()
        sentence.append(Word(folded, name, match.start(), end, capital, joined, in_sentence=False))
    return [*found, *_placed(sentence)]


def _placed(sentence: Sequence[Word]) -> Iterator[Word]:
    """The words with ``in_sentence`` made out."""
    yield from sentence[:1]
    # In a headline's capitals, or where somebody shouts, a capital says nothing.
    counted = [word.is_capital for word in sentence[1:] if not word.is_joined]
    mixed = 2 * sum(counted) <= len(counted)
    yield from (word._replace(in_sentence=mixed) for word in sentence[1:])


# Of a long text most words are frequent ones.
@lru_cache(maxsize=10_000)
def _fold(word: str) -> str:
    bare = _SILENT.sub("", word)
    if bare.isascii():
        return bare.lower()
    parted = unicodedata.normalize("NFKD", bare)
    kept = "".join(letter for letter in parted if not unicodedata.combining(letter))
    return kept.casefold().translate(_PLAIN)


def sequences(items: Sequence[str], length: int) -> Iterator[tuple[str, ...]]:
    """All that stand one after the other, ``length`` at a time."""
    return zip(*(items[start:] for start in range(length)), strict=False)


def units(found: Sequence[Word]) -> Iterator[tuple[tuple[str, ...], Word]]:
    """Words with those that a hyphen joins to them: how they are compared, and the first."""
    unit: list[Word] = []
    for word in found:
        if unit and not word.is_joined:
            yield tuple(each.name for each in unit), unit[0]
            unit = []
        unit.append(word)
    if unit:
        yield tuple(each.name for each in unit), unit[0]
