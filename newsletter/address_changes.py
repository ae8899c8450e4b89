"""Changes of a subscriber's address: confirmed at both addresses before they take effect."""

from django.db import transaction
from django.utils import timezone

from newsletter import addresses, ledger
from newsletter.ledger import READER, EventSource, Kind
from newsletter.models import AddressChange, Message, Subscriber, Suppression
from newsletter.models.message import MIN_INTERVAL
from newsletter.tokens import Purpose


@transaction.atomic
def request_change(subscriber: Subscriber, address: str) -> None:
    """Ask both addresses to confirm; a new request replaces the ones before it.

    ``address`` is normalised. No message goes to an address that is suppressed or that has
    reached its limit. Neither the subscriber's page nor the old address says so, since that would
    reveal something about the owner of the new address.
    """
    ledger.lock()
    if addresses.comparison_key(address) == subscriber.address_key:
        return
    subscriber.address_changes.filter(done_at=None).exclude(address=address).delete()
    change, is_new = subscriber.address_changes.get_or_create(
        address=address, done_at=None, defaults={"created_at": timezone.now()}
    )
    asked = Message.objects.filter(change=change, kind=Message.Kind.CHANGE_AT_OLD)
    if not is_new and asked.filter(created_at__gt=timezone.now() - MIN_INTERVAL).exists():
        return
    kinds = [Message.Kind.CHANGE_AT_OLD]
    suppressed = Suppression.objects.for_address(address)
    if not suppressed and not Message.objects.next_allowed_at(address, None):
        kinds.append(Message.Kind.CHANGE_AT_NEW)
    for kind in kinds:
        Message.objects.queue(kind, subscriber, change=change)


@transaction.atomic
def confirm_change(
    change: AddressChange, at: Purpose, *, evidence: dict[str, str]
) -> AddressChange | None:
    """Record that one of the two addresses agrees; once both have, change the address.

    Return the change as stored now; None if the subscriber was erased. ``done_at`` is set if the
    address was changed. It stays empty if the new address belongs to another subscriber.
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
        _apply(change, evidence)
    change.save()
    return change


def is_taken(change: AddressChange) -> bool:
    """Whether the new address belongs to another subscriber."""
    others = Subscriber.objects.exclude(pk=change.subscriber_id)
    return others.filter(address_key=addresses.comparison_key(change.address)).exists()


def _apply(change: AddressChange, evidence: dict[str, str]) -> None:
    subscriber = change.subscriber
    ledger.append(
        Kind.ADDRESS_CHANGED,
        subscriber.subject,
        by=READER,
        where=EventSource("change of address"),
        evidence={"before": subscriber.address, "address": change.address, **evidence},
    )
    # A suppression belongs to the old address, which is no longer this subscriber's.
    Suppression.objects.filter(subscriber=subscriber).update(subscriber=None)
    subscriber.address, change.done_at = change.address, timezone.now()
    subscriber.save()
