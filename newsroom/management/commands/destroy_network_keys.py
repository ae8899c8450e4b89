"""Destroy the keys of network hashes that are older than 30 days."""

from typing import Any

from django.core.management.base import BaseCommand

from newsroom.models import NetworkKey


class Command(BaseCommand):
    """``manage.py destroy_network_keys``; see :mod:`newsroom.security.network_hash`."""

    help = (
        "Destroys the keys of network hashes that are older than 30 days. The first vote of a day "
        "does so too; this command is for sites that may have no votes for days."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Keys destroyed: {NetworkKey.objects.destroy_old()}.")
