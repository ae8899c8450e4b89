"""What an article says in the open that it also hides in a box; for its editor, who decides.

Two things are looked for in the headline, the standfirst, the texts for search engines, the
slug, captions and alternative texts: a run of words that a box has too, and a name that
otherwise only stands in boxes.

A name is a capitalised word of a box. Where a capital may mean nothing, at the beginning of a
sentence or among nothing but capitals, a word isn't one that the article has in small letters
too; and a common word never is.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from articles.blocks import spoiler_boxes as spoilers
from articles.models import Article
from articles.models.article import Spoiler
from articles.publishing import snapshot as contents
from articles.words import COMMON, Word, sequences, units, words
from newsroom.rich_text import plain_text
from polls.models import Poll

#: Consecutive words from which on a run is told of.
RUN = 4
#: Words of one name, “Jae-min” being two; what is longer is a run.
_LONGEST_NAME = RUN - 1
#: What a name that the page prints anyway may have before and after it without telling more.
_GLUE = frozenset({"a", "an", "and", "as", "at", "but", "by", "for", "from", "in", "into", "is"})
_GLUE |= {"it", "of", "on", "or", "the", "to", "with"}
# Sound on sanitised HTML: no attribute that the allow-list keeps holds "<" or ">".
_BREAK = re.compile(r"<(?:/?(?:p|h[23]|li|[ou]l|blockquote)\b[^<>]*+|br)>")

Block = Mapping[str, Any]
Name = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Giveaway:
    """One warning: the field's name, its words as they stand there, and whether as a name."""

    field: str
    words: str
    is_name: bool = False


class _Field(NamedTuple):
    """A text that readers get without opening a box."""

    label: str
    text: str
    has_case: bool = True


def of(article: Article, note: str = "") -> list[Giveaway]:
    """The warnings on a saved working copy; ``note`` is the public note of a correction.

    The queries of freezing, and two where there are polls.
    """
    content = contents.freeze(article)
    polls = Poll.objects.prefetch_related("choices").in_bulk(contents.polls(content))
    return find(content, polls, note)


def find(content: contents.Content, polls: Mapping[int, Poll], note: str = "") -> list[Giveaway]:
    """The warnings on frozen content, field by field; ``polls`` are those in it, by key.

    Takes time in proportion to the length of all texts.
    """
    page = _Page(content, polls)
    boxes = [found for text in page.boxed if (found := words(text))]
    if not boxes:
        return []
    printed = _printed(content, page.scopes)
    fields = [*_fields_of(content), *page.captions, _Field("Public note", note)]
    search = _Search(boxes, map(words, page.open), list(map(words, printed)), fields)
    return [giveaway for field in fields for giveaway in search.giveaways(field)]


def _fields_of(content: contents.Content) -> Iterator[_Field]:
    yield _Field("Headline", content["headline"])
    yield _Field("Standfirst", content["standfirst"])
    yield _Field("Slug", content["slug"], has_case=False)
    yield _Field("SEO title", content["seo_title"])
    yield _Field("SEO description", content["seo_description"])
    if content["photo"]:
        yield from _photo_fields(content["photo"], "the lead photo")


def _photo_fields(photo: Block, which: str) -> Iterator[_Field]:
    for name, label in (("alt", "Alternative text"), ("caption", "Caption")):
        own = "" if photo.get(f"own_{name}") else " (the photo’s own)"
        yield _Field(f"{label} of {which}{own}", photo[name])


def _printed(content: contents.Content, scopes: Iterable[spoilers.Scope]) -> list[str]:
    """The names that the page prints around the body and on its closed boxes."""
    titles = content["titles"]
    hubs = [content["hub"]] if content["hub"] else []
    named = [*titles, *content["bylines"], *content["topics"], *hubs]
    services = [offer["service"] for title in titles for offer in title["availability"]]
    works = [scope.name for scope in scopes if not scope.label]
    return [*(item["name"] for item in named), *services, *works]


class _Page:
    """The texts of a page, by what a reader gets without opening a box."""

    def __init__(self, content: contents.Content, polls: Mapping[int, Poll]) -> None:
        self.boxed: list[str] = []
        self.open: list[str] = []
        #: Of photos outside boxes.
        self.captions: list[_Field] = []
        #: What the boxes say while they are closed.
        self.scopes: list[spoilers.Scope] = []
        self._polls = polls
        self._photos = 0
        self._read_body(content["body"], throughout=content["spoiler"] == Spoiler.THROUGHOUT)
        if content["photo"]:
            self.open.append(content["photo"]["credit"])
        self.open += [str(scope) for scope in self.scopes]

    def _keep(self, texts: Iterable[str], *, hidden: bool) -> None:
        (self.boxed if hidden else self.open).extend(texts)

    def _label(self, scope: spoilers.Scope, *, hidden: bool) -> None:
        if hidden:
            self.boxed.append(str(scope))
        else:
            self.scopes.append(scope)

    def _read_body(self, blocks: Iterable[Block], *, throughout: bool) -> None:
        hidden = throughout
        for block in blocks:
            if block["kind"] == "spoiler_start":
                self._label(spoilers.section_scope(block), hidden=throughout)
                hidden = True
            elif block["kind"] == "spoiler_end":
                hidden = throughout
            elif block["kind"] == "text":
                self._read_text(block["html"], hidden=hidden)
            elif block["kind"] == "photo":
                self._read_photo(block, hidden=hidden)
            elif block["kind"] == "poll":
                self._read_poll(block, hidden=hidden)
            elif block["kind"] != "advert":
                # One of a new kind, too, is read whole.
                texts = (text for name, text in block.items() if name not in ("kind", "url"))
                self._keep(filter(lambda text: isinstance(text, str), texts), hidden=hidden)

    def _read_text(self, html: str, *, hidden: bool) -> None:
        pieces: list[str] = []
        depth = 0
        for piece in spoilers.split_boxes(html):
            if isinstance(piece, str):
                pieces.append(plain_text(_BREAK.sub("\n", piece)))
                continue
            if depth + (piece is not None) == 1:
                # Here an outermost box begins or ends; those in it part nothing.
                self._keep(["\n".join(pieces)], hidden=hidden or depth > 0)
                pieces = []
            if piece is not None:
                self._label(piece, hidden=hidden or depth > 0)
            depth += -1 if piece is None else 1
        self._keep(["\n".join(pieces)], hidden=hidden or depth > 0)

    def _read_photo(self, block: Block, *, hidden: bool) -> None:
        self._photos += 1
        self._keep([block["credit"]], hidden=hidden)
        if hidden:
            self.boxed += [block["alt"], block["caption"]]
        else:
            self.captions += _photo_fields(block, f"photo {self._photos} in the text")

    def _read_poll(self, block: Block, *, hidden: bool) -> None:
        poll = self._polls.get(block["poll"])
        if poll is None:
            return
        asked = [poll.question, poll.introduction, *(choice.text for choice in poll.choices.all())]
        self._keep(asked, hidden=hidden or bool(poll.spoiler_warning))
        self._keep([poll.spoiler_warning], hidden=hidden)


