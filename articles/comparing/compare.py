"""Compare two contents, field by field and block by block.

Pure functions on frozen content: no query, no HTML. Blocks have no identity of their own, so
they are paired by their content.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.text import get_text_list

from articles.blocks.base import Frozen, Line
from articles.blocks.registry import kind_of
from articles.blocks.text_lines import BOX, BOX_END
from articles.comparing import readable
from articles.comparing.aligning import Item, Pair, State, align_items
from articles.comparing.differences import Budget, Piece, differences, words


@dataclass(frozen=True, slots=True)
class LineChange:
    """A paragraph, a box's start or end, or a field of a block; ``pieces`` hold both texts."""

    state: State
    label: str
    pieces: tuple[Piece, ...]
    #: Whether the words are the same and only the formatting differs.
    only_formatting: bool = False

    @property
    def differs(self) -> bool:
        """Whether there is a difference to show."""
        return self.state != State.SAME


@dataclass(frozen=True, slots=True)
class BlockChange:
    """A block of the old content, of the new one, or of both; indexes count from 0."""

    state: State
    label: str
    old: int | None
    new: int | None
    lines: tuple[LineChange, ...]
    #: Names of the pictures' files, "" for none.
    old_picture: str = ""
    new_picture: str = ""
    #: Whether nobody edited the block: a photo or a title that it shows was changed.
    from_elsewhere: bool = False

    @property
    def changed(self) -> bool:
        """Whether the content of the block differs, apart from its position."""
        other_picture = self.old_picture != self.new_picture
        return other_picture or any(line.differs for line in self.lines)

    @property
    def only_formatting(self) -> bool:
        """Whether all its words are the same."""
        differing = [line for line in self.lines if line.differs]
        return bool(differing) and all(line.only_formatting for line in differing)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All fields and blocks of two contents, changed or not."""

    fields: tuple[LineChange, ...]
    blocks: tuple[BlockChange, ...]
    #: Names of the lead photos' files, "" for none.
    old_picture: str
    new_picture: str
    #: Whether some part was too long to be compared word by word.
    coarse: bool

    @property
    def changed_fields(self) -> list[LineChange]:
        """The fields that differ."""
        return [field for field in self.fields if field.differs]

    @property
    def differs(self) -> bool:
        """Whether there is a difference to show."""
        blocks = any(block.state != State.SAME for block in self.blocks)
        return blocks or bool(self.changed_fields)

    @property
    def summary(self) -> str:
        """Such as “2 blocks changed, 1 added; headline and slug changed”; "" for no difference."""
        counts = Counter(block.state for block in self.blocks)
        order = (State.CHANGED, State.ADDED, State.GONE, State.MOVED)
        told = [f"{counts[state]} {state}" for state in order if counts[state]]
        if told:
            number, _, what = told[0].partition(" ")
            told[0] = f"{number} block{'' if number == '1' else 's'} {what}"
        names = [field.label for field in self.changed_fields]
        # Only a word's own capital letter is lowered: “SEO title” stays.
        names = [name if name[1:2].isupper() else name.lower() for name in names]
        fields = f"{get_text_list(names, 'and')} changed" if names else ""
        return "; ".join(filter(None, (", ".join(told), fields)))


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> Comparison:
    """Compare two contents, which may be those of old editions."""
    budget = Budget()
    old_picture, new_picture = readable.lead_picture(old), readable.lead_picture(new)
    fields = tuple(_field_changes(old, new, budget))
    blocks = tuple(_block_changes(old["body"], new["body"], budget))
    return Comparison(fields, blocks, old_picture, new_picture, coarse=budget.refused)


def _field_changes(
    old: Mapping[str, Any], new: Mapping[str, Any], budget: Budget
) -> Iterator[LineChange]:
    both_told = "corrections" in old and "corrections" in new
    for field in _labelled(readable.field_lines(old), readable.field_lines(new), budget):
        if field.label == readable.LEAD_PHOTO:
            other = readable.lead_picture(old) != readable.lead_picture(new)
            yield replace(field, state=State.CHANGED) if other else field
        # A working copy has no corrections; they are added when it is published.
        elif field.label != readable.CORRECTIONS or both_told:
            yield field


def compare_lines(old: str, new: str, label: str, budget: Budget) -> LineChange:
    """Compare two texts of one field."""
    state = State.SAME if old == new else State.CHANGED
    return LineChange(state, label, differences(old, new, budget))


def compare_blocks(old: Frozen | None, new: Frozen | None, budget: Budget) -> BlockChange:
    """Compare two blocks, whatever their positions; None for a block that does not exist."""
    if old is not None and new is not None:
        same = same_block(old, new)
        pair = Pair(0, 0, State.SAME if same else State.CHANGED, changed=not same)
    else:
        pair = Pair(0, None, State.GONE) if old is not None else Pair(None, 0, State.ADDED)
    return _block_change(pair, old, new, budget)


def essence(block: Frozen) -> Hashable:
    """Return everything that an editor typed and chose in a block.

    Texts that were copied from a photo, a poll or a title are left out.
    """
    return block["kind"], _hashable(kind_of(block).restore(block))


def same_block(one: Frozen, other: Frozen) -> bool:
    """Whether an editor typed and chose the same in two blocks."""
    return essence(one) == essence(other)


def align(old: Sequence[Frozen], new: Sequence[Frozen]) -> list[Pair]:
    """Pair the blocks of two bodies, as ``aligning.align_items`` does."""
    return align_items([_item(block) for block in old], [_item(block) for block in new], Budget())


def _item(block: Frozen) -> Item:
    kind = kind_of(block)
    text = " ".join(line.text for line in kind.lines(block))
    return Item(block["kind"], essence(block), words(text), kind.identity(block))


def _hashable(value: Any) -> Hashable:
    if isinstance(value, Mapping):
        return tuple(sorted((key, _hashable(each)) for key, each in value.items()))
    return tuple(map(_hashable, value)) if isinstance(value, list) else value


def _block_changes(
    old: Sequence[Frozen], new: Sequence[Frozen], budget: Budget
) -> Iterator[BlockChange]:
    pairs = align_items([_item(block) for block in old], [_item(block) for block in new], budget)
    for pair in pairs:
        before = None if pair.old is None else old[pair.old]
        after = None if pair.new is None else new[pair.new]
        yield _block_change(pair, before, after, budget)


def _block_change(
    pair: Pair, before: Frozen | None, after: Frozen | None, budget: Budget
) -> BlockChange:
    shown = after or before
    assert shown is not None  # noqa: S101  (a pair has one side at least)
    kind = kind_of(shown)
    old_lines = list(kind.lines(before)) if before else []
    new_lines = list(kind.lines(after)) if after else []
    compare_them = _paragraphs if kind.has_paragraphs else _labelled
    lines = compare_them(old_lines, new_lines, budget)
    change = BlockChange(
        state=pair.state,
        label=kind.kind_label(),
        old=pair.old,
        new=pair.new,
        lines=tuple(lines),
        old_picture=kind.picture(before) if before else "",
        new_picture=kind.picture(after) if after else "",
    )
    if pair.state == State.CHANGED and not change.changed:
        return replace(change, state=State.SAME)  # written differently, with the same lines
    if pair.state in (State.SAME, State.MOVED) and not pair.changed and change.changed:
        state = State.CHANGED if pair.state == State.SAME else State.MOVED
        return replace(change, state=state, from_elsewhere=True)
    return change


def _labelled(old: Sequence[Line], new: Sequence[Line], budget: Budget) -> list[LineChange]:
    """Compare lines of which each label occurs once at most."""
    before = {line.label: line.text for line in old}
    after = {line.label: line.text for line in new}
    return [
        compare_lines(before.get(label, ""), after.get(label, ""), label, budget)
        for label in {**before, **after}
    ]


def _paragraphs(old: Sequence[Line], new: Sequence[Line], budget: Budget) -> Iterator[LineChange]:
    for pair in align_items(
        [_line_item(line) for line in old], [_line_item(line) for line in new], budget
    ):
        before = None if pair.old is None else old[pair.old]
        after = None if pair.new is None else new[pair.new]
        if before and after:
            yield _paragraph(pair.state, before, after, budget)
        elif line := after or before:
            pieces = (Piece("+" if after else "-", line.text),) if line.text else ()
            yield LineChange(pair.state, line.label, pieces)


def _paragraph(state: State, before: Line, after: Line, budget: Budget) -> LineChange:
    renamed = before.label != after.label
    return LineChange(
        state,
        f"{after.label}, was {before.label.lower()}" if renamed else after.label,
        differences(before.text, after.text, budget),
        only_formatting=state == State.CHANGED and before.text == after.text,
    )


def _line_item(line: Line) -> Item:
    is_edge = line.label in (BOX, BOX_END)
    return Item(line.label if is_edge else "", line, words(line.text))
