"""The newsroom's own user model, what staff sign, and keys for networks."""

import secrets
from datetime import UTC, date, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone

#: For so long a hash of a network can be told from another.
KEEP_NETWORK_KEYS = timedelta(days=30)


def new_network_key() -> bytes:
    """Random bytes."""
    return secrets.token_bytes(32)


class User(AbstractUser):
    """A member of staff; readers have no account."""

    def __str__(self) -> str:
        return self.get_full_name() or self.get_username()


class StaffAction(models.Model):
    """Something that a member of staff did, on record for good.

    The name is kept beside the account, which may go.
    """

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the name."""
        if self.by is not None and not self.by_name:
            self.by_name = str(self.by)
        super().save(*args, **kwargs)


class NetworkKeyManager(models.Manager["NetworkKey"]):
    """Keys come with the first need of a day, and go."""

    def of(self, day: date) -> bytes:
        """The day's key, made now if nobody needed it before; old ones are destroyed then."""
        row, created = self.get_or_create(day=day)
        if created:
            self.destroy_old()
        return bytes(row.key)

    def destroy_old(self) -> int:
        """Destroy the keys of more than 30 days ago; the number of them."""
        oldest = timezone.now().astimezone(UTC).date() - KEEP_NETWORK_KEYS
        destroyed, _ = self.filter(day__lt=oldest).delete()
        return destroyed


class NetworkKey(models.Model):
    """What hashes of networks are keyed with for one day, in UTC.

    Without it a hash says nothing any more. See ``newsroom.security.network_hash``.
    """

    day = models.DateField(primary_key=True)
    key = models.BinaryField(max_length=32, default=new_network_key)

    objects: ClassVar[NetworkKeyManager] = NetworkKeyManager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Network key of {self.day}"


class SiteVersion(models.Model):
    """A name for what the site's pages show, which the database changes with them.

    Usually one row; where several transactions commit at once, each writes one of its own, and
    the names of all together are the site version. See ``newsroom.page_cache.site_version``.
    """

    name = models.CharField(max_length=32)
    changed_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
