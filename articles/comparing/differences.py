"""Differences between two texts, by words, in bounded time.

What is compared comes from a form: it may be very long, or the same word ten thousand times.
All work is therefore paid for out of one :class:`Work`; where that is used up, what is left
is told apart as a whole, which is coarser and still true.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, pairwise

#: Units that one comparison may use; a normal article takes a hundredth of it.
MOST_WORK = 10_000_000
#: Units that difflib may need for one stretch; a longer one is divided first.
_MOST_AT_ONCE = 1_000_000

# Characters that belong to the one before: accents, joiners, variants, skin tones.
_JOINED = "\u0300-\u036f\u200c\u200d\u20d0-\u20ff\ufe00-\ufe0f\U0001f3fb-\U0001f3ff"
_CHARACTER_IS_WORD = "\u3040-\u30ff\u3400-\u9fff"
_TOKEN = re.compile(
    rf"""
    (?P<space>\s*+)
    (?P<word>
        \[(?:https?://|mailto:|/)[^\s\[\]]*+\]               # an address, behind its words
      | [{_CHARACTER_IS_WORD}]
      | (?:[^\W{_CHARACTER_IS_WORD}][{_JOINED}]*+)++(?:['’-](?:\w[{_JOINED}]*+)++)*+
      | \S(?:\u200d\S|[{_JOINED}])*+
      | \Z
    )
    """,
    re.VERBOSE,
)


class Work:
    """How much may still be done."""

    def __init__(self, limit: int = MOST_WORK) -> None:
        self.left = limit
        #: Whether something was left undone.
        self.refused = False

    def spend(self, units: int) -> bool:
        """Take units if there are so many left."""
        if units > self.left:
            self.refused = True
            return False
        self.left -= units
        return True


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: ``sign`` is "=" in both, "-" in the old one only, "+" in the new."""

    sign: str
    text: str


def tokens(text: str) -> list[tuple[str, str]]:
    """Each word or mark of a text with the white space before it; together they are the text."""
    return [(found["space"], found["word"]) for found in _TOKEN.finditer(text) if found[0]]


def words(text: str) -> frozenset[str]:
    """The different words of a text, without its marks."""
    return frozenset(
        word.casefold() for _, word in tokens(text) if word[:1].isalnum() or word[:1] == "["
    )


def differences(old: str, new: str, work: Work) -> tuple[Piece, ...]:
    """What makes the new text of the old one, in the order of reading."""
    if old == new:
        return (Piece("=", old),) if old else ()
    before, after = tokens(old), tokens(new)
    pairs = matches([word for _, word in before], [word for _, word in after], work)
    parts: list[tuple[str, str]] = []
    done_old = done_new = 0
    for run in _worth_keeping(_runs(pairs), len(before), len(after)):
        parts += _replaced(before[done_old : run.old], after[done_new : run.new])
        done_old, done_new = run.old + run.size, run.new + run.size
        for (space, word), (new_space, _) in zip(
            before[run.old : done_old], after[run.new : done_new], strict=True
        ):
            parts += [("=", space)] if space == new_space else [("-", space), ("+", new_space)]
            parts.append(("=", word))
    parts += _replaced(before[done_old:], after[done_new:])
    return tuple(_tidied(parts))


def _replaced(
    old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    text, new_text = ("".join(space + word for space, word in part) for part in (old, new))
    space = old[0][0] if old and new and old[0][0] == new[0][0] else ""
    return [("=", space), ("-", text[len(space) :]), ("+", new_text[len(space) :])]


def _tidied(parts: Iterable[tuple[str, str]]) -> Iterator[Piece]:
    # Between two stretches that stayed, all that went is read before what came.
    written = (part for part in parts if part[1])
    for stayed, group in groupby(written, key=lambda part: part[0] == "="):
        texts = list(group)
        for sign in "=" if stayed else "-+":
            if text := "".join(text for each, text in texts if each == sign):
                yield Piece(sign, text)


@dataclass(frozen=True, slots=True)
class _Run:
    """So many equal words from these two places on."""

    old: int
    new: int
    size: int


def _runs(pairs: Sequence[tuple[int, int]]) -> list[_Run]:
    runs: list[_Run] = []
    for old, new in pairs:
        last = runs[-1] if runs else None
        if last and (last.old + last.size, last.new + last.size) == (old, new):
            runs[-1] = _Run(last.old, last.new, last.size + 1)
        else:
            runs.append(_Run(old, new, 1))
    return runs


def _worth_keeping(runs: list[_Run], old_size: int, new_size: int) -> Iterator[_Run]:
    # A lone “the” in the middle of a rewritten sentence helps nobody to read it.
    end = _Run(old_size, new_size, 0)
    last = _Run(0, 0, 0)
    for run, following in pairwise([*runs, end]):
        before = max(run.old - last.old - last.size, run.new - last.new - last.size)
        after = max(following.old - run.old - run.size, following.new - run.new - run.size)
        if run.size > 2 or before < 2 * run.size or after < 2 * run.size:
            yield run
            last = run


def matches(old: Sequence[Hashable], new: Sequence[Hashable], work: Work) -> list[tuple[int, int]]:
    """Pairs of places with equal items, rising on both sides: what stayed where it was.

    Short stretches are left to difflib; long ones are divided at items that both have just
    once, as in “patience diff”. Where neither helps, nothing in the stretch is paired.
    """
    found: list[tuple[int, int]] = []
    stretches = [(0, len(old), 0, len(new))]
    while stretches:
        first, last, first_new, last_new = stretches.pop()
        while first < last and first_new < last_new and old[first] == new[first_new]:
            found.append((first, first_new))
            first, first_new = first + 1, first_new + 1
        while first < last and first_new < last_new and old[last - 1] == new[last_new - 1]:
            last, last_new = last - 1, last_new - 1
            found.append((last, last_new))
        size = last - first + last_new - first_new
        if first == last or first_new == last_new or not work.spend(size):
            continue
        inner = _by_difflib(old[first:last], new[first_new:last_new], work)
        anchors = inner or _anchors(old[first:last], new[first_new:last_new])
        pairs = [(first + one, first_new + other) for one, other in anchors]
        found += pairs
        if inner is None:
            ends = [(first - 1, first_new - 1), *pairs, (last, last_new)]
            stretches += (
                (one + 1, end, other + 1, end_new)
                for (one, other), (end, end_new) in pairwise(ends)
                if pairs
            )
    return sorted(found)


def _by_difflib(
    old: Sequence[Hashable], new: Sequence[Hashable], work: Work
) -> list[tuple[int, int]] | None:
    """What difflib finds; None where it might take long."""
    counts, new_counts = Counter(old), Counter(new)
    equal = sum(count * new_counts[item] for item, count in counts.items())
    # For each block it finds, it looks at most twice at all pairs of equal items.
    round_trip = len(old) + len(new) + equal
    if round_trip * min(len(old), len(new), 2 * equal + 1) > _MOST_AT_ONCE:
        return None
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    if not work.spend(round_trip * len(blocks)):
        work.left = 0
    return [(block.a + n, block.b + n) for block in blocks for n in range(block.size)]


def _anchors(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Items that both sides have once, as many as stand in the same order."""
    counts, new_counts = Counter(old), Counter(new)
    place = {item: where for where, item in enumerate(new) if new_counts[item] == 1}
    return rising(
        [
            (where, place[item])
            for where, item in enumerate(old)
            if counts[item] == 1 and item in place
        ]
    )


def rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of pairs in the order of their first numbers, as many as rise in the second too."""
    tops: list[int] = []  # the lowest second number that ends a row of each length
    ends: list[int] = []
    before: list[int | None] = []
    for index, (_, value) in enumerate(pairs):
        length = bisect_left(tops, value)
        before.append(ends[length - 1] if length else None)
        tops[length : length + 1] = [value]
        ends[length : length + 1] = [index]
    row: list[tuple[int, int]] = []
    index_now = ends[-1] if ends else None
    while index_now is not None:
        row.append(pairs[index_now])
        index_now = before[index_now]
    return row[::-1]
