"""The consent ledger: a hash chain of events, each with the digest of the event before it.

An event's document is canonical JSON, and its SHA-256 is the event's digest. It holds:

- ``number``, ``kind``, ``at`` (UTC, to the microsecond), ``subject`` (a random id);
- ``newsletter``: id, slug and name;
- ``agreed``: the exact words, with version and SHA-256 of wording, terms and privacy policy;
- ``where``: form, page and placement; ``actor``, with id and name of a member of staff;
- ``follows``: the number of the event that this one answers; ``reason``: given by staff;
- ``evidence``: the SHA-256 of salt and evidence, null if there is none;
- ``previous``: the digest of the event before it, "" for the first.

Personal data is in the evidence only. Erasing a person deletes evidence and salt; the digest
stays, and without the salt nothing can be derived from it.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from newsletter.models import (
    ChainHead,
    ConsentEvent,
    Evidence,
    Newsletter,
    PolicyVersion,
    Version,
    Wording,
)
from newsroom.canonical_json import Document, canonical, digest
from newsroom.models import User

#: The version of the documents' format.
FORMAT_VERSION = 1
#: Primary key of the only row of ``ChainHead``.
HEAD_PK = 1
#: The number of events that are read at a time.
_CHUNK_SIZE = 2000

Kind = ConsentEvent.Kind
Actor = ConsentEvent.Actor


@dataclass(frozen=True, slots=True)
class EventActor:
    """Who caused an event."""

    actor: ConsentEvent.Actor
    staff: User | None = None

    def document(self) -> Document:
        """Return the ``actor`` part of the event's document."""
        if self.staff is None:
            return {"kind": self.actor.value}
        return {"kind": self.actor.value, "id": self.staff.pk, "name": str(self.staff)}


READER = EventActor(Actor.READER)
ONE_CLICK = EventActor(Actor.ONE_CLICK)
SYSTEM = EventActor(Actor.SYSTEM)


@dataclass(frozen=True, slots=True)
class EventSource:
    """The form that was submitted, the path of its page, and its placement on the page.

    ``received``: when the form was received, if that was before the event was written.
    """

    form: str
    page: str = ""
    placement: str = ""
    received: str = ""


def agreed_document(words: Mapping[str, str], **versions: Version) -> Document:
    """Return what a reader agrees to: the words of the form, and the versions that they name.

    ``versions``: named ``wording``, ``terms`` and ``privacy``.
    """
    named = {
        name: {"version": version.number, "sha256": version.sha256}
        for name, version in versions.items()
    }
    return {**words, **named}


def lock() -> ChainHead:
    """Lock the end of the chain until the transaction ends: only one transaction appends."""
    head, _ = ChainHead.objects.select_for_update().get_or_create(pk=HEAD_PK)
    return head


def append(
    kind: ConsentEvent.Kind,
    subject: UUID,
    *,
    by: EventActor,
    where: EventSource,
    newsletter: Newsletter | None = None,
    agreed: Document | None = None,
    evidence: Mapping[str, str] | None = None,
    follows: ConsentEvent | None = None,
    reason: str = "",
) -> ConsentEvent:
    """Append an event, in the transaction that makes the change which it records.

    ``evidence``: personal data (address as typed, client address, browser), by name.
    """
    head, now = lock(), timezone.now()
    kept = canonical(evidence) if evidence is not None else None
    salt = secrets.token_bytes(16)
    text = canonical(
        {
            "version": FORMAT_VERSION,
            "number": head.number + 1,
            "kind": kind.value,
            "at": timestamp(now),
            "subject": str(subject),
            "newsletter": newsletter and _newsletter_document(newsletter),
            "agreed": agreed,
            "where": asdict(where),
            "actor": by.document(),
            "follows": follows and follows.number,
            "reason": reason,
            "evidence": None if kept is None else evidence_digest(salt, kept),
            "previous": head.digest,
        }
    )
    head.number, head.digest = head.number + 1, digest(text)
    event = ConsentEvent.objects.create(
        number=head.number,
        kind=kind,
        at=now,
        subject=subject,
        newsletter=newsletter,
        document=text,
        digest=head.digest,
    )
    if kept is not None:
        Evidence.objects.create(event=event, salt=salt, document=kept)
    head.save()
    return event


def _newsletter_document(newsletter: Newsletter) -> Document:
    return {"id": newsletter.pk, "slug": newsletter.slug, "name": newsletter.name}


def timestamp(at: datetime) -> str:
    """Return a time as documents write it: ISO 8601, UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def evidence_digest(salt: bytes, document: str) -> str:
    """Return the SHA-256 of the salt and the evidence's document, in hex."""
    return hashlib.sha256(salt + document.encode()).hexdigest()


def event_document(event: ConsentEvent) -> Document:
    """Return an event's document as a dictionary."""
    document: Document = json.loads(event.document)
    return document


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """An event that failed the verification."""

    number: int
    fault: str

    def __str__(self) -> str:
        return f"Event {self.number}: {self.fault}."


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event's row, with its evidence."""

    number: int
    kind: str
    at: datetime
    subject: UUID
    newsletter: int | None
    document: str
    digest: str
    salt: "bytes | memoryview[int] | None"
    evidence: str | None


