"""Subscribers, their subscriptions, and submitted sign-up forms."""

import uuid
from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from newsletter import addresses
from newsletter.models.newsletter import Newsletter
from newsletter.scheduling import schedule_delivery
from newsroom.models import StaffAction

#: Length of an address's keyed hash, in bytes.
ADDRESS_HASH_LENGTH = 32


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    """Subscribers by the messages that may be sent to them."""

    def recipients_of(self, newsletter: Newsletter) -> "SubscriberQuerySet":
        """Subscribers who have confirmed the newsletter and are not suppressed."""
        wanted = Q(
            subscriptions__newsletter=newsletter,
            subscriptions__state=Subscription.State.CONFIRMED,
        )
        return self.filter(wanted, suppression=None)


class Subscriber(models.Model):
    """A person's address. Only the evidence of consent events holds more about the person.

    The row is deleted when the person is erased; the ledger keeps ``subject``, a random id.
    """

    subject = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    address = models.CharField(max_length=addresses.MAX_LENGTH)
    #: The address in lower case: subscribers' addresses differ in more than case.
    address_key = models.CharField(max_length=addresses.MAX_LENGTH, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["Subscriber"]] = SubscriberQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        default_permissions = ("view",)
        permissions = [
            ("view_address", "Can see whole addresses"),
            ("unsubscribe_subscriber", "Can unsubscribe subscribers on request"),
            ("resend_confirmation", "Can send confirmations again"),
            ("suppress_subscriber", "Can suppress addresses, and lift that"),
            ("export_subscriber", "Can download all data on a person"),
            ("erase_subscriber", "Can erase subscribers"),
        ]

    def __str__(self) -> str:
        """Without the address: the admin's log keeps this text after an erasure."""
        return f"Subscriber {str(self.subject)[:8]}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Update ``address_key``."""
        self.address_key = addresses.comparison_key(self.address)
        super().save(*args, **kwargs)

    @property
    def masked_address(self) -> str:
        """The address, masked."""
        return addresses.mask(self.address)


class Subscription(models.Model):
    """The state of one subscriber's subscription to one newsletter."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for confirmation"
        CONFIRMED = "confirmed", "Confirmed"
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"

    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, related_name="subscriptions"
    )
    newsletter = models.ForeignKey(
        Newsletter, on_delete=models.PROTECT, related_name="subscriptions"
    )
    state = models.CharField(max_length=12, choices=State.choices)
    #: When it began to wait; sign-ups requested before that can't be confirmed any more.
    requested_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    unsubscribed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["newsletter__name"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "newsletter"], name="subscription_once"),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | ~Q(confirmed_at=None),
                name="subscription_confirmed_at",
            ),
        ]
        indexes = [models.Index(fields=["newsletter", "state"], name="subscription_state")]

    def __str__(self) -> str:
        return f"{self.newsletter}: {self.get_state_display()}"


class SuppressionManager(models.Manager["Suppression"]):
    """Suppressions by address."""

    def for_address(self, address: str) -> "Suppression | None":
        """Return the suppression of an address, if any."""
        return self.filter(address_hash__in=addresses.keyed_hashes(address)).first()


class Suppression(StaffAction):
    """An address to which nothing is sent, stored as a keyed hash; erasure keeps it."""

    address_hash = models.BinaryField(max_length=ADDRESS_HASH_LENGTH, unique=True)
    subscriber = models.OneToOneField(
        Subscriber, null=True, on_delete=models.SET_NULL, related_name="suppression"
    )
    reason = models.CharField(max_length=300)

    objects: ClassVar[SuppressionManager] = SuppressionManager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Suppressed: {self.reason}"


class AddressChange(models.Model):
    """A new address for a subscriber; it takes effect once both addresses have confirmed it."""

    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, related_name="address_changes"
    )
    address = models.CharField(max_length=addresses.MAX_LENGTH)
    created_at = models.DateTimeField()
    confirmed_at_old = models.DateTimeField(null=True)
    confirmed_at_new = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Change of address of {self.subscriber}"

    @property
    def masked_address(self) -> str:
        """The new address, masked."""
        return addresses.mask(self.address)


class SignUpQuerySet(models.QuerySet["SignUp"]):
    """Sign-ups by what is to be done with them."""

    def queue(self, **fields: Any) -> "SignUp":
        """Store a submitted form, and schedule the delivery task for its ``due_at``.

        The task is scheduled for a refused form too: the answer takes the same time.
        """
        sign_up = self.create(**fields)
        deferred = sign_up.due_at > sign_up.received_at
        schedule_delivery(sign_up.due_at if deferred else None)
        return sign_up

    def queued(self) -> Self:
        """Sign-ups that are not yet processed."""
        return self.filter(outcome=SignUp.Outcome.QUEUED)

    def due(self, at: datetime | None = None) -> Self:
        """Queued sign-ups whose time has come, oldest first."""
        return self.queued().filter(due_at__lte=at or timezone.now()).order_by("due_at", "pk")


class SignUp(models.Model):
    """A submitted sign-up form, stored in the same time whatever its address is.

    The delivery task processes it and empties ``document``, the personal part. The rest is kept
    for a while, to count the sign-ups of a network.
    """

    class Outcome(models.TextChoices):
        QUEUED = "queued", "Queued"
        REQUESTED = "requested", "Confirmation requested"
        ALREADY_SUBSCRIBED = "already_subscribed", "Already subscribed"
        TOO_SOON = "too_soon", "A message was sent recently"
        SUPPRESSED = "suppressed", "Address suppressed"
        RATE_LIMITED = "rate_limited", "Too many from one network, or in total"
        AUTOMATED = "automated", "Submitted by a program"

    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="sign_ups")
    received_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="Later than received if too many came at once.")
    network = models.BinaryField(max_length=16)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, default=Outcome.QUEUED)
    document = models.TextField(blank=True)

    objects: ClassVar[models.Manager["SignUp"]] = SignUpQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["network", "due_at"], name="sign_up_network"),
            models.Index(fields=["due_at"], name="sign_up_due"),
        ]

    def __str__(self) -> str:
        return f"Sign-up {self.pk}: {self.get_outcome_display()}"
