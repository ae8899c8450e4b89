"""Who signed up to what, and the forms that came in."""

import uuid
from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from newsletter import addresses
from newsletter.models.newsletter import Newsletter
from newsroom.models import StaffAction

#: Bytes of the keyed hash that stands for an address.
ADDRESS_HASH_LENGTH = 32


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    """Subscribers by what may be sent to them."""

    def getting(self, newsletter: Newsletter) -> "SubscriberQuerySet":
        """Those who confirmed that they want a newsletter, and may be written to."""
        wanted = Q(
            subscriptions__newsletter=newsletter,
            subscriptions__state=Subscription.State.CONFIRMED,
        )
        return self.filter(wanted, suppression=None)


class Subscriber(models.Model):
    """A person's address; all that is known of the person but what the evidence holds.

    It goes when the person is erased; the ledger keeps ``subject``, which is random.
    """

    subject = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    address = models.CharField(max_length=addresses.MAX_LENGTH)
    #: The address in lower case: no two subscribers differ in that only.
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
        """Without the address: this stands in the admin's log and messages, which stay."""
        return f"Subscriber {str(self.subject)[:8]}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the key beside the address."""
        self.address_key = addresses.key(self.address)
        super().save(*args, **kwargs)

    @property
    def masked_address(self) -> str:
        """Enough to recognise it by, and no more."""
        return addresses.masked(self.address)


class Subscription(models.Model):
    """What a subscriber has to do with one newsletter."""

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
    #: When it began to wait: what was asked for before that can't be confirmed any more.
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

    def of(self, address: str) -> "Suppression | None":
        """The one that holds for an address."""
        return self.filter(address_hash__in=addresses.keyed_hashes(address)).first()


class Suppression(StaffAction):
    """An address that nothing is sent to, known by a keyed hash: erasing leaves it standing."""

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
    """Another address for a subscriber, confirmed at both before it counts."""

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
        """The new one."""
        return addresses.masked(self.address)


class SignUpQuerySet(models.QuerySet["SignUp"]):
    """Forms by what is to be done with them."""

    def waiting(self) -> Self:
        """Those that nobody has looked at."""
        return self.filter(outcome=SignUp.Outcome.WAITING)

    def due(self, at: datetime | None = None) -> Self:
        """Those whose turn it is, the oldest first."""
        return self.waiting().filter(due_at__lte=at or timezone.now()).order_by("due_at", "pk")


class SignUp(models.Model):
    """A form as it came in. Taking it costs the same whoever's address is in it.

    Looking at it is the task's work. Afterwards ``document``, the personal part, is emptied;
    what stays for a while is how many came from a network, and what came of them.
    """

    class Outcome(models.TextChoices):
        WAITING = "waiting", "Waiting to be looked at"
        REQUESTED = "requested", "Confirmation sent"
        SUBSCRIBED_ALREADY = "subscribed", "Subscribed already"
        TOO_SOON = "too_soon", "A message was sent lately"
        SUPPRESSED = "suppressed", "Address suppressed"
        TOO_MANY = "too_many", "Too many from one network, or in all"
        TRAPPED = "trapped", "Sent by a machine"

    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="sign_ups")
    received_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="Later than received where too many came at once.")
    network = models.BinaryField(max_length=16)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.WAITING)
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
