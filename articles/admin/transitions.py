"""The transitions of an article, from draft to published and back."""

from typing import Any

from django import forms

from articles.admin.status import ArticleStatus
from articles.models import Article
from articles.publishing import publish
from newsroom.desk.moments import MomentField, format_moment
from newsroom.desk.transitions import Transition, TransitionForm
from newsroom.models import User

PUBLISH = "articles.publish_article"
EDIT_ANY = "articles.edit_any_article"
CHANGE = "articles.change_article"
#: Names of the transitions that publish a text.
PUBLISHING = frozenset({"publish", "correct", "schedule"})


class NoteForm(TransitionForm):
    """Asks for an optional note to the writer."""

    note = forms.CharField(
        label="Note for the writer",
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text="Kept in the article's history.",
    )


class ScheduleForm(TransitionForm):
    """Asks when the article goes live."""

    at = MomentField(label="Goes live on")


class ExpireForm(TransitionForm):
    """Asks when the article expires, if ever."""

    at = MomentField(label="Expires on", required=False)
    until_further_notice = forms.BooleanField(
        label="Stays live until further notice", required=False
    )

    def clean(self) -> dict[str, Any]:
        """Require exactly one of the two, so that an empty field never removes the expiry."""
        answers = super().clean() or {}
        if bool(answers.get("at")) == answers["until_further_notice"] and "at" not in self.errors:
            raise forms.ValidationError(
                "Enter a time, or select “Stays live until further notice”, but not both."
            )
        return answers


class CorrectForm(TransitionForm):
    """Asks for a public note on a correction."""

    note = forms.CharField(
        label="Public note",
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text="What was wrong and what is right. Readers find it under the text, with "
        "today's date, outside every spoiler box: give nothing away.",
    )


class WithdrawForm(TransitionForm):
    """Asks for the reason, and for an optional notice to readers."""

    reason = forms.CharField(
        label="Reason, for staff", widget=forms.Textarea(attrs={"rows": 3, "cols": 60})
    )
    notice = forms.CharField(
        label="Public notice",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text="Shown at the article's address. If it is empty, readers learn only that the "
        "article is gone.",
    )


def _submit(article: Article, user: User, answers: dict[str, Any]) -> str:
    article.submit()
    return "is in review now"


def _approve(article: Article, user: User, answers: dict[str, Any]) -> str:
    article.approve()
    return "is ready to publish"


def _send_back(article: Article, user: User, answers: dict[str, Any]) -> str:
    article.send_back()
    note = answers.get("note")
    return f"is a draft again, with the note “{note}”" if note else "is a draft again"


def _publish(article: Article, user: User, answers: dict[str, Any]) -> str:
    edition = publish.publish(article, by=user)
    return f"is published: edition {edition.number} is live"


def _correct(article: Article, user: User, answers: dict[str, Any]) -> str:
    edition = publish.publish(article, by=user, correction=answers["note"])
    return f"is corrected: edition {edition.number} is live with its public note"


def _schedule(article: Article, user: User, answers: dict[str, Any]) -> str:
    edition = publish.schedule(article, answers["at"], by=user)
    return f"is scheduled: edition {edition.number} goes live on {format_moment(edition.live_from)}"


def _cancel_schedule(article: Article, user: User, answers: dict[str, Any]) -> str:
    edition = publish.cancel_schedule(article)
    return f"is no longer scheduled: edition {edition.number} will not go live"


def _expire(article: Article, user: User, answers: dict[str, Any]) -> str:
    edition = publish.expire(article, answers["at"])
    if edition.live_until is None:
        return "stays until further notice"
    return f"expires on {format_moment(edition.live_until)}"


def _withdraw(article: Article, user: User, answers: dict[str, Any]) -> str:
    publish.withdraw(article, by=user, reason=answers["reason"], notice=answers["notice"])
    return "is withdrawn: its address now says that it is gone"


def _initial_expiry(status: ArticleStatus) -> dict[str, Any]:
    last = status.scheduled or status.live
    return {"at": last.live_until} if last else {}


TRANSITIONS: dict[str, Transition[Article, ArticleStatus]] = {
    transition.name: transition
    for transition in (
        Transition(
            "submit",
            "Submit for review",
            "Submit for review?",
            CHANGE,
            lambda status: status.article.stage == Article.Stage.DRAFT,
            _submit,
            needs_confirmation=False,
        ),
        Transition(
            "approve",
            "Mark as ready",
            "Mark as ready to publish?",
            EDIT_ANY,
            lambda status: status.article.stage == Article.Stage.IN_REVIEW,
            _approve,
            needs_confirmation=False,
            in_bulk=True,
        ),
        Transition(
            "send-back",
            "Send back to draft…",
            "Send back to draft?",
            EDIT_ANY,
            lambda status: status.article.stage != Article.Stage.DRAFT,
            _send_back,
            form=NoteForm,
            in_bulk=True,
        ),
        Transition(
            "publish",
            "Publish now",
            "Publish this text now?",
            PUBLISH,
            lambda status: True,
            _publish,
            in_bulk=True,
        ),
        Transition(
            "correct",
            "Publish a correction…",
            "Publish this text as a correction?",
            PUBLISH,
            lambda status: status.live is not None,
            _correct,
            form=CorrectForm,
        ),
        Transition(
            "schedule",
            "Schedule…",
            "Publish this text at a later time?",
            PUBLISH,
            lambda status: True,
            _schedule,
            form=ScheduleForm,
        ),
        Transition(
            "cancel-schedule",
            "Cancel the schedule",
            "Cancel the scheduled publication?",
            PUBLISH,
            lambda status: status.scheduled is not None,
            _cancel_schedule,
        ),
        Transition(
            "expire",
            "Expire…",
            "When should readers stop seeing it?",
            PUBLISH,
            lambda status: status.is_published,
            _expire,
            form=ExpireForm,
            initial=_initial_expiry,
        ),
        Transition(
            "withdraw",
            "Withdraw…",
            "Withdraw it from the site now?",
            PUBLISH,
            lambda status: status.live is not None,
            _withdraw,
            form=WithdrawForm,
            in_bulk=True,
        ),
    )
}
