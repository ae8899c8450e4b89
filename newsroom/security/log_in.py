"""The log-in form of staff, which limits failed attempts.

Failures are counted in the cache for 15 minutes: by account and address together, by account,
and by address. The low limit, for the pair, stops one attacker; the high limits stop many
addresses that try one account, or one address that tries many, and keep anybody from locking a
colleague out with a few wrong passwords.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac

from newsroom.security.client_address import client_address

WINDOW = 15 * 60  # seconds
#: The most failures within the window: for an account from one address, and for each alone.
PAIR_LIMIT = 10
SINGLE_LIMIT = 100


class LoginForm(AdminAuthenticationForm):
    """The admin's log-in form; above a limit it refuses the right password too."""

    def clean(self) -> dict[str, Any]:
        """Check the password and count a failure; raise ValidationError for either.

        A success does not reset the counts, or an attacker could log in to an account of their
        own between attempts.
        """
        limits = list(self._limits())
        if any(cache.get(key, 0) >= limit for key, limit in limits):
            raise ValidationError(
                "Too many attempts to log in. Try again in a quarter of an hour, or ask an "
                "administrator for a new password.",
                code="too_many_attempts",
            )
        try:
            return super().clean()
        except ValidationError:
            for key, _ in limits:
                cache.add(key, 0, WINDOW)
                with suppress(ValueError):  # the key expired after the line above
                    cache.incr(key)
            raise

    def _limits(self) -> Iterator[tuple[str, int]]:
        """Yield cache keys of counts, each with its limit."""
        account = str(self.cleaned_data.get("username", "")).casefold()
        address = client_address(self.request) if self.request else ""
        yield self._key("pair", account, address), PAIR_LIMIT
        yield self._key("account", account), SINGLE_LIMIT
        yield self._key("address", address), SINGLE_LIMIT

    @staticmethod
    def _key(*parts: str) -> str:
        # Hashed with the secret key, so that the cache holds neither names nor addresses.
        return "login:" + salted_hmac("newsroom.security.log_in", "\n".join(parts)).hexdigest()
