"""The consent ledger: append-only events, and their evidence.

``newsletter.ledger`` describes the documents and the chain. Triggers refuse changes and deletions
(``newsletter/migrations/0002_triggers.py``).
"""

from django.db import models

from newsletter.models.newsletter import Newsletter


class ConsentEvent(models.Model):
    """A change of a subscriber's consent. Events are never changed and never deleted.

    ``document`` is canonical JSON and ``digest`` its SHA-256 in hex, which the next event's
    document names. The other columns repeat parts of the document, for queries.
    """

    class Kind(models.TextChoices):
        REQUESTED = "requested", "Requested"
        CONFIRMED = "confirmed", "Confirmed"
        AGREED_AGAIN = "agreed_again", "Agreed to new terms"
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
        ADDRESS_CHANGED = "address_changed", "Address changed"
        ERASED = "erased", "Erased"
        SUPPRESSED = "suppressed", "Suppressed"
        SUPPRESSION_LIFTED = "suppression_lifted", "Suppression lifted"
        LAPSED = "lapsed", "Never confirmed, removed"

    class Actor(models.TextChoices):
        READER = "reader", "The reader"
        ONE_CLICK = "one_click", "One-click unsubscribe"
        STAFF = "staff", "A member of staff"
        SYSTEM = "system", "The system"

    number = models.PositiveBigIntegerField(primary_key=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    at = models.DateTimeField("when")
    subject = models.UUIDField()
    newsletter = models.ForeignKey(
        Newsletter, null=True, on_delete=models.PROTECT, related_name="events", db_index=False
    )
    document = models.TextField()
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["-number"]
        verbose_name = "consent event"
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["subject", "number"], name="consent_subject"),
            models.Index(fields=["newsletter", "kind", "at"], name="consent_newsletter"),
        ]

    def __str__(self) -> str:
        return f"Event {self.number}: {self.get_kind_display().lower()}"


class Evidence(models.Model):
    """The personal data of an event; the event's document holds its digest.

    ``salt`` is deleted with it, so that nothing can be derived from the digest that stays.
    """

    event = models.OneToOneField(
        ConsentEvent, primary_key=True, on_delete=models.PROTECT, related_name="evidence"
    )
    salt = models.BinaryField(max_length=16)
    document = models.TextField()

    class Meta:
        verbose_name_plural = "evidence"
        default_permissions = ()

    def __str__(self) -> str:
        return f"Evidence of event {self.event_id}"


class ChainHead(models.Model):
    """The end of the chain: one row, which appending an event locks.

    It also shows if the last events were deleted.
    """

    number = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.number} events"
