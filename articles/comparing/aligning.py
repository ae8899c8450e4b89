"""Pair the items of two sequences by their content, since they have no other identity."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from articles.comparing.differences import Budget, longest_increasing_subsequence, matches

#: The share of common words from which two texts count as one text that was changed.
MIN_COMMON_SHARE = 0.5
#: The most pairs that are compared: 140 changed blocks with 140 others.
MAX_PAIRS = 20_000


class State(StrEnum):
    """How a block, a line or a field differs."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    GONE = "gone"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Pair:
    """An index in the old sequence, one in the new, or both.

    ``changed``: whether a moved item was changed too.
    """

    old: int | None
    new: int | None
    state: State
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """An item to pair; ``identity`` is the thing that it shows, such as a photo."""

    kind: str
    essence: Hashable
    words: frozenset[str]
    identity: Hashable = None


def align_items(old: Sequence[Item], new: Sequence[Item], budget: Budget) -> list[Pair]:
    """Pair equal and similar items: each item is in one pair, in the order of the new sequence.

    Equal items in the same order are “same”, equal ones elsewhere “moved”. Of the rest, two items
    of a kind with enough common words are one that was “changed”, or “moved” and changed. The
    others are “added”, or “gone”; a gone item follows the item that it followed before.
    """
    equal = matches([item.essence for item in old], [item.essence for item in new], budget)
    equal += _equal_elsewhere(old, new, equal)
    similar = list(_similar_pairs(old, new, equal, budget))
    # As many items as possible count as unmoved; the others were moved past them.
    staying = longest_increasing_subsequence(sorted([*equal, *similar]))
    in_place = set(staying)
    pairs = {
        place: Pair(*place, State.SAME if place in in_place else State.MOVED) for place in equal
    }
    for place in similar:
        state = State.CHANGED if place in in_place else State.MOVED
        pairs[place] = Pair(*place, state, changed=True)
    return list(_in_order(len(old), len(new), pairs, staying))


def _left(size: int, taken: Iterable[int]) -> list[int]:
    gone = set(taken)
    return [index for index in range(size) if index not in gone]


def _equal_elsewhere(
    old: Sequence[Item], new: Sequence[Item], same: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    places: dict[Hashable, list[int]] = defaultdict(list)
    for index in reversed(_left(len(new), (pair[1] for pair in same))):
        places[new[index].essence].append(index)
    for index in _left(len(old), (pair[0] for pair in same)):
        if places[old[index].essence]:
            yield index, places[old[index].essence].pop()


def _similar_pairs(
    old: Sequence[Item], new: Sequence[Item], paired: Sequence[tuple[int, int]], budget: Budget
) -> Iterator[tuple[int, int]]:
    """Return pairs of remaining items with enough common words, the most similar first."""
    old_left = _left(len(old), (pair[0] for pair in paired))
    new_left = _left(len(new), (pair[1] for pair in paired))
    found: list[tuple[float, int, int, int]] = []
    for distance, index, other in islice(_nearest_first(old_left, new_left), MAX_PAIRS):
        one, two = old[index], new[other]
        if not budget.consume(20 + min(len(one.words), len(two.words))):
            break
        similarity = _similarity(one, two)
        if similarity >= MIN_COMMON_SHARE:
            found.append((-similarity, distance, index, other))
    taken: set[int] = set()
    new_taken: set[int] = set()
    for *_, index, other in sorted(found):
        if index not in taken and other not in new_taken:
            taken.add(index)
            new_taken.add(other)
            yield index, other


def _nearest_first(old: list[int], new: list[int]) -> Iterator[tuple[int, int, int]]:
    """Return every possible pair as (distance, old index, new index), the nearest first."""
    for distance in range(max(len(old), len(new))):
        for rank in range(distance, min(len(old), distance + len(new))):
            yield distance, old[rank], new[rank - distance]
        for rank in range(min(len(old), len(new) - distance) if distance else 0):
            yield distance, old[rank], new[rank + distance]


def _similarity(one: Item, other: Item) -> float:
    """Return the similarity of two items, from 0 (nothing in common) to 1."""
    if one.kind != other.kind:
        return 0
    if one.identity is not None and one.identity == other.identity:
        return 1
    size = len(one.words) + len(other.words)
    return 2 * len(one.words & other.words) / size if size else 0


def _in_order(
    old_size: int,
    new_size: int,
    pairs: Mapping[tuple[int, int], Pair],
    in_place: Sequence[tuple[int, int]],
) -> Iterator[Pair]:
    paired_old = {old for old, _ in pairs}
    arrived = {new: pair for (_, new), pair in pairs.items()}
    next_old = next_new = 0
    for old, new in [*in_place, (old_size, new_size)]:
        for index in range(next_old, old):
            if index not in paired_old:
                yield Pair(index, None, State.GONE)
        for index in range(next_new, new):
            yield arrived.get(index) or Pair(None, index, State.ADDED)
        if (old, new) in pairs:
            yield pairs[old, new]
        next_old, next_new = old + 1, new + 1
