"""Erase those whom a restored backup has brought back."""

from typing import Any

from django.core.management.base import BaseCommand

from newsletter import erasing


class Command(BaseCommand):
    """``manage.py erase_again``; see :mod:`newsletter.erasing`."""

    help = (
        "After a backup was restored: erases everybody again who was erased since it was made. "
        "Whatever sends or exports does so too."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Erased again: {erasing.erase_again()}.")
