"""The form of a version, until it takes effect."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from newsletter.models import PolicyVersion, Version, Wording
from newsletter.models.policy import VersionQuerySet
from newsletter.version_status import SERIES_FIELD
from newsroom.desk.moments import format_moment, keep_seconds
from newsroom.rich_text import plain_text, sanitize_prose, too_much_to_parse

_WIDE = {"class": "vTextField", "size": 90}


class VersionForm(forms.ModelForm):
    """Versions of a series take effect in the order of their numbers."""

    def clean_effective_from(self) -> datetime | None:
        """Later than now; empty for a row that is there means now."""
        before: datetime | None = self.initial.get("effective_from")
        moment = keep_seconds(self.cleaned_data["effective_from"], before)
        if moment is None:
            return timezone.now() if self.instance.pk else None
        if moment == before:
            return moment
        if moment <= timezone.now():
            raise ValidationError(
                "That moment has passed, and nobody can have agreed to it then. Choose a later "
                "one, or leave this empty."
            )
        return moment

    def clean(self) -> dict[str, Any]:
        """After those before it in its series, and before those that follow."""
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
        """The versions of the same text; None where it isn't said which text that is."""
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
        which = "a later moment" if is_earlier else "an earlier moment"
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
        """Some words: what the editor leaves of an empty text is a paragraph."""
        body: str = self.cleaned_data["body"]
        # What is too much to parse the model refuses.
        if not too_much_to_parse(body) and not plain_text(sanitize_prose(body)).strip():
            raise ValidationError("Write the text that readers agree to.")
        return body


class WordingForm(VersionForm):
    """A version of what stands at a newsletter's box."""

    class Meta:
        model = Wording
        fields = ()  # the admin's fieldsets decide
        widgets = {"sentence": forms.TextInput(attrs=_WIDE)}