def stored_events() -> Iterator[StoredEvent]:
    """Yield all events, oldest first, read in chunks."""
    rows = ConsentEvent.objects.order_by("number").values_list(
        "number",
        "kind",
        "at",
        "subject",
        "newsletter",
        "document",
        "digest",
        "evidence__salt",
        "evidence__document",
    )
    for row in rows.iterator(chunk_size=_CHUNK_SIZE):
        yield StoredEvent(*row)


def lapse_after(requested: StoredEvent | ConsentEvent) -> ConsentEvent | None:
    """Return the event that removed an unconfirmed sign-up; None if it was confirmed, or waits."""
    newsletter = (
        requested.newsletter if isinstance(requested, StoredEvent) else requested.newsletter_id
    )
    ends = ConsentEvent.objects.filter(
        subject=requested.subject,
        newsletter=newsletter,
        number__gt=requested.number,
        kind__in=(Kind.CONFIRMED, Kind.LAPSED),
    )
    first = ends.order_by("number").first()
    return first if first and first.kind == Kind.LAPSED else None


class Verification:
    """Check every event of the chain, and every digest whose source is still stored.

    ``checked``: the number of the last event that was checked; ``digest``: its digest.
    """

    def __init__(self) -> None:
        self.checked = 0
        self.digest = ""
        self._sha256 = _digests_of_versions()
        self._erased = _erasures()

    def walk(self) -> Iterator[BrokenLink | None]:
        """Yield each event's fault, or None; then a fault of the chain's end, if any."""
        for event in stored_events():
            broken = self._check(event)
            self.checked, self.digest = event.number, event.digest
            yield broken
        head = ChainHead.objects.filter(pk=HEAD_PK).first() or ChainHead()
        if (head.number, head.digest) != (self.checked, self.digest):
            yield BrokenLink(
                self.checked + 1,
                f"it is missing; the chain had {head.number} events"
                if head.number > self.checked
                else "the end of the chain is not the one that was recorded",
            )

    def _check(self, event: StoredEvent) -> BrokenLink | None:
        faults = self._faults(event)
        return next((BrokenLink(event.number, fault) for fault in faults), None)

    def _faults(self, event: StoredEvent) -> Iterator[str]:
        if event.number != self.checked + 1:
            yield f"the event before it, number {self.checked + 1}, is missing"
        if digest(event.document) != event.digest:
            yield "its document has been changed: the digest differs"
        try:
            document = json.loads(event.document)
            yield from self._document_faults(event, document)
        except (ValueError, KeyError, TypeError, AttributeError):
            yield "its document can't be read"

    def _document_faults(self, event: StoredEvent, document: Document) -> Iterator[str]:
        if document["previous"] != self.digest:
            yield "it doesn't follow the event before it"
        newsletter = document["newsletter"]
        recorded = (document["number"], document["kind"], document["at"], document["subject"])
        columns = (event.number, event.kind, timestamp(event.at), str(event.subject))
        if recorded != columns or (newsletter and newsletter["id"]) != event.newsletter:
            yield "its columns differ from its document"
        yield from self._evidence_faults(event, document["evidence"])
        if agreement := document["agreed"]:
            yield from self._version_faults(agreement, event.newsletter)

    def _evidence_faults(self, event: StoredEvent, expected: str | None) -> Iterator[str]:
        if event.evidence is None or event.salt is None:
            if expected is not None and not self._may_be_deleted(event):
                yield "its evidence is missing, and nobody was erased"
        elif evidence_digest(bytes(event.salt), event.evidence) != expected:
            yield "its evidence has been changed: the digest differs"

    def _may_be_deleted(self, event: StoredEvent) -> bool:
        if self._erased.get(event.subject, 0) > event.number:
            return True
        return event.kind == Kind.REQUESTED and lapse_after(event) is not None

    def _version_faults(self, agreement: Document, newsletter: int | None) -> Iterator[str]:
        for name, series in (("wording", newsletter), ("terms", "terms"), ("privacy", "privacy")):
            named = agreement.get(name)
            if named and self._sha256.get((series, named["version"])) != named["sha256"]:
                yield f"version {named['version']} of the {name} is not the text that was agreed to"


def _digests_of_versions() -> dict[tuple[Any, int], str]:
    """Return the SHA-256 of every version, by (newsletter or document, number)."""
    wordings = {(row.newsletter_id, row.number): row.sha256 for row in Wording.objects.all()}
    policies = {(row.document, row.number): row.sha256 for row in PolicyVersion.objects.all()}
    return {**wordings, **policies}


def _erasures() -> dict[UUID, int]:
    """Return the number of each subject's last ERASED event, by subject."""
    erased = ConsentEvent.objects.filter(kind=Kind.ERASED).order_by("number")
    rows = erased.values_list("subject", "number")
    return dict(rows.iterator(chunk_size=_CHUNK_SIZE))
