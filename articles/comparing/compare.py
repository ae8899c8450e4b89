"""What differs between two contents, as an editor would tell it.

Pure functions on frozen content: no query, no HTML. Blocks have no identity of their own, so
they are paired by what they say.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.text import get_text_list

from articles.blocks import BLOCKS
from articles.comparing import readable
from articles.comparing.aligning import Item, Pair, State, align_items
from articles.comparing.differences import Piece, Work, differences, words

Block = Mapping[str, Any]

_OF_KIND = {model.kind: model for model in BLOCKS}


@dataclass(frozen=True, slots=True)
class LineChange:
    """A paragraph, a box's edge or a field of a block; ``pieces`` hold both texts."""

    state: State
    label: str
    pieces: tuple[Piece, ...]
    #: The words are the same: only bold, links' elements or the kind of paragraph differ.
    only_formatting: bool = False

    @property
    def differs(self) -> bool:
        """Whether there is anything to see."""
        return self.state != State.SAME


@dataclass(frozen=True, slots=True)
class BlockChange:
    """A block of the old content, of the new one, or of both; places count from 0."""

    state: State
    label: str
    old: int | None
    new: int | None
    lines: tuple[LineChange, ...]
    #: Names of the pictures' files, "" for none.
    old_picture: str = ""
    new_picture: str = ""
    #: Nobody edited the block: what it shows of a photo or a title was changed there.
    from_elsewhere: bool = False

    @property
    def changed(self) -> bool:
        """Whether the block says something else, wherever it stands."""
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
    #: Whether some stretch was too much to be compared word by word.
    coarse: bool

    @property
    def changed_fields(self) -> list[LineChange]:
        """Those to be shown."""
        return [field for field in self.fields if field.differs]

    @property
    def differs(self) -> bool:
        """Whether there is anything to be shown."""
        blocks = any(block.state != State.SAME for block in self.blocks)
        return blocks or bool(self.changed_fields)

    @property
    def summary(self) -> str:
        """“2 blocks changed, 1 added; headline and slug changed”, "" where nothing differs."""
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
    """Compare two contents, old editions' included, field by field and block by block."""
    work = Work()
    old_picture, new_picture = readable.lead_picture(old), readable.lead_picture(new)
    fields = tuple(_field_changes(old, new, work))
    blocks = tuple(_block_changes(old["body"], new["body"], work))
    return Comparison(fields, blocks, old_picture, new_picture, coarse=work.refused)


def _field_changes(
    old: Mapping[str, Any], new: Mapping[str, Any], work: Work
) -> Iterator[LineChange]:
    both_told = "corrections" in old and "corrections" in new
    for field in _labelled(readable.field_lines(old), readable.field_lines(new), work):
        if field.label == readable.LEAD_PHOTO:
            other = readable.lead_picture(old) != readable.lead_picture(new)
            yield replace(field, state=State.CHANGED) if other else field
        # The working copy has no corrections: they come with publishing, not with a text.
        elif field.label != readable.CORRECTIONS or both_told:
            yield field


def compare_lines(old: str, new: str, label: str, work: Work) -> LineChange:
    """Two texts of one field."""
    state = State.SAME if old == new else State.CHANGED
    return LineChange(state, label, differences(old, new, work))


def compare_blocks(old: Block | None, new: Block | None, work: Work) -> BlockChange:
    """Compare two blocks wherever they stand; None for one that isn't there."""
    if old is not None and new is not None:
        same = same_block(old, new)
        pair = Pair(0, 0, State.SAME if same else State.CHANGED, changed=not same)
    else:
        pair = Pair(0, None, State.GONE) if old is not None else Pair(None, 0, State.ADDED)
    return _block_change(pair, old, new, work)


def essence(block: Block) -> Hashable:
    """What an editor wrote and chose in a block, without what is copied from elsewhere."""
    model = _OF_KIND.get(block["kind"])
    return block["kind"], _hashable(model.thaw(block) if model else block)


def same_block(one: Block, other: Block) -> bool:
    """Whether two blocks are the same to whoever edits them."""
    return essence(one) == essence(other)


def align(old: Sequence[Block], new: Sequence[Block]) -> list[Pair]:
    """Pair the blocks of two bodies, as ``aligning.align_items`` does."""
    return align_items([_item(block) for block in old], [_item(block) for block in new], Work())


def _item(block: Block) -> Item:
    said = " ".join(line.text for line in readable.block_lines(block))
    shown = block.get({"photo": "photo", "video": "url"}.get(block["kind"], ""))
    return Item(block["kind"], essence(block), words(said), shown)


def _hashable(value: Any) -> Hashable:
    if isinstance(value, Mapping):
        return tuple(sorted((key, _hashable(each)) for key, each in value.items()))
    return tuple(map(_hashable, value)) if isinstance(value, list) else value


def _block_changes(old: Sequence[Block], new: Sequence[Block], work: Work) -> Iterator[BlockChange]:
    pairs = align_items([_item(block) for block in old], [_item(block) for block in new], work)
    for pair in pairs:
        before = None if pair.old is None else old[pair.old]
        after = None if pair.new is None else new[pair.new]
        yield _block_change(pair, before, after, work)


def _block_change(pair: Pair, before: Block | None, after: Block | None, work: Work) -> BlockChange:
    old_lines = readable.block_lines(before) if before else []
    new_lines = readable.block_lines(after) if after else []
    shown = after or before or {}
    if shown["kind"] == "text":
        lines = list(_paragraphs(old_lines, new_lines, work))
    else:
        lines = _labelled(old_lines, new_lines, work)
    change = BlockChange(
        state=pair.state,
        label=readable.kind_label(shown),
        old=pair.old,
        new=pair.new,
        lines=tuple(lines),
        old_picture=readable.picture(before) if before else "",
        new_picture=readable.picture(after) if after else "",
    )
    if pair.state == State.CHANGED and not change.changed:
        return replace(change, state=State.SAME)  # said otherwise, and comes to the same
    if pair.state in (State.SAME, State.MOVED) and not pair.changed and change.changed:
        state = State.CHANGED if pair.state == State.SAME else State.MOVED
        return replace(change, state=state, from_elsewhere=True)
    return change


def _labelled(
    old: Sequence[readable.Line], new: Sequence[readable.Line], work: Work
) -> list[LineChange]:
    """Lines of which each label is there once at the most."""
    before = {line.label: line.text for line in old}
    after = {line.label: line.text for line in new}
    return [
        compare_lines(before.get(label, ""), after.get(label, ""), label, work)
        for label in {**before, **after}
    ]


def _paragraphs(
    old: Sequence[readable.Line], new: Sequence[readable.Line], work: Work
) -> Iterator[LineChange]:
    for pair in align_items(
        [_line_item(line) for line in old], [_line_item(line) for line in new], work
    ):
        before = None if pair.old is None else old[pair.old]
        after = None if pair.new is None else new[pair.new]
        if before and after:
            yield _paragraph(pair.state, before, after, work)
        elif line := after or before:
            pieces = (Piece("+" if after else "-", line.text),) if line.text else ()
            yield LineChange(pair.state, line.label, pieces)


def _paragraph(state: State, before: readable.Line, after: readable.Line, work: Work) -> LineChange:
    renamed = before.label != after.label
    return LineChange(
        state,
        f"{after.label}, was {before.label.lower()}" if renamed else after.label,
        differences(before.text, after.text, work),
        only_formatting=state == State.CHANGED and before.text == after.text,
    )


def _line_item(line: readable.Line) -> Item:
    is_edge = line.label in (readable.BOX, readable.BOX_END)
    return Item(line.label if is_edge else "", line, words(line.text))
