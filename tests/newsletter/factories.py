"""Plain functions that make newsletters, policies and subscribers; each takes what a test needs."""

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
    """A version of a policy that is in force at once."""
    return PolicyVersion.objects.create(document=document, body=body, **fields)


def make_policies():
    """Both policies in force, unless they are."""
    for document in PolicyVersion.Document:
        if not PolicyVersion.objects.filter(document=document).exists():
            make_policy(document, f"<p>The {document.label.lower()}.</p>")


def make_wording(newsletter, **fields):
    """A wording that is in force at once."""
    fields = {"sentence": f"We will send {newsletter} to this address.", **fields}
    return Wording.objects.create(newsletter=newsletter, **fields)


def make_newsletter(*, ready=True, **fields):
    """A newsletter that readers can sign up to; ``ready=False``: without wording and policies."""
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
    """A subscriber who has asked for a newsletter: the event and its subscription."""
    address = address or make_address()
    subscriber = Subscriber.objects.filter(address_key=address.lower()).first()
    subscriber = subscriber or Subscriber.objects.create(address=address)
    offer = current_consent_texts([newsletter])[newsletter.pk]
    event = subscriptions.request_subscription(
        subscriber,
        offer,
        evidence={"address": address, "client": "192.0.2.1", "browser": "A browser"},
        where=EventSource("sign-up", "/a/page/", "article", ledger.timestamp(timezone.now())),
    )
    return event, subscriber.subscriptions.get(newsletter=newsletter)


def make_confirmed(newsletter, address=None):
    """A subscriber who has confirmed a newsletter."""
    event, subscription = make_requested(newsletter, address)
    subscriptions.confirm(event, evidence={"client": "192.0.2.1", "browser": "A browser"})
    subscription.refresh_from_db()
    return subscription


def make_unsubscribed(newsletter, address=None):
    """A subscriber who has confirmed a newsletter, and left it."""
    subscription = make_confirmed(newsletter, address)
    subscriptions.unsubscribe(
        subscription.subscriber, newsletter, by=ledger.READER, where=EventSource("unsubscribe")
    )
    subscription.refresh_from_db()
    return subscription


def forget_messages():
    """As if every message so far were long ago, so that the next one may go."""
    Message.objects.update(created_at=timezone.now() - timedelta(days=2))


def kinds_of(subject):
    """The kinds of a subject's events, the oldest first."""
    events = ConsentEvent.objects.filter(subject=subject).order_by("number")
    return list(events.values_list("kind", flat=True))


def states():
    """Address → newsletter's name → state, of everybody."""
    found = {}
    for row in Subscription.objects.select_related("subscriber", "newsletter"):
        found.setdefault(row.subscriber.address, {})[row.newsletter.name] = row.state
    return found


def ago(**span):
    """A moment before now."""
    return timezone.now() - timedelta(**span)


def ahead(**span):
    """A moment after now."""
    return timezone.now() + timedelta(**span)


def since(at, **fields):
    """The fields of a version that took effect at a moment that has passed."""
    return {"created_at": at, "effective_from": at, **fields}
