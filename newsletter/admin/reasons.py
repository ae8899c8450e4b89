"""Reasons that the desk gives, which stay on record for good."""

import re
from typing import Any

from django import forms

from newsroom.desk.transitions import TransitionForm

_ADDRESS = re.compile(r"\S@\S")


class ReasonField(forms.CharField):
    """Some words, without anything that erasing a person would have to take away."""

    def __init__(self, **kwargs: Any) -> None:
        words = {
            "max_length": 300,
            "widget": forms.Textarea(attrs={"rows": 3, "cols": 60}),
            "help_text": "It stays on record for good: leave out names and addresses of readers.",
        }
        super().__init__(**{**words, **kwargs})

    def clean(self, value: Any) -> Any:
        """Not what looks like an address."""
        cleaned = super().clean(value)
        if _ADDRESS.search(cleaned):
            raise forms.ValidationError(
                "Leave the address out: this stays on record, also after the person is erased."
            )
        return cleaned


class ReasonForm(TransitionForm):
    """Why."""

    reason = ReasonField()
