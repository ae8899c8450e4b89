"""Merge two texts of one working copy: the questions to ask, and the result of the answers.

“Theirs” is the stored text, “mine” the text that somebody else typed meanwhile, “base” the text
that both began with, where it is known. All three are frozen content. Without an answer, nothing
that either of them wrote is dropped.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import TextChoices

from articles.blocks.base import Frozen
from articles.comparing import readable
from articles.comparing.aligning import State
from articles.comparing.compare import LineChange, align, compare_blocks, compare_lines, essence
from articles.comparing.differences import Budget
from articles.publishing.snapshot import Content


class Keep(TextChoices):
    """The text that is kept of two."""

    MINE = "mine", "Keep mine"
    THEIRS = "theirs", "Keep theirs"
    BOTH = "both", "Keep both"


_ONE = (Keep.MINE, Keep.THEIRS)
_ANY = (Keep.MINE, Keep.THEIRS, Keep.BOTH)


@dataclass(frozen=True, slots=True)
class Choice:
    """A difference between the two; None for a block that one of them does not have."""

    name: str
    label: str
    theirs: Any
    mine: Any
    #: The difference line by line: theirs is the old text, mine the new one.
    lines: tuple[LineChange, ...]
    options: tuple[Keep, ...]
    default: Keep
    #: Whether both changed it, so that a person has to decide.
    clashes: bool

    def answer(self, answers: Mapping[str, str]) -> Keep:
        """Return the answer, or the default where it is missing or not an option."""
        given = answers.get(self.name)
        return next((option for option in self.options if option == given), self.default)


@dataclass(frozen=True, slots=True)
class Plan:
    """All questions; ``body`` holds unchanged blocks and choices in the order of the text."""

    theirs: Content
    fields: list[Choice]
    body: list[Frozen | Choice]

    @property
    def choices(self) -> list[Choice]:
        """Fields first, then blocks."""
        return [*self.fields, *self.body_choices]

    @property
    def body_choices(self) -> list[Choice]:
        """The choices about blocks."""
        return [item for item in self.body if isinstance(item, Choice)]

    @property
    def body_items(self) -> Iterator[dict[str, Any]]:
        """Each choice as ``{"choice": …}``, and ``{"same": n}`` for n unchanged blocks between."""
        for settled, items in groupby(self.body, lambda item: not isinstance(item, Choice)):
            if settled:
                yield {"same": len(list(items))}
            else:
                yield from ({"choice": item} for item in items)

    def merge(self, answers: Mapping[str, str]) -> Content:
        """Return the merged content; a choice without an answer gets its default."""
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


#: The label of each field, and a function for the part of it that is compared.
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
    "noindex": ("Hide from search engines", bool),
}
_LISTS = frozenset({"bylines", "titles", "topics"})


def plan(theirs: Content, mine: Content, base: Content | None) -> Plan:
    """Find the differences of two contents, with the most likely answer for each."""
    budget = Budget()
    fields = list(_fields(theirs, mine, base, budget))
    bodies = _Bodies(theirs["body"], mine["body"], base["body"] if base else None, budget)
    return Plan(theirs, fields, list(bodies.merged()))


def _default(by_them: bool, by_me: bool, by_both: Keep) -> Keep:
    """Return the text of whoever changed something."""
    if by_them and by_me:
        return by_both
    return Keep.THEIRS if by_them else Keep.MINE


def _fields(
    theirs: Content, mine: Content, base: Content | None, budget: Budget
) -> Iterator[Choice]:
    their_text, my_text = (
        {line.label: line.text for line in readable.field_lines(content)}
        for content in (theirs, mine)
    )
    for name, (label, compared) in _FIELDS.items():
        # Content that was frozen by earlier versions may have fewer fields.
        if compared(theirs.get(name)) == compared(mine.get(name)):
            continue
        by_them, by_me = (
            base is None or compared(content.get(name)) != compared(base.get(name))
            for content in (theirs, mine)
        )
        options, by_both = (_ANY, Keep.BOTH) if name in _LISTS else (_ONE, Keep.MINE)
        yield Choice(
            name=name,
            label=label,
            theirs=theirs.get(name),
            mine=mine.get(name),
            lines=(compare_lines(their_text[label], my_text[label], label, budget),),
            options=options,
            default=_default(by_them, by_me, by_both),
            clashes=by_them and by_me,
        )


class _Body:
    """The blocks of a body, with the values by which they are compared."""

    def __init__(self, blocks: list[Frozen]) -> None:
        self.blocks = blocks
        self.essences = [essence(block) for block in blocks]
        self.counts = Counter(self.essences)


class _Bodies:
    """Two bodies, and what is known from the body that both began with."""

    def __init__(
        self, theirs: list[Frozen], mine: list[Frozen], base: list[Frozen] | None, budget: Budget
    ) -> None:
        self.theirs, self.mine, self.budget = _Body(theirs), _Body(mine), budget
        self.base = None if base is None else _Body(base)
        pairs = [
            (pair.old, pair.new, pair.state == State.MOVED)
            for pair in align(theirs, mine)
            if pair.old is not None and pair.new is not None
        ]
        self.moved = {
            place
            for their, my, moved in pairs
            if moved and self._same(their, my)
            for place in ((Keep.THEIRS, their), (Keep.MINE, my))
        }
        # Their indexes increase on both sides.
        self.in_place = [(their, my) for their, my, moved in pairs if not moved]
        self.moved_by_me = {
            pair.new
            for pair in align(base or [], mine)
            if pair.state == State.MOVED and pair.new is not None
        }

    def merged(self) -> Iterator[Frozen | Choice]:
        """Return unchanged blocks and choices in the order of the text."""
        their_next = my_next = 0
        end = (len(self.theirs.blocks), len(self.mine.blocks))
        for their, my in [*self.in_place, end]:
            yield from (self._one_sided(Keep.THEIRS, index) for index in range(their_next, their))
            yield from (self._one_sided(Keep.MINE, index) for index in range(my_next, my))
            their_next, my_next = their + 1, my + 1
            if (their, my) != end:
                same = self._same(their, my)
                yield self.theirs.blocks[their] if same else self._changed(their, my)

    def _same(self, their: int, my: int) -> bool:
        return self.theirs.essences[their] == self.mine.essences[my]

    def _is_new(self, body: _Body, index: int) -> bool:
        """Whether a block is not in the base, or is a further copy of one."""
        wanted = body.essences[index]
        return self.base is None or body.counts[wanted] > self.base.counts[wanted]

    def _changed(self, their: int, my: int) -> Choice:
        theirs, mine = self.theirs.blocks[their], self.mine.blocks[my]
        by_them, by_me = self._is_new(self.theirs, their), self._is_new(self.mine, my)
        change = compare_blocks(theirs, mine, self.budget)
        return Choice(
            name=f"block-{their}-{my}",
            label=change.label,
            theirs=theirs,
            mine=mine,
            lines=change.lines,
            options=_ANY,
            default=_default(by_them, by_me, Keep.BOTH),
            clashes=by_them and by_me,
        )

    def _one_sided(self, side: Keep, index: int) -> Choice:
        body = self.theirs if side == Keep.THEIRS else self.mine
        if (side, index) in self.moved:
            i_moved_it = self.base is None or self._moved_by_me(side, index)
            default = Keep.MINE if i_moved_it else Keep.THEIRS
        else:
            # A block of the base was removed by the other person.
            other = Keep.MINE if side == Keep.THEIRS else Keep.THEIRS
            default = side if self._is_new(body, index) else other
        block = body.blocks[index]
        theirs, mine = (block, None) if side == Keep.THEIRS else (None, block)
        change = compare_blocks(theirs, mine, self.budget)
        name = f"{side.value}-{index}"
        return Choice(name, change.label, theirs, mine, change.lines, _ONE, default, False)

    def _moved_by_me(self, side: Keep, index: int) -> bool:
        if side == Keep.MINE:
            return index in self.moved_by_me
        return any(self._same(index, my) for my in self.moved_by_me)


def _merge_field(choice: Choice, keep: Keep) -> Any:
    if keep == Keep.BOTH:
        there = set(_ids(choice.theirs))
        return [*choice.theirs, *(item for item in choice.mine if item["id"] not in there)]
    return choice.mine if keep == Keep.MINE else choice.theirs


def _kept_blocks(choice: Choice, keep: Keep) -> list[Frozen]:
    wanted = {Keep.MINE: (choice.mine,), Keep.THEIRS: (choice.theirs,)}
    both = (choice.theirs, choice.mine)
    return [block for block in wanted.get(keep, both) if block is not None]
