"""The page that a body is rendered for, with the rows that its blocks refer to."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import Model

#: Read rows by primary key for a page: (keys, page) -> values by key.
Loader = Callable[[Iterable[int], "Page"], Mapping[int, Any]]

_loaders: dict[type[Model], Loader] = {}


def register_loader(model: type[Model], loader: Loader) -> None:
    """Say how the rows of a model that blocks refer to are read for a page.

    The loader gets the keys of all blocks of the page at once, so that a page asks one query
    however many blocks it has.
    """
    _loaders[model] = loader


class Page:
    """A page on which blocks are rendered.

    ``address``: the page's path, to which forms lead back; "" for a page without one.
    ``takes_answers``: whether readers vote and sign up there; not in previews.
    """

    def __init__(self, address: str = "", *, takes_answers: bool = True) -> None:
        self.address = address
        self.takes_answers = takes_answers
        self._rows: dict[type[Model], Mapping[int, Any]] = {}

    def load(self, references: Mapping[type[Model], Iterable[int]]) -> None:
        """Read the rows that blocks refer to; no query for a model without keys."""
        for model, loader in _loaders.items():
            self._rows[model] = loader(references.get(model, ()), self)

    def row(self, model: type[Model], key: int) -> Any:
        """Return what was loaded for a key; None where the row is gone."""
        return self._rows.get(model, {}).get(key)
