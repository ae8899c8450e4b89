"""The proof of one consent event, checked against what is stored now."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from newsletter import data_export, ledger
from newsletter.models import ConsentEvent, PolicyVersion, Subscriber, Version
from newsroom.canonical_json import Document, digest

Kind = ConsentEvent.Kind
_NAMES = {"wording": "Wording", "terms": "Terms and conditions", "privacy": "Privacy policy"}


@dataclass(frozen=True, slots=True)
class Check:
    """A digest that was computed again, and whether it equals the recorded one."""

    label: str
    holds: bool


@dataclass(frozen=True, slots=True)
class NamedVersion:
    """A version that a consent event names."""

    name: str
    number: int
    #: As recorded in the event.
    sha256: str
    #: As stored; None if it was deleted.
    version: Version | None

    @property
    def holds(self) -> bool:
        """Whether the stored text is the one that was agreed to."""
        return self.version is not None and self.version.sha256 == self.sha256

    @property
    def address(self) -> str:
        """The path of its page on the site; "" if it has none."""
        if isinstance(self.version, PolicyVersion) and self.version.has_taken_effect():
            return self.version.get_absolute_url()
        return ""


@dataclass(frozen=True, slots=True)
class Proof:
    """A consent event with everything that it names."""

    event: ConsentEvent
    document: Document
    previous: ConsentEvent | None
    follows: ConsentEvent | None
    subscriber: Subscriber | None
    named: list[NamedVersion]
    #: Address as typed, client address and browser; None if there is none, or if it was deleted.
    evidence: dict[str, Any] | None
    #: The event with which the evidence was deleted.
    deleted_by: ConsentEvent | None
    checks: list[Check]

    @classmethod
    def of(cls, event: ConsentEvent) -> "Proof":
        """Return the proof of an event (at most nine queries)."""
        document = ledger.event_document(event)
        previous = ConsentEvent.objects.filter(number=event.number - 1).first()
        follows = (
            document["follows"] and ConsentEvent.objects.filter(number=document["follows"]).first()
        )
        named = list(_named(event, document))
        evidence = data_export.evidence_document(event)
        had_evidence = document["evidence"] is not None
        return cls(
            event,
            document,
            previous,
            follows or None,
            Subscriber.objects.filter(subject=event.subject).first(),
            named,
            evidence,
            _deleted_by(event) if had_evidence and evidence is None else None,
            [*_checks(event, document, previous), *map(_version_check, named)],
        )

    @property
    def had_evidence(self) -> bool:
        """Whether there ever was evidence."""
        return self.document["evidence"] is not None

    @property
    def holds(self) -> bool:
        """Whether every check holds and no evidence is lost."""
        return all(check.holds for check in self.checks) and not self.is_lost

    @property
    def is_lost(self) -> bool:
        """Whether evidence is missing without an event that explains it."""
        return self.had_evidence and self.evidence is None and self.deleted_by is None


def _named(event: ConsentEvent, document: Document) -> Iterator[NamedVersion]:
    agreed = document["agreed"] or {}
    for name, version in data_export.named_versions(event).items():
        yield NamedVersion(_NAMES[name], agreed[name]["version"], agreed[name]["sha256"], version)


def _version_check(named: NamedVersion) -> Check:
    return Check(f"SHA-256 of the {named.name.lower()}, version {named.number}", named.holds)


def _checks(
    event: ConsentEvent, document: Document, previous: ConsentEvent | None
) -> Iterator[Check]:
    yield Check("Digest of its document", digest(event.document) == event.digest)
    if previous is None:
        yield Check("First of the chain", event.number == 1 and document["previous"] == "")
    else:
        holds = document["previous"] == previous.digest == digest(previous.document)
        yield Check(f"Digest of the event before it, number {previous.number}", holds)
    evidence = getattr(event, "evidence", None)
    if evidence is not None:
        made = ledger.evidence_digest(bytes(evidence.salt), evidence.document)
        yield Check("Digest of the evidence", made == document["evidence"])


def _deleted_by(event: ConsentEvent) -> ConsentEvent | None:
    """Return the event that explains deleted evidence: a lapsed sign-up or an erasure."""
    lapse = ledger.lapse_after(event) if event.kind == Kind.REQUESTED else None
    erasures = ConsentEvent.objects.filter(subject=event.subject, kind=Kind.ERASED)
    return lapse or erasures.filter(number__gt=event.number).first()
