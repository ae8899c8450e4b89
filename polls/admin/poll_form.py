"""The form of a poll and of its choices."""

import secrets
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import HttpRequest
from django.utils import timezone

from newsroom.desk.moments import keep_seconds
from newsroom.words import slug_words
from polls.admin.status import is_fixed
from polls.models import Choice, Poll
from polls.models.poll import MAX_CHOICES, MIN_CHOICES

#: Letters of the shortest word that can give something away.
SHORTEST = 4

_WIDE = {"class": "vTextField", "size": 90}


class PollForm(forms.ModelForm):
    """A poll's own fields."""

    class Meta:
        model = Poll
        fields = ()  # the admin's fieldsets decide
        widgets = {
            "question": forms.TextInput(attrs=_WIDE),
            "introduction": forms.Textarea(attrs={"rows": 3, "cols": 90}),
            "spoiler_warning": forms.TextInput(attrs=_WIDE),
            "max_choices": forms.NumberInput(attrs={"min": 1, "max": MAX_CHOICES}),
        }

    def clean_opens(self) -> datetime | None:
        """As it is, where it was left alone."""
        return keep_seconds(self.cleaned_data["opens"], self.initial.get("opens"))

    def clean_closes(self) -> datetime | None:
        """Later than now, where it is another than before."""
        closes = keep_seconds(self.cleaned_data["closes"], self.initial.get("closes"))
        if closes and closes != self.initial.get("closes") and closes <= timezone.now():
            instead = ", or close the poll now with the button above" if self.instance.pk else ""
            raise ValidationError(f"That moment has passed. Choose a later one{instead}.")
        return closes

    def clean(self) -> dict[str, Any] | None:
        """An address that doesn't say what the warning seals."""
        cleaned = super().clean() or self.cleaned_data
        warning, slug = cleaned.get("spoiler_warning"), cleaned.get("slug")
        if warning and slug and "slug" in self.fields:
            sealed = slug_words(cleaned.get("question", ""), min_length=SHORTEST)
            sealed -= slug_words(warning, min_length=SHORTEST)
            told = [word for word in slug.split("-") if word in sealed]
            if told:
                self.add_error(
                    "slug",
                    f"Everybody sees the address, and it says “{told[0]}”, as the question does, "
                    "which stays sealed. Choose words of the warning.",
                )
        return cleaned


class ChoiceForm(forms.ModelForm):
    """One choice; its place may stay empty."""

    class Meta:
        model = Choice
        fields = ("text", "position")
        widgets = {
            "text": forms.TextInput(attrs={"class": "vTextField", "size": 70}),
            "position": forms.NumberInput(attrs={"min": 1, "max": MAX_CHOICES}),
        }
        labels = {"position": "place"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "position" in self.fields:
            self.fields["position"].required = False
        if self.instance.pk is None:
            self.initial["position"] = None

    def validate_constraints(self) -> None:
        """Left to the formset, which knows the other rows as they will be."""


class ChoiceFormSet(forms.BaseInlineFormSet):
    """All choices of a poll, in their order once they are valid: places 1 to their number."""

    #: Whether nothing of what comes in is looked at.
    fixed = False

    def clean(self) -> None:
        """Enough choices, not too many, and each once. (Django's own words would not help.)"""
        if self.fixed:
            return
        self.staying = [form for form in self.forms if self._stays(form)]
        if not any(form.errors for form in self.staying):
            self._check_texts()
            self._check_number()
            for place, form in enumerate(sorted(self.staying, key=_wanted), start=1):
                form.instance.position = place

    def _stays(self, form: Any) -> bool:
        there = form.instance.pk is not None or form.has_changed()
        return there and not _goes(form)

    def _check_texts(self) -> None:
        seen = set()
        for form in self.staying:
            text = " ".join(form.cleaned_data["text"].split())
            if text.casefold() in seen:
                form.add_error("text", f"“{text}” is there already. Write another text.")
            seen.add(text.casefold())

    def _check_number(self) -> None:
        number, most = len(self.staying), self.instance.max_choices
        if number < MIN_CHOICES:
            raise ValidationError("A poll needs two choices or more. Fill in another row.")
        if number > MAX_CHOICES:
            surplus = number - MAX_CHOICES
            raise ValidationError(
                f"A poll has at most {MAX_CHOICES} choices. Take {surplus} of these away."
            )
        if most is not None and most > number:
            raise ValidationError(
                f"Readers may choose up to {most}, and there are {number} choices. Add choices, "
                "or lower the number of choices per ballot."
            )

    def save(self, commit: bool = True) -> Any:
        """As Django's, but for texts that change places, and for places."""
        if self.fixed or not self.has_changed():
            return super().save(commit=commit)
        for form in self.initial_forms:
            if _goes(form) or "text" in form.changed_data:
                # Out of the way of another row that takes this text.
                Choice.objects.filter(pk=form.instance.pk).update(text=secrets.token_hex())
        saved = super().save(commit=commit)
        Choice.objects.bulk_update([form.instance for form in self.staying], ["position"])
        return saved


def _goes(form: Any) -> bool:
    return bool(form.cleaned_data.get(DELETION_FIELD_NAME))


def _wanted(form: Any) -> tuple[float, int]:
    """What a row is sorted by: its place, then what brought it there."""
    place, before = form.cleaned_data.get("position"), form.initial.get("position")
    if place is None:
        return float("inf"), 0
    if before is None or place < before:
        return place, -1  # before the one that stands there
    return place, int(place > before)


class ChoiceInline(admin.TabularInline):
    """The choices; whoever may change the poll may change them, until they are fixed."""

    model = Choice
    form = ChoiceForm
    formset = ChoiceFormSet
    fields = ("text", "position")
    max_num = MAX_CHOICES
    verbose_name_plural = f"Choices, {MIN_CHOICES} to {MAX_CHOICES}"

    def get_extra(self, request: HttpRequest, obj: Poll | None = None, **kwargs: Any) -> int:
        return 4 if obj is None else 1

    def get_formset(self, request: HttpRequest, obj: Poll | None = None, **kwargs: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.fixed = is_fixed(obj)
        return formset

    def _may_change(self, request: HttpRequest, obj: Poll | None) -> bool:
        action = "change" if obj is not None and obj.pk is not None else "add"
        return request.user.has_perm(f"polls.{action}_poll") and not is_fixed(obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_change(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_change(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perms(("polls.view_poll",)) or self._may_change(request, obj)
