"""The log-in of staff: a limit to guessing.

Failures are counted in the cache for a quarter of an hour, by account and address together,
by account, and by address. The narrow limit stops somebody at a keyboard; the wide ones stop
a crowd without letting anybody lock a colleague out with a few wrong tries.
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
#: Failures within the window after which nothing is tried any more.
LIMIT_TOGETHER = 10
LIMIT_APART = 100


class LoginForm(AdminAuthenticationForm):
    """The admin's log-in form; beyond a limit it refuses the right password too."""

    def clean(self) -> dict[str, Any]:
        """Count a failure; forget none on success, or guesses could be hidden between them."""
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
                with suppress(ValueError):  # the window ended between the two
                    cache.incr(key)
            raise

    def _limits(self) -> Iterator[tuple[str, int]]:
        account = str(self.cleaned_data.get("username", "")).casefold()
        address = client_address(self.request) if self.request else ""
        yield self._key("together", account, address), LIMIT_TOGETHER
        yield self._key("account", account), LIMIT_APART
        yield self._key("address", address), LIMIT_APART

    @staticmethod
    def _key(*parts: str) -> str:
        # Hashed with the site's key: a cache is no place for addresses or names.
        return "login:" + salted_hmac("newsroom.security.log_in", "\n".join(parts)).hexdigest()
