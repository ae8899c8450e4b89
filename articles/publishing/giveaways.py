"""Give-away warnings: texts in the open that repeat something from a spoiler box.

The headline, the standfirst, the texts for search engines, the slug, captions and alternative
texts are searched for two things: a run of words that a box has too, and a name that stands in
boxes only. The editor decides whether a warning matters.

A name is a capitalised word of a box. At the beginning of a sentence, or in a text of capitals
only, a capitalised word is a name only if the article never has it in small letters. A common
word is never a name.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from articles.blocks import BLOCKS
from articles.blocks.body import Body, PlacedBlock
from articles.blocks.kinds.photo import photo_texts
from articles.blocks.scope import Scope
from articles.models import Article
from articles.publishing.snapshot import Content, freeze
from newsroom.words import COMMON_WORDS, Word, hyphenated_names, ngrams, split_words

#: The number of consecutive words that make a run.
RUN_LENGTH = 4
#: The most words of one name, of which “Jae-min” has two.
_MAX_NAME_WORDS = RUN_LENGTH - 1
#: Words around a printed name that give nothing more away.
_FUNCTION_WORDS = frozenset(
    {"a", "an", "and", "as", "at", "but", "by", "for", "from", "in", "into", "is", "it", "of"}
    | {"on", "or", "the", "to", "with"}
)

#: Rows by kind of block and primary key.
Rows = Mapping[str, Mapping[Any, Any]]
Name = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Giveaway:
    """One warning: the field's name, the repeated words, and whether they are a name."""

    field: str
    words: str
    is_name: bool = False


class _Field(NamedTuple):
    """A text that readers get without opening a box, with its label in warnings."""

    label: str
    text: str
    has_case: bool = True


def find_in_article(article: Article, note: str = "") -> list[Giveaway]:
    """Return the warnings on a saved working copy.

    ``note`` is the public note of a correction. Asks the queries of freezing, and two where
    there are polls.
    """
    content = freeze(article)
    return find(content, _rows_with_texts(content), note)


def _rows_with_texts(content: Content) -> Rows:
    """Return the rows whose texts the content's blocks print, by kind and primary key."""
    rows: dict[str, Mapping[int, Any]] = {}
    references = Body(content).references()
    for kind in BLOCKS:
        queryset = kind.rows_with_texts()
        if queryset is not None and (keys := references.get(queryset.model)):
            rows[kind.kind] = queryset.in_bulk(keys)
    return rows


def find(content: Content, rows: Rows, note: str = "") -> list[Giveaway]:
    """Return the warnings on frozen content, field by field.

    ``rows`` are those of each kind's ``rows_with_texts``. Takes time in proportion to the length
    of all texts.
    """
    page = _PageTexts(content, rows)
    boxes = [found for text in page.boxed if (found := split_words(text))]
    if not boxes:
        return []
    printed = _printed(content, page.scopes)
    fields = [*_fields_of(content), *page.fields, _Field("Public note", note)]
    search = _Search(boxes, map(split_words, page.open), list(map(split_words, printed)), fields)
    return [giveaway for field in fields for giveaway in search.giveaways(field)]


def _fields_of(content: Content) -> Iterator[_Field]:
    yield _Field("Headline", content["headline"])
    yield _Field("Standfirst", content["standfirst"])
    yield _Field("Slug", content["slug"], has_case=False)
    yield _Field("SEO title", content["seo_title"])
    yield _Field("SEO description", content["seo_description"])
    if content["photo"]:
        for printed in photo_texts(content["photo"], "the lead photo"):
            yield _Field(printed.label, printed.text)


def _printed(content: Content, scopes: Iterable[Scope]) -> list[str]:
    """Return the names that the page prints around the body and on its closed boxes."""
    titles = content["titles"]
    hubs = [content["hub"]] if content["hub"] else []
    named = [*titles, *content["bylines"], *content["topics"], *hubs]
    services = [offer["service"] for title in titles for offer in title["availability"]]
    works = [scope.name for scope in scopes if not scope.label]
    return [*(item["name"] for item in named), *services, *works]


class _PageTexts:
    """The texts of a page, by whether a reader gets them without opening a box."""

    def __init__(self, content: Content, rows: Rows) -> None:
        self.boxed: list[str] = []
        self.open: list[str] = []
        #: Texts in the open that warnings are about.
        self.fields: list[_Field] = []
        #: The scopes that closed boxes print.
        self.scopes: list[Scope] = []
        body = Body(content)
        for section in body.sections:
            if section.scope is not None:
                self._add_scope(section.scope, hidden=body.whole is not None)
            for block in section.blocks:
                self._add_block(block, rows)
        if content["photo"]:
            self.open.append(content["photo"]["credit"])
        self.open += [str(scope) for scope in self.scopes]

    def _add_scope(self, scope: Scope, *, hidden: bool) -> None:
        if hidden:
            self.boxed.append(str(scope))
        else:
            self.scopes.append(scope)

    def _add_block(self, block: PlacedBlock, rows: Rows) -> None:
        row = None
        if of_kind := rows.get(block.frozen["kind"]):
            keys = (key for _, key in block.kind.references(block.frozen))
            row = of_kind.get(next(keys, None))
        for printed in block.kind.printed_texts(block.frozen, block.number, row):
            hidden = printed.is_hidden or block.box is not None
            if printed.scope is not None:
                self._add_scope(printed.scope, hidden=hidden)
            elif hidden:
                self.boxed.append(printed.text)
            elif printed.label:
                self.fields.append(_Field(printed.label, printed.text))
            else:
                self.open.append(printed.text)


