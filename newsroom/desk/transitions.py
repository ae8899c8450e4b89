"""Transitions of a model's rows, such as “publish”: who may apply one, and when.

Models import this module, so it imports nothing of the admin. ``newsroom.desk.transition_pages``
has the pages.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django import forms
from django.db.models import Model

if TYPE_CHECKING:
    from newsroom.models import User

Row = TypeVar("Row", bound=Model)
Status = TypeVar("Status")


class TransitionRefused(Exception):
    """The state of a row does not allow a transition; the text says what to do instead."""


class TransitionForm(forms.Form):
    """A form that asks for nothing but a confirmation."""


@dataclass(frozen=True, slots=True)
class Transition(Generic[Row, Status]):
    """A change of a row from one state to another.

    ``apply`` gets the row, the member of staff and the form's cleaned data. It returns the rest
    of a sentence that begins with the row, such as “is in review now”, or raises
    :class:`TransitionRefused`.
    """

    name: str
    label: str
    question: str
    permission: str
    is_available: Callable[[Status], bool]
    apply: Callable[[Row, "User", dict[str, Any]], str]
    form: type[TransitionForm] = TransitionForm
    #: Returns the form's initial values.
    initial: Callable[[Status], dict[str, Any]] = lambda status: {}
    #: Whether a page asks for a confirmation first.
    needs_confirmation: bool = True
    #: Whether the admin's list offers it as an action for several rows.
    in_bulk: bool = False
    #: Whether it deletes the row.
    deletes_row: bool = False

    @property
    def plain_label(self) -> str:
        """The label without the ellipsis that announces a question."""
        return self.label.rstrip("…")

    @property
    def action_name(self) -> str:
        """The name of the action for several rows."""
        return f"bulk_{self.name.replace('-', '_')}"
