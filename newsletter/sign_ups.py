"""Sign-ups, from the submitted form to the message that asks for confirmation.

Receiving a form takes the same time whatever its address is: the form is stored, and the delivery
task processes it later. Only then does it matter whether the address is new, waiting, confirmed,
unsubscribed or suppressed.
"""

import json
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils import timezone

from newsletter import addresses, erasure, ledger, subscriptions
from newsletter.consent_texts import DisplayedForm, stored_consent_texts
from newsletter.ledger import EventSource
from newsletter.models import (
    AddressChange,
    Message,
    Newsletter,
    SignUp,
    Subscriber,
    Subscription,
    Suppression,
)
from newsroom.canonical_json import canonical
from newsroom.security.client_address import client_address
from newsroom.security.network_hash import network_hashes

#: The period in which the sign-ups of one network, and of all, are counted.
HOUR = timedelta(hours=1)
#: A form that would wait longer than this is refused.
MAX_WAIT_HOURS = 24
#: A form submitted faster than this, in seconds, was submitted by a program.
MIN_FILL_SECONDS = 2
#: How long processed sign-ups, messages and changes of address are kept.
NOTES_RETENTION = timedelta(days=30)
#: The form's name in the ledger.
FORM = "sign-up"

_REFUSED = (SignUp.Outcome.AUTOMATED, SignUp.Outcome.RATE_LIMITED)


def receive(
    request: HttpRequest,
    newsletter: Newsletter,
    displayed: DisplayedForm,
    *,
    typed: str,
    honeypot_filled: bool,
) -> SignUp:
    """Queue a valid form for processing; nothing here depends on the address.

    ``typed``: the address as it was typed. ``honeypot_filled``: whether the hidden field was
    filled in.
    """
    now = timezone.now()
    networks = network_hashes(client_address(request), now, MAX_WAIT_HOURS * HOUR)
    hours = _hours_to_wait(networks, now)
    outcome = SignUp.Outcome.QUEUED
    if honeypot_filled or now.timestamp() - displayed.rendered_at < MIN_FILL_SECONDS:
        outcome = SignUp.Outcome.AUTOMATED
    elif hours >= MAX_WAIT_HOURS:
        outcome = SignUp.Outcome.RATE_LIMITED
    document = {
        "evidence": {"address": typed, **subscriptions.request_evidence(request)},
        "versions": [displayed.wording, displayed.terms, displayed.privacy],
        "where": [displayed.page, displayed.placement],
    }
    with transaction.atomic():
        return SignUp.objects.queue(
            newsletter=newsletter,
            received_at=now,
            due_at=now + hours * HOUR,
            network=networks[0],
            outcome=outcome,
            document=canonical(document) if outcome == SignUp.Outcome.QUEUED else "",
        )


def _hours_to_wait(networks: list[bytes], now: datetime) -> int:
    """Return how many hours a form has to wait (one query).

    In each hour a limited number of sign-ups is processed: of each network, and in total. Hours
    are counted one by one, so that one network's backlog doesn't delay other networks.
    """
    recent = SignUp.objects.filter(due_at__gt=now - HOUR).exclude(outcome__in=_REFUSED)
    ends = [now + hours * HOUR for hours in range(MAX_WAIT_HOURS)]
    in_hour = {
        f"hour_{hours}": Count("pk", filter=Q(due_at__gt=end - HOUR, due_at__lte=end))
        for hours, end in enumerate(ends)
    }
    counted = recent.aggregate(own=Count("pk", filter=Q(network__in=networks)), **in_hour)
    of_network = counted["own"] // settings.SIGN_UPS_PER_NETWORK
    for hours in range(of_network, MAX_WAIT_HOURS):
        if counted[f"hour_{hours}"] < settings.SIGN_UPS_IN_ALL:
            return hours
    return MAX_WAIT_HOURS


def process_due() -> int:
    """Process the sign-ups that are due; return their number.

    A failing sign-up stays queued; the rest continue. Then the last error is raised.
    """
    due = list(SignUp.objects.due().values_list("pk", flat=True))
    if due:  # a restored subscriber must not get a message
        erasure.erase_again()
    processed = 0
    failure: Exception | None = None
    for pk in due:
        try:
            processed += process(pk)
        except Exception as error:  # noqa: BLE001  (raised below, after the other sign-ups)
            failure = error
    if failure is not None:
        raise failure
    return processed


@transaction.atomic
def process(pk: int) -> bool:
    """Process one sign-up; return whether it was still queued."""
    ledger.lock()  # one sign-up at a time, so that each sees the changes of the one before
    sign_up = SignUp.objects.queued().select_related("newsletter").filter(pk=pk).first()
    if sign_up is None:  # another process was faster
        return False
    sign_up.outcome = _request_subscription(sign_up)
    sign_up.document = ""
    sign_up.save(update_fields=["outcome", "document"])
    return True


def _request_subscription(sign_up: SignUp) -> SignUp.Outcome:
    document = json.loads(sign_up.document)
    address = addresses.normalise(document["evidence"]["address"])
    if Suppression.objects.for_address(address):
        return SignUp.Outcome.SUPPRESSED
    if Message.objects.next_allowed_at(address, sign_up.newsletter):
        return SignUp.Outcome.TOO_SOON
    subscriber, _ = Subscriber.objects.get_or_create(
        address_key=addresses.comparison_key(address), defaults={"address": address}
    )
    subscription = subscriber.subscriptions.filter(newsletter=sign_up.newsletter).first()
    if subscription and subscription.state == Subscription.State.CONFIRMED:
        Message.objects.queue(
            Message.Kind.ALREADY_SUBSCRIBED, subscriber, newsletter=sign_up.newsletter
        )
        return SignUp.Outcome.ALREADY_SUBSCRIBED
    texts = stored_consent_texts(sign_up.newsletter, *document["versions"])
    if texts is None:
        raise LookupError("A version that the form displayed was deleted.")
    page, placement = document["where"]
    where = EventSource(FORM, page, placement, ledger.timestamp(sign_up.received_at))
    subscriptions.request_subscription(
        subscriber, texts, evidence=document["evidence"], where=where
    )
    return SignUp.Outcome.REQUESTED


def prune_notes() -> int:
    """Delete old processed sign-ups, messages and changes of address; return their number.

    No limit counts them any more, and such a change can't be confirmed any more.
    """
    old = timezone.now() - NOTES_RETENTION
    forms, _ = (
        SignUp.objects.filter(due_at__lte=old).exclude(outcome=SignUp.Outcome.QUEUED).delete()
    )
    messages, _ = (
        Message.objects.filter(created_at__lte=old)
        .exclude(pk__in=Message.objects.unsent())
        .delete()
    )
    changes, _ = AddressChange.objects.filter(created_at__lte=old).delete()
    return forms + messages + changes
