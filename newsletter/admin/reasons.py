"""Reasons that staff enter and that are kept permanently."""

import re
from typing import Any

from django import forms

from newsroom.desk.transitions import TransitionForm

_ADDRESS = re.compile(r"\S@\S")


class ReasonField(forms.CharField):
    """A reason without addresses, because an erasure can't remove them from it."""

    def __init__(self, **kwargs: Any) -> None:
        words = {
            "max_length": 300,
            "widget": forms.Textarea(attrs={"rows": 3, "cols": 60}),
            "help_text": "It is kept permanently: leave out names and addresses of readers.",
        }
        super().__init__(**{**words, **kwargs})

    def clean(self, value: Any) -> Any:
        """Refuse text that contains an address."""
        cleaned = super().clean(value)
        if _ADDRESS.search(cleaned):
            raise forms.ValidationError(
                "Leave the address out: this text is kept, even after the person is erased."
            )
        return cleaned


class ReasonForm(TransitionForm):
    """The form of a transition that needs a reason."""

    reason = ReasonField()
