"""The ballot box: how ballots get into the database.

On PostgreSQL each is a statement of its own, and so are those of other voters at the same time.
SQLite has one writer at a time, and who finds another one writing sleeps for up to a tenth of a
second before looking again. So the threads of a process take turns here, and the one whose turn
it is puts in what the others have brought meanwhile: one transaction, one wait for the disk.
Nobody is answered before it is committed.
"""

import threading
from collections import deque
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import IntegrityError, connection, transaction

#: A ballot's columns, then what tells whether its network has reached its limit. Written out,
#: since Django takes longer to put it together than for all the rest of a vote.
INSERT = """
    INSERT INTO polls_ballot (poll_id, voter, choices, cast_at, network, held)
    VALUES (%s, %s, %s, %s, %s, EXISTS (
        SELECT 1 FROM polls_ballot WHERE poll_id = %s AND network IN (%s, %s) AND cast_at > %s
        LIMIT 1 OFFSET %s
    ))
"""


class _Brought:
    """A ballot that a thread has brought, and what came of it."""

    __slots__ = ("is_done", "refusal", "values")

    def __init__(self, values: Sequence[Any]) -> None:
        self.values = values
        self.is_done = False
        self.refusal: IntegrityError | None = None


_turn = threading.Lock()
_waiting: deque[_Brought] = deque()


def put_in(values: Sequence[Any]) -> None:
    """Insert a ballot, given as the parameters of ``INSERT``; returns once it is committed.

    Raises IntegrityError where the database refuses it. Within a transaction that is under way
    it becomes part of that, and a refusal doesn't spoil it.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with _on_its_own(), connection.cursor() as cursor:
            cursor.execute(INSERT, values)
        return
    own = _Brought(values)
    _waiting.append(own)
    with _turn:
        # If the transaction that another thread had taken it into has failed, it isn't done.
        if not own.is_done:
            _put_in_together([own, *_others_than(own)])
    if own.refusal is not None:
        raise own.refusal


def _others_than(own: _Brought) -> list[_Brought]:
    waiting = [_waiting.popleft() for _ in range(len(_waiting))]
    return [brought for brought in waiting if brought is not own]


def _put_in_together(ballots: Sequence[_Brought]) -> None:
    """Insert ballots in one transaction; one that is refused doesn't keep the others out."""
    refusals: list[IntegrityError | None] = []
    with transaction.atomic(), connection.cursor() as cursor:
        for ballot in ballots:
            refusals.append(None)
            try:
                cursor.execute(INSERT, ballot.values)
            except IntegrityError as refusal:  # SQLite takes back the statement, and no more
                refusals[-1] = refusal
    for ballot, refused in zip(ballots, refusals, strict=True):
        ballot.refusal = refused
        ballot.is_done = True


def _on_its_own() -> AbstractContextManager[None]:
    """A statement is a transaction already; within another one, a refusal must not spoil it."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()
