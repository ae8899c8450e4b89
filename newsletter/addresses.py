"""E-mail addresses: validate, normalise, compare, mask and hash them."""

import re

from django.conf import settings
from django.utils.crypto import salted_hmac
from email_validator import EmailNotValidError, validate_email

#: Maximum length of a stored address, in characters (RFC 5321, 4.5.3.1.3).
MAX_LENGTH = 254
_SALT = "newsletter.address"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class InvalidAddress(ValueError):
    """The input is not an e-mail address; the message is written for the reader."""


def normalise(typed: str) -> str:
    """Return the address in the form that is stored: domain in lower case and in ASCII (IDNA).

    The part before the “@” stays as typed: dots and tags are kept, because they may belong to
    another mailbox. Raises :class:`InvalidAddress`.
    """
    if _CONTROL.search(typed):
        raise InvalidAddress("An address must not contain line breaks or control characters.")
    if len(typed) > MAX_LENGTH + 2:  # don't parse very long input
        raise InvalidAddress(f"That address is too long: the limit is {MAX_LENGTH} characters.")
    try:
        found = validate_email(
            typed.strip(" "), check_deliverability=False, allow_smtputf8=False
        ).ascii_email
    except EmailNotValidError as error:
        raise InvalidAddress(
            "Enter a complete e-mail address, such as name@example.org."
        ) from error
    if found is None or len(found) > MAX_LENGTH:
        raise InvalidAddress(f"That address is too long: the limit is {MAX_LENGTH} characters.")
    return found


def comparison_key(address: str) -> str:
    """Return the form in which addresses are compared: mail hosts ignore case."""
    return address.lower()


def mask(address: str) -> str:
    """Return a masked address: “r•••@e•••.org”.

    The domain is masked too, because it may be a person's name.
    """
    local, _, domain = address.rpartition("@")
    name, _, ending = domain.rpartition(".")
    return f"{local[:1]}•••@{name[:1]}•••.{ending}"


def keyed_hashes(address: str) -> list[bytes]:
    """Return the address's hashes (32 bytes) under SECRET_KEY and each of SECRET_KEY_FALLBACKS.

    Store the first one; look for any of them, so that stored hashes survive a new SECRET_KEY.
    """
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [
        salted_hmac(_SALT, comparison_key(address), secret=secret, algorithm="sha256").digest()
        for secret in keys
    ]
