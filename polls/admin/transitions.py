"""The transitions of polls, with their forms, for the admin."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db import IntegrityError
from django.utils import timezone

from newsroom.desk.moments import MomentField, format_moment
from newsroom.desk.transitions import Transition, TransitionForm, TransitionRefused
from newsroom.models import User
from polls import closing_records, transitions
from polls.admin.status import PollStatus
from polls.models import Choice, Poll

CLOSE_PERMISSION = "polls.close_poll"
REOPEN_PERMISSION = "polls.reopen_poll"
ARCHIVE_PERMISSION = "polls.archive_poll"
REWORD_PERMISSION = "polls.reword_poll"

#: Prefix of the fields of choices.
_CHOICE_PREFIX = "choice_"
_WIDE = {"class": "vTextField", "size": 80}


class ReopenForm(TransitionForm):
    """The new closing time."""

    closes = MomentField(
        label="It closes on", required=False, help_text="Empty: until somebody closes the poll."
    )

    def clean_closes(self) -> Any:
        """Refuse a time in the past."""
        closes = self.cleaned_data["closes"]
        if closes is not None and closes <= timezone.now():
            raise forms.ValidationError("That moment has passed. Choose a later one.")
        return closes


class RewordForm(TransitionForm):
    """The question and all choices; ``initial`` says which choices there are."""

    question = forms.CharField(max_length=200, widget=forms.TextInput(attrs=_WIDE))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        longest = Choice._meta.get_field("text").max_length
        names = [name for name in self.initial if name.startswith(_CHOICE_PREFIX)]
        for number, name in enumerate(names, start=1):
            text = forms.TextInput(attrs=_WIDE)
            label = f"Choice {number}"
            self.fields[name] = forms.CharField(label=label, max_length=longest, widget=text)
        self.fields["reason"] = forms.CharField(
            max_length=300,
            widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
            help_text="Readers see it with the old wording and today's date.",
        )

    def clean(self) -> dict[str, Any]:
        """Refuse to give a choice the wording of another one, which would move its votes."""
        answers = super().clean() or {}
        texts = {
            name: _normalize(answers[name]) for name in answers if name.startswith(_CHOICE_PREFIX)
        }
        before = {name: _normalize(self.initial[name]) for name in texts}
        for name, text in texts.items():
            others = {
                wording[other] for wording in (texts, before) for other in texts if other != name
            }
            if text != before[name] and text in others:
                error = "Another choice has or had this wording: its votes would seem to move here."
                self.add_error(name, error)
        return answers


def _normalize(text: str) -> str:
    return " ".join(text.split()).casefold()


def _initial_wording(status: PollStatus) -> dict[str, Any]:
    poll = status.poll
    texts = {f"{_CHOICE_PREFIX}{choice.pk}": choice.text for choice in poll.choices.all()}
    return {"question": poll.question, **texts}


def _run(change: Callable[[], Any]) -> Any:
    """Return what ``change`` returns; raise TransitionRefused if the database refuses it."""
    try:
        return change()
    except IntegrityError as error:
        raise TransitionRefused(
            "The database refused it because of ballots or records. Nothing has changed; look at "
            "the poll again."
        ) from error


def _close(poll: Poll, user: User, answers: dict[str, Any]) -> str:
    record = _run(lambda: transitions.close(poll, by=user))
    return f"is closed, and record {record.number} is written"


def _reopen(poll: Poll, user: User, answers: dict[str, Any]) -> str:
    closes = answers.get("closes")
    _run(lambda: transitions.reopen(poll, closes=closes))
    if closes is None:
        return "is open again, until somebody closes it"
    return f"is open again, until {format_moment(closes)}"


def _archive(poll: Poll, user: User, answers: dict[str, Any]) -> str:
    _run(lambda: transitions.archive(poll, by=user))
    return "is archived: it is no longer listed, but its page stays"


def _unarchive(poll: Poll, user: User, answers: dict[str, Any]) -> str:
    _run(lambda: transitions.unarchive(poll))
    return "is listed again, and still closed"


def _reword(poll: Poll, user: User, answers: dict[str, Any]) -> str:
    choices = {
        int(name.removeprefix(_CHOICE_PREFIX)): text
        for name, text in answers.items()
        if name.startswith(_CHOICE_PREFIX)
    }
    rewordings = _run(
        lambda: transitions.reword(
            poll, question=answers["question"], choices=choices, reason=answers["reason"], by=user
        )
    )
    return f"has a new wording ({len(rewordings)} corrected); the old one is kept on record"


def _record(poll: Poll, user: User, answers: dict[str, Any]) -> str:
    record = _run(lambda: closing_records.ensure(poll))
    if record is None:
        raise TransitionRefused("Voting isn't over.")
    return f"has its closing record, number {record.number}"


TRANSITIONS: dict[str, Transition[Poll, PollStatus]] = {
    transition.name: transition
    for transition in (
        Transition(
            "close",
            "Close now…",
            "End voting now?",
            CLOSE_PERMISSION,
            lambda status: status.state == Poll.State.OPEN,
            _close,
            in_bulk=True,
        ),
        Transition(
            "record",
            "Write the closing record…",
            "Write the closing record now?",
            CLOSE_PERMISSION,
            lambda status: status.lacks_record,
            _record,
        ),
        Transition(
            "reopen",
            "Reopen…",
            "Let readers vote again?",
            REOPEN_PERMISSION,
            lambda status: status.state == Poll.State.CLOSED and not status.is_archived,
            _reopen,
            form=ReopenForm,
            in_bulk=True,
        ),
        Transition(
            "reword",
            "Correct the wording…",
            "Correct the wording?",
            REWORD_PERMISSION,
            lambda status: status.is_fixed,
            _reword,
            form=RewordForm,
            initial=_initial_wording,
        ),
        Transition(
            "archive",
            "Archive…",
            "Take it off the list?",
            ARCHIVE_PERMISSION,
            lambda status: not status.is_archived,
            _archive,
            in_bulk=True,
        ),
        Transition(
            "unarchive",
            "Unarchive…",
            "Put it back on the list?",
            ARCHIVE_PERMISSION,
            lambda status: status.is_archived,
            _unarchive,
        ),
    )
}
