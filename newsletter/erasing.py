"""Erasing a person, and keeping the person erased.

A backup that is restored brings back whoever was erased after it was made. So each erasure is
noted, by the random id alone, in a file beside the database (``ERASURES_FILE``). Whatever sends
or exports asks here first, and whoever came back is erased again.
"""

import fcntl
import functools
import json
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from newsletter import addresses, ledger
from newsletter.ledger import SYSTEM, By, Kind, Where
from newsletter.models import ConsentEvent, Evidence, Message, SignUp, Subscriber

#: Ids that are looked for at a time.
_CHUNK = 500


@transaction.atomic
def erase(subscriber: Subscriber, *, by: By, where: Where, reason: str = "") -> ConsentEvent:
    """Take away everything that leads to a person; the ledger and a random id are left.

    Not the note that nothing is to be sent to an address, if there is one: it is a keyed hash,
    and the person asked for that.
    """
    ledger.lock()
    # Noted first: if what follows fails, the person, who wants to be erased, is so later.
    _note(subscriber.subject)
    event = ledger.append(Kind.ERASED, subscriber.subject, by=by, where=where, reason=reason)
    Evidence.objects.filter(event__subject=subscriber.subject).delete()
    Message.objects.unsent().filter(subscriber=subscriber).delete()
    _forget_forms(subscriber)
    subscriber.delete()
    return event


def _forget_forms(subscriber: Subscriber) -> None:
    """Forms with this address that nobody has looked at."""
    for sign_up in SignUp.objects.waiting():
        typed = json.loads(sign_up.document)["evidence"]["address"]
        if addresses.key(addresses.normalised(typed)) == subscriber.address_key:
            sign_up.delete()


def _note(subject: UUID) -> None:
    """Write an id into the file, on the disk before this returns."""
    path = Path(settings.ERASURES_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    # For its owner's eyes only, and one line at a time, whatever processes write.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(f"{subject}\n")
        file.flush()
        os.fsync(file.fileno())


def noted() -> frozenset[UUID]:
    """Everybody who was ever erased here."""
    path = Path(settings.ERASURES_FILE)
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return frozenset()
    return _read(path, size)


@functools.lru_cache(maxsize=1)
def _read(path: Path, size: int) -> frozenset[UUID]:
    """Read again once it has grown; a line that was not finished is no id."""
    return frozenset(_ids(path.read_text("ascii", "replace")))


def _ids(text: str) -> Iterator[UUID]:
    for line in text.splitlines():
        try:
            yield UUID(line.strip())
        except ValueError:
            continue


def is_noted(subscriber: Subscriber) -> bool:
    """Whether this person was erased, and is here out of a backup."""
    return subscriber.subject in noted()


def erase_again() -> int:
    """Erase whoever a restored backup has brought back; how many there were."""
    subjects, erased = sorted(noted()), 0
    for begin in range(0, len(subjects), _CHUNK):
        back = Subscriber.objects.filter(subject__in=subjects[begin : begin + _CHUNK])
        for subscriber in back:
            erase(subscriber, by=SYSTEM, where=Where("restored backup"))
            erased += 1
    return erased
