"""Changes of subscriptions: requested, confirmed, ended, suppressed, lapsed.

Each change is one transaction, which also records it in the ledger. It locks the ledger first, so
that concurrent changes run one after the other.
"""

from datetime import timedelta
from enum import Enum

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from newsletter import addresses, erasure, ledger
from newsletter.consent_texts import ConsentTexts, Policies
from newsletter.ledger import READER, SYSTEM, Actor, EventActor, EventSource, Kind
from newsletter.models import (
    ConsentEvent,
    Evidence,
    Message,
    Newsletter,
    Subscriber,
    Subscription,
    Suppression,
)
from newsroom.desk.transitions import TransitionRefused
from newsroom.models import User
from newsroom.security.client_address import client_address

#: How long unconfirmed sign-ups are kept.
UNCONFIRMED_RETENTION = timedelta(days=30)
#: Maximum length of a stored User-Agent header, in characters.
_MAX_USER_AGENT = 400

State = Subscription.State


def request_evidence(request: HttpRequest) -> dict[str, str]:
    """Return the evidence that a request contains: client address and browser."""
    browser = request.headers.get("User-Agent", "")[:_MAX_USER_AGENT]
    return {"client": client_address(request), "browser": browser}


def request_subscription(
    subscriber: Subscriber, texts: ConsentTexts, *, evidence: dict[str, str], where: EventSource
) -> ConsentEvent:
    """Record a sign-up, and queue the message that asks to confirm it.

    Call it in a transaction that holds the ledger's lock.
    """
    now = timezone.now()
    subscription = subscriber.subscriptions.filter(newsletter=texts.newsletter).first()
    if subscription is None:
        subscriber.subscriptions.create(
            newsletter=texts.newsletter, state=State.WAITING, requested_at=now
        )
    elif subscription.state != State.WAITING:
        subscription.state, subscription.requested_at = State.WAITING, now
        subscription.save()
    event = ledger.append(
        Kind.REQUESTED,
        subscriber.subject,
        by=READER,
        where=where,
        newsletter=texts.newsletter,
        agreed=texts.agreed_document(),
        evidence=evidence,
    )
    _queue_confirmation(subscriber, event)
    return event


def _queue_confirmation(subscriber: Subscriber, event: ConsentEvent) -> None:
    Message.objects.queue(
        Message.Kind.CONFIRM, subscriber, newsletter=event.newsletter, event=event
    )


def is_suppressed(subscriber: Subscriber) -> bool:
    """Whether nothing may be sent to a subscriber."""
    return Suppression.objects.for_address(subscriber.address) is not None


class ConfirmationOutcome(Enum):
    """The outcome of confirming a sign-up."""

    CONFIRMED = "confirmed"
    #: It was already confirmed, by this link or another one.
    ALREADY_CONFIRMED = "already_confirmed"
    #: The subscription was ended after the link was sent.
    UNSUBSCRIBED = "unsubscribed"
    #: The person was erased, or the sign-up was removed.
    REMOVED = "removed"


def subscription_of(event: ConsentEvent) -> Subscription | None:
    """Return an event's subscription, with subscriber and newsletter; None if it was removed."""
    subscriptions = Subscription.objects.select_related("subscriber", "newsletter")
    return subscriptions.filter(
        subscriber__subject=event.subject, newsletter=event.newsletter_id
    ).first()


def confirmation_outcome(
    requested: ConsentEvent, subscription: Subscription | None
) -> ConfirmationOutcome:
    """Return the outcome that confirming a sign-up would have now."""
    if subscription is None:
        return ConfirmationOutcome.REMOVED
    if subscription.state == State.CONFIRMED:
        return ConfirmationOutcome.ALREADY_CONFIRMED
    if subscription.state == State.WAITING and subscription.requested_at <= requested.at:
        return ConfirmationOutcome.CONFIRMED
    return ConfirmationOutcome.UNSUBSCRIBED


