"""Transitions of subscribers; the ledger records each, and each has its own permission."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction

from newsletter import erasure, subscriptions
from newsletter.admin.reasons import ReasonField, ReasonForm
from newsletter.ledger import Actor, EventActor, EventSource
from newsletter.models import Subscriber, Subscription, Suppression
from newsroom.desk.transitions import Transition, TransitionForm, TransitionRefused
from newsroom.models import User

#: How the ledger names the admin.
DESK = EventSource("desk")
_ENDED = Subscription.State.UNSUBSCRIBED
_WAITING = Subscription.State.WAITING


@dataclass(frozen=True, slots=True)
class SubscriberStatus:
    """A subscriber with subscriptions and suppression."""

    subscriber: Subscriber
    subscriptions: list[Subscription]
    suppression: Suppression | None

    @classmethod
    def of(cls, subscriber: Subscriber) -> "SubscriberStatus":
        """Return the status (at most two queries; none for an unsaved row)."""
        if subscriber.pk is None:
            return cls(subscriber, [], None)
        suppression = Suppression.objects.for_address(subscriber.address)
        return cls(subscriber, list(subscriber.subscriptions.all()), suppression)

    @property
    def active(self) -> list[Subscription]:
        """The subscriptions that can be ended."""
        return [each for each in self.subscriptions if each.state != _ENDED]

    @property
    def waiting(self) -> list[Subscription]:
        """The subscriptions that wait for confirmation."""
        return [each for each in self.subscriptions if each.state == _WAITING]


class UnsubscribeForm(TransitionForm):
    """Choose newsletters and give a reason; ``initial["of"]`` are the subscriptions."""

    newsletters = forms.TypedMultipleChoiceField(
        label="Newsletters", coerce=int, widget=forms.CheckboxSelectMultiple
    )
    reason = ReasonField(
        help_text="For example “Asked by telephone on 3 May”. It is kept permanently: leave out "
        "names and addresses of readers."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set_choices(self.fields["newsletters"], self.initial["of"])


class ResendForm(TransitionForm):
    """Choose a newsletter; ``initial["of"]`` are the waiting subscriptions."""

    newsletter = forms.TypedChoiceField(label="Newsletter", coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set_choices(self.fields["newsletter"], self.initial["of"])


def _set_choices(field: Any, subscriptions: list[Subscription]) -> None:
    field.choices = [(each.newsletter_id, str(each)) for each in subscriptions]


def _unsubscribe_initial(status: SubscriberStatus) -> dict[str, Any]:
    only = [each.newsletter_id for each in status.active]
    return {"of": status.active, "newsletters": only if len(only) == 1 else []}


def _resend_initial(status: SubscriberStatus) -> dict[str, Any]:
    only = [each.newsletter_id for each in status.waiting]
    return {"of": status.waiting, "newsletter": only[0] if len(only) == 1 else None}


@transaction.atomic
def _unsubscribe(subscriber: Subscriber, user: User, answers: dict[str, Any]) -> str:
    chosen = [
        each
        for each in subscriber.subscriptions.select_related("newsletter")
        if each.newsletter_id in answers["newsletters"]
    ]
    by, reason = EventActor(Actor.STAFF, user), answers["reason"]
    ended = [
        str(each.newsletter)
        for each in chosen
        if subscriptions.unsubscribe(subscriber, each.newsletter, by=by, where=DESK, reason=reason)
    ]
    if not ended:
        raise TransitionRefused("There is no subscription left to end.")
    return f"is unsubscribed from {', '.join(ended)}"


def _resend(subscriber: Subscriber, user: User, answers: dict[str, Any]) -> str:
    subscription = subscriber.subscriptions.filter(newsletter=answers["newsletter"]).first()
    if subscription is None:
        raise TransitionRefused("It is no longer waiting for confirmation.")
    subscriptions.resend_confirmation(subscription)
    return f"is sent the confirmation for {subscription.newsletter} again"


def _suppress(subscriber: Subscriber, user: User, answers: dict[str, Any]) -> str:
    subscriptions.suppress(subscriber, by=user, reason=answers["reason"])
    return "is suppressed: nothing is sent to the address any more"


def _lift(subscriber: Subscriber, user: User, answers: dict[str, Any]) -> str:
    subscriptions.lift_suppression(subscriber, by=user, reason=answers["reason"])
    return "is no longer suppressed"


def _erase(subscriber: Subscriber, user: User, answers: dict[str, Any]) -> str:
    # Another object, because the given one must keep its primary key for the log.
    row = Subscriber.objects.filter(pk=subscriber.pk).first()
    if row is None:
        raise TransitionRefused("It has been erased in the meantime.")
    event = erasure.erase(
        row, by=EventActor(Actor.STAFF, user), where=DESK, reason=answers["reason"]
    )
    return f"is erased, as event {event.number} of the ledger says"


TRANSITIONS: dict[str, Transition[Subscriber, SubscriberStatus]] = {
    transition.name: transition
    for transition in (
        Transition(
            "unsubscribe",
            "Unsubscribe on request…",
            "End subscriptions on request?",
            "newsletter.unsubscribe_subscriber",
            lambda status: bool(status.active),
            _unsubscribe,
            form=UnsubscribeForm,
            initial=_unsubscribe_initial,
        ),
        Transition(
            "resend",
            "Send the confirmation again…",
            "Send the message that asks to confirm again?",
            "newsletter.resend_confirmation",
            lambda status: bool(status.waiting) and status.suppression is None,
            _resend,
            form=ResendForm,
            initial=_resend_initial,
        ),
        Transition(
            "suppress",
            "Suppress…",
            "Stop all messages to this address?",
            "newsletter.suppress_subscriber",
            lambda status: status.suppression is None,
            _suppress,
            form=ReasonForm,
        ),
        Transition(
            "lift",
            "Lift the suppression…",
            "Allow messages to this address again?",
            "newsletter.suppress_subscriber",
            lambda status: status.suppression is not None,
            _lift,
            form=ReasonForm,
        ),
        Transition(
            "erase",
            "Erase…",
            "Erase this person?",
            "newsletter.erase_subscriber",
            lambda status: status.subscriber.pk is not None,
            _erase,
            form=ReasonForm,
            deletes_row=True,
        ),
    )
}
