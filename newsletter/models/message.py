"""The outbox: messages that are queued, and those that were sent."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from newsletter import addresses
from newsletter.models.consent import ConsentEvent
from newsletter.models.newsletter import Newsletter
from newsletter.models.subscriber import ADDRESS_HASH_LENGTH, AddressChange, Subscriber
from newsletter.scheduling import schedule_delivery

#: The delay before each retry; after the last one the message is given up.
RETRY_DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 20, 60, 180, 360, 720, 1440))
#: The shortest time between two on-demand messages to one address about one newsletter.
MIN_INTERVAL = timedelta(minutes=10)
#: The largest number of such messages in a day.
MAX_PER_DAY = 3


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages by what is to be done with them."""

    def queue(
        self,
        kind: "Message.Kind",
        subscriber: Subscriber,
        *,
        newsletter: Newsletter | None = None,
        event: ConsentEvent | None = None,
        change: AddressChange | None = None,
    ) -> "Message":
        """Queue a message; the delivery task sends it once the transaction is committed."""
        message = self.create(
            kind=kind, subscriber=subscriber, newsletter=newsletter, event=event, change=change
        )
        schedule_delivery()
        return message

    def unsent(self) -> Self:
        """Messages that are still to be sent."""
        return self.filter(sent_at=None, given_up=False)

    def due(self, at: datetime | None = None) -> Self:
        """Unsent messages whose time has come and that no process is sending, oldest first."""
        now = at or timezone.now()
        free = Q(claimed_until=None) | Q(claimed_until__lte=now)
        return self.unsent().filter(free, due_at__lte=now).order_by("due_at", "pk")

    def on_demand(self, address: str, newsletter: Newsletter | None) -> Self:
        """Messages to an address that anybody who knows it can request."""
        return self.filter(
            kind__in=Message.ON_DEMAND,
            recipient__in=addresses.keyed_hashes(address),
            newsletter=newsletter,
        )

    def next_allowed_at(self, address: str, newsletter: Newsletter | None) -> datetime | None:
        """Return when the next on-demand message is allowed; None: now."""
        now = timezone.now()
        day = timedelta(days=1)
        times = list(
            self.on_demand(address, newsletter)
            .filter(created_at__gt=now - day)
            .order_by("-created_at")
            .values_list("created_at", flat=True)[:MAX_PER_DAY]
        )
        waits = [times[0] + MIN_INTERVAL] if times else []
        if len(times) == MAX_PER_DAY:
            waits.append(times[-1] + day)
        latest = max(waits, default=now)
        return latest if latest > now else None


class Message(models.Model):
    """A message to a subscriber; text and address are only composed when it is sent."""

    class Kind(models.TextChoices):
        CONFIRM = "confirm", "Please confirm"
        ALREADY_SUBSCRIBED = "already_subscribed", "Already subscribed"
        RECEIPT = "receipt", "Receipt"
        LINK = "link", "A new link"
        CHANGE_AT_OLD = "change_at_old", "Change of address, to the old one"
        CHANGE_AT_NEW = "change_at_new", "Change of address, to the new one"

    #: Messages that anybody who knows an address can request.
    ON_DEMAND = (Kind.CONFIRM, Kind.ALREADY_SUBSCRIBED, Kind.LINK, Kind.CHANGE_AT_NEW)

    kind = models.CharField(max_length=20, choices=Kind.choices)
    #: None if the person was erased; then nothing is sent.
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
        """Set the times of a new message, and the hash of its recipient's address."""
        if self._state.adding:
            now = timezone.now()
            self.created_at = self.created_at or now
            self.due_at = self.due_at or now
            self.recipient = addresses.keyed_hashes(self.address)[0]
        super().save(*args, **kwargs)

    @property
    def address(self) -> str:
        """The recipient's address; "" if the subscriber or the change was deleted."""
        if self.kind == self.Kind.CHANGE_AT_NEW:
            return self.change.address if self.change else ""
        return self.subscriber.address if self.subscriber else ""
