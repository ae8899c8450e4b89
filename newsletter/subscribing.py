"""What a subscription goes through: asked for, confirmed, ended, suppressed, lapsed.

Each is a transaction that tells the ledger what it does. The ledger's lock comes first, so that
two at once happen one after the other.
"""

from datetime import timedelta
from enum import Enum

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from newsletter import addresses, erasing, ledger, tasks
from newsletter.ledger import READER, SYSTEM, Actor, By, Kind, Where
from newsletter.models import (
    ConsentEvent,
    Evidence,
    Message,
    Newsletter,
    Subscriber,
    Subscription,
    Suppression,
)
from newsletter.offers import Offer, Policies
from newsroom.desk.transitions import TransitionRefused
from newsroom.models import User
from newsroom.security.client_address import client_address

#: Sign-ups that nobody confirms go after this time.
KEEP_UNCONFIRMED = timedelta(days=30)
#: Characters of what a browser calls itself that are kept.
_LONGEST_NAME = 400

State = Subscription.State


def client(request: HttpRequest) -> dict[str, str]:
    """What evidence keeps of the browser that a form came from."""
    browser = request.headers.get("User-Agent", "")[:_LONGEST_NAME]
    return {"client": client_address(request), "browser": browser}


def request(
    subscriber: Subscriber, offer: Offer, *, evidence: dict[str, str], where: Where
) -> ConsentEvent:
    """Note that somebody asked for a newsletter, and have the address asked for confirmation.

    Within a transaction that holds the ledger's lock.
    """
    now = timezone.now()
    subscription = subscriber.subscriptions.filter(newsletter=offer.newsletter).first()
    if subscription is None:
        subscriber.subscriptions.create(
            newsletter=offer.newsletter, state=State.WAITING, requested_at=now
        )
    elif subscription.state != State.WAITING:
        subscription.state, subscription.requested_at = State.WAITING, now
        subscription.save()
    event = ledger.append(
        Kind.REQUESTED,
        subscriber.subject,
        by=READER,
        where=where,
        newsletter=offer.newsletter,
        agreed=offer.agreed(),
        evidence=evidence,
    )
    _ask(subscriber, event)
    return event


def _ask(subscriber: Subscriber, event: ConsentEvent) -> None:
    Message.objects.create(
        kind=Message.Kind.CONFIRM,
        subscriber=subscriber,
        newsletter=event.newsletter,
        event=event,
    )
    tasks.wake()


def is_suppressed(subscriber: Subscriber) -> bool:
    """Whether nothing is to be sent to a subscriber."""
    return Suppression.objects.of(subscriber.address) is not None


class Outcome(Enum):
    """What came of a confirmation."""

    CONFIRMED = "confirmed"
    #: It was confirmed before, by this link or another one.
    BEFORE = "before"
    #: The subscription was ended after the link was sent.
    LEFT = "left"
    #: The person was erased, or the sign-up removed.
    GONE = "gone"


def subscription_of(event: ConsentEvent) -> Subscription | None:
    """The subscription that an event is about, with subscriber and newsletter; None if gone."""
    subscriptions = Subscription.objects.select_related("subscriber", "newsletter")
    return subscriptions.filter(
        subscriber__subject=event.subject, newsletter=event.newsletter_id
    ).first()


def outlook(event: ConsentEvent, subscription: Subscription | None) -> Outcome:
    """What would come of confirming a sign-up now."""
    if subscription is None:
        return Outcome.GONE
    if subscription.state == State.CONFIRMED:
        return Outcome.BEFORE
    asked_since = subscription.state == State.WAITING and subscription.requested_at <= event.at
    return Outcome.CONFIRMED if asked_since else Outcome.LEFT


@transaction.atomic
def confirm(asked: ConsentEvent, *, evidence: dict[str, str]) -> Outcome:
    """Confirm a sign-up, in the versions that its form displayed, and send a receipt."""
    ledger.lock()
    subscription = subscription_of(asked)
    outcome = outlook(asked, subscription)
    if subscription is None or outcome != Outcome.CONFIRMED:
        return outcome
    _confirmed(subscription)
    event = ledger.append(
        Kind.CONFIRMED,
        asked.subject,
        by=READER,
        where=Where("confirmation"),
        newsletter=subscription.newsletter,
        agreed=ledger.read(asked)["agreed"],
        evidence={"address": subscription.subscriber.address, **evidence},
        follows=asked,
    )
    _send_receipt(subscription, event)
    return outcome


def _confirmed(subscription: Subscription) -> None:
    subscription.state, subscription.confirmed_at = State.CONFIRMED, timezone.now()
    subscription.save()


def _send_receipt(subscription: Subscription, event: ConsentEvent) -> None:
    Message.objects.create(
        kind=Message.Kind.RECEIPT,
        subscriber=subscription.subscriber,
        newsletter=subscription.newsletter,
        event=event,
    )
    tasks.wake()


