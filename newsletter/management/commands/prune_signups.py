"""Remove sign-ups that nobody confirmed, and what is of no use any more."""

from typing import Any

from django.core.management.base import BaseCommand

from newsletter import sign_ups, subscribing


class Command(BaseCommand):
    """``manage.py prune_signups``; see :func:`newsletter.subscribing.prune`."""

    help = (
        "Removes sign-ups that were not confirmed within 30 days, with the address and all "
        "evidence; what was confirmed stays. Notes of messages, forms and changes of address of "
        "that long ago go too."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        removed, notes = subscribing.prune(), sign_ups.prune()
        self.stdout.write(f"Sign-ups removed: {removed}. Notes of former days: {notes}.")
