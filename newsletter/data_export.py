"""Documents to download: a subscriber's data, and the proof of one consent."""

import json
from typing import Any

from newsletter import ledger
from newsletter.models import ConsentEvent, PolicyVersion, Subscriber, Version, Wording
from newsroom.canonical_json import Document


def subscriber_data(subscriber: Subscriber) -> Document:
    """Return all data held on a subscriber (GDPR, articles 15 and 20)."""
    events = ConsentEvent.objects.filter(subject=subscriber.subject).select_related("evidence")
    return {
        "subject": str(subscriber.subject),
        "address": subscriber.address,
        "known_since": ledger.timestamp(subscriber.created_at),
        "suppressed": hasattr(subscriber, "suppression"),
        "newsletters": [
            {
                "newsletter": row.newsletter.name,
                "state": row.state,
                "requested": ledger.timestamp(row.requested_at),
                "confirmed": row.confirmed_at and ledger.timestamp(row.confirmed_at),
                "unsubscribed": row.unsubscribed_at and ledger.timestamp(row.unsubscribed_at),
            }
            for row in subscriber.subscriptions.select_related("newsletter")
        ],
        "events": [_event_document(event) for event in events.order_by("number")],
    }


def consent_proof(event: ConsentEvent) -> Document:
    """Return what proves a consent: the event, the one that it follows, and the texts they name.

    The result never changes with later events, except that the evidence of an erased person is
    null.
    """
    events = [event]
    if follows := ledger.event_document(event)["follows"]:
        events.insert(0, ConsentEvent.objects.get(pk=follows))
    return {
        "events": [_event_document(each) for each in events],
        "texts": {
            name: _version_document(version)
            for name, version in named_versions(event).items()
            if version
        },
    }


def named_versions(event: ConsentEvent) -> dict[str, Version | None]:
    """Return the versions that an event names, by ``wording``, ``terms`` and ``privacy``."""
    agreed = ledger.event_document(event)["agreed"] or {}
    found: dict[str, Version | None] = {}
    if "wording" in agreed:
        number = agreed["wording"]["version"]
        found["wording"] = Wording.objects.filter(
            newsletter=event.newsletter_id, number=number
        ).first()
    for name in ("terms", "privacy"):
        if name in agreed:
            number = agreed[name]["version"]
            found[name] = PolicyVersion.objects.filter(document=name, number=number).first()
    return found


def evidence_document(event: ConsentEvent) -> dict[str, Any] | None:
    """Return the personal data of an event; None if there is none, or if it was erased."""
    evidence = getattr(event, "evidence", None)
    return json.loads(evidence.document) if evidence else None


def _event_document(event: ConsentEvent) -> Document:
    evidence = getattr(event, "evidence", None)
    return {
        # The exact text, so that anybody can compute the digest.
        "document": event.document,
        "digest": event.digest,
        "evidence": evidence and {"salt": bytes(evidence.salt).hex(), "text": evidence.document},
    }


def _version_document(version: Version) -> Document:
    return {
        "version": version.number,
        "effective_from": ledger.timestamp(version.effective_from),
        "sha256": version.sha256,
        **version.text_document(),
    }