class _Search:
    """What of the boxes is looked for in the fields."""

    def __init__(
        self,
        boxes: Sequence[Sequence[Word]],
        in_the_open: Iterable[Sequence[Word]],
        printed: Sequence[Sequence[Word]],
        fields: Iterable[_Field],
    ) -> None:
        self._runs = {run for box in boxes for run in sequences([w.folded for w in box], RUN)}
        self._printed = [_spaced(word.folded for word in name) for name in printed]
        cased = [words(field.text) for field in fields if field.has_case]
        self._names = _names(boxes, in_the_open, cased) - _parts(printed)

    def giveaways(self, field: _Field) -> Iterator[Giveaway]:
        """Those of one field: the runs, then the names that are in none."""
        found = words(field.text)
        in_runs: set[int] = set()
        for place, run in enumerate(sequences([word.folded for word in found], RUN)):
            if run in self._runs:
                in_runs.update(range(place, place + RUN))
        for stretch in _stretches(in_runs):
            if not self._is_printed([found[place].folded for place in stretch]):
                yield Giveaway(field.label, _as_it_stands(field.text, found, stretch))
        in_names = {
            place for index in range(len(found)) for place in self._name(field, found, index)
        }
        for stretch in _stretches(in_names - in_runs):
            yield Giveaway(field.label, _as_it_stands(field.text, found, stretch), is_name=True)

    def _name(self, field: _Field, found: Sequence[Word], index: int) -> range:
        """The places of the name that begins at a word."""
        if field.has_case and not found[index].stands_as_name:
            return range(0)
        for length in range(1, _LONGEST_NAME + 1):
            name = tuple(word.name for word in found[index : index + length])
            # A slug has no apostrophe: “Jae-min’s” is “jae-mins”.
            owner = (*name[:-1], name[-1].removesuffix("s"))
            if name in self._names or (not field.has_case and owner in self._names):
                return range(index, index + len(name))
        return range(0)

    def _is_printed(self, run: Sequence[str]) -> bool:
        """Whether a run is nothing but a name that the page prints anyway, or a part of it."""
        telling = [place for place, word in enumerate(run) if word not in _GLUE]
        bare = run[telling[0] : telling[-1] + 1] if telling else run
        return any(_spaced(kept) in name for kept in (run, bare) for name in self._printed)


def _names(
    boxes: Iterable[Sequence[Word]],
    in_the_open: Iterable[Sequence[Word]],
    fields: Iterable[Sequence[Word]],
) -> set[Name]:
    """The names that stand in boxes and nowhere in the open."""
    small: set[Name] = set()
    sure: set[Name] = set()
    perhaps: set[Name] = set()
    as_names: set[Name] = set()
    anyhow: set[Name] = set()
    for found in boxes:
        for name, first in units(found):
            if not first.is_capital:
                small.add(name)
            elif first.stands_as_name and _may_be_name(name):
                (sure if first.in_sentence else perhaps).add(name)
    for found in in_the_open:
        small.update(name for name, first in units(found) if not first.is_capital)
        as_names.update(name for name, first in units(found) if first.stands_as_name)
        anyhow |= _parts([found])
    for found in fields:
        small.update(name for name, first in units(found) if not first.is_capital)
    # What is a word too stands in the open as a name only where it is written as one.
    return (sure & small) - as_names | (sure | perhaps) - small - anyhow


def _parts(texts: Iterable[Sequence[Word]]) -> set[Name]:
    """All that texts have one after the other and that is short enough for a name."""
    return {
        part
        for text in texts
        for length in range(1, _LONGEST_NAME + 1)
        for part in sequences([word.name for word in text], length)
    }


def _may_be_name(name: Name) -> bool:
    if len(name) == 1:
        return len(name[0]) > 1 and name[0] not in COMMON
    return len(name) <= _LONGEST_NAME


def _stretches(places: Iterable[int]) -> Iterator[list[int]]:
    """Numbers in order, cut where one is left out."""
    for _, stretch in groupby(enumerate(sorted(places)), lambda item: item[1] - item[0]):
        yield [place for _, place in stretch]


def _as_it_stands(text: str, found: Sequence[Word], stretch: Sequence[int]) -> str:
    return text[found[stretch[0]].start : found[stretch[-1]].end]


def _spaced(folded: Iterable[str]) -> str:
    """Words as a text in which whole words can be looked for."""
    return f" {' '.join(folded)} "
