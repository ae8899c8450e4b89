"""Everything that a kind of block promises, checked on an example of it.

``tests/articles/blocks/test_<module>.py`` has an ``EXAMPLES`` for each kind in
``articles/blocks/kinds/<module>.py``. Its fields hold a word of their own each, so that a word
that gets lost is noticed.
"""

import json
import re
from dataclasses import dataclass, field
from importlib import import_module
from itertools import count
from types import ModuleType

from django.contrib.auth.models import Group
from django.db import models

from articles.blocks import Block
from articles.blocks.body import Body
from articles.blocks.checks import check_kind
from articles.blocks.page import Page
from articles.blocks.registry import kind_of
from articles.photos.models import Photo
from articles.publishing import revisions, snapshot
from newsroom.rich_text import plain_text
from tests.articles.factories import add_block, make_article

SECTION = {"name": "", "season": None, "episode": None, "label": "", "title": None, "work": None}
_letters = count(1)


def word():
    """A word that stands nowhere else."""
    number = next(_letters)
    return "planted" + "".join(chr(ord("a") + int(digit)) for digit in str(number))


@dataclass
class Example:
    """The columns of a block, and the fields whose words readers get in some places only."""

    kind: type[Block]
    make_fields: object
    #: Fields whose text is not printed on the page.
    not_on_page: set = field(default_factory=set)
    #: Fields whose text is printed and is not found by the search.
    not_in_search: set = field(default_factory=set)
    #: Fields whose text is printed and is not in feeds.
    not_in_feeds: set = field(default_factory=set)


def module_of_tests(kind: type[Block]) -> ModuleType:
    """The module with the tests of a kind; raises ModuleNotFoundError where there is none."""
    name = kind.__module__.rpartition(".")[2]
    return import_module(f"tests.articles.blocks.test_{name}")


def example_of(kind):
    return next(each for each in module_of_tests(kind).EXAMPLES if each.kind is kind)


def own_columns(kind):
    """The columns of a kind that an editor fills in."""
    common = {"id", "parent", "region", "ordering"}
    return [each for each in kind._meta.local_concrete_fields if each.name not in common]


def check(example):
    """Fail where the kind of an example breaks a promise."""
    kind = example.kind
    assert list(check_kind(kind)) == []
    article = make_article(text=None)
    block = add_block(article, kind, **example.make_fields())
    frozen = json.loads(json.dumps(block.freeze(snapshot.FreezeContext({}, "", None))))
    page = Page("/", takes_answers=True)
    page.load(Body({"body": [frozen], "spoiler": "none", "titles": []}).references())
    check_freezing(kind, article, frozen)
    check_references(kind, block, frozen)
    check_texts(example, block, frozen, page)
    check_spoilers(kind, frozen, page)
    check_permissions(kind)


def check_freezing(kind, article, frozen):
    """Everything that an editor fills in comes back, and differs where it was changed."""
    assert frozen["kind"] == kind.kind
    assert kind_of(frozen) is kind
    assert set(kind.restore(frozen)) == {each.attname for each in own_columns(kind)}
    before = snapshot.freeze(article)
    restored = revisions.restore(article, before, by=None)
    assert restored.left_out == []
    assert snapshot.freeze(article) == before


def check_references(kind, block, frozen):
    """Each row that a block refers to is known, and a sentence says when it is gone."""
    references = dict(kind.references(frozen))
    assert set(references) == set(kind.reference_fields())
    for foreign_key, key in references.items():
        assert key == getattr(block, foreign_key.attname)
        assert kind.missing_message(frozen, foreign_key.name).endswith("no longer exists.")
        rest = kind.restore_without(frozen, kind.restore(frozen), foreign_key.name)
        assert rest is None or rest[foreign_key.attname] is None
        if foreign_key.remote_field.model is Photo:
            assert kind.picture(frozen) == getattr(block, foreign_key.name).image.name


def check_texts(example, block, frozen, page):
    """A word that an editor typed is in every place where it belongs."""
    kind = example.kind
    lines = "\n".join(line.text for line in kind.lines(frozen))
    # Of the attributes, readers get the alternative text.
    html = re.sub(r' data-[a-z-]+="[^"]*"', "", kind.page_html(frozen, page))
    warned = "\n".join(printed.text for printed in kind.printed_texts(frozen, 1, None))
    for name, text in texts_of(block).items():
        assert text in lines, f"{name} is not compared"
        assert (text in html) == (name not in example.not_on_page), f"{name} on the page"
        if name in example.not_on_page:
            continue
        assert text in warned, f"no warning knows of {name}"
        searched = text in kind.search_text(frozen)
        assert searched == (name not in example.not_in_search), f"{name} in the search"
        in_feeds = text in kind.feed_html(frozen)
        assert in_feeds == (name not in example.not_in_feeds), f"{name} in feeds"


def texts_of(block):
    """The words that the example has put into text columns, by the columns' names."""
    found = {}
    for column in own_columns(type(block)):
        value = getattr(block, column.name)
        is_text = isinstance(column, models.CharField | models.TextField) and not column.choices
        if is_text and value and "planted" in value:
            found[column.name] = next(
                each for each in plain_text(value).split() if each.startswith("planted")
            )
    return found


def check_spoilers(kind, frozen, page):
    """A block in a spoiler section is in its box on the page, and nowhere else."""
    if kind.ends_section or kind.section_scope(frozen) is not None:
        return
    start, end = {"kind": "spoiler_start", **SECTION}, {"kind": "spoiler_end"}
    body = Body({"body": [start, frozen, end], "spoiler": "marked", "titles": []})
    (placed,) = body
    assert placed.box is not None
    before, _, after = body.page_html(page).partition(kind.page_html(frozen, page))
    assert "<details" in before
    assert "</details>" in after
    assert (body.search_text(), "planted" in body.feed_html()) == ("", False)


def check_permissions(kind):
    """Writers and editors may use it."""
    for name in ("Writers", "Editors"):
        names = Group.objects.get(name=name).permissions.values_list("codename", flat=True)
        assert f"add_{kind._meta.model_name}" in names
