"""Ballots, and the decisions about those that were held back."""

from django.db import models

from newsroom.models import StaffAction
from polls.models.poll import MAX_CHOICES, Poll

#: Bytes of the hashes that stand for a voter and for a network.
HASH_LENGTH = 16


class Decision(StaffAction):
    """Whether ballots that were held back count, and why."""

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", "Accepted: they count"
        EXCLUDED = "excluded", "Excluded: they don't count"

    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="decisions")
    network = models.BinaryField(max_length=HASH_LENGTH)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.CharField(max_length=300)
    ballots_decided = models.PositiveIntegerField()

    class Meta:
        ordering = ["-at", "-id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.ballots_decided} ballots {self.verdict}: {self.reason}"


class Ballot(models.Model):
    """One reader's vote in one poll. Inserted, and never changed or deleted.

    ``voter`` is an HMAC of the reader's random id with the poll's own key; ``network`` a hash of
    the client's address under a key that is destroyed after 30 days. Nothing else says who.
    """

    # The unique constraint's index serves the key, and the count's the decisions.
    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="ballots", db_index=False)
    voter = models.BinaryField(max_length=HASH_LENGTH)
    choices = models.CharField(
        # Primary keys of up to twenty choices.
        max_length=MAX_CHOICES * 20,
        help_text="Primary keys of the choices, ascending, with commas between.",
    )
    cast_at = models.DateTimeField()
    network = models.BinaryField(max_length=HASH_LENGTH)
    held = models.BooleanField(help_text="Too many came from one network in an hour.")
    decision = models.ForeignKey(
        Decision, null=True, on_delete=models.PROTECT, related_name="ballots", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["poll", "voter"], name="ballot_one_a_reader"),
            models.CheckConstraint(
                condition=models.Q(decision=None) | models.Q(held=True),
                name="ballot_decided_only_if_held",
            ),
        ]
        indexes = [
            # All that counting reads, so that it never visits the table.
            models.Index(fields=["poll", "held", "decision", "choices"], name="ballot_count"),
            models.Index(fields=["poll", "network", "cast_at"], name="ballot_network"),
        ]
        permissions = [("review_ballots", "Can accept or exclude ballots that are held back")]
        default_permissions = ()

    def __str__(self) -> str:
        return f"Ballot {self.pk}"
