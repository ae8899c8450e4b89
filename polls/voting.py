"""A reader's vote, from the cookie to the ballot."""

import functools
import hmac
import secrets
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum

from django.conf import settings
from django.db import IntegrityError, connection
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from newsroom.security.client_address import client_address
from newsroom.security.network_hash import network_hashes
from polls import ballot_box
from polls.models import Ballot, Poll
from polls.models.ballot import HASH_LENGTH

#: Set by the first vote, sent to the polls' own addresses only.
COOKIE = "reader"
SALT = "polls.reader"
COOKIE_AGE = timedelta(days=400)  # browsers keep none for longer
#: The span in which ballots of one network are counted.
HOUR = timedelta(hours=1)
#: For so many seconds votes are taken for a poll as it was read.
KEEP = 2


class Outcome(Enum):
    """What came of a vote."""

    COUNTED = "counted"
    #: This reader has voted already; nothing was stored.
    REPEATED = "repeated"
    #: Voting is over; nothing was stored.
    CLOSED = "closed"


def reader_of(request: HttpRequest) -> str | None:
    """The random id in the reader's cookie; None without one, or where somebody made it up."""
    reader: str | None = request.get_signed_cookie(COOKIE, default=None, salt=SALT)
    return reader


def introduce(response: HttpResponse) -> None:
    """Give the reader a random id, which no table and no log knows."""
    response.set_signed_cookie(
        COOKIE,
        secrets.token_urlsafe(16),
        salt=SALT,
        max_age=COOKIE_AGE,
        path=reverse("polls:list"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def kept_poll(slug: str) -> Poll:
    """A poll with its choices, as it was up to two seconds ago; raises ``Poll.DoesNotExist``.

    Good enough to take a vote, which the database checks against the poll as it is; what it
    refuses is looked at again with the poll as it is.
    """
    return _read_poll(slug, int(time.monotonic() // KEEP))


@functools.lru_cache(maxsize=64)
def _read_poll(slug: str, span: int) -> Poll:
    """Read once in a span of time."""
    return Poll.objects.prefetch_related("choices").get(slug=slug)


def voter(poll: Poll, reader: str) -> bytes:
    """What stands for a reader in one poll, and can't be joined with any other poll."""
    return hmac.digest(bytes(poll.key), reader.encode(), "sha256")[:HASH_LENGTH]


def ballot_of(poll: Poll, reader: str | None) -> Ballot | None:
    """The ballot that a reader has cast."""
    if reader is None:
        return None
    return poll.ballots.filter(voter=voter(poll, reader)).first()


def cast(poll: Poll, choices: Sequence[int], reader: str, request: HttpRequest) -> Outcome:
    """Cast a ballot, with one statement that decides everything.

    Whether it is held back is found by the statement itself; that the reader has not voted, that
    the poll is open and the choices are its own, the database sees to. ``choices``: primary keys.
    """
    now = timezone.now()
    networks = network_hashes(client_address(request), now, HOUR)
    named = ",".join(map(str, sorted(choices)))
    ballot = [poll.pk, voter(poll, reader), named, _moment(now), networks[0]]
    most = settings.POLL_BALLOTS_PER_NETWORK
    recent = [poll.pk, networks[0], networks[-1], _moment(now - HOUR), most - 1]
    try:
        ballot_box.put_in(ballot + recent)
    except IntegrityError:
        if ballot_of(poll, reader) is not None:
            return Outcome.REPEATED
        if Poll.objects.open().filter(pk=poll.pk).exists():
            raise
        return Outcome.CLOSED
    return Outcome.COUNTED


def _moment(moment: datetime) -> object:
    """A moment in the database's terms."""
    return connection.ops.adapt_datetimefield_value(moment)
