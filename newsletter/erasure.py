"""Erase a subscriber, also from a restored backup.

Restoring a backup brings back the subscribers who were erased after it was made. So each erasure
is recorded, with the subscriber's random id and the time, in a file outside the database
(``ERASURES_FILE``). Code that sends or exports calls :func:`erase_again` first, which erases
restored subscribers again.
"""

import fcntl
import functools
import json
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from newsletter import addresses, ledger
from newsletter.ledger import SYSTEM, EventActor, EventSource, Kind
from newsletter.models import ConsentEvent, Evidence, Message, SignUp, Subscriber

#: The number of ids that one query looks for.
CHUNK_SIZE = 500


@transaction.atomic
def erase(
    subscriber: Subscriber,
    *,
    by: EventActor,
    where: EventSource,
    reason: str = "",
    recorded_at: datetime | None = None,
) -> ConsentEvent:
    """Delete everything that identifies a subscriber; the ledger keeps a random id.

    A suppression stays, since it is a keyed hash and the person asked for it. Sent messages keep
    a keyed hash for thirty days, which their limits need. ``recorded_at``: when the erasure was
    recorded in the file, if it was.
    """
    ledger.lock()
    # Recorded first: if something below fails, the subscriber is erased by `erase_again`.
    erased_at = recorded_at or record_erasure(subscriber.subject)
    event = ledger.append(Kind.ERASED, subscriber.subject, by=by, where=where, reason=reason)
    Evidence.objects.filter(event__subject=subscriber.subject).delete()
    Message.objects.unsent().filter(subscriber=subscriber).delete()
    _delete_queued_sign_ups(subscriber, until=erased_at)
    subscriber.delete()
    return event


def _delete_queued_sign_ups(subscriber: Subscriber, *, until: datetime) -> None:
    """Delete queued sign-ups with this address; those received later are a new request."""
    for sign_up in SignUp.objects.queued().filter(received_at__lte=until):
        typed = json.loads(sign_up.document)["evidence"]["address"]
        if addresses.comparison_key(addresses.normalise(typed)) == subscriber.address_key:
            sign_up.delete()


def record_erasure(subject: UUID) -> datetime:
    """Write the id and the time to the file, and flush it to the disk; return the time."""
    now = timezone.now()
    path = Path(settings.ERASURES_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Readable by its owner only; locked, because several processes may write.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(f"{subject} {ledger.timestamp(now)}\n")
        file.flush()
        os.fsync(file.fileno())
    return now


def recorded_erasures() -> Mapping[UUID, datetime]:
    """Return the time of every recorded erasure, by subject."""
    path = Path(settings.ERASURES_FILE)
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return {}
    return _read(path, size)


@functools.lru_cache(maxsize=1)
def _read(path: Path, size: int) -> Mapping[UUID, datetime]:
    """Return the file's content, cached until the file's size changes."""
    return dict(_lines(path.read_text("ascii", "replace")))


def _lines(text: str) -> Iterator[tuple[UUID, datetime]]:
    """Yield the id and the time of each line; skip incomplete lines."""
    for line in text.splitlines():
        subject, _, moment = line.partition(" ")
        try:
            yield UUID(subject), datetime.fromisoformat(moment)
        except ValueError:
            continue


def was_erased(subscriber: Subscriber) -> bool:
    """Whether the subscriber was erased before, and was restored from a backup."""
    return subscriber.subject in recorded_erasures()


def erase_again() -> int:
    """Erase the subscribers that a restored backup has brought back; return their number."""
    erasures = recorded_erasures()
    subjects, erased = sorted(erasures), 0
    for begin in range(0, len(subjects), CHUNK_SIZE):
        restored = Subscriber.objects.filter(subject__in=subjects[begin : begin + CHUNK_SIZE])
        for subscriber in restored:
            recorded_at = erasures[subscriber.subject]
            where = EventSource("restored backup")
            erase(subscriber, by=SYSTEM, where=where, recorded_at=recorded_at)
            erased += 1
    return erased
