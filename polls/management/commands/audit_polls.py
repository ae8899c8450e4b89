"""Recount all ballots and compare the counts with the closing records."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from polls import closing_records
from polls.models import Poll


class Command(BaseCommand):
    """``manage.py audit_polls``; see :func:`polls.closing_records.audit`."""

    help = (
        "Writes the closing records that are due, recounts all ballots of all polls and reports "
        "every difference; the exit status is 1 if there is one."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        written = closing_records.write_due()
        if written:
            self.stdout.write(f"Records written: {len(written)}.")
        polls = differences = 0
        for poll in Poll.objects.order_by("pk").iterator():
            polls += 1
            if options["verbosity"] > 1:
                self.stdout.write(poll.slug)
            for difference in closing_records.audit(poll):
                differences += 1
                self.stdout.write(str(difference))
        recounted = f"{polls} poll{'' if polls == 1 else 's'} recounted"
        if differences:
            raise CommandError(f"{recounted}; differences: {differences}.")
        self.stdout.write(f"{recounted}: everything agrees.")
