"""Closing records: the result of a poll as it stays, and the recount that checks it.

A record's document holds the wording, the window, counts and shares, what was not counted and
why, and the moment of writing, as canonical JSON; its digest is the SHA-256 of that text.
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

VERSION = 1
#: The rule by which shares are rounded, in the record's own words.
ONE_CHOICE = "Shares of the ballots counted; they add up to 100 by the largest remainder."
SEVERAL_CHOICES = "Shares of the ballots counted, each rounded half up; a ballot may name several."


def locked(poll: Poll) -> Poll:
    """The poll as it is, with its row taken for the transaction that is under way.

    Ballots that are on their way come in first, and none comes in before it ends.
    """
    return Poll.objects.select_for_update().get(pk=poll.pk)


def write(poll: Poll, *, by: User | None) -> ClosingRecord:
    """Write a record of a locked poll whose voting is over."""
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
        "version": VERSION,
        "poll": poll.pk,
        "record": number,
        "slug": poll.slug,
        "question": poll.question,
        "introduction": poll.introduction,
        "max_choices": poll.max_choices,
        "opens": _moment(poll.opens),
        "closed": _moment(min(poll.closes or now, now)),
        "written": _moment(now),
        "rule": SEVERAL_CHOICES if poll.several else ONE_CHOICE,
        "ballots": result.ballots,
        "choices": [
            {"id": line.choice, "text": line.text, "votes": line.votes, "share": line.share}
            for line in result.lines
        ],
        "excluded": [asdict(each) for each in excluded(counted)],
        "held_undecided": counted.waiting,
    }


@dataclass(frozen=True, slots=True)
class Excluded:
    """Ballots that one decision, given by primary key, excluded."""

    decision: int
    reason: str
    ballots: int


def excluded(counted: tally.Tally) -> list[Excluded]:
    """What a count left out, by decision (one query)."""
    decisions = Decision.objects.filter(pk__in=counted.excluded).order_by("pk")
    return [Excluded(each.pk, each.reason, counted.excluded[each.pk]) for each in decisions]


def _moment(moment: datetime | None) -> str | None:
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
    poll = locked(poll)
    if poll.state() != Poll.State.CLOSED:
        return None
    return current(poll) or write(poll, by=None)


def write_due() -> list[ClosingRecord]:
    """Write the records of all closed polls that have none, and return them.

    Safe to repeat and to run twice at the same time: each poll's row is locked meanwhile.
    """
    records = [ensure(poll) for poll in Poll.objects.without_record()]
    return [record for record in records if record is not None]


def read(record: ClosingRecord) -> Document:
    """A record's document."""
    document: Document = json.loads(record.document)
    return document


def result(record: ClosingRecord) -> tally.Result:
    """A record as the page prints it."""
    document = read(record)
    return tally.Result(
        lines=[
            tally.Line(line["id"], line["text"], line["votes"], int(line["share"].replace(".", "")))
            for line in document["choices"]
        ],
        ballots=document["ballots"],
        several=document["max_choices"] > 1,
        at=datetime.fromisoformat(document["written"]),
        final=True,
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that doesn't agree."""

    poll: Poll
    text: str

    def __str__(self) -> str:
        return f"{self.poll.slug}: {self.text}"


def audit(poll: Poll) -> Iterator[Difference]:
    """Recount a poll's ballots and hold them against its records; nothing where all agrees."""
    yield from (Difference(poll, text) for text in (*_ballot_faults(poll), *_record_faults(poll)))


def _ballot_faults(poll: Poll) -> Iterator[str]:
    """What no ballot may be, whatever let it in."""
    known = set(poll.choices.values_list("pk", flat=True))
    for choices in poll.ballots.order_by().values_list("choices", flat=True).distinct():
        chosen = tally.named(choices)
        if not set(chosen) <= known:
            yield f"ballots name {choices}, which are not all choices of the poll"
        if len(set(chosen)) != len(chosen) or len(chosen) > poll.max_choices:
            yield f"ballots name {choices}, which is more than a ballot may"
    late = poll.ballots.filter(cast_at__gte=poll.closes).count() if poll.closes else 0
    if late:
        yield f"{late} ballots were cast after closing"
    astray = poll.ballots.exclude(decision=None).exclude(decision__poll=poll).count()
    if astray:
        yield f"{astray} ballots were decided on with those of another poll"


def _record_faults(poll: Poll) -> Iterator[str]:
    records = list(poll.records.order_by("number"))
    for place, record in enumerate(records, start=1):
        if record.number != place:
            yield f"record {place} is missing"
        if digest(record.document) != record.digest:
            yield f"record {record.number} has been changed: its digest differs"
    if poll.recorded_at is None:
        return
    if not records:
        yield "it is closed and has no record"
        return
    yield from _recount(poll, records[-1])


def _recount(poll: Poll, record: ClosingRecord) -> Iterator[str]:
    """What a record says against what is counted now."""
    document = read(record)
    now = _document(poll, tally.count(poll), number=record.number, now=record.at)
    for key, name in (
        ("question", "the question"),
        ("max_choices", "the choices per ballot"),
        ("ballots", "the ballots counted"),
        ("choices", "the votes"),
        ("excluded", "the ballots excluded"),
        ("held_undecided", "the ballots held back"),
    ):
        if document[key] != now[key]:
            yield f"{name}: record {record.number} says {document[key]}, the recount {now[key]}"
