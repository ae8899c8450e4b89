"""Changes of a poll's state and wording, and decisions on held ballots.

Each function locks the poll's row first, so that it waits for ballots that are being inserted.
It raises TransitionRefused where the poll's state doesn't allow the change.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from newsroom.desk.transitions import TransitionRefused
from newsroom.models import User
from polls import closing_records, tasks
from polls.models import Choice, ClosingRecord, Decision, Poll, Rewording


@transaction.atomic
def close(poll: Poll, *, by: User | None = None) -> ClosingRecord:
    """End voting now, and write the closing record."""
    poll = closing_records.lock_poll(poll)
    if poll.state() != Poll.State.OPEN:
        raise TransitionRefused("It isn't open.")
    poll.closes = timezone.now()
    poll.save(update_fields=["closes"])
    return closing_records.write(poll, by=by)


@transaction.atomic
def reopen(poll: Poll, *, closes: datetime | None = None) -> Poll:
    """Let readers vote again, until ``closes`` or until further notice.

    The closing record stays; the next closing adds another one.
    """
    poll = closing_records.lock_poll(poll)
    if poll.archived_at:
        raise TransitionRefused("It is archived. Unarchive it first.")
    if poll.state() != Poll.State.CLOSED:
        raise TransitionRefused("It isn't closed.")
    if closes is not None and closes <= timezone.now():
        raise TransitionRefused("That moment has passed. Choose a later one.")
    if poll.recorded_at is None:
        closing_records.write(poll, by=None)
    poll.recorded_at, poll.closes = None, closes
    poll.save(update_fields=["recorded_at", "closes"])
    tasks.schedule_record(poll)
    return poll


@transaction.atomic
def archive(poll: Poll, *, by: User | None = None) -> Poll:
    """Take a poll off the list, and close it if it is open. Its page stays."""
    poll = closing_records.lock_poll(poll)
    if poll.archived_at:
        raise TransitionRefused("It is archived already.")
    now = timezone.now()
    if poll.state(now) == Poll.State.OPEN:
        poll.closes = now
    poll.archived_at = now
    poll.save(update_fields=["closes", "archived_at"])
    if poll.recorded_at is None:
        closing_records.write(poll, by=by)
    return poll


@transaction.atomic
def unarchive(poll: Poll) -> Poll:
    """Put an archived poll back on the list. It stays closed."""
    poll = closing_records.lock_poll(poll)
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
    """Correct the wording of a poll that has ballots; the old wording stays on record.

    ``choices`` maps the primary key of a choice to its text. A closed poll gets another closing
    record, with the new wording.
    """
    poll = closing_records.lock_poll(poll)
    texts: list[tuple[Choice | None, str, str]] = [(None, poll.question, question)]
    texts += [
        (choice, choice.text, choices.get(choice.pk, choice.text)) for choice in poll.choices.all()
    ]
    common: dict[str, Any] = {"poll": poll, "reason": reason, "by": by, "at": timezone.now()}
    rewordings = [
        Rewording(choice=choice, before=before, after=after, **common)
        for choice, before, after in texts
        if before != after
    ]
    if not rewordings:
        raise TransitionRefused("Nothing is worded differently.")
    _save_rewordings(poll, rewordings)
    if poll.recorded_at:
        closing_records.write(poll, by=by)
    return rewordings


def _save_rewordings(poll: Poll, rewordings: list[Rewording]) -> None:
    """Save each rewording, then the text: the database requires this order."""
    for rewording in rewordings:
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
    """Accept or exclude the held ballots of one network.

    These are the ballots without a decision or, with ``instead_of``, those that this earlier
    decision was about; it stays on record. A closed poll gets another closing record.
    """
    poll = closing_records.lock_poll(poll)
    ballots = poll.ballots.filter(network=network, held=True, decision=instead_of)
    number = ballots.count()
    if not number:
        raise TransitionRefused("Somebody else has decided on them in the meantime.")
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
        closing_records.write(poll, by=by)
    return decision
