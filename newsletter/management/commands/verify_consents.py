"""Verify the consent ledger."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from newsletter.ledger import Verification
from newsletter.models import ConsentEvent

#: The number of events between two progress lines.
PROGRESS_INTERVAL = 10_000


class Command(BaseCommand):
    """``manage.py verify_consents``; see :class:`newsletter.ledger.Verification`."""

    help = (
        "Checks every event of the consent ledger against the event before it, its evidence and "
        "the texts that it names. Reports the first fault, with exit status 1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--includes",
            metavar="DIGEST",
            help="A digest recorded earlier: fail if no event of the chain has it.",
        )

    def handle(self, *args: Any, includes: str | None, **options: Any) -> None:
        verification, total = Verification(), ConsentEvent.objects.count()
        found = includes is None
        for broken in verification.walk():
            if broken:
                raise CommandError(str(broken))
            found = found or verification.digest == includes
            if verification.checked % PROGRESS_INTERVAL == 0:
                self.stderr.write(f"{verification.checked:,} of {total:,} events")
        if not found:
            raise CommandError(f"No event has the digest {includes}: it is a different chain.")
        if not total:
            self.stdout.write("The ledger is empty.")
            return
        events = f"{total:,} event{'' if total == 1 else 's'}"
        self.stdout.write(f"{events}: the chain holds. Its last digest: {verification.digest}")