class _Search:
    """The runs and names of the boxes that are searched for in the fields."""

    def __init__(
        self,
        boxes: Sequence[Sequence[Word]],
        in_the_open: Iterable[Sequence[Word]],
        printed: Sequence[Sequence[Word]],
        fields: Iterable[_Field],
    ) -> None:
        self._runs = {run for box in boxes for run in ngrams([w.folded for w in box], RUN_LENGTH)}
        self._printed = [_spaced(word.folded for word in name) for name in printed]
        cased = [split_words(field.text) for field in fields if field.has_case]
        self._names = _names(boxes, in_the_open, cased) - _parts(printed)

    def giveaways(self, field: _Field) -> Iterator[Giveaway]:
        """Return the warnings of one field: the runs, then the names outside runs."""
        found = split_words(field.text)
        in_runs: set[int] = set()
        for place, run in enumerate(ngrams([word.folded for word in found], RUN_LENGTH)):
            if run in self._runs:
                in_runs.update(range(place, place + RUN_LENGTH))
        for part in _consecutive(in_runs):
            if not self._is_printed([found[place].folded for place in part]):
                yield Giveaway(field.label, _original_text(field.text, found, part))
        in_names = {
            place for index in range(len(found)) for place in self._name(field, found, index)
        }
        for part in _consecutive(in_names - in_runs):
            yield Giveaway(field.label, _original_text(field.text, found, part), is_name=True)

    def _name(self, field: _Field, found: Sequence[Word], index: int) -> range:
        """Return the indexes of the name that begins at a word; empty for none."""
        if field.has_case and not found[index].looks_like_name:
            return range(0)
        for length in range(1, _MAX_NAME_WORDS + 1):
            name = tuple(word.name for word in found[index : index + length])
            # A slug has no apostrophe: “Jae-min’s” is “jae-mins”.
            owner = (*name[:-1], name[-1].removesuffix("s"))
            if name in self._names or (not field.has_case and owner in self._names):
                return range(index, index + len(name))
        return range(0)

    def _is_printed(self, run: Sequence[str]) -> bool:
        """Whether a run is only a name that the page prints elsewhere, or a part of one."""
        meaningful = [place for place, word in enumerate(run) if word not in _FUNCTION_WORDS]
        bare = run[meaningful[0] : meaningful[-1] + 1] if meaningful else run
        return any(_spaced(kept) in name for kept in (run, bare) for name in self._printed)


def _names(
    boxes: Iterable[Sequence[Word]],
    in_the_open: Iterable[Sequence[Word]],
    fields: Iterable[Sequence[Word]],
) -> set[Name]:
    """Return the names that stand in boxes and nowhere in the open."""
    small: set[Name] = set()
    certain: set[Name] = set()
    possible: set[Name] = set()
    as_names: set[Name] = set()
    parts_in_the_open: set[Name] = set()
    for found in boxes:
        for name, first in hyphenated_names(found):
            if not first.is_capitalised:
                small.add(name)
            elif first.looks_like_name and _may_be_name(name):
                (certain if first.case_is_significant else possible).add(name)
    for found in in_the_open:
        small.update(name for name, first in hyphenated_names(found) if not first.is_capitalised)
        as_names.update(name for name, first in hyphenated_names(found) if first.looks_like_name)
        parts_in_the_open |= _parts([found])
    for found in fields:
        small.update(name for name, first in hyphenated_names(found) if not first.is_capitalised)
    # A name that is a common word too stands in the open only where it is written as a name.
    return (certain & small) - as_names | (certain | possible) - small - parts_in_the_open


def _parts(texts: Iterable[Sequence[Word]]) -> set[Name]:
    """Return all sequences of words that are short enough for a name."""
    return {
        part
        for text in texts
        for length in range(1, _MAX_NAME_WORDS + 1)
        for part in ngrams([word.name for word in text], length)
    }


def _may_be_name(name: Name) -> bool:
    if len(name) == 1:
        return len(name[0]) > 1 and name[0] not in COMMON_WORDS
    return len(name) <= _MAX_NAME_WORDS


def _consecutive(places: Iterable[int]) -> Iterator[list[int]]:
    """Return the numbers as lists of consecutive ones."""
    for _, part in groupby(enumerate(sorted(places)), lambda item: item[1] - item[0]):
        yield [place for _, place in part]


def _original_text(text: str, found: Sequence[Word], part: Sequence[int]) -> str:
    return text[found[part[0]].start : found[part[-1]].end]


def _spaced(folded: Iterable[str]) -> str:
    """Return words as a text in which whole words can be searched for."""
    return f" {' '.join(folded)} "
