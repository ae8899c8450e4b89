"""Run a poll: close, reopen, archive, correct its wording, decide on ballots held back.

Each takes the poll's row lock first, so that it waits for ballots that are on their way.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from newsroom.desk.transitions import TransitionRefused
from newsroom.models import User
from polls import records, tasks
from polls.models import Choice, ClosingRecord, Decision, Poll, Rewording


@transaction.atomic
def close(poll: Poll, *, by: User | None = None) -> ClosingRecord:
    """End voting now, and write the record."""
    poll = records.locked(poll)
    if poll.state() != Poll.State.OPEN:
        raise TransitionRefused("It isn't open.")
    poll.closes = timezone.now()
    poll.save(update_fields=["closes"])
    return records.write(poll, by=by)


@transaction.atomic
def reopen(poll: Poll, *, closes: datetime | None = None) -> Poll:
    """Let readers vote again; the record of the first closing stays, and another will follow."""
    poll = records.locked(poll)
    if poll.archived_at:
        raise TransitionRefused("It is archived. Bring it back first.")
    if poll.state() != Poll.State.CLOSED:
        raise TransitionRefused("It isn't closed.")
    if closes is not None and closes <= timezone.now():
        raise TransitionRefused("That moment has passed. Choose a later one.")
    if poll.recorded_at is None:  # it closed at its closing time
        records.write(poll, by=None)
    poll.recorded_at, poll.closes = None, closes
    poll.save(update_fields=["recorded_at", "closes"])
    tasks.schedule_record(poll)
    return poll


@transaction.atomic
def archive(poll: Poll, *, by: User | None = None) -> Poll:
    """Take a poll off the list; an open one is closed. Its page stays."""
    poll = records.locked(poll)
    if poll.archived_at:
        raise TransitionRefused("It is archived already.")
    now = timezone.now()
    if poll.state(now) == Poll.State.OPEN:
        poll.closes = now
    poll.archived_at = now
    poll.save(update_fields=["closes", "archived_at"])
    if poll.recorded_at is None:
        records.write(poll, by=by)
    return poll


@transaction.atomic
def bring_back(poll: Poll) -> Poll:
    """Put an archived poll back on the list, closed as it was."""
    poll = records.locked(poll)
    if not poll.archived_at:
        raise TransitionRefused("It isn't archived.")
    poll.archived_at = None
    poll.save(update_fields=["archived_at"])
    return poll


@transaction.atomic
def reword(
    poll: Poll,
    *,
    question: str,
    choices: Mapping[int, str],
    reason: str,
    by: User | None = None,
) -> list[Rewording]:
    """Correct the wording of a poll that has ballots, keeping the old one on record.

    ``choices``: primary key → text. A closed poll gets another record, with the new wording.
    """
    poll = records.locked(poll)
    rows: list[tuple[Choice | None, str, str]] = [(None, poll.question, question)]
    rows += [(row, row.text, choices.get(row.pk, row.text)) for row in poll.choices.all()]
    told: dict[str, Any] = {"poll": poll, "reason": reason, "by": by, "at": timezone.now()}
    changed = [
        Rewording(choice=choice, before=old, after=new, **told)
        for choice, old, new in rows
        if old != new
    ]
    if not changed:
        raise TransitionRefused("Nothing is worded differently.")
    _apply(poll, changed)
    if poll.recorded_at:
        records.write(poll, by=by)
    return changed


def _apply(poll: Poll, changed: list[Rewording]) -> None:
    """On record first, which is when the database lets the wording change."""
    for rewording in changed:
        rewording.save()
        if rewording.choice is None:
            poll.question = rewording.after
        else:
            rewording.choice.text = rewording.after
            rewording.choice.save(update_fields=["text"])
    poll.reworded = True
    poll.save(update_fields=["question", "reworded"])


@transaction.atomic
def decide(
    poll: Poll,
    network: bytes,
    verdict: str,
    *,
    reason: str,
    by: User | None = None,
    instead_of: Decision | None = None,
) -> Decision:
    """Accept or exclude held ballots of one network: those that wait, or an earlier decision's.

    The earlier one stays on record. A closed poll gets another record.
    """
    poll = records.locked(poll)
    ballots = poll.ballots.filter(network=network, held=True, decision=instead_of)
    number = ballots.count()
    if not number:
        raise TransitionRefused("Somebody has decided on them meanwhile.")
    decision = Decision.objects.create(
        poll=poll,
        network=network,
        verdict=verdict,
        reason=reason,
        by=by,
        at=timezone.now(),
        ballots_decided=number,
    )
    ballots.update(decision=decision)
    if poll.recorded_at:
        records.write(poll, by=by)
    return decision
