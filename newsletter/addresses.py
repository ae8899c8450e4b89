"""E-mail addresses: what is one, which are the same, and how they are kept from view."""

import re

from django.conf import settings
from django.utils.crypto import salted_hmac
from email_validator import EmailNotValidError, validate_email

#: Characters of an address, in the form in which it is stored (RFC 5321, 4.5.3.1.3).
MAX_LENGTH = 254
_SALT = "newsletter.address"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class NoAddress(ValueError):
    """What was typed is not an address; the text says so to the reader."""


def normalised(typed: str) -> str:
    """The address as it is stored: the domain in lower case and in ASCII (IDNA).

    What is before the “@” stays as it was typed: no dot and no tag is taken away, since they may
    make another mailbox. Raises :class:`NoAddress`.
    """
    if _CONTROL.search(typed):
        raise NoAddress("An address is one line of plain characters.")
    if len(typed) > MAX_LENGTH + 2:  # before anything is made of it
        raise NoAddress(f"That is too long for an address: {MAX_LENGTH} characters at most.")
    try:
        found = validate_email(
            typed.strip(" "), check_deliverability=False, allow_smtputf8=False
        ).ascii_email
    except EmailNotValidError as error:
        raise NoAddress(
            "That is not a whole e-mail address; it looks like name@example.org."
        ) from error
    if found is None or len(found) > MAX_LENGTH:
        raise NoAddress(f"That is too long for an address: {MAX_LENGTH} characters at most.")
    return found


def key(address: str) -> str:
    """What two spellings of one address share: case means nothing to any mail host known."""
    return address.lower()


def masked(address: str) -> str:
    """“r•••@e•••.org”: enough for those who know it, too little for those who don't.

    A domain may be a person's name too.
    """
    local, _, domain = address.rpartition("@")
    name, _, ending = domain.rpartition(".")
    return f"{local[:1]}•••@{name[:1]}•••.{ending}"


def keyed_hashes(address: str) -> list[bytes]:
    """Stand-ins for an address, under the site's present key and then its former ones (32 bytes).

    What is stored is the first; what is looked for may be any, so that a changed SECRET_KEY
    forgets nothing.
    """
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [
        salted_hmac(_SALT, key(address), secret=secret, algorithm="sha256").digest()
        for secret in keys
    ]
