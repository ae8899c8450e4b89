"""The newsroom's own user model, so that staff can grow fields later, and keys for networks."""

import secrets
from datetime import UTC, date, timedelta
from typing import ClassVar

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

    Without it a hash says nothing any more. See ``newsroom.network``.
    """

    day = models.DateField(primary_key=True)
    key = models.BinaryField(max_length=32, default=new_network_key)

    objects: ClassVar[NetworkKeyManager] = NetworkKeyManager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Network key of {self.day}"