@transaction.atomic
def confirm(requested: ConsentEvent, *, evidence: dict[str, str]) -> ConfirmationOutcome:
    """Confirm a sign-up, with the versions that its form displayed, and queue a receipt."""
    ledger.lock()
    subscription = subscription_of(requested)
    outcome = confirmation_outcome(requested, subscription)
    if subscription is None or outcome != ConfirmationOutcome.CONFIRMED:
        return outcome
    _set_confirmed(subscription)
    event = ledger.append(
        Kind.CONFIRMED,
        requested.subject,
        by=READER,
        where=EventSource("confirmation"),
        newsletter=subscription.newsletter,
        agreed=ledger.event_document(requested)["agreed"],
        evidence={"address": subscription.subscriber.address, **evidence},
        follows=requested,
    )
    _queue_receipt(subscription, event)
    return outcome


def _set_confirmed(subscription: Subscription) -> None:
    subscription.state, subscription.confirmed_at = State.CONFIRMED, timezone.now()
    subscription.save()


def _queue_receipt(subscription: Subscription, event: ConsentEvent) -> None:
    Message.objects.queue(
        Message.Kind.RECEIPT,
        subscription.subscriber,
        newsletter=subscription.newsletter,
        event=event,
    )


@transaction.atomic
def subscribe_verified(
    subscriber: Subscriber, texts: ConsentTexts, *, evidence: dict[str, str]
) -> Subscription:
    """Subscribe somebody whose link from a message proves the address, and queue a receipt."""
    ledger.lock()
    now = timezone.now()
    subscription, _ = subscriber.subscriptions.get_or_create(
        newsletter=texts.newsletter, defaults={"state": State.WAITING, "requested_at": now}
    )
    if subscription.state == State.CONFIRMED:
        return subscription
    _set_confirmed(subscription)
    event = ledger.append(
        Kind.CONFIRMED,
        subscriber.subject,
        by=READER,
        where=EventSource("settings"),
        newsletter=texts.newsletter,
        agreed=texts.agreed_document(),
        evidence={"address": subscriber.address, **evidence},
    )
    _queue_receipt(subscription, event)
    return subscription


@transaction.atomic
def agree_to_new_policies(
    subscriber: Subscriber, policies: Policies, *, evidence: dict[str, str]
) -> ConsentEvent:
    """Record that a subscriber agrees to new policies."""
    return ledger.append(
        Kind.AGREED_AGAIN,
        subscriber.subject,
        by=READER,
        where=EventSource("settings"),
        agreed=policies.agreed_document(),
        evidence={"address": subscriber.address, **evidence},
    )


@transaction.atomic
def unsubscribe(
    subscriber: Subscriber,
    newsletter: Newsletter,
    *,
    by: EventActor,
    where: EventSource,
    evidence: dict[str, str] | None = None,
    reason: str = "",
) -> bool:
    """End a subscription or a waiting sign-up; return whether there was one to end."""
    ledger.lock()
    subscription = subscriber.subscriptions.filter(newsletter=newsletter).first()
    if subscription is None or subscription.state == State.UNSUBSCRIBED:
        return False
    subscription.state, subscription.unsubscribed_at = State.UNSUBSCRIBED, timezone.now()
    subscription.save()
    ledger.append(
        Kind.UNSUBSCRIBED,
        subscriber.subject,
        by=by,
        where=where,
        newsletter=newsletter,
        evidence=evidence,
        reason=reason,
    )
    return True


@transaction.atomic
def resend_confirmation(subscription: Subscription) -> None:
    """Queue the confirmation message of a waiting sign-up again.

    Raises ``TransitionRefused`` if nothing is waiting, or within the limits of its address.
    """
    ledger.lock()
    subscription.refresh_from_db()
    subscriber, newsletter = subscription.subscriber, subscription.newsletter
    if subscription.state != State.WAITING:
        raise TransitionRefused("It is no longer waiting for confirmation.")
    if is_suppressed(subscriber):
        raise TransitionRefused("The address is suppressed: nothing is sent to it.")
    if next_allowed := Message.objects.next_allowed_at(subscriber.address, newsletter):
        at = timezone.localtime(next_allowed).strftime("%H:%M on %d %B")
        raise TransitionRefused(f"A message was sent recently. The next one can be sent at {at}.")
    requested = _requests(subscriber, newsletter).last()
    if requested is None:
        raise TransitionRefused("The sign-up that it would confirm is not on record.")
    _queue_confirmation(subscriber, requested)


