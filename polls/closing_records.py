"""Closing records: a closed poll's result as it is kept, and the recount that checks it.

A record's document holds, as canonical JSON, the wording, the times of opening and closing, votes
and shares, the ballots that were not counted with the reasons, and the time of writing. The
record's digest is the SHA-256 of that text, in hex.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from newsroom.canonical_json import Document, canonical, digest
from newsroom.models import User
from polls import tally
from polls.models import ClosingRecord, Decision, Poll

#: The version of the document's format.
DOCUMENT_VERSION = 1
# The rules by which shares are rounded, as documents state them.
ONE_CHOICE_RULE = "Shares of the ballots counted; they add up to 100 by the largest remainder."
SEVERAL_CHOICES_RULE = (
    "Shares of the ballots counted, each rounded half up; a ballot may name several."
)


def lock_poll(poll: Poll) -> Poll:
    """Return the poll as stored, with its row locked until the open transaction ends.

    The lock waits for ballots that are being inserted, and keeps further ones out.
    """
    return Poll.objects.select_for_update().get(pk=poll.pk)


def write(poll: Poll, *, by: User | None) -> ClosingRecord:
    """Write a record of a closed poll, whose row is locked; ``by`` is None for no account."""
    now = timezone.now()
    last = poll.records.aggregate(last=Max("number"))["last"] or 0
    text = canonical(_document(poll, tally.count(poll), number=last + 1, now=now))
    record = ClosingRecord.objects.create(
        poll=poll, number=last + 1, document=text, digest=digest(text), by=by, at=now
    )
    poll.recorded_at = now
    poll.save(update_fields=["recorded_at"])
    return record


def _document(poll: Poll, counted: tally.Tally, *, number: int, now: datetime) -> Document:
    result = tally.result(poll, counted)
    return {
        "version": DOCUMENT_VERSION,
        "poll": poll.pk,
        "record": number,
        "slug": poll.slug,
        "question": poll.question,
        "introduction": poll.introduction,
        "max_choices": poll.max_choices,
        "opens": _isoformat(poll.opens),
        "closed": _isoformat(min(poll.closes or now, now)),
        "written": _isoformat(now),
        "rule": SEVERAL_CHOICES_RULE if poll.several else ONE_CHOICE_RULE,
        "ballots": result.ballots,
        "choices": [
            {"id": line.choice, "text": line.text, "votes": line.votes, "share": line.share}
            for line in result.lines
        ],
        "excluded": [asdict(exclusion) for exclusion in exclusions(counted)],
        "held_undecided": counted.waiting,
    }


@dataclass(frozen=True, slots=True)
class Exclusion:
    """The number of ballots that a decision, given by primary key, excludes."""

    decision: int
    reason: str
    ballots: int


def exclusions(counted: tally.Tally) -> list[Exclusion]:
    """Return the exclusions of a tally, by decision (one query)."""
    decisions = Decision.objects.filter(pk__in=counted.excluded).order_by("pk")
    return [
        Exclusion(decision.pk, decision.reason, counted.excluded[decision.pk])
        for decision in decisions
    ]


def _isoformat(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def current(poll: Poll) -> ClosingRecord | None:
    """Return the record that a closed poll's public result comes from.

    None while the poll is open, and after closing until the record is written.
    """
    return None if poll.recorded_at is None else poll.records.first()


@transaction.atomic
def ensure(poll: Poll) -> ClosingRecord | None:
    """Return a closed poll's record, and write it first if there is none.

    None while the poll isn't closed. A poll that closes at its closing time gets its record here.
    """
    poll = lock_poll(poll)
    if poll.state() != Poll.State.CLOSED:
        return None
    return current(poll) or write(poll, by=None)


def write_due() -> list[ClosingRecord]:
    """Write the records of all closed polls that have none, and return them.

    Safe to repeat and to run twice at the same time: each poll's row is locked meanwhile.
    """
    records = [ensure(poll) for poll in Poll.objects.without_record()]
    return [record for record in records if record is not None]


def parse(record: ClosingRecord) -> Document:
    """Return a record's document."""
    document: Document = json.loads(record.document)
    return document


def result(record: ClosingRecord) -> tally.Result:
    """Return a record's result, which is final."""
    document = parse(record)
    return tally.Result(
        lines=[
            tally.ResultLine(
                line["id"], line["text"], line["votes"], int(line["share"].replace(".", ""))
            )
            for line in document["choices"]
        ],
        ballots=document["ballots"],
        several=document["max_choices"] > 1,
        at=datetime.fromisoformat(document["written"]),
        final=True,
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """A fault that the audit found in a poll."""

    poll: Poll
    text: str

    def __str__(self) -> str:
        return f"{self.poll.slug}: {self.text}"


def audit(poll: Poll) -> Iterator[Difference]:
    """Check a poll's ballots and records, and compare a recount with the last record."""
    yield from (Difference(poll, text) for text in (*_ballot_faults(poll), *_record_faults(poll)))


def _ballot_faults(poll: Poll) -> Iterator[str]:
    known = set(poll.choices.values_list("pk", flat=True))
    for choices in poll.ballots.order_by().values_list("choices", flat=True).distinct():
        chosen = tally.parse_choices(choices)
        if not set(chosen) <= known:
            yield f"ballots name {choices}, which are not all choices of the poll"
        if len(set(chosen)) != len(chosen) or len(chosen) > poll.max_choices:
            yield f"ballots name {choices}, which is more than a ballot may"
    late = poll.ballots.filter(cast_at__gte=poll.closes).count() if poll.closes else 0
    if late:
        yield f"{late} ballots were cast after closing"
    misplaced = poll.ballots.exclude(decision=None).exclude(decision__poll=poll).count()
    if misplaced:
        yield f"{misplaced} ballots were decided on with those of another poll"


def _record_faults(poll: Poll) -> Iterator[str]:
    records = list(poll.records.order_by("number"))
    for number, record in enumerate(records, start=1):
        if record.number != number:
            yield f"record {number} is missing"
        if digest(record.document) != record.digest:
            yield f"record {record.number} has been changed: its digest differs"
    if poll.recorded_at is None:
        return
    if not records:
        yield "it is closed and has no record"
        return
    yield from _recount_faults(poll, records[-1])


def _recount_faults(poll: Poll, record: ClosingRecord) -> Iterator[str]:
    document = parse(record)
    recount = _document(poll, tally.count(poll), number=record.number, now=record.at)
    for key, name in (
        ("question", "the question"),
        ("max_choices", "the choices per ballot"),
        ("ballots", "the ballots counted"),
        ("choices", "the votes"),
        ("excluded", "the ballots excluded"),
        ("held_undecided", "the ballots held back"),
    ):
        if document[key] != recount[key]:
            yield f"{name}: record {record.number} says {document[key]}, the recount {recount[key]}"
