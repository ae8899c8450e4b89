"""What the desk does for a subscriber, each on record and by a permission of its own."""

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

#: The name by which the ledger knows the desk.
DESK = EventSource("desk")
_ENDED = Subscription.State.UNSUBSCRIBED
_WAITING = Subscription.State.WAITING


@dataclass(frozen=True, slots=True)
class SubscriberStatus:
    """A subscriber with what is signed up, and whether anything is sent."""

    subscriber: Subscriber
    subscriptions: list[Subscription]
    suppression: Suppression | None

    @classmethod
    def of(cls, subscriber: Subscriber) -> "SubscriberStatus":
        """Two queries, of which one where subscriptions were read; none for an unsaved row."""
        if subscriber.pk is None:
            return cls(subscriber, [], None)
        suppression = Suppression.objects.for_address(subscriber.address)
        return cls(subscriber, list(subscriber.subscriptions.all()), suppression)

    @property
    def running(self) -> list[Subscription]:
        """Those that can be ended."""
        return [each for each in self.subscriptions if each.state != _ENDED]

    @property
    def waiting(self) -> list[Subscription]:
        """Those that wait for confirmation."""
        return [each for each in self.subscriptions if each.state == _WAITING]


class UnsubscribeForm(TransitionForm):
    """Which newsletters, and why; ``initial`` says which there are."""

    newsletters = forms.TypedMultipleChoiceField(
        label="End", coerce=int, widget=forms.CheckboxSelectMultiple
    )
    reason = ReasonField(
        help_text="Such as “Asked by telephone on 3 May”. It stays on record for good: leave out "
        "names and addresses of readers."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["newsletters"], self.initial["of"])


class ResendForm(TransitionForm):
    """Which newsletter's; ``initial`` says which wait."""

    newsletter = forms.TypedChoiceField(label="Confirm", coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["newsletter"], self.initial["of"])


def _offer(field: Any, subscriptions: list[Subscription]) -> None:
    field.choices = [(each.newsletter_id, str(each)) for each in subscriptions]


def _to_end(status: SubscriberStatus) -> dict[str, Any]:
    only = [each.newsletter_id for each in status.running]
    return {"of": status.running, "newsletters": only if len(only) == 1 else []}


def _to_confirm(status: SubscriberStatus) -> dict[str, Any]:
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
        raise TransitionRefused("There was nothing left to end.")
    return f"is unsubscribed from {', '.join(ended)}"


def _resend(subscriber: Subscriber, user: User, answers: dict[str, Any]) -> str:
    subscription = subscriber.subscriptions.filter(newsletter=answers["newsletter"]).first()
    if subscription is None:
        raise TransitionRefused("It isn't waiting for confirmation any more.")
    subscriptions.resend_confirmation(subscription)
    return f"gets the message that asks to confirm {subscription.newsletter} again"


def _suppress(subscriber: Subscriber, user: User, answers: dict[str, Any]) -> str:
    subscriptions.suppress(subscriber, by=user, reason=answers["reason"])
    return "is suppressed: nothing is sent to the address any more"


def _lift(subscriber: Subscriber, user: User, answers: dict[str, Any]) -> str:
    subscriptions.lift_suppression(subscriber, by=user, reason=answers["reason"])
    return "is written to again"


def _erase(subscriber: Subscriber, user: User, answers: dict[str, Any]) -> str:
    # Another object: the one at hand keeps its number for the log.
    row = Subscriber.objects.filter(pk=subscriber.pk).first()
    if row is None:
        raise TransitionRefused("It was erased meanwhile.")
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
            lambda status: bool(status.running),
            _unsubscribe,
            form=UnsubscribeForm,
            initial=_to_end,
        ),
        Transition(
            "resend",
            "Send the confirmation again…",
            "Send the message that asks to confirm again?",
            "newsletter.resend_confirmation",
            lambda status: bool(status.waiting) and status.suppression is None,
            _resend,
            form=ResendForm,
            initial=_to_confirm,
        ),
        Transition(
            "suppress",
            "Suppress…",
            "Let nothing be sent to this address?",
            "newsletter.suppress_subscriber",
            lambda status: status.suppression is None,
            _suppress,
            form=ReasonForm,
        ),
        Transition(
            "lift",
            "Lift the suppression…",
            "Let this address be written to again?",
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
