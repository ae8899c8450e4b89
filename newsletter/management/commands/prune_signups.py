"""Remove unconfirmed sign-ups and other old rows."""

from typing import Any

from django.core.management.base import BaseCommand

from newsletter import sign_ups, subscriptions


class Command(BaseCommand):
    """``manage.py prune_signups``; see :func:`newsletter.subscriptions.prune_unconfirmed`."""

    help = (
        "Removes sign-ups that were not confirmed within 30 days, with the address and all "
        "evidence; confirmed subscriptions stay. Also removes messages, processed forms and "
        "changes of address older than 30 days."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        removed, notes = subscriptions.prune_unconfirmed(), sign_ups.prune_notes()
        self.stdout.write(
            f"Unconfirmed sign-ups removed: {removed}. Other old rows removed: {notes}."
        )
