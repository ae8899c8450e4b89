"""Records that are never changed: results of closed polls, and corrections of wordings."""

from django.db import models

from newsroom.models import StaffAction
from polls.models.poll import Choice, Poll


class ClosingRecord(StaffAction):
    """The result of a closed poll; readers get the last one.

    A poll gets another one when it is closed again after reopening, and when its wording is
    corrected or held ballots are decided on after closing. ``document`` is canonical JSON (sorted
    keys, no spaces), described in ``polls.closing_records``; ``digest`` is its SHA-256 in hex.
    ``by`` is empty if the poll closed at its closing time.
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
    """A correction of a question or a choice after the first ballot."""

    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="rewordings")
    choice = models.ForeignKey(
        Choice,
        null=True,
        on_delete=models.PROTECT,
        related_name="rewordings",
        help_text="Empty if the question was corrected.",
    )
    before = models.CharField(max_length=200)
    after = models.CharField(max_length=200)
    reason = models.CharField(max_length=300)

    class Meta:
        ordering = ["-at", "-id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"“{self.before}” became “{self.after}”"
