"""The form of a vote."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from polls.models import Poll


class BallotForm(forms.Form):
    """A ballot: choices of a poll, each once, and no more than the poll allows.

    ``cleaned_data["choice"]`` is a list of primary keys, as strings.
    """

    # A ChoiceField is slower: Django would copy its choices and its widget for each vote.
    choice = forms.Field(
        widget=forms.MultipleHiddenInput,
        error_messages={"required": "Choose an answer first. Nothing was counted."},
    )

    def __init__(self, poll: Poll, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.poll = poll

    def clean_choice(self) -> list[str]:
        """Refuse choices of another poll, repeated choices and too many choices."""
        chosen: list[str] = self.cleaned_data["choice"]
        if not set(chosen) <= {str(choice.pk) for choice in self.poll.choices.all()}:
            raise ValidationError(
                "That is not an answer of this poll. Nothing was counted.", code="invalid_choice"
            )
        if len(set(chosen)) != len(chosen):
            raise ValidationError(
                "An answer was sent more than once. Nothing was counted.", code="repeated"
            )
        if len(chosen) > self.poll.max_choices:
            limit = f"up to {self.poll.max_choices} answers" if self.poll.several else "one answer"
            raise ValidationError(f"Choose {limit}. Nothing was counted.", code="too_many")
        return chosen
