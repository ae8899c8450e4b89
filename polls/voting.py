"""Casting a reader's vote, from the cookie to the ballot."""

import functools
import hmac
import secrets
import time
from collections.abc import Sequence
from datetime import timedelta
from enum import Enum

from django.conf import settings
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from newsroom.security.client_address import client_address
from newsroom.security.network_hash import network_hashes
from polls.ballot_insertion import PendingBallot, insert_ballot
from polls.models import Ballot, Poll
from polls.models.ballot import HASH_LENGTH

#: The reader's cookie. The first vote sets it; browsers send it to the polls' addresses only.
COOKIE_NAME = "reader"
COOKIE_SALT = "polls.reader"
COOKIE_AGE = timedelta(days=400)  # browsers keep none for longer
#: The period in which ballots of one network are counted for its limit.
NETWORK_LIMIT_PERIOD = timedelta(hours=1)
#: Seconds for which ``cached_poll`` keeps a poll.
POLL_CACHE_SECONDS = 2


class Outcome(Enum):
    """The outcome of a vote."""

    COUNTED = "counted"
    #: This reader has voted before; nothing was stored.
    REPEATED = "repeated"
    #: Voting is over; nothing was stored.
    CLOSED = "closed"


def reader_id(request: HttpRequest) -> str | None:
    """Return the random id in the reader's cookie; None for no cookie or a forged one."""
    reader: str | None = request.get_signed_cookie(COOKIE_NAME, default=None, salt=COOKIE_SALT)
    return reader


def set_reader_cookie(response: HttpResponse) -> None:
    """Give the reader a new random id, which is stored and logged nowhere."""
    response.set_signed_cookie(
        COOKIE_NAME,
        secrets.token_urlsafe(16),
        salt=COOKIE_SALT,
        max_age=COOKIE_AGE,
        path=reverse("polls:list"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def cached_poll(slug: str) -> Poll:
    """Return a poll with its choices, as it was up to two seconds ago.

    This is enough for taking a vote, since the database checks each ballot against the stored
    poll. Raises Poll.DoesNotExist.
    """
    return _poll_of_period(slug, int(time.monotonic() // POLL_CACHE_SECONDS))


@functools.lru_cache(maxsize=64)
def _poll_of_period(slug: str, period: int) -> Poll:
    """Read a poll once in each period of time, given by number."""
    return Poll.objects.prefetch_related("choices").get(slug=slug)


def clear_cached_polls() -> None:
    """Have ``cached_poll`` read every poll again."""
    _poll_of_period.cache_clear()


def voter_hash(poll: Poll, reader: str) -> bytes:
    """Return the hash that identifies a reader in one poll; it differs from poll to poll."""
    return hmac.digest(bytes(poll.key), reader.encode(), "sha256")[:HASH_LENGTH]


def find_ballot(poll: Poll, reader: str | None) -> Ballot | None:
    """Return the ballot that a reader, given by id, has cast in a poll."""
    if reader is None:
        return None
    return poll.ballots.filter(voter=voter_hash(poll, reader)).first()


def cast(poll: Poll, choices: Sequence[int], reader: str, request: HttpRequest) -> Outcome:
    """Cast a reader's ballot for choices, given by primary key.

    One SQL statement inserts the ballot and decides whether it is held. The database makes sure
    that the reader hasn't voted before, that the poll is open and that the choices belong to it.
    """
    now = timezone.now()
    networks = network_hashes(client_address(request), now, NETWORK_LIMIT_PERIOD)
    ballot = PendingBallot(
        poll=poll.pk,
        voter=voter_hash(poll, reader),
        choices=",".join(map(str, sorted(choices))),
        cast_at=now,
        networks=(networks[0], networks[-1]),
        limit_since=now - NETWORK_LIMIT_PERIOD,
        limit=settings.POLL_BALLOTS_PER_NETWORK,
    )
    try:
        insert_ballot(ballot)
    except IntegrityError:
        if find_ballot(poll, reader) is not None:
            return Outcome.REPEATED
        if Poll.objects.open().filter(pk=poll.pk).exists():
            raise
        return Outcome.CLOSED
    return Outcome.COUNTED
