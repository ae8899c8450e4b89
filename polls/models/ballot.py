"""Ballots, and the decisions on held ballots."""

from django.db import models

from newsroom.models import StaffAction
from polls.models.poll import MAX_CHOICES, Poll

#: Length in bytes of the hashes of voters and networks.
HASH_LENGTH = 16


class Decision(StaffAction):
    """The decision whether held ballots of one network count, with its reason."""

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
    """One reader's vote in one poll. Apart from its decision it never changes.

    ``voter`` is an HMAC of the reader's random id with the poll's key. ``network`` is a hash of
    the client's address with a key that is destroyed after 30 days. Nothing else says who voted.
    """

    # The foreign keys need no indexes of their own: the unique constraint and ``ballot_count``
    # serve the queries.
    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="ballots", db_index=False)
    voter = models.BinaryField(max_length=HASH_LENGTH)
    choices = models.CharField(
        # Up to twenty primary keys.
        max_length=MAX_CHOICES * 20,
        help_text="Primary keys of the choices in ascending order, separated by commas.",
    )
    cast_at = models.DateTimeField()
    network = models.BinaryField(max_length=HASH_LENGTH)
    held = models.BooleanField(
        help_text="Held back, since its network had reached the limit of ballots in an hour."
    )
    decision = models.ForeignKey(
        Decision, null=True, on_delete=models.PROTECT, related_name="ballots", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["poll", "voter"], name="ballot_unique_voter"),
            models.CheckConstraint(
                condition=models.Q(decision=None) | models.Q(held=True),
                name="ballot_decided_only_if_held",
            ),
        ]
        indexes = [
            # Has all columns that counting reads, so that counting never reads the table.
            models.Index(fields=["poll", "held", "decision", "choices"], name="ballot_count"),
            models.Index(fields=["poll", "network", "cast_at"], name="ballot_network"),
        ]
        permissions = [("review_ballots", "Can accept or exclude ballots that are held back")]
        default_permissions = ()

    def __str__(self) -> str:
        return f"Ballot {self.pk}"
