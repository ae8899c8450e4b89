"""Models that all apps share: accounts of staff, their actions, network keys, site version."""

import secrets
from datetime import UTC, date, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone

#: After this time a network hash can no longer be compared with others.
NETWORK_KEY_LIFETIME = timedelta(days=30)


def new_network_key() -> bytes:
    """Return 32 random bytes."""
    return secrets.token_bytes(32)


class User(AbstractUser):
    """A member of staff; readers have no account."""

    def __str__(self) -> str:
        return self.get_full_name() or self.get_username()


class StaffAction(models.Model):
    """An action of a member of staff, on record for good.

    The name is stored beside the account, which may be deleted.
    """

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the name of the account."""
        if self.by is not None and not self.by_name:
            self.by_name = str(self.by)
        super().save(*args, **kwargs)


class NetworkKeyManager(models.Manager["NetworkKey"]):
    """Makes the key of a day, and destroys old keys."""

    def for_day(self, day: date) -> bytes:
        """Return the key of a day; when it is made, old keys are destroyed."""
        row, created = self.get_or_create(day=day)
        if created:
            self.destroy_old()
        return bytes(row.key)

    def destroy_old(self) -> int:
        """Destroy the keys of days more than 30 days ago; return their number."""
        oldest = timezone.now().astimezone(UTC).date() - NETWORK_KEY_LIFETIME
        destroyed, _ = self.filter(day__lt=oldest).delete()
        return destroyed


class NetworkKey(models.Model):
    """The random key of network hashes for one day in UTC.

    Once it is destroyed, the day's hashes lead to no network (``newsroom.security.network_hash``).
    """

    day = models.DateField(primary_key=True)
    key = models.BinaryField(max_length=32, default=new_network_key)

    objects: ClassVar[NetworkKeyManager] = NetworkKeyManager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Network key of {self.day}"


class SiteVersion(models.Model):
    """A name that triggers change with every change of a row that pages show.

    Usually one row. Transactions that commit at the same time write a row each, and the names of
    all rows together are the site version (``newsroom.page_cache.site_version``).
    """

    name = models.CharField(max_length=32)
    changed_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
