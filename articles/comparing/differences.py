"""Differences between two texts, word by word, in bounded time.

The texts come from a form: they may be very long, or the same word ten thousand times. All work
therefore consumes units of one :class:`Budget`. When it is used up, the rest is compared as a
whole, which is coarser and still correct.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, pairwise

#: The units of one comparison; a usual article needs a hundredth of them.
MAX_UNITS = 10_000_000
#: The most units that difflib may need for one range; a longer one is divided first.
_MAX_UNITS_OF_DIFFLIB = 1_000_000

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


class Budget:
    """The work that may still be done, in units."""

    def __init__(self, limit: int = MAX_UNITS) -> None:
        self.left = limit
        #: Whether some work was refused.
        self.refused = False

    def consume(self, units: int) -> bool:
        """Take units and return True; return False where fewer are left."""
        if units > self.left:
            self.refused = True
            return False
        self.left -= units
        return True


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: ``sign`` is "=" in both texts, "-" in the old one only, "+" in the new."""

    sign: str
    text: str


def tokens(text: str) -> list[tuple[str, str]]:
    """Return each word or punctuation mark with the white space before it.

    Joined, they are the text again.
    """
    return [(found["space"], found["word"]) for found in _TOKEN.finditer(text) if found[0]]


def words(text: str) -> frozenset[str]:
    """Return the different words of a text, without punctuation, case-folded."""
    return frozenset(
        word.casefold() for _, word in tokens(text) if word[:1].isalnum() or word[:1] == "["
    )


def differences(old: str, new: str, budget: Budget) -> tuple[Piece, ...]:
    """Return the parts that both texts share and those that differ, in the order of reading."""
    if old == new:
        return (Piece("=", old),) if old else ()
    before, after = tokens(old), tokens(new)
    pairs = matches([word for _, word in before], [word for _, word in after], budget)
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
    # Between two shared parts, everything removed comes before everything added.
    written = (part for part in parts if part[1])
    for stayed, group in groupby(written, key=lambda part: part[0] == "="):
        texts = list(group)
        for sign in "=" if stayed else "-+":
            if text := "".join(text for each, text in texts if each == sign):
                yield Piece(sign, text)


@dataclass(frozen=True, slots=True)
class _Run:
    """``size`` equal words that begin at these two indexes."""

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
    # A single shared “the” in a rewritten sentence makes the difference harder to read.
    end = _Run(old_size, new_size, 0)
    last = _Run(0, 0, 0)
    for run, following in pairwise([*runs, end]):
        before = max(run.old - last.old - last.size, run.new - last.new - last.size)
        after = max(following.old - run.old - run.size, following.new - run.new - run.size)
        if run.size > 2 or before < 2 * run.size or after < 2 * run.size:
            yield run
            last = run


def matches(
    old: Sequence[Hashable], new: Sequence[Hashable], budget: Budget
) -> list[tuple[int, int]]:
    """Return pairs of indexes of equal items, increasing on both sides.

    Short ranges are compared by difflib. Long ones are divided at items that both sides have
    exactly once, as in “patience diff”; where there are none, nothing in the range is paired.
    """
    found: list[tuple[int, int]] = []
    ranges = [(0, len(old), 0, len(new))]
    while ranges:
        first, last, first_new, last_new = ranges.pop()
        while first < last and first_new < last_new and old[first] == new[first_new]:
            found.append((first, first_new))
            first, first_new = first + 1, first_new + 1
        while first < last and first_new < last_new and old[last - 1] == new[last_new - 1]:
            last, last_new = last - 1, last_new - 1
            found.append((last, last_new))
        size = last - first + last_new - first_new
        if first == last or first_new == last_new or not budget.consume(size):
            continue
        inner = _by_difflib(old[first:last], new[first_new:last_new], budget)
        anchors = inner or _anchors(old[first:last], new[first_new:last_new])
        pairs = [(first + one, first_new + other) for one, other in anchors]
        found += pairs
        if inner is None:
            ends = [(first - 1, first_new - 1), *pairs, (last, last_new)]
            ranges += (
                (one + 1, end, other + 1, end_new)
                for (one, other), (end, end_new) in pairwise(ends)
                if pairs
            )
    return sorted(found)


def _by_difflib(
    old: Sequence[Hashable], new: Sequence[Hashable], budget: Budget
) -> list[tuple[int, int]] | None:
    """Return the pairs that difflib finds; None where it might take too long."""
    counts, new_counts = Counter(old), Counter(new)
    equal = sum(count * new_counts[item] for item, count in counts.items())
    # For each block that difflib finds, it looks at all pairs of equal items at most twice.
    units_per_block = len(old) + len(new) + equal
    if units_per_block * min(len(old), len(new), 2 * equal + 1) > _MAX_UNITS_OF_DIFFLIB:
        return None
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    if not budget.consume(units_per_block * len(blocks)):
        budget.left = 0
    return [(block.a + n, block.b + n) for block in blocks for n in range(block.size)]


def _anchors(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return pairs of items that both sides have once, as many as are in the same order."""
    counts, new_counts = Counter(old), Counter(new)
    place = {item: where for where, item in enumerate(new) if new_counts[item] == 1}
    return longest_increasing_subsequence(
        [
            (where, place[item])
            for where, item in enumerate(old)
            if counts[item] == 1 and item in place
        ]
    )


def longest_increasing_subsequence(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return as many pairs as possible whose second numbers increase.

    ``pairs`` are in the order of their first numbers.
    """
    tops: list[int] = []  # the lowest second number that ends a subsequence of each length
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
