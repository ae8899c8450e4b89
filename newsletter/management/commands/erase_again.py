"""Erase the subscribers that a restored backup has brought back."""

from typing import Any

from django.core.management.base import BaseCommand

from newsletter import erasure


class Command(BaseCommand):
    """``manage.py erase_again``; see :mod:`newsletter.erasure`."""

    help = (
        "Run it after restoring a backup: erases everyone who was erased since the backup was "
        "made. Sending and exporting do so too."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Erased again: {erasure.erase_again()}.")
