"""The forms of policy versions and wordings that have not taken effect."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from newsletter.models import PolicyVersion, Version, Wording
from newsletter.models.policy import VersionQuerySet
from newsletter.version_states import SERIES_FIELD
from newsroom.desk.moments import format_moment, keep_seconds
from newsroom.rich_text import plain_text, sanitize_prose, too_much_to_parse

_WIDE = {"class": "vTextField", "size": 90}


class VersionForm(forms.ModelForm):
    """The form of a version. Versions of a series take effect in the order of their numbers."""

    def clean_effective_from(self) -> datetime | None:
        """Return a future time; for a stored version, an empty field means now."""
        before: datetime | None = self.initial.get("effective_from")
        moment = keep_seconds(self.cleaned_data["effective_from"], before)
        if moment is None:
            return timezone.now() if self.instance.pk else None
        if moment == before:
            return moment
        if moment <= timezone.now():
            raise ValidationError(
                "That time has passed, and nobody can have agreed to it then. Choose a later one, "
                "or leave this empty."
            )
        return moment

    def clean(self) -> dict[str, Any]:
        """Check the order: after earlier versions of the series, before later ones."""
        answers = super().clean() or self.cleaned_data
        series = self._series(answers)
        if series is not None and "effective_from" in answers:
            moment = answers["effective_from"] or timezone.now()
            for other in series.filter(withdrawn_at=None).exclude(pk=self.instance.pk):
                if problem := self._out_of_order(other, moment):
                    self.add_error("effective_from", problem)
                    break
        return answers

    def _series(self, answers: dict[str, Any]) -> VersionQuerySet | None:
        """Return the versions of the same text; None if the text is not chosen yet."""
        if self.instance.pk:
            found: VersionQuerySet = self.instance.series()
            return found
        name = SERIES_FIELD[type(self.instance)]
        if not answers.get(name):
            return None
        versions: VersionQuerySet = self._meta.model._default_manager.filter(
            **{name: answers[name]}
        )
        return versions

    def _out_of_order(self, other: Version, moment: datetime) -> str | None:
        own = self.instance.number
        is_earlier = own is None or other.number < own
        if is_earlier == (other.effective_from < moment):
            return None
        at = format_moment(other.effective_from)
        which = "a later time" if is_earlier else "an earlier time"
        return (
            f"Version {other.number} takes effect on {at}. Choose {which}, or delete that "
            "version first."
        )


class PolicyForm(VersionForm):
    """A version of the terms or of the privacy policy."""

    class Meta:
        model = PolicyVersion
        fields = ()  # the admin's fieldsets decide
        widgets = {"summary": forms.Textarea(attrs={"rows": 4, "cols": 90})}

    def clean_body(self) -> str:
        """Require text: the editor saves an empty text as an empty paragraph."""
        body: str = self.cleaned_data["body"]
        # The model refuses text that is too long to parse.
        if not too_much_to_parse(body) and not plain_text(sanitize_prose(body)).strip():
            raise ValidationError("Write the text that readers agree to.")
        return body


class WordingForm(VersionForm):
    """A version of a newsletter's wording."""

    class Meta:
        model = Wording
        fields = ()  # the admin's fieldsets decide
        widgets = {"sentence": forms.TextInput(attrs=_WIDE)}