def _requests(subscriber: Subscriber, newsletter: Newsletter) -> QuerySet[ConsentEvent]:
    return ConsentEvent.objects.filter(
        subject=subscriber.subject, newsletter=newsletter, kind=Kind.REQUESTED
    ).order_by("number")


@transaction.atomic
def suppress(subscriber: Subscriber, *, by: User, reason: str) -> Suppression:
    """Stop all messages to a subscriber's address, whatever it is subscribed to."""
    ledger.lock()
    if is_suppressed(subscriber):
        raise TransitionRefused("It is already suppressed.")
    suppression = Suppression.objects.create(
        address_hash=addresses.keyed_hashes(subscriber.address)[0],
        subscriber=subscriber,
        reason=reason,
        by=by,
        at=timezone.now(),
    )
    ledger.append(
        Kind.SUPPRESSED,
        subscriber.subject,
        by=EventActor(Actor.STAFF, by),
        where=EventSource("desk"),
        reason=reason,
    )
    return suppression


@transaction.atomic
def lift_suppression(subscriber: Subscriber, *, by: User, reason: str) -> None:
    """Allow messages to a suppressed address again."""
    ledger.lock()
    suppression = Suppression.objects.for_address(subscriber.address)
    if suppression is None:
        raise TransitionRefused("It is not suppressed.")
    suppression.delete()
    ledger.append(
        Kind.SUPPRESSION_LIFTED,
        subscriber.subject,
        by=EventActor(Actor.STAFF, by),
        where=EventSource("desk"),
        reason=reason,
    )


@transaction.atomic
def lapse(subscription: Subscription) -> bool:
    """Remove a sign-up that was not confirmed in time, and its evidence.

    If it had been confirmed once, before it was requested again, it becomes unsubscribed. A
    subscriber without any other subscription is erased. Return whether it was removed.
    """
    ledger.lock()
    subscription.refresh_from_db()
    if not _has_lapsed(subscription):
        return False
    subscriber, newsletter = subscription.subscriber, subscription.newsletter
    ledger.append(
        Kind.LAPSED,
        subscriber.subject,
        by=SYSTEM,
        where=EventSource("prune"),
        newsletter=newsletter,
    )
    unanswered = _requests(subscriber, newsletter)
    if subscription.confirmed_at:
        unanswered = unanswered.filter(at__gt=subscription.confirmed_at)
        subscription.state = State.UNSUBSCRIBED
        subscription.save()
    else:
        subscription.delete()
    Evidence.objects.filter(event__in=unanswered).delete()
    if not subscriber.subscriptions.exists():
        erasure.erase(subscriber, by=SYSTEM, where=EventSource("prune"), reason="never confirmed")
    return True


def _has_lapsed(subscription: Subscription) -> bool:
    if subscription.state == State.WAITING:
        # It may have been requested again while it waited: the newest requested counts.
        requested = _requests(subscription.subscriber, subscription.newsletter).last()
        since = requested.at if requested else subscription.requested_at
    elif subscription.confirmed_at is None and subscription.unsubscribed_at:
        since = subscription.unsubscribed_at
    else:
        return False
    return since <= timezone.now() - UNCONFIRMED_RETENTION


def prune_unconfirmed() -> int:
    """Remove every sign-up that was not confirmed in time; return their number."""
    old = timezone.now() - UNCONFIRMED_RETENTION
    waited = Q(state=State.WAITING, requested_at__lte=old)
    left = Q(state=State.UNSUBSCRIBED, confirmed_at=None, unsubscribed_at__lte=old)
    return sum(lapse(row) for row in Subscription.objects.filter(waited | left).order_by("pk"))
