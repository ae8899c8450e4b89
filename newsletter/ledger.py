"""The consent ledger: a chain of events, each of which names the digest of the one before it.

An event's document, canonical JSON whose SHA-256 is the event's digest, holds:

- ``number``, ``kind``, ``at`` (UTC, to the microsecond), ``subject`` (a random id);
- ``newsletter``: id, slug and name;
- ``agreed``: the exact words, with version and SHA-256 of wording, terms and privacy policy;
- ``where``: form, page and placement; ``actor``, with the member of staff where it was one;
- ``follows``: the number of the event that this one answers; ``reason``: in staff's words;
- ``evidence``: the SHA-256 of salt and evidence, null where there is none;
- ``previous``: the digest of the event before it, "" for the first.

What is personal is in the evidence. Erasing a person takes that away; the digest stays, and with
the salt gone it tells nothing.
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

VERSION = 1
#: The one row of ``ChainHead``.
HEAD = 1
#: Events that are read at a time.
_CHUNK = 2000

Kind = ConsentEvent.Kind
Actor = ConsentEvent.Actor


@dataclass(frozen=True, slots=True)
class By:
    """Who caused an event."""

    actor: ConsentEvent.Actor
    staff: User | None = None

    def document(self) -> Document:
        """As the ledger keeps it."""
        if self.staff is None:
            return {"kind": self.actor.value}
        return {"kind": self.actor.value, "id": self.staff.pk, "name": str(self.staff)}


READER = By(Actor.READER)
ONE_CLICK = By(Actor.ONE_CLICK)
SYSTEM = By(Actor.SYSTEM)


@dataclass(frozen=True, slots=True)
class Where:
    """The form that was sent, the path of the page that it stood in, and where on that page.

    ``received``: when, where that was before the event was written.
    """

    form: str
    page: str = ""
    placement: str = ""
    received: str = ""


def agreed(words: Mapping[str, str], **versions: Version) -> Document:
    """What a reader agrees to: the words at the form, and the versions that they name.

    ``versions``: by the names ``wording``, ``terms`` and ``privacy``.
    """
    named = {
        name: {"version": version.number, "sha256": version.sha256}
        for name, version in versions.items()
    }
    return {**words, **named}


def lock() -> ChainHead:
    """The end of the chain, taken for the transaction that is under way: appending waits here."""
    head, _ = ChainHead.objects.select_for_update().get_or_create(pk=HEAD)
    return head


def append(
    kind: ConsentEvent.Kind,
    subject: UUID,
    *,
    by: By,
    where: Where,
    newsletter: Newsletter | None = None,
    agreed: Document | None = None,
    evidence: Mapping[str, str] | None = None,
    follows: ConsentEvent | None = None,
    reason: str = "",
) -> ConsentEvent:
    """Append an event, within the transaction that does what it tells of.

    ``evidence``: what is personal (address as typed, client's address, browser), by name.
    """
    head, now = lock(), timezone.now()
    kept = canonical(evidence) if evidence is not None else None
    salt = secrets.token_bytes(16)
    text = canonical(
        {
            "version": VERSION,
            "number": head.number + 1,
            "kind": kind.value,
            "at": moment(now),
            "subject": str(subject),
            "newsletter": newsletter and _named(newsletter),
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


def _named(newsletter: Newsletter) -> Document:
    return {"id": newsletter.pk, "slug": newsletter.slug, "name": newsletter.name}


def moment(at: datetime) -> str:
    """As documents write a moment."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def evidence_digest(salt: bytes, document: str) -> str:
    """SHA-256 of the salt and the evidence's document, in hex."""
    return hashlib.sha256(salt + document.encode()).hexdigest()


def read(event: ConsentEvent) -> Document:
    """An event's document."""
    document: Document = json.loads(event.document)
    return document


@dataclass(frozen=True, slots=True)
class Broken:
    """A link of the chain that doesn't hold."""

    number: int
    what: str

    def __str__(self) -> str:
        return f"Event {self.number}: {self.what}."


@dataclass(frozen=True, slots=True)
class Stored:
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


def stored() -> Iterator[Stored]:
    """All events, the oldest first, read a few at a time."""
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
    for row in rows.iterator(chunk_size=_CHUNK):
        yield Stored(*row)


def lapse_of(asked: Stored | ConsentEvent) -> ConsentEvent | None:
    """The event by which a sign-up was removed that nobody had confirmed before; None if none."""
    newsletter = asked.newsletter if isinstance(asked, Stored) else asked.newsletter_id
    ends = ConsentEvent.objects.filter(
        subject=asked.subject,
        newsletter=newsletter,
        number__gt=asked.number,
        kind__in=(Kind.CONFIRMED, Kind.LAPSED),
    )
    first = ends.order_by("number").first()
    return first if first and first.kind == Kind.LAPSED else None


class Verification:
    """A walk along the chain that checks every digest that still has what it was made of.

    ``checked`` is how many events it has walked so far, ``digest`` the last one's.
    """

    def __init__(self) -> None:
        self.checked = 0
        self.digest = ""
        self._sha256 = _digests_of_versions()
        self._erased = _erasures()

    def walk(self) -> Iterator[Broken | None]:
        """For each event what is wrong with it, or None; then what is wrong with the end."""
        for event in stored():
            broken = self._check(event)
            self.checked, self.digest = event.number, event.digest
            yield broken
        head = ChainHead.objects.filter(pk=HEAD).first() or ChainHead()
        if (head.number, head.digest) != (self.checked, self.digest):
            yield Broken(
                self.checked + 1,
                f"it is missing; the chain once had {head.number} events"
                if head.number > self.checked
                else "the end of the chain is another one than was noted",
            )

    def _check(self, event: Stored) -> Broken | None:
        faults = self._faults(event)
        return next((Broken(event.number, fault) for fault in faults), None)

    def _faults(self, event: Stored) -> Iterator[str]:
        if event.number != self.checked + 1:
            yield f"the event before it, number {self.checked + 1}, is missing"
        if digest(event.document) != event.digest:
            yield "its document has been changed: the digest differs"
        try:
            document = json.loads(event.document)
            yield from self._document_faults(event, document)
        except (ValueError, KeyError, TypeError, AttributeError):
            yield "its document can't be read"

    def _document_faults(self, event: Stored, document: Document) -> Iterator[str]:
        if document["previous"] != self.digest:
            yield "it doesn't follow the event before it"
        newsletter = document["newsletter"]
        said = (document["number"], document["kind"], document["at"], document["subject"])
        columns = (event.number, event.kind, moment(event.at), str(event.subject))
        if said != columns or (newsletter and newsletter["id"]) != event.newsletter:
            yield "its columns say something else than its document"
        yield from self._evidence_faults(event, document["evidence"])
        if agreement := document["agreed"]:
            yield from self._version_faults(agreement, event.newsletter)

    def _evidence_faults(self, event: Stored, expected: str | None) -> Iterator[str]:
        if event.evidence is None or event.salt is None:
            if expected is not None and not self._may_be_gone(event):
                yield "its evidence is missing, and nobody was erased"
        elif evidence_digest(bytes(event.salt), event.evidence) != expected:
            yield "its evidence has been changed: the digest differs"

    def _may_be_gone(self, event: Stored) -> bool:
        if self._erased.get(event.subject, 0) > event.number:
            return True
        return event.kind == Kind.REQUESTED and lapse_of(event) is not None

    def _version_faults(self, agreement: Document, newsletter: int | None) -> Iterator[str]:
        for name, series in (("wording", newsletter), ("terms", "terms"), ("privacy", "privacy")):
            named = agreement.get(name)
            if named and self._sha256.get((series, named["version"])) != named["sha256"]:
                yield f"version {named['version']} of the {name} is another one than was agreed to"


def _digests_of_versions() -> dict[tuple[Any, int], str]:
    """(newsletter or document, number) → SHA-256, of every version there is."""
    wordings = {(row.newsletter_id, row.number): row.sha256 for row in Wording.objects.all()}
    policies = {(row.document, row.number): row.sha256 for row in PolicyVersion.objects.all()}
    return {**wordings, **policies}


def _erasures() -> dict[UUID, int]:
    """Subject → number of the event by which the person was erased."""
    erased = ConsentEvent.objects.filter(kind=Kind.ERASED).order_by("number")
    rows = erased.values_list("subject", "number")
    return dict(rows.iterator(chunk_size=_CHUNK))
