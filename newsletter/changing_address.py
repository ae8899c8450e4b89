"""Another address for a subscriber: confirmed at both, and only then in force."""

from django.db import transaction
from django.utils import timezone

from newsletter import addresses, ledger, tasks
from newsletter.ledger import READER, Kind, Where
from newsletter.models import AddressChange, Message, Subscriber, Suppression
from newsletter.models.mail import SOONEST
from newsletter.tokens import Purpose


@transaction.atomic
def ask(subscriber: Subscriber, address: str) -> None:
    """Have both addresses asked; the newest wish takes the place of those before.

    ``address`` is normalised. Nothing is sent to one that is suppressed, or that was written to
    lately. Neither the subscriber's page nor the present address is told: that would say what
    has been done with somebody else's.
    """
    ledger.lock()
    if addresses.key(address) == subscriber.address_key:
        return
    subscriber.address_changes.filter(done_at=None).exclude(address=address).delete()
    change, is_new = subscriber.address_changes.get_or_create(
        address=address, done_at=None, defaults={"created_at": timezone.now()}
    )
    asked = Message.objects.filter(change=change, kind=Message.Kind.CHANGE_AT_OLD)
    if not is_new and asked.filter(created_at__gt=timezone.now() - SOONEST).exists():
        return
    kinds = [Message.Kind.CHANGE_AT_OLD]
    if not Suppression.objects.of(address) and not Message.objects.soonest(address, None):
        kinds.append(Message.Kind.CHANGE_AT_NEW)
    for kind in kinds:
        Message.objects.create(kind=kind, subscriber=subscriber, change=change)
    tasks.wake()


@transaction.atomic
def confirm(
    change: AddressChange, at: Purpose, *, evidence: dict[str, str]
) -> AddressChange | None:
    """Note that one of the two addresses agrees; with both, the change is made.

    Returns the change as it is now: ``done_at`` is set once it is made, and stays empty where
    the new address belongs to another subscriber. None if the person was erased meanwhile.
    """
    ledger.lock()
    row = AddressChange.objects.select_related("subscriber").filter(pk=change.pk).first()
    if row is None or row.done_at:
        return row
    change = row
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
    # What holds for the address that was is no matter of the person's any more.
    Suppression.objects.filter(subscriber=subscriber).update(subscriber=None)
    subscriber.address, change.done_at = change.address, timezone.now()
    subscriber.save()
