"""All that is kept of a person, and what proves one agreement: as documents to hand out."""

import json
from typing import Any

from newsletter import ledger
from newsletter.models import ConsentEvent, PolicyVersion, Subscriber, Version, Wording
from newsroom.canonical_json import Document


def of_subscriber(subscriber: Subscriber) -> Document:
    """Everything that is kept of a person (GDPR, articles 15 and 20)."""
    events = ConsentEvent.objects.filter(subject=subscriber.subject).select_related("evidence")
    return {
        "subject": str(subscriber.subject),
        "address": subscriber.address,
        "known_since": ledger.moment(subscriber.created_at),
        "suppressed": hasattr(subscriber, "suppression"),
        "newsletters": [
            {
                "newsletter": row.newsletter.name,
                "state": row.state,
                "requested": ledger.moment(row.requested_at),
                "confirmed": row.confirmed_at and ledger.moment(row.confirmed_at),
                "unsubscribed": row.unsubscribed_at and ledger.moment(row.unsubscribed_at),
            }
            for row in subscriber.subscriptions.select_related("newsletter")
        ],
        "events": [_told(event) for event in events.order_by("number")],
    }


def proof(event: ConsentEvent) -> Document:
    """What proves an agreement: the event and what it follows, with the texts that they name.

    The same whenever it is asked for: nothing in it depends on what came later, but for evidence
    of a person who was erased, which is null.
    """
    told = [event]
    if follows := ledger.read(event)["follows"]:
        told.insert(0, ConsentEvent.objects.get(pk=follows))
    return {
        "events": [_told(each) for each in told],
        "texts": {name: _text(version) for name, version in versions_of(event).items() if version},
    }


def versions_of(event: ConsentEvent) -> dict[str, Version | None]:
    """The versions that an event names: ``wording``, ``terms``, ``privacy``."""
    agreed = ledger.read(event)["agreed"] or {}
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


def evidence_of(event: ConsentEvent) -> dict[str, Any] | None:
    """What is personal about an event; None where there is nothing, or nothing any more."""
    evidence = getattr(event, "evidence", None)
    return json.loads(evidence.document) if evidence else None


def _told(event: ConsentEvent) -> Document:
    evidence = getattr(event, "evidence", None)
    return {
        # To the letter, so that anybody can make the digest again.
        "document": event.document,
        "digest": event.digest,
        "evidence": evidence and {"salt": bytes(evidence.salt).hex(), "text": evidence.document},
    }


def _text(version: Version) -> Document:
    return {
        "version": version.number,
        "effective_from": ledger.moment(version.effective_from),
        "sha256": version.sha256,
        **version.wording_document(),
    }
