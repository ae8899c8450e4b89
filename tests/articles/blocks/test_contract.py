"""Every kind of block keeps its promises, and a kind that breaks one is noticed."""

import pytest
from django.core.checks import run_checks

from articles.admin.blocks import BLOCK_INLINES
from articles.blocks import BLOCKS, PhotoBlock, PullQuoteBlock
from articles.blocks.base import Block
from articles.blocks.checks import check_kind
from articles.blocks.registry import kind_of
from tests.articles.blocks.contract import check, example_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", BLOCKS, ids=lambda kind: kind.kind)
def test_kind_keeps_every_promise(kind):
    check(example_of(kind))


@pytest.mark.parametrize(
    ("kind", "method", "answer"),
    [
        (PullQuoteBlock, "page_html", ""),
        (PullQuoteBlock, "feed_html", ""),
        (PullQuoteBlock, "search_text", ""),
        (PullQuoteBlock, "lines", []),
        (PullQuoteBlock, "printed_texts", []),
        (PullQuoteBlock, "restore", {"text": "planted"}),
        (PhotoBlock, "picture", ""),
        (PhotoBlock, "missing_message", ""),
        (PhotoBlock, "references", []),
    ],
)
def test_kind_that_loses_something_is_noticed(monkeypatch, kind, method, answer):
    monkeypatch.setattr(kind, method, classmethod(lambda cls, *args: answer))

    with pytest.raises(AssertionError):
        check(example_of(kind))


def test_every_kind_has_a_form():
    assert [inline.model for inline in BLOCK_INLINES] == list(BLOCKS)
    assert all(inline.icon for inline in BLOCK_INLINES)


def test_kinds_of_the_project_pass_the_system_checks():
    assert [error for error in run_checks() if error.id.startswith("articles.")] == []


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("icon", "articles.E001"),
        ("button_order", "articles.E001"),
        ("freeze", "articles.E002"),
        ("restore", "articles.E002"),
        ("page_html", "articles.E002"),
        ("feed_html", "articles.E002"),
        ("search_text", "articles.E002"),
        ("printed_texts", "articles.E002"),
        ("lines", "articles.E002"),
        ("missing_message", "articles.E002"),
        ("picture", "articles.E002"),
    ],
)
def test_kind_that_leaves_something_out_is_an_error(monkeypatch, name, number):
    monkeypatch.delattr(PhotoBlock, name)

    (error,) = check_kind(PhotoBlock)

    assert error.id == number
    assert f"“{name}”" in error.msg


def test_kind_without_a_template_is_an_error(monkeypatch):
    monkeypatch.setattr(PullQuoteBlock, "kind", "unheard_of")

    (error,) = check_kind(PullQuoteBlock)

    assert (error.id, "articles/blocks/unheard_of.html" in error.msg) == ("articles.E003", True)


def test_abstract_base_defines_nothing_that_could_be_lost():
    frozen = {"kind": "text"}
    for method in (Block.restore, Block.feed_html, Block.search_text, Block.lines):
        with pytest.raises(NotImplementedError):
            method(frozen)


def test_kind_that_the_project_no_longer_has_tells_editors_what_it_said():
    frozen = {"kind": "star_rating", "stars": 4, "verdict": "Fine", "parts": ["a", {"b": "c"}]}
    kind = kind_of(frozen)

    assert kind.kind_label() == "Star rating"
    assert [(line.label, line.text) for line in kind.lines(frozen)] == [
        ("Stars", "4"),
        ("Verdict", "Fine"),
        ("Parts", "a\nc"),
    ]
    assert (kind.page_html(frozen, None), kind.feed_html(frozen), kind.search_text(frozen)) == (
        "",
        "",
        "",
    )
