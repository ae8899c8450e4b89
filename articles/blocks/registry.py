"""Every kind of block. A module in ``articles/blocks/kinds`` is found by itself."""

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

from django.db import models

from articles.blocks import kinds
from articles.blocks.base import Block, Frozen
from articles.blocks.removed import RemovedKind
from articles.models.article import ArticleTitle, Byline


def _find_kinds() -> tuple[type[Block], ...]:
    for module in pkgutil.iter_modules(kinds.__path__):
        import_module(f"{kinds.__name__}.{module.name}")
    found = (kind for kind in _subclasses(Block) if not kind._meta.abstract)
    return tuple(sorted(found, key=lambda kind: kind.button_order))


def _subclasses(base: type[Block]) -> Iterator[type[Block]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _subclasses(kind)


#: Every kind of block, in the order of the editor's buttons.
BLOCKS: tuple[type[Block], ...] = _find_kinds()
#: Every model whose rows belong to a working copy.
PARTS: tuple[type[models.Model], ...] = (*BLOCKS, Byline, ArticleTitle)


@cache
def _by_name() -> dict[str, type[Block]]:
    return {kind.kind: kind for kind in BLOCKS}


def kind_of(frozen: Frozen) -> Any:
    """Return the class of a frozen block's kind.

    For a kind that the project no longer has it is a stand-in with the same methods, which
    prints nothing to readers and tells editors what the block said.
    """
    kind = _by_name().get(frozen["kind"])
    return kind or RemovedKind(str(frozen["kind"]))
