"""The transitions of a poll."""

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

CLOSE = "polls.close_poll"
REOPEN = "polls.reopen_poll"
ARCHIVE = "polls.archive_poll"
REWORD = "polls.reword_poll"

_CHOICE = "choice_"
_WIDE = {"class": "vTextField", "size": 80}


class ReopenForm(TransitionForm):
    """Until when."""

    closes = MomentField(
        label="It closes on", required=False, help_text="Empty: until somebody closes it."
    )

    def clean_closes(self) -> Any:
        """Later than now."""
        closes = self.cleaned_data["closes"]
        if closes is not None and closes <= timezone.now():
            raise forms.ValidationError("That moment has passed. Choose a later one.")
        return closes


class RewordForm(TransitionForm):
    """Every wording as it is, to be corrected; ``initial`` says which choices there are."""

    question = forms.CharField(max_length=200, widget=forms.TextInput(attrs=_WIDE))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        longest = Choice._meta.get_field("text").max_length
        names = [name for name in self.initial if name.startswith(_CHOICE)]
        for number, name in enumerate(names, start=1):
            text = forms.TextInput(attrs=_WIDE)
            label = f"Choice {number}"
            self.fields[name] = forms.CharField(label=label, max_length=longest, widget=text)
        self.fields["reason"] = forms.CharField(
            max_length=300,
            widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
            help_text="Readers find it beside the old wording, with today's date.",
        )

    def clean(self) -> dict[str, Any]:
        """Correcting makes no choice another: ballots stay with the choice they named."""
        answers = super().clean() or {}
        texts = {name: _same(answers[name]) for name in answers if name.startswith(_CHOICE)}
        before = {name: _same(self.initial[name]) for name in texts}
        for name, text in texts.items():
            others = {known[other] for known in (texts, before) for other in texts if other != name}
            if text != before[name] and text in others:
                problem = "Another choice has, or had, this wording: votes would seem to change."
                self.add_error(name, problem)
        return answers


def _same(text: str) -> str:
    return " ".join(text.split()).casefold()


def _wordings(status: PollStatus) -> dict[str, Any]:
    poll = status.poll
    texts = {f"{_CHOICE}{choice.pk}": choice.text for choice in poll.choices.all()}
    return {"question": poll.question, **texts}


def _guarded(run: Callable[[], Any]) -> Any:
    """Return what ``run`` returns; if the database refuses it, raise ``TransitionRefused``."""
    try:
        return run()
    except IntegrityError as error:
        raise TransitionRefused(
            "The database refused it, since ballots or records stand in the way. Nothing has "
            "changed; look at the poll again."
        ) from error


def _close(poll: Poll, user: User, answers: dict[str, Any]) -> str:
    record = _guarded(lambda: transitions.close(poll, by=user))
    return f"is closed: record {record.number} is written"


def _reopen(poll: Poll, user: User, answers: dict[str, Any]) -> str:
    closes = answers.get("closes")
    _guarded(lambda: transitions.reopen(poll, closes=closes))
    if closes is None:
        return "is open again, until somebody closes it"
    return f"is open again, until {format_moment(closes)}"


def _archive(poll: Poll, user: User, answers: dict[str, Any]) -> str:
    _guarded(lambda: transitions.archive(poll, by=user))
    return "is archived: it is off the list, and its page stays"


def _bring_back(poll: Poll, user: User, answers: dict[str, Any]) -> str:
    _guarded(lambda: transitions.unarchive(poll))
    return "is on the list again, closed as it was"


def _reword(poll: Poll, user: User, answers: dict[str, Any]) -> str:
    choices = {
        int(name.removeprefix(_CHOICE)): text
        for name, text in answers.items()
        if name.startswith(_CHOICE)
    }
    changed = _guarded(
        lambda: transitions.reword(
            poll, question=answers["question"], choices=choices, reason=answers["reason"], by=user
        )
    )
    return f"has another wording ({len(changed)} corrected), with the old one on record"


def _record(poll: Poll, user: User, answers: dict[str, Any]) -> str:
    record = _guarded(lambda: closing_records.ensure(poll))
    if record is None:
        raise TransitionRefused("Voting isn't over.")
    return f"has its record: number {record.number}"


TRANSITIONS: dict[str, Transition[Poll, PollStatus]] = {
    transition.name: transition
    for transition in (
        Transition(
            "close",
            "Close now…",
            "End voting now?",
            CLOSE,
            lambda status: status.state == Poll.State.OPEN,
            _close,
            in_bulk=True,
        ),
        Transition(
            "record",
            "Write the closing record…",
            "Write the closing record now?",
            CLOSE,
            lambda status: status.unrecorded,
            _record,
        ),
        Transition(
            "reopen",
            "Reopen…",
            "Let readers vote again?",
            REOPEN,
            lambda status: status.state == Poll.State.CLOSED and not status.archived,
            _reopen,
            form=ReopenForm,
            in_bulk=True,
        ),
        Transition(
            "reword",
            "Correct the wording…",
            "Correct the wording?",
            REWORD,
            lambda status: status.fixed,
            _reword,
            form=RewordForm,
            initial=_wordings,
        ),
        Transition(
            "archive",
            "Archive…",
            "Take it off the list?",
            ARCHIVE,
            lambda status: not status.archived,
            _archive,
            in_bulk=True,
        ),
        Transition(
            "bring-back",
            "Bring back…",
            "Put it on the list again?",
            ARCHIVE,
            lambda status: status.archived,
            _bring_back,
        ),
    )
}
