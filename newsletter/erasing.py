"""Erasing a person, and keeping the person erased.

A backup that is restored brings back whoever was erased after it was made. So each erasure is
noted, by the random id and the moment, in a file beside the database (``ERASURES_FILE``).
Whatever sends or exports asks here first, and whoever came back is erased again.
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
from newsletter.ledger import SYSTEM, By, Kind, Where
from newsletter.models import ConsentEvent, Evidence, Message, SignUp, Subscriber

#: Ids that are looked for at a time.
_CHUNK = 500


@transaction.atomic
def erase(
    subscriber: Subscriber,
    *,
    by: By,
    where: Where,
    reason: str = "",
    since: datetime | None = None,
) -> ConsentEvent:
    """Take away everything that leads to a person; the ledger and a random id are left.

    Not the note that nothing is to be sent to an address, if there is one: it is a keyed hash,
    and the person asked for that. For thirty days a keyed hash also counts what was sent.
    ``since``: when it was noted already.
    """
    ledger.lock()
    # Noted first: if what follows fails, the person, who wants to be erased, is so later.
    wanted = since or _note(subscriber.subject)
    event = ledger.append(Kind.ERASED, subscriber.subject, by=by, where=where, reason=reason)
    Evidence.objects.filter(event__subject=subscriber.subject).delete()
    Message.objects.unsent().filter(subscriber=subscriber).delete()
    _forget_forms(subscriber, until=wanted)
    subscriber.delete()
    return event


def _forget_forms(subscriber: Subscriber, *, until: datetime) -> None:
    """Forms with this address that nobody has looked at; what came later is a new wish."""
    for sign_up in SignUp.objects.waiting().filter(received_at__lte=until):
        typed = json.loads(sign_up.document)["evidence"]["address"]
        if addresses.key(addresses.normalised(typed)) == subscriber.address_key:
            sign_up.delete()


def _note(subject: UUID) -> datetime:
    """Write an id into the file, on the disk before this returns; the moment beside it."""
    now = timezone.now()
    path = Path(settings.ERASURES_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    # For its owner's eyes only, and one line at a time, whatever processes write.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(f"{subject} {ledger.moment(now)}\n")
        file.flush()
        os.fsync(file.fileno())
    return now


def noted() -> Mapping[UUID, datetime]:
    """Everybody who was ever erased here, and when."""
    path = Path(settings.ERASURES_FILE)
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return {}
    return _read(path, size)


@functools.lru_cache(maxsize=1)
def _read(path: Path, size: int) -> Mapping[UUID, datetime]:
    """Read again once it has grown."""
    return dict(_lines(path.read_text("ascii", "replace")))


def _lines(text: str) -> Iterator[tuple[UUID, datetime]]:
    """Id and moment; a line that was not finished is none."""
    for line in text.splitlines():
        subject, _, moment = line.partition(" ")
        try:
            yield UUID(subject), datetime.fromisoformat(moment)
        except ValueError:
            continue


def is_noted(subscriber: Subscriber) -> bool:
    """Whether this person was erased, and is here out of a backup."""
    return subscriber.subject in noted()


def erase_again() -> int:
    """Erase whoever a restored backup has brought back; how many there were."""
    moments = noted()
    subjects, erased = sorted(moments), 0
    for begin in range(0, len(subjects), _CHUNK):
        back = Subscriber.objects.filter(subject__in=subjects[begin : begin + _CHUNK])
        for subscriber in back:
            since = moments[subscriber.subject]
            erase(subscriber, by=SYSTEM, where=Where("restored backup"), since=since)
            erased += 1
    return erased