@transaction.atomic
def turn_on(subscriber: Subscriber, offer: Offer, *, evidence: dict[str, str]) -> Subscription:
    """Subscribe somebody whose link, from a message, proves the address; with a receipt."""
    ledger.lock()
    now = timezone.now()
    subscription, _ = subscriber.subscriptions.get_or_create(
        newsletter=offer.newsletter, defaults={"state": State.WAITING, "requested_at": now}
    )
    if subscription.state == State.CONFIRMED:
        return subscription
    _confirmed(subscription)
    event = ledger.append(
        Kind.CONFIRMED,
        subscriber.subject,
        by=READER,
        where=Where("settings"),
        newsletter=offer.newsletter,
        agreed=offer.agreed(),
        evidence={"address": subscriber.address, **evidence},
    )
    _send_receipt(subscription, event)
    return subscription


@transaction.atomic
def agree_again(
    subscriber: Subscriber, policies: Policies, *, evidence: dict[str, str]
) -> ConsentEvent:
    """Note that a subscriber agrees to newer terms."""
    return ledger.append(
        Kind.AGREED_AGAIN,
        subscriber.subject,
        by=READER,
        where=Where("settings"),
        agreed=policies.agreed(),
        evidence={"address": subscriber.address, **evidence},
    )


@transaction.atomic
def unsubscribe(
    subscriber: Subscriber,
    newsletter: Newsletter,
    *,
    by: By,
    where: Where,
    evidence: dict[str, str] | None = None,
    reason: str = "",
) -> bool:
    """End a subscription, or a sign-up that waits; whether there was one to end."""
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
def resend(subscription: Subscription) -> None:
    """Send the confirmation of a waiting sign-up again, within the limits for its address."""
    ledger.lock()
    subscription.refresh_from_db()
    subscriber, newsletter = subscription.subscriber, subscription.newsletter
    if subscription.state != State.WAITING:
        raise TransitionRefused("It isn't waiting for confirmation any more.")
    if is_suppressed(subscriber):
        raise TransitionRefused("The address is suppressed: nothing is sent to it.")
    if soonest := Message.objects.soonest(subscriber.address, newsletter):
        at = timezone.localtime(soonest).strftime("%H:%M on %d %B")
        raise TransitionRefused(f"A message was sent lately. The next one may go at {at}.")
    asked = _requests(subscriber, newsletter).last()
    if asked is None:
        raise TransitionRefused("The sign-up that it would confirm isn't on record.")
    _ask(subscriber, asked)


def _requests(subscriber: Subscriber, newsletter: Newsletter) -> QuerySet[ConsentEvent]:
    return ConsentEvent.objects.filter(
        subject=subscriber.subject, newsletter=newsletter, kind=Kind.REQUESTED
    ).order_by("number")


@transaction.atomic
def suppress(subscriber: Subscriber, *, by: User, reason: str) -> Suppression:
    """Let nothing be sent to an address any more, whatever is signed up with it."""
    ledger.lock()
    if is_suppressed(subscriber):
        raise TransitionRefused("It is suppressed already.")
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
        by=By(Actor.STAFF, by),
        where=Where("desk"),
        reason=reason,
    )
    return suppression


@transaction.atomic
def lift_suppression(subscriber: Subscriber, *, by: User, reason: str) -> None:
    """Let an address be written to again."""
    ledger.lock()
    suppression = Suppression.objects.of(subscriber.address)
    if suppression is None:
        raise TransitionRefused("It isn't suppressed.")
    suppression.delete()
    ledger.append(
        Kind.SUPPRESSION_LIFTED,
        subscriber.subject,
        by=By(Actor.STAFF, by),
        where=Where("desk"),
        reason=reason,
    )


@transaction.atomic
def lapse(subscription: Subscription) -> bool:
    """Remove a sign-up that nobody confirmed in its time, with what was kept of it.

    One that had been confirmed in former days goes back to unsubscribed. A person of whom nothing
    else is left is erased. Whether it was removed.
    """
    ledger.lock()
    subscription.refresh_from_db()
    if not _has_lapsed(subscription):
        return False
    subscriber, newsletter = subscription.subscriber, subscription.newsletter
    ledger.append(
        Kind.LAPSED, subscriber.subject, by=SYSTEM, where=Where("prune"), newsletter=newsletter
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
        erasing.erase(subscriber, by=SYSTEM, where=Where("prune"), reason="never confirmed")
    return True


def _has_lapsed(subscription: Subscription) -> bool:
    if subscription.state == State.WAITING:
        # It may have been asked for again while it waited: the newest link is good for its days.
        asked = _requests(subscription.subscriber, subscription.newsletter).last()
        since = asked.at if asked else subscription.requested_at
    elif subscription.confirmed_at is None and subscription.unsubscribed_at:
        since = subscription.unsubscribed_at
    else:
        return False
    return since <= timezone.now() - KEEP_UNCONFIRMED


def prune() -> int:
    """Remove every sign-up that nobody confirmed in its time; how many there were."""
    old = timezone.now() - KEEP_UNCONFIRMED
    waited = Q(state=State.WAITING, requested_at__lte=old)
    left = Q(state=State.UNSUBSCRIBED, confirmed_at=None, unsubscribed_at__lte=old)
    return sum(lapse(row) for row in Subscription.objects.filter(waited | left).order_by("pk"))
