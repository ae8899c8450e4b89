"""Two texts of one working copy into one: what is asked, and what comes of the answers.

“Theirs” is what is stored, “mine” what somebody else typed meanwhile, “base” what both began
with, where it is known. All three are frozen content. Without an answer nothing is dropped
that either of them wrote.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import TextChoices

from articles import readable
from articles.aligning import State
from articles.comparing import LineChange, align, compare_blocks, compare_lines, same_block
from articles.content import Content
from articles.differences import Work

Block = Mapping[str, Any]


class Keep(TextChoices):
    """Which of two texts stays."""

    MINE = "mine", "Keep mine"
    THEIRS = "theirs", "Keep theirs"
    BOTH = "both", "Keep both"


_ONE = (Keep.MINE, Keep.THEIRS)
_ANY = (Keep.MINE, Keep.THEIRS, Keep.BOTH)


@dataclass(frozen=True, slots=True)
class Choice:
    """One place where the two differ; None stands for a block that one of them hasn't."""

    name: str
    label: str
    theirs: Any
    mine: Any
    #: What it says, line by line: theirs is the old text, mine the new one.
    lines: tuple[LineChange, ...]
    options: tuple[Keep, ...]
    default: Keep
    #: Whether both changed it, so that nobody but a person can tell.
    clashes: bool

    def answer(self, answers: Mapping[str, str]) -> Keep:
        """What was answered, or the default where nothing sensible was."""
        given = answers.get(self.name)
        return next((option for option in self.options if option == given), self.default)


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is asked; ``body`` holds settled blocks and choices in the order of the text."""

    theirs: Content
    fields: list[Choice]
    body: list[Block | Choice]

    @property
    def choices(self) -> list[Choice]:
        """Fields first, then blocks."""
        return [*self.fields, *self.body_choices]

    @property
    def body_choices(self) -> list[Choice]:
        """What is asked about blocks."""
        return [item for item in self.body if isinstance(item, Choice)]

    @property
    def body_items(self) -> Iterator[dict[str, Any]]:
        """``{"choice"}`` for each, with ``{"same"}``, a number, for settled blocks between."""
        for settled, items in groupby(self.body, lambda item: not isinstance(item, Choice)):
            if settled:
                yield {"same": len(list(items))}
            else:
                yield from ({"choice": item} for item in items)

    def merge(self, answers: Mapping[str, str]) -> Content:
        """The content that the answers make; a choice without one gets its default."""
        kept = {choice.name: choice.answer(answers) for choice in self.choices}
        content = dict(self.theirs)
        for choice in self.fields:
            content[choice.name] = _merge_field(choice, kept[choice.name])
        content["body"] = []
        for item in self.body:
            if isinstance(item, Choice):
                content["body"] += _kept_blocks(item, kept[item.name])
            else:
                content["body"].append(item)
        return content


def _ids(items: Iterable[Mapping[str, Any]]) -> list[int]:
    return [item["id"] for item in items]


def _as_is(value: Any) -> Any:
    return value


#: Label and essence of each field: what has to differ for it to be asked.
_FIELDS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "headline": ("Headline", _as_is),
    "standfirst": ("Standfirst", _as_is),
    "hub": ("Hub", lambda hub: hub and hub["id"]),
    "slug": ("Slug", _as_is),
    "spoiler": ("Spoiler flag", _as_is),
    "photo": ("Lead photo", lambda photo: photo and (photo["photo"], photo["own_alt"])),
    "bylines": ("Bylines", _ids),
    "titles": ("Titles", _ids),
    "topics": ("Topics", _ids),
    "lead": ("Lead story", _as_is),
    "seo_title": ("SEO title", _as_is),
    "seo_description": ("SEO description", _as_is),
}
_LISTS = frozenset({"bylines", "titles", "topics"})


def plan(theirs: Content, mine: Content, base: Content | None) -> Plan:
    """Find the places where two contents differ, with what is most likely wanted at each."""
    work = Work()
    fields = [
        _field_choice(name, theirs, mine, base, work)
        for name, (_, essence) in _FIELDS.items()
        if essence(theirs[name]) != essence(mine[name])
    ]
    bodies = _Bodies(theirs["body"], mine["body"], base["body"] if base else None, work)
    return Plan(theirs, fields, list(bodies.merged()))


def _field_choice(
    name: str, theirs: Content, mine: Content, base: Content | None, work: Work
) -> Choice:
    label, essence = _FIELDS[name]
    options = _ANY if name in _LISTS else _ONE
    before = None if base is None else essence(base[name])
    untouched_by_them = base is not None and essence(theirs[name]) == before
    untouched_by_me = base is not None and essence(mine[name]) == before
    default = Keep.THEIRS if untouched_by_me else Keep.MINE
    if not untouched_by_me and not untouched_by_them:
        default = options[-1] if name in _LISTS else Keep.MINE
    clashes = not untouched_by_me and not untouched_by_them
    lines = compare_lines(_line(theirs, label), _line(mine, label), label, work)
    return Choice(name, label, theirs[name], mine[name], (lines,), options, default, clashes)


def _line(content: Content, label: str) -> str:
    return next(line.text for line in readable.field_lines(content) if line.label == label)


class _Bodies:
    """Two bodies, and what can be told from the one that both began with."""

    def __init__(
        self, theirs: list[Block], mine: list[Block], base: list[Block] | None, work: Work
    ) -> None:
        self.theirs, self.mine, self.base, self.work = theirs, mine, base, work
        pairs = [
            (pair.old, pair.new, pair.state == State.MOVED)
            for pair in align(theirs, mine)
            if pair.old is not None and pair.new is not None
        ]
        self.moved = {
            place
            for their, my, moved in pairs
            if moved and same_block(theirs[their], mine[my])
            for place in (("theirs", their), ("mine", my))
        }
        self.in_place = list(_rising((their, my) for their, my, moved in pairs if not moved))
        moves = align(base or [], mine)
        self.moved_by_me = {
            pair.new for pair in moves if pair.state == State.MOVED and pair.new is not None
        }

    def merged(self) -> Iterator[Block | Choice]:
        """Settled blocks and choices in the order of the text."""
        their_next = my_next = 0
        end = (len(self.theirs), len(self.mine))
        for their, my in [*self.in_place, end]:
            yield from (self._one_sided("theirs", index) for index in range(their_next, their))
            yield from (self._one_sided("mine", index) for index in range(my_next, my))
            their_next, my_next = their + 1, my + 1
            if (their, my) != end:
                same = same_block(self.theirs[their], self.mine[my])
                yield self.theirs[their] if same else self._changed(their, my)

    def _was_there(self, body: list[Block], block: Block) -> bool:
        """Whether a block is one of the base's; a further copy of one is not."""
        before = sum(same_block(block, other) for other in self.base or [])
        return before >= sum(same_block(block, other) for other in body)

    def _changed(self, their: int, my: int) -> Choice:
        theirs, mine = self.theirs[their], self.mine[my]
        default = Keep.BOTH
        if self._was_there(self.theirs, theirs):
            default = Keep.MINE
        elif self._was_there(self.mine, mine):
            default = Keep.THEIRS
        name = f"block-{their}-{my}"
        change = compare_blocks(theirs, mine, self.work)
        clashes = default == Keep.BOTH
        return Choice(name, change.label, theirs, mine, change.lines, _ANY, default, clashes)

    def _one_sided(self, side: str, index: int) -> Choice:
        body = self.theirs if side == "theirs" else self.mine
        kept, dropped = (Keep.THEIRS, Keep.MINE) if side == "theirs" else (Keep.MINE, Keep.THEIRS)
        if (side, index) in self.moved:
            i_moved_it = self.base is None or self._moved_by_me(side, index)
            default = Keep.MINE if i_moved_it else Keep.THEIRS
        else:
            # What was there before is what the other took away.
            default = dropped if self._was_there(body, body[index]) else kept
        block = body[index]
        theirs, mine = (block, None) if side == "theirs" else (None, block)
        change = compare_blocks(theirs, mine, self.work)
        name = f"{side}-{index}"
        return Choice(name, change.label, theirs, mine, change.lines, _ONE, default, False)

    def _moved_by_me(self, side: str, index: int) -> bool:
        if side == "mine":
            return index in self.moved_by_me
        block = self.theirs[index]
        return any(same_block(block, self.mine[my]) for my in self.moved_by_me)


def _rising(pairs: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The pairs whose second index rises with the first."""
    last = -1
    for their, my in sorted(pairs):
        if my > last:
            last = my
            yield their, my


def _merge_field(choice: Choice, keep: Keep) -> Any:
    if keep == Keep.BOTH:
        there = set(_ids(choice.theirs))
        return [*choice.theirs, *(item for item in choice.mine if item["id"] not in there)]
    return choice.mine if keep == Keep.MINE else choice.theirs


def _kept_blocks(choice: Choice, keep: Keep) -> list[Block]:
    wanted = {Keep.MINE: (choice.mine,), Keep.THEIRS: (choice.theirs,)}
    both = (choice.theirs, choice.mine)
    return [block for block in wanted.get(keep, both) if block is not None]
