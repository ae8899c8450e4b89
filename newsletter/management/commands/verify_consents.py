"""Walk the consent ledger's chain, and check everything that it proves."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from newsletter.ledger import Verification
from newsletter.models import ConsentEvent

#: Events between two lines of progress.
PROGRESS = 10_000


class Command(BaseCommand):
    """``manage.py verify_consents``; see :class:`newsletter.ledger.Verification`."""

    help = (
        "Checks every event of the consent ledger against the one before it, its evidence and the "
        "texts that it names; names the first broken link, with exit status 1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--includes",
            metavar="DIGEST",
            help="A digest that was noted earlier: fail if the chain doesn't have it any more.",
        )

    def handle(self, *args: Any, includes: str | None, **options: Any) -> None:
        verification, in_all = Verification(), ConsentEvent.objects.count()
        found = includes is None
        for broken in verification.walk():
            if broken:
                raise CommandError(str(broken))
            found = found or verification.digest == includes
            if verification.checked % PROGRESS == 0:
                self.stderr.write(f"{verification.checked:,} of {in_all:,} events")
        if not found:
            raise CommandError(f"No event has the digest {includes}: the chain is another one.")
        if not in_all:
            self.stdout.write("The ledger is empty.")
            return
        events = f"{in_all:,} event{'' if in_all == 1 else 's'}"
        self.stdout.write(f"{events}: the chain holds. Its last digest: {verification.digest}")
