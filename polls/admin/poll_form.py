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

#: Number of letters in the shortest word that is checked for spoilers.
MIN_WORD_LENGTH = 4

_WIDE = {"class": "vTextField", "size": 90}


class PollForm(forms.ModelForm):
    """The fields of a poll."""

    class Meta:
        model = Poll
        fields = ()  # the admin's fieldsets name them
        widgets = {
            "question": forms.TextInput(attrs=_WIDE),
            "introduction": forms.Textarea(attrs={"rows": 3, "cols": 90}),
            "spoiler_warning": forms.TextInput(attrs=_WIDE),
            "max_choices": forms.NumberInput(attrs={"min": 1, "max": MAX_CHOICES}),
        }

    def clean_opens(self) -> datetime | None:
        """Keep the seconds of an unchanged time."""
        return keep_seconds(self.cleaned_data["opens"], self.initial.get("opens"))

    def clean_closes(self) -> datetime | None:
        """Keep the seconds of an unchanged time, and refuse a new one in the past."""
        closes = keep_seconds(self.cleaned_data["closes"], self.initial.get("closes"))
        if closes and closes != self.initial.get("closes") and closes <= timezone.now():
            instead = ", or close the poll now with the button above" if self.instance.pk else ""
            raise ValidationError(f"That moment has passed. Choose a later one{instead}.")
        return closes

    def clean(self) -> dict[str, Any] | None:
        """Refuse a slug with words that the spoiler warning hides."""
        cleaned = super().clean() or self.cleaned_data
        warning, slug = cleaned.get("spoiler_warning"), cleaned.get("slug")
        if warning and slug and "slug" in self.fields:
            hidden = slug_words(cleaned.get("question", ""), min_length=MIN_WORD_LENGTH)
            hidden -= slug_words(warning, min_length=MIN_WORD_LENGTH)
            spoilers = [word for word in slug.split("-") if word in hidden]
            if spoilers:
                self.add_error(
                    "slug",
                    f"Everybody sees the address, and it contains “{spoilers[0]}” from the "
                    "question, which is hidden behind the spoiler warning. Use words of the "
                    "warning instead.",
                )
        return cleaned


class ChoiceForm(forms.ModelForm):
    """A choice; its position may be empty."""

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
        """Do nothing: the formset checks the texts of all rows together."""


class ChoiceFormSet(forms.BaseInlineFormSet):
    """All choices of a poll; valid ones get the positions 1, 2, 3 and so on."""

    #: Whether the choices are fixed, so that the submitted data is ignored.
    is_fixed = False

    def clean(self) -> None:
        """Check the texts and the number of choices, with messages that say what to do."""
        if self.is_fixed:
            return
        self.kept_forms = [form for form in self.forms if self._is_kept(form)]
        if not any(form.errors for form in self.kept_forms):
            self._check_texts()
            self._check_number()
            for position, form in enumerate(sorted(self.kept_forms, key=_sort_key), start=1):
                form.instance.position = position

    def _is_kept(self, form: Any) -> bool:
        is_filled = form.instance.pk is not None or form.has_changed()
        return is_filled and not _is_deleted(form)

    def _check_texts(self) -> None:
        seen = set()
        for form in self.kept_forms:
            text = " ".join(form.cleaned_data["text"].split())
            if text.casefold() in seen:
                form.add_error("text", f"There is another choice “{text}”. Write a different text.")
            seen.add(text.casefold())

    def _check_number(self) -> None:
        number, max_choices = len(self.kept_forms), self.instance.max_choices
        if number < MIN_CHOICES:
            raise ValidationError("A poll needs at least two choices. Fill in another row.")
        if number > MAX_CHOICES:
            surplus = number - MAX_CHOICES
            raise ValidationError(
                f"A poll has at most {MAX_CHOICES} choices. Remove {surplus} of them."
            )
        if max_choices is not None and max_choices > number:
            raise ValidationError(
                f"Readers may choose up to {max_choices}, but there are {number} choices. Add "
                "choices, or lower the number of choices per ballot."
            )

    def save(self, commit: bool = True) -> Any:
        """As Django's, but choices can swap their texts, and get new positions."""
        if self.is_fixed or not self.has_changed():
            return super().save(commit=commit)
        for form in self.initial_forms:
            if _is_deleted(form) or "text" in form.changed_data:
                # Another choice may get this text, and texts are unique at any time.
                Choice.objects.filter(pk=form.instance.pk).update(text=secrets.token_hex())
        saved = super().save(commit=commit)
        Choice.objects.bulk_update([form.instance for form in self.kept_forms], ["position"])
        return saved


def _is_deleted(form: Any) -> bool:
    return bool(form.cleaned_data.get(DELETION_FIELD_NAME))


def _sort_key(form: Any) -> tuple[float, int]:
    """Return the key to sort rows by: the wanted position, then where the row comes from.

    A row that moves up, or is new, goes before the row with the same position, and a row that
    moves down after it. Rows without a position go to the end.
    """
    position, before = form.cleaned_data.get("position"), form.initial.get("position")
    if position is None:
        return float("inf"), 0
    if before is None or position < before:
        return position, -1
    return position, int(position > before)


class ChoiceInline(admin.TabularInline):
    """The choices. Users who can change the poll can change them until they are fixed."""

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
        formset.is_fixed = is_fixed(obj)
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
