"""Signed tokens for links and forms, each valid for one purpose only.

The content of a token is signed, not encrypted, so it holds no address. Tokens signed with a
former SECRET_KEY stay valid while that key is in SECRET_KEY_FALLBACKS.
"""

from datetime import timedelta
from enum import Enum
from typing import Any

from django.core import signing


class Purpose(Enum):
    """The purpose of a token, used as its salt; each comment names the token's content."""

    #: Confirm a sign-up: the number of its consent event.
    CONFIRM = "confirm"
    #: Unsubscribe: subject, primary key of the newsletter.
    UNSUBSCRIBE = "unsubscribe"
    #: A subscriber's own page: subject.
    MANAGE = "manage"
    #: Confirm a change of address, at the old or at the new address: its primary key.
    CHANGE_AT_OLD = "change-at-old"
    CHANGE_AT_NEW = "change-at-new"
    #: The versions that a sign-up form displays, with its page and placement.
    FORM = "form"
    #: The policies that a form displays: two primary keys.
    POLICIES = "policies"


#: How long a sign-up or a change of address can be confirmed.
CONFIRMATION_MAX_AGE = timedelta(days=7)
#: How long a token is valid; None: no limit.
MAX_AGE: dict[Purpose, timedelta | None] = {
    Purpose.CONFIRM: CONFIRMATION_MAX_AGE,
    Purpose.UNSUBSCRIBE: None,
    Purpose.MANAGE: timedelta(days=30),
    Purpose.CHANGE_AT_OLD: CONFIRMATION_MAX_AGE,
    Purpose.CHANGE_AT_NEW: CONFIRMATION_MAX_AGE,
    # Forms are refused by the versions that they display, not by their age.
    Purpose.FORM: None,
    Purpose.POLICIES: None,
}


class BadToken(Exception):
    """The token was not made here, was changed, or has another purpose."""


class ExpiredToken(BadToken):
    """The token was valid once; ``content`` is its content."""

    def __init__(self, content: Any) -> None:
        super().__init__("expired")
        self.content = content


def signer(purpose: Purpose) -> signing.TimestampSigner:
    """Return the signer of tokens with this purpose."""
    return signing.TimestampSigner(sep=".", salt=f"newsletter.{purpose.value}")


def make(purpose: Purpose, content: Any) -> str:
    """Return a token with ``content`` (a JSON value), safe for use in a URL."""
    return signer(purpose).sign_object(content)


def read(purpose: Purpose, token: str) -> Any:
    """Return the content of a token. Raises :class:`BadToken` or :class:`ExpiredToken`."""
    own_signer, limit = signer(purpose), MAX_AGE[purpose]
    try:
        return own_signer.unsign_object(token, max_age=limit)
    except signing.SignatureExpired:
        raise ExpiredToken(own_signer.unsign_object(token)) from None
    except (signing.BadSignature, ValueError) as error:
        raise BadToken("no such token") from error
