"""What stays on record: results of closed polls, and wordings that were corrected."""

from django.db import models

from newsroom.models import StaffAction
from polls.models.poll import Choice, Poll


class ClosingRecord(StaffAction):
    """The result of a poll when it was closed; the last one is what readers get.

    A poll that is reopened, or whose held ballots are decided on later, gets another one.
    ``document`` is canonical JSON (sorted keys, no spaces); ``digest`` its SHA-256 in hex.
    See ``polls.records`` for what it holds. ``by`` is empty where the poll closed at its time.
    """

    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="records")
    number = models.PositiveIntegerField()
    document = models.TextField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["poll", "number"], name="closing_record_number")
        ]

    def __str__(self) -> str:
        return f"Record {self.number}"


class Rewording(StaffAction):
    """A wording that was corrected while ballots were in."""

    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="rewordings")
    choice = models.ForeignKey(
        Choice,
        null=True,
        on_delete=models.PROTECT,
        related_name="rewordings",
        help_text="Empty: the question.",
    )
    before = models.CharField(max_length=200)
    after = models.CharField(max_length=200)
    reason = models.CharField(max_length=300)

    class Meta:
        ordering = ["-at", "-id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"“{self.before}” became “{self.after}”"
