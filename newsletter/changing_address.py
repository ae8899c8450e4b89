"""Another address for a subscriber: confirmed at both, and only then in force."""

from django.db import transaction
from django.utils import timezone

from newsletter import addresses, ledger, tasks
from newsletter.ledger import READER, Kind, Where
from newsletter.models import AddressChange, Message, Subscriber, Suppression
from newsletter.tokens import Purpose


@transaction.atomic
def ask(subscriber: Subscriber, address: str) -> None:
    """Have both addresses asked; nothing tells whether the new one is known here already.

    ``address`` is normalised. Nothing is sent to one that is suppressed, or that was written to
    lately; the newest wish takes the place of those before.
    """
    ledger.lock()
    if addresses.key(address) == subscriber.address_key:
        return
    if Suppression.objects.of(address) or Message.objects.soonest(address, None):
        return
    subscriber.address_changes.filter(done_at=None).delete()
    change = subscriber.address_changes.create(address=address, created_at=timezone.now())
    for kind in (Message.Kind.CHANGE_AT_OLD, Message.Kind.CHANGE_AT_NEW):
        Message.objects.create(kind=kind, subscriber=subscriber, change=change)
    tasks.wake()


@transaction.atomic
def confirm(change: AddressChange, at: Purpose, *, evidence: dict[str, str]) -> AddressChange:
    """Note that one of the two addresses agrees; with both, the change is made.

    Returns the change as it is now: ``done_at`` is set once it is made, and stays empty where
    the new address belongs to another subscriber.
    """
    ledger.lock()
    change = AddressChange.objects.select_related("subscriber").get(pk=change.pk)
    if change.done_at:
        return change
    now = timezone.now()
    if at == Purpose.CHANGE_AT_OLD:
        change.confirmed_at_old = change.confirmed_at_old or now
    else:
        change.confirmed_at_new = change.confirmed_at_new or now
    if change.confirmed_at_old and change.confirmed_at_new and not is_taken(change):
        _make(change, evidence)
    change.save()
    return change


def is_taken(change: AddressChange) -> bool:
    """Whether the new address is another subscriber's."""
    others = Subscriber.objects.exclude(pk=change.subscriber_id)
    return others.filter(address_key=addresses.key(change.address)).exists()


def _make(change: AddressChange, evidence: dict[str, str]) -> None:
    subscriber = change.subscriber
    ledger.append(
        Kind.ADDRESS_CHANGED,
        subscriber.subject,
        by=READER,
        where=Where("change of address"),
        evidence={"before": subscriber.address, "address": change.address, **evidence},
    )
    subscriber.address, change.done_at = change.address, timezone.now()
    subscriber.save()
