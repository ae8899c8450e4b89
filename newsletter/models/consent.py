"""The consent ledger: events that are inserted only, and the evidence behind them.

See ``newsletter.ledger`` for what a document holds and how the chain is made, and
``newsletter/migrations/0002_triggers.py`` for what the database refuses.
"""

from django.db import models

from newsletter.models.newsletter import Newsletter


class ConsentEvent(models.Model):
    """Something that happened to a subscriber's agreement. Never changed, never deleted.

    ``document`` is canonical JSON; ``digest`` its SHA-256 in hex, which the next event's document
    names. The other columns repeat what the document says, to be searched by.
    """

    class Kind(models.TextChoices):
        REQUESTED = "requested", "Requested"
        CONFIRMED = "confirmed", "Confirmed"
        AGREED_AGAIN = "agreed_again", "Terms agreed again"
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
        ADDRESS_CHANGED = "address_changed", "Address changed"
        ERASED = "erased", "Erased"
        SUPPRESSED = "suppressed", "Suppressed"
        SUPPRESSION_LIFTED = "suppression_lifted", "Suppression lifted"
        LAPSED = "lapsed", "Never confirmed, removed"

    class Actor(models.TextChoices):
        READER = "reader", "The reader"
        ONE_CLICK = "one_click", "One-click unsubscription"
        STAFF = "staff", "A member of staff"
        SYSTEM = "system", "The newsroom, by itself"

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
        verbose_name = "event of consent"
        verbose_name_plural = "events of consent"
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["subject", "number"], name="consent_subject"),
            models.Index(fields=["newsletter", "kind", "at"], name="consent_newsletter"),
        ]

    def __str__(self) -> str:
        return f"Event {self.number}: {self.get_kind_display().lower()}"


class Evidence(models.Model):
    """What is personal about an event; its event's document names its digest.

    ``salt`` goes with it, so that the digest that stays tells nobody anything.
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
    """The end of the chain, in the one row whose lock appends one event after the other.

    It is also what shows that the last events were taken away.
    """

    number = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.number} events"
