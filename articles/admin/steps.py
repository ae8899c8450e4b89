"""The steps an article can take, from draft to readers and back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format

from articles.models import Article, Edition
from articles.publishing import publish as publishing
from newsroom.desk.transition_pages import MomentField, Step, StepForm
from newsroom.models import User

PUBLISH = "articles.publish_article"
EDIT_ANY = "articles.edit_any_article"
CHANGE = "articles.change_article"
#: Names of the steps by which readers get a text.
PUBLISHING = frozenset({"publish", "correct", "schedule"})


class NoteForm(StepForm):
    """A word to the writer."""

    note = forms.CharField(
        label="Note for the writer",
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text="Kept in the article's history.",
    )


class ScheduleForm(StepForm):
    """When readers get it."""

    at = MomentField(label="Readers get it on")


class ExpireForm(StepForm):
    """When readers stop seeing it, or that they never do."""

    at = MomentField(label="Readers stop seeing it on", required=False)
    until_further_notice = forms.BooleanField(label="It stays until further notice", required=False)

    def clean(self) -> dict[str, Any]:
        """Exactly one of the two, so that an expiry is never taken away by leaving a gap."""
        answers = super().clean() or {}
        if bool(answers.get("at")) == answers["until_further_notice"] and "at" not in self.errors:
            raise forms.ValidationError(
                "Give a moment, or say that it stays until further notice: one of the two."
            )
        return answers


class CorrectForm(StepForm):
    """What was wrong, for readers."""

    note = forms.CharField(
        label="Public note",
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text="What was wrong and what is right. Readers find it under the text, with "
        "today's date, outside every spoiler box: give nothing away.",
    )


class WithdrawForm(StepForm):
    """Why it goes, for staff and for readers."""

    reason = forms.CharField(
        label="Reason, for staff", widget=forms.Textarea(attrs={"rows": 3, "cols": 60})
    )
    notice = forms.CharField(
        label="Public notice",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text="Shown at the article's address. Empty: readers learn only that it is gone.",
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an article stands: its stage, and its editions that still matter."""

    article: Article
    live: Edition | None
    scheduled: Edition | None

    @classmethod
    def of(cls, article: Article) -> "Standing":
        """Two queries; an unsaved article has no editions."""
        if article.pk is None:
            return cls(article, None, None)
        now = timezone.now()
        return cls(
            article,
            article.editions.live(at=now).select_related("hub", "created_by").first(),
            article.editions.scheduled(at=now)
            .select_related("hub", "created_by")
            .defer("content")
            .first(),
        )


def _moment(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "j F Y, H:i") if moment else ""


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
    edition = publishing.publish(article, by=user)
    return f"is published: edition {edition.number} is live"


def _correct(article: Article, user: User, answers: dict[str, Any]) -> str:
    edition = publishing.publish(article, by=user, correction=answers["note"])
    return f"is corrected: edition {edition.number} is live with its public note"


def _schedule(article: Article, user: User, answers: dict[str, Any]) -> str:
    edition = publishing.schedule(article, answers["at"], by=user)
    return f"is scheduled: edition {edition.number} goes live on {_moment(edition.live_from)}"


def _cancel_schedule(article: Article, user: User, answers: dict[str, Any]) -> str:
    edition = publishing.cancel_schedule(article)
    return f"is no longer scheduled: edition {edition.number} will not go live"


def _expire(article: Article, user: User, answers: dict[str, Any]) -> str:
    edition = publishing.expire(article, answers["at"])
    until = _moment(edition.live_until)
    return f"expires on {until}" if until else "stays until further notice"


def _withdraw(article: Article, user: User, answers: dict[str, Any]) -> str:
    publishing.withdraw(article, by=user, reason=answers["reason"], notice=answers["notice"])
    return "is withdrawn: its address now says that it is gone"


def _expiry(standing: Standing) -> dict[str, Any]:
    last = standing.scheduled or standing.live
    return {"at": last.live_until} if last else {}


def _is_out(standing: Standing) -> bool:
    return standing.live is not None or standing.scheduled is not None


STEPS: dict[str, Step[Article, Standing]] = {
    step.name: step
    for step in (
        Step(
            "submit",
            "Submit for review",
            "Submit for review?",
            CHANGE,
            lambda standing: standing.article.stage == Article.Stage.DRAFT,
            _submit,
            asks=False,
        ),
        Step(
            "approve",
            "Mark as ready",
            "Mark as ready to publish?",
            EDIT_ANY,
            lambda standing: standing.article.stage == Article.Stage.IN_REVIEW,
            _approve,
            asks=False,
            in_bulk=True,
        ),
        Step(
            "send-back",
            "Send back to draft…",
            "Send back to draft?",
            EDIT_ANY,
            lambda standing: standing.article.stage != Article.Stage.DRAFT,
            _send_back,
            form=NoteForm,
            in_bulk=True,
        ),
        Step(
            "publish",
            "Publish now",
            "Give readers this text now?",
            PUBLISH,
            lambda standing: True,
            _publish,
            in_bulk=True,
        ),
        Step(
            "correct",
            "Publish a correction…",
            "Publish this text as a correction?",
            PUBLISH,
            lambda standing: standing.live is not None,
            _correct,
            form=CorrectForm,
        ),
        Step(
            "schedule",
            "Schedule…",
            "Give readers this text at a later moment?",
            PUBLISH,
            lambda standing: True,
            _schedule,
            form=ScheduleForm,
        ),
        Step(
            "cancel-schedule",
            "Cancel the schedule",
            "Take back what is scheduled?",
            PUBLISH,
            lambda standing: standing.scheduled is not None,
            _cancel_schedule,
        ),
        Step(
            "expire",
            "Expire…",
            "When shall readers stop seeing it?",
            PUBLISH,
            _is_out,
            _expire,
            form=ExpireForm,
            initial=_expiry,
        ),
        Step(
            "withdraw",
            "Withdraw…",
            "Take it from readers now?",
            PUBLISH,
            lambda standing: standing.live is not None,
            _withdraw,
            form=WithdrawForm,
            in_bulk=True,
        ),
    )
}
