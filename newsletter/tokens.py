"""Signed tokens for links and forms, each good for one purpose only.

What is signed can be read by whoever has it, so there is no address in it. A former SECRET_KEY
that is listed in SECRET_KEY_FALLBACKS keeps the links alive that were signed with it.
"""

from datetime import timedelta
from enum import Enum
from typing import Any

from django.core import signing


class Purpose(Enum):
    """What a token is for; its salt."""

    #: A sign-up: the number of its event.
    CONFIRM = "confirm"
    #: A subscription: subject, newsletter.
    UNSUBSCRIBE = "unsubscribe"
    #: A subscriber's own settings: subject.
    MANAGE = "manage"
    #: A change of address, at the address that was and at the one to be: its primary key.
    CHANGE_AT_OLD = "change-at-old"
    CHANGE_AT_NEW = "change-at-new"
    #: What a form shows, and where it stands; the policies that another one shows.
    FORM = "form"
    POLICIES = "policies"


#: For so long a sign-up, or a change of address, can be confirmed.
CONFIRMABLE = timedelta(days=7)
#: Until when a token is good; None: for ever.
MAX_AGE: dict[Purpose, timedelta | None] = {
    Purpose.CONFIRM: CONFIRMABLE,
    Purpose.UNSUBSCRIBE: None,
    Purpose.MANAGE: timedelta(days=30),
    Purpose.CHANGE_AT_OLD: CONFIRMABLE,
    Purpose.CHANGE_AT_NEW: CONFIRMABLE,
    # What a form shows is judged by its versions, not by its age.
    Purpose.FORM: None,
    Purpose.POLICIES: None,
}


class BadToken(Exception):
    """Not one of ours, changed on its way, or meant for something else."""


class Expired(BadToken):
    """It was good once; ``content`` is what it said."""

    def __init__(self, content: Any) -> None:
        super().__init__("expired")
        self.content = content


def _signer(purpose: Purpose) -> signing.TimestampSigner:
    return signing.TimestampSigner(sep=".", salt=f"newsletter.{purpose.value}")


def make(purpose: Purpose, content: Any) -> str:
    """A token that says ``content`` (what JSON knows), safe in an address."""
    return _signer(purpose).sign_object(content)


def read(purpose: Purpose, token: str) -> Any:
    """What a token says. Raises :class:`BadToken`, or :class:`Expired`."""
    signer, limit = _signer(purpose), MAX_AGE[purpose]
    try:
        return signer.unsign_object(token, max_age=limit)
    except signing.SignatureExpired:
        raise Expired(signer.unsign_object(token)) from None
    except (signing.BadSignature, ValueError) as error:
        raise BadToken("no such token") from error
