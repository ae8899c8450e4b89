"""Messages that wait to be sent, and those that were."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from newsletter import addresses
from newsletter.models.consent import ConsentEvent
from newsletter.models.newsletter import Newsletter
from newsletter.models.subscriber import ADDRESS_HASH_LENGTH, AddressChange, Subscriber

#: How long after each failure the next try comes; after the last one nothing is tried any more.
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 20, 60, 180, 360, 720, 1440))
#: A message of one kind to one address and about one newsletter comes no sooner than this.
SOONEST = timedelta(minutes=10)
#: And no more often than this in a day.
MOST_IN_A_DAY = 3


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages by what is to be done with them."""

    def unsent(self) -> Self:
        """Still to be sent."""
        return self.filter(sent_at=None, given_up=False)

    def due(self, at: datetime | None = None) -> Self:
        """Those that nobody is sending at the moment and whose time has come, oldest first."""
        now = at or timezone.now()
        free = Q(claimed_until=None) | Q(claimed_until__lte=now)
        return self.unsent().filter(free, due_at__lte=now).order_by("due_at", "pk")

    def asked_for(self, address: str, newsletter: Newsletter | None) -> Self:
        """Those that somebody who knows an address can cause, for one newsletter or for none."""
        return self.filter(
            kind__in=Message.ON_DEMAND,
            recipient__in=addresses.keyed_hashes(address),
            newsletter=newsletter,
        )

    def soonest(self, address: str, newsletter: Newsletter | None) -> datetime | None:
        """When the next one may be caused; None: now."""
        now = timezone.now()
        day = timedelta(days=1)
        times = list(
            self.asked_for(address, newsletter)
            .filter(created_at__gt=now - day)
            .order_by("-created_at")
            .values_list("created_at", flat=True)[:MOST_IN_A_DAY]
        )
        waits = [times[0] + SOONEST] if times else []
        if len(times) == MOST_IN_A_DAY:
            waits.append(times[-1] + day)
        latest = max(waits, default=now)
        return latest if latest > now else None


class Message(models.Model):
    """A message to a subscriber, written when it is sent: it holds no text and no address."""

    class Kind(models.TextChoices):
        CONFIRM = "confirm", "Please confirm"
        SUBSCRIBED_ALREADY = "subscribed_already", "Subscribed already"
        RECEIPT = "receipt", "Receipt"
        LINK = "link", "A new link"
        CHANGE_AT_OLD = "change_at_old", "Change of address, to the old one"
        CHANGE_AT_NEW = "change_at_new", "Change of address, to the new one"

    #: What anybody can cause who knows an address.
    ON_DEMAND = (Kind.CONFIRM, Kind.SUBSCRIBED_ALREADY, Kind.LINK, Kind.CHANGE_AT_NEW)

    kind = models.CharField(max_length=20, choices=Kind.choices)
    #: Gone where the person was erased; then nothing is sent.
    subscriber = models.ForeignKey(
        Subscriber, null=True, on_delete=models.SET_NULL, related_name="messages"
    )
    newsletter = models.ForeignKey(
        Newsletter, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    event = models.ForeignKey(
        ConsentEvent, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    change = models.ForeignKey(
        AddressChange, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    recipient = models.BinaryField(max_length=ADDRESS_HASH_LENGTH)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    given_up = models.BooleanField(default=False)

    objects: ClassVar[MessageQuerySet] = MessageQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["recipient", "created_at"], name="message_recipient"),
            models.Index(
                fields=["due_at"],
                condition=Q(sent_at=None, given_up=False),
                name="message_due",
            ),
        ]

    def __str__(self) -> str:
        return f"Message {self.pk}: {self.get_kind_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep whom it goes to as a hash, and when it was caused."""
        if self._state.adding:
            now = timezone.now()
            self.created_at = self.created_at or now
            self.due_at = self.due_at or now
            self.recipient = addresses.keyed_hashes(self.address)[0]
        super().save(*args, **kwargs)

    @property
    def address(self) -> str:
        """Where it goes; "" if the person, or the change, is gone."""
        if self.kind == self.Kind.CHANGE_AT_NEW:
            return self.change.address if self.change else ""
        return self.subscriber.address if self.subscriber else ""
