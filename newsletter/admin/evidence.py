"""What proves one agreement, looked at as it is stored at this moment."""

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
    """Something that was reckoned out anew, and whether it came out as it was noted."""

    what: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Named:
    """A version that an agreement names."""

    name: str
    number: int
    #: As the event has it.
    sha256: str
    #: As it is stored; None if it is gone.
    version: Version | None

    @property
    def holds(self) -> bool:
        """Whether it is the one that was agreed to."""
        return self.version is not None and self.version.sha256 == self.sha256

    @property
    def address(self) -> str:
        """Its page on the site; "" for one that has none."""
        if isinstance(self.version, PolicyVersion) and self.version.has_taken_effect():
            return self.version.get_absolute_url()
        return ""


@dataclass(frozen=True, slots=True)
class Proof:
    """One event, with everything that it names."""

    event: ConsentEvent
    told: Document
    previous: ConsentEvent | None
    follows: ConsentEvent | None
    subscriber: Subscriber | None
    named: list[Named]
    #: Address as typed, client's address, browser; None where there is nothing, or no more.
    evidence: dict[str, Any] | None
    #: The event that took the evidence away.
    gone_by: ConsentEvent | None
    checks: list[Check]

    @classmethod
    def of(cls, event: ConsentEvent) -> "Proof":
        """At most nine queries."""
        told = ledger.event_document(event)
        previous = ConsentEvent.objects.filter(number=event.number - 1).first()
        follows = told["follows"] and ConsentEvent.objects.filter(number=told["follows"]).first()
        named = list(_named(event, told))
        evidence = data_export.evidence_document(event)
        was_kept = told["evidence"] is not None
        return cls(
            event,
            told,
            previous,
            follows or None,
            Subscriber.objects.filter(subject=event.subject).first(),
            named,
            evidence,
            _gone_by(event) if was_kept and evidence is None else None,
            [*_checks(event, told, previous), *(Check(_of(each), each.holds) for each in named)],
        )

    @property
    def was_kept(self) -> bool:
        """Whether there ever was evidence."""
        return self.told["evidence"] is not None

    @property
    def holds(self) -> bool:
        """Whether all came out as it was noted."""
        return all(check.holds for check in self.checks) and not self.is_lost

    @property
    def is_lost(self) -> bool:
        """Whether evidence is missing that nothing says should be."""
        return self.was_kept and self.evidence is None and self.gone_by is None


def _named(event: ConsentEvent, told: Document) -> Iterator[Named]:
    agreed = told["agreed"] or {}
    for name, version in data_export.named_versions(event).items():
        yield Named(_NAMES[name], agreed[name]["version"], agreed[name]["sha256"], version)


def _of(named: Named) -> str:
    return f"SHA-256 of the {named.name.lower()}, version {named.number}"


def _checks(event: ConsentEvent, told: Document, previous: ConsentEvent | None) -> Iterator[Check]:
    yield Check("Digest of its document", digest(event.document) == event.digest)
    if previous is None:
        yield Check("First of the chain", event.number == 1 and told["previous"] == "")
    else:
        holds = told["previous"] == previous.digest == digest(previous.document)
        yield Check(f"Digest of the event before it, number {previous.number}", holds)
    evidence = getattr(event, "evidence", None)
    if evidence is not None:
        made = ledger.evidence_digest(bytes(evidence.salt), evidence.document)
        yield Check("Digest of the evidence", made == told["evidence"])


def _gone_by(event: ConsentEvent) -> ConsentEvent | None:
    """What says why evidence is gone: a sign-up that nobody confirmed, or an erasure."""
    lapse = ledger.lapse_after(event) if event.kind == Kind.REQUESTED else None
    erasures = ConsentEvent.objects.filter(subject=event.subject, kind=Kind.ERASED)
    return lapse or erasures.filter(number__gt=event.number).first()
