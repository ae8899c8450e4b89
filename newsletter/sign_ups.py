"""Sign-ups, from the form that came in to the message that asks for confirmation.

Taking a form costs the same whoever's address is in it: it is kept, and the task looks at it
later. Only there it matters whether the address is new, waiting, confirmed, unsubscribed or
suppressed.
"""

import json
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils import timezone

from newsletter import addresses, erasing, ledger, subscribing, tasks
from newsletter.ledger import Where
from newsletter.models import (
    AddressChange,
    Message,
    Newsletter,
    SignUp,
    Subscriber,
    Subscription,
    Suppression,
)
from newsletter.offers import Shown, offered
from newsroom.canonical_json import canonical
from newsroom.security.client_address import client_address
from newsroom.security.network_hash import network_hashes

#: The span in which sign-ups of one network, and all of them, are counted.
HOUR = timedelta(hours=1)
#: What would have to wait for longer than this is not looked at.
MOST_HOURS = 24
#: Nobody reads, types and ticks as fast as this, in seconds.
QUICKEST = 2
#: For so long it stays known how many forms came from a network, and what was sent.
KEEP_NOTES = timedelta(days=30)
#: The name by which the ledger knows the form.
FORM = "sign-up"

WAITING = SignUp.Outcome.WAITING
_NEVER_LOOKED_AT = (SignUp.Outcome.TRAPPED, SignUp.Outcome.TOO_MANY)


def receive(
    request: HttpRequest, newsletter: Newsletter, shown: Shown, *, typed: str, trapped: bool
) -> SignUp:
    """Keep a valid form until the task looks at it; nothing here depends on the address.

    ``typed``: the address as it came. ``trapped``: whether the field was filled that readers
    don't see.
    """
    now = timezone.now()
    networks = network_hashes(client_address(request), now, MOST_HOURS * HOUR)
    hours = _hours_to_wait(networks, now)
    outcome = WAITING
    if trapped or now.timestamp() - shown.made < QUICKEST:
        outcome = SignUp.Outcome.TRAPPED
    elif hours >= MOST_HOURS:
        outcome = SignUp.Outcome.TOO_MANY
    evidence = {"address": typed, **subscribing.client(request)}
    offered = [shown.wording, shown.terms, shown.privacy]
    where = [shown.page, shown.placement]
    kept = canonical({"evidence": evidence, "offered": offered, "where": where})
    due = now + hours * HOUR
    with transaction.atomic():
        sign_up = SignUp.objects.create(
            newsletter=newsletter,
            received_at=now,
            due_at=due,
            network=networks[0],
            outcome=outcome,
            document=kept if outcome == WAITING else "",
        )
        tasks.wake(due if hours else None)
    return sign_up


def _hours_to_wait(networks: list[bytes], now: datetime) -> int:
    """Whole hours until a form's turn: so many are looked at in each, of a network and in all.

    One query. Hour by hour, so that what one network has to wait for takes no other's turn.
    """
    recent = SignUp.objects.filter(due_at__gt=now - HOUR).exclude(outcome__in=_NEVER_LOOKED_AT)
    turns = [now + hours * HOUR for hours in range(MOST_HOURS)]
    in_hour = {
        f"hour_{hours}": Count("pk", filter=Q(due_at__gt=turn - HOUR, due_at__lte=turn))
        for hours, turn in enumerate(turns)
    }
    counted = recent.aggregate(own=Count("pk", filter=Q(network__in=networks)), **in_hour)
    of_network = counted["own"] // settings.SIGN_UPS_PER_NETWORK
    for hours in range(of_network, MOST_HOURS):
        if counted[f"hour_{hours}"] < settings.SIGN_UPS_IN_ALL:
            return hours
    return MOST_HOURS


def look_at_due() -> int:
    """Look at each sign-up whose turn it is; how many there were.

    One that can't be looked at stays, and keeps no other waiting.
    """
    due = list(SignUp.objects.due().values_list("pk", flat=True))
    if due:  # a form is not for somebody whom a backup has brought back
        erasing.erase_again()
    looked_at = 0
    failure: Exception | None = None
    for pk in due:
        try:
            looked_at += _look_at(pk)
        except Exception as error:  # noqa: BLE001  (raised below, once the others had their turn)
            failure = error
    if failure is not None:
        raise failure
    return looked_at


@transaction.atomic
def _look_at(pk: int) -> bool:
    ledger.lock()  # one after the other, in whatever process: no two see the same state
    sign_up = SignUp.objects.waiting().select_related("newsletter").filter(pk=pk).first()
    if sign_up is None:  # another process was quicker
        return False
    sign_up.outcome = _take_up(sign_up)
    sign_up.document = ""
    sign_up.save(update_fields=["outcome", "document"])
    return True


def _take_up(sign_up: SignUp) -> SignUp.Outcome:
    kept = json.loads(sign_up.document)
    address = addresses.normalised(kept["evidence"]["address"])
    if Suppression.objects.of(address):
        return SignUp.Outcome.SUPPRESSED
    if Message.objects.soonest(address, sign_up.newsletter):
        return SignUp.Outcome.TOO_SOON
    subscriber, _ = Subscriber.objects.get_or_create(
        address_key=addresses.key(address), defaults={"address": address}
    )
    subscription = subscriber.subscriptions.filter(newsletter=sign_up.newsletter).first()
    if subscription and subscription.state == Subscription.State.CONFIRMED:
        Message.objects.create(
            kind=Message.Kind.SUBSCRIBED_ALREADY,
            subscriber=subscriber,
            newsletter=sign_up.newsletter,
        )
        return SignUp.Outcome.SUBSCRIBED_ALREADY
    wording, terms, privacy = kept["offered"]
    offer = offered(sign_up.newsletter, wording, terms, privacy)
    if offer is None:
        raise LookupError("What was agreed to is gone.")
    page, placement = kept["where"]
    where = Where(FORM, page, placement, ledger.moment(sign_up.received_at))
    subscribing.request(subscriber, offer, evidence=kept["evidence"], where=where)
    return SignUp.Outcome.REQUESTED


def prune() -> int:
    """Remove notes of forms and messages that no limit counts any more, and changes of address.

    Made or not, nobody can confirm those any longer. How many there were in all.
    """
    old = timezone.now() - KEEP_NOTES
    forms, _ = SignUp.objects.filter(due_at__lte=old).exclude(outcome=WAITING).delete()
    messages, _ = (
        Message.objects.filter(created_at__lte=old)
        .exclude(pk__in=Message.objects.unsent())
        .delete()
    )
    changes, _ = AddressChange.objects.filter(created_at__lte=old).delete()
    return forms + messages + changes
