"""Functions that make newsletters, policies and subscribers."""

import itertools
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from newsletter import ledger, subscriptions
from newsletter.consent_texts import current_consent_texts
from newsletter.ledger import EventSource
from newsletter.models import (
    ConsentEvent,
    Message,
    Newsletter,
    PolicyVersion,
    Subscriber,
    Subscription,
    Wording,
)

_numbers = itertools.count(1)

TERMS, PRIVACY = PolicyVersion.Document.TERMS, PolicyVersion.Document.PRIVACY


def make_policy(document=TERMS, body="<p>Be kind.</p>", **fields):
    """Make a version of a policy that is in force at once."""
    return PolicyVersion.objects.create(document=document, body=body, **fields)


def make_policies():
    """Make the policies that are missing."""
    for document in PolicyVersion.Document:
        if not PolicyVersion.objects.filter(document=document).exists():
            make_policy(document, f"<p>The {document.label.lower()}.</p>")


def make_wording(newsletter, **fields):
    """Make a wording that is in force at once."""
    fields = {"sentence": f"We will send {newsletter} to this address.", **fields}
    return Wording.objects.create(newsletter=newsletter, **fields)


def make_newsletter(*, ready=True, **fields):
    """Make a newsletter that is open; ``ready=False``: without wording and policies."""
    number = next(_numbers)
    newsletter = Newsletter.objects.create(
        **{
            "name": f"Letter {number}",
            "slug": f"letter-{number}",
            "strapline": f"Strapline {number}",
            "frequency": "Every Friday",
            "sender_name": "The desk",
            "sender_address": "desk@example.org",
            **fields,
        }
    )
    if ready:
        make_policies()
        make_wording(newsletter)
    return newsletter


def make_address():
    return f"reader{next(_numbers)}@example.org"


@transaction.atomic
def make_requested(newsletter, address=None):
    """Make a subscriber who waits for confirmation; return the event and the subscription."""
    address = address or make_address()
    subscriber = Subscriber.objects.filter(address_key=address.lower()).first()
    subscriber = subscriber or Subscriber.objects.create(address=address)
    texts = current_consent_texts([newsletter])[newsletter.pk]
    event = subscriptions.request_subscription(
        subscriber,
        texts,
        evidence={"address": address, "client": "192.0.2.1", "browser": "A browser"},
        where=EventSource("sign-up", "/a/page/", "article", ledger.timestamp(timezone.now())),
    )
    return event, subscriber.subscriptions.get(newsletter=newsletter)


def make_confirmed(newsletter, address=None):
    """Make a confirmed subscription."""
    event, subscription = make_requested(newsletter, address)
    subscriptions.confirm(event, evidence={"client": "192.0.2.1", "browser": "A browser"})
    subscription.refresh_from_db()
    return subscription


def make_unsubscribed(newsletter, address=None):
    """Make a subscription that was confirmed and ended."""
    subscription = make_confirmed(newsletter, address)
    subscriptions.unsubscribe(
        subscription.subscriber, newsletter, by=ledger.READER, where=EventSource("unsubscribe")
    )
    subscription.refresh_from_db()
    return subscription


def forget_messages():
    """Date all messages back, so that no limit counts them."""
    Message.objects.update(created_at=timezone.now() - timedelta(days=2))


def kinds_of(subject):
    """Return the kinds of a subject's events, oldest first."""
    events = ConsentEvent.objects.filter(subject=subject).order_by("number")
    return list(events.values_list("kind", flat=True))


def states():
    """Return the states of all subscriptions, by address and newsletter's name."""
    found = {}
    for row in Subscription.objects.select_related("subscriber", "newsletter"):
        found.setdefault(row.subscriber.address, {})[row.newsletter.name] = row.state
    return found


def ago(**span):
    """Return a past time."""
    return timezone.now() - timedelta(**span)


def ahead(**span):
    """Return a future time."""
    return timezone.now() + timedelta(**span)


def since(at, **fields):
    """Return the fields of a version that took effect at a past time."""
    return {"created_at": at, "effective_from": at, **fields}
