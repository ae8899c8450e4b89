"""Insertion of ballots into the database, with one SQL statement for each ballot.

PostgreSQL takes in the ballots of several voters at the same time. SQLite has one writer at a
time, and a connection that finds it busy sleeps for up to a tenth of a second before it tries
again. There the threads of a process queue their ballots instead, and one thread at a time inserts
all queued ballots in one transaction. No voter gets an answer before the ballot is committed.

``docs/decisions/0020-votes-in-sql.md`` says why this isn't left to the ORM.
"""

import threading
from collections import deque
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

#: Inserts a ballot. ``held`` is whether the ballot's network has reached its limit.
INSERT = """
    INSERT INTO polls_ballot (poll_id, voter, choices, cast_at, network, held)
    VALUES (%s, %s, %s, %s, %s, EXISTS (
        SELECT 1 FROM polls_ballot WHERE poll_id = %s AND network IN (%s, %s) AND cast_at > %s
        LIMIT 1 OFFSET %s
    ))
"""


@dataclass(slots=True, kw_only=True)
class PendingBallot:
    """A ballot to insert and, once that was tried, the outcome."""

    #: Primary key.
    poll: int
    voter: bytes
    #: Primary keys in ascending order, with commas between them.
    choices: str
    cast_at: datetime
    #: Hashes of the voter's network: today's, and the one of the day when ``limit_since`` was.
    networks: tuple[bytes, bytes]
    #: The ballot is held if the network has cast ``limit`` ballots or more since this time.
    limit_since: datetime
    limit: int
    is_done: bool = False
    #: The error by which the database refused the ballot.
    refusal: IntegrityError | None = None

    def parameters(self) -> list[Any]:
        """Return the parameters of ``INSERT``."""
        cast_at, limit_since = (
            connection.ops.adapt_datetimefield_value(moment)
            for moment in (self.cast_at, self.limit_since)
        )
        ballot = [self.poll, self.voter, self.choices, cast_at, self.networks[0]]
        return [*ballot, self.poll, *self.networks, limit_since, self.limit - 1]


#: Held by the thread that inserts the queued ballots.
insert_lock = threading.Lock()
queue: deque[PendingBallot] = deque()


def insert_ballot(ballot: PendingBallot) -> None:
    """Insert a ballot, and return once it is committed.

    Within an open transaction the ballot becomes part of that transaction. Raises IntegrityError
    if the database refuses the ballot; an open transaction can go on after that.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with _savepoint_if_needed(), connection.cursor() as cursor:
            cursor.execute(INSERT, ballot.parameters())
        return
    queue.append(ballot)
    with insert_lock:
        # Another thread may have inserted it already. If that thread's transaction has failed,
        # the ballot is no longer queued, and not done either.
        if not ballot.is_done:
            insert_together([ballot, *_take_others(ballot)])
    if ballot.refusal is not None:
        raise ballot.refusal


def _take_others(ballot: PendingBallot) -> list[PendingBallot]:
    """Empty the queue, and return the ballots that were in it besides this one."""
    queued = [queue.popleft() for _ in range(len(queue))]
    return [other for other in queued if other is not ballot]


def insert_together(ballots: Sequence[PendingBallot]) -> None:
    """Insert ballots in one transaction; one that is refused doesn't stop the others."""
    refusals: list[IntegrityError | None] = []
    with transaction.atomic(), connection.cursor() as cursor:
        for ballot in ballots:
            refusals.append(None)
            try:
                cursor.execute(INSERT, ballot.parameters())
            except IntegrityError as refusal:  # SQLite rolls back this statement only
                refusals[-1] = refusal
    for ballot, refused in zip(ballots, refusals, strict=True):
        ballot.refusal = refused
        ballot.is_done = True


def _savepoint_if_needed() -> AbstractContextManager[None]:
    """Return a savepoint in an open transaction, so that a refusal doesn't break it."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()
