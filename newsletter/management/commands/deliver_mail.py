"""Process sign-ups and send messages, as the delivery task does."""

from typing import Any

from django.core.management.base import BaseCommand

from newsletter.tasks import deliver


class Command(BaseCommand):
    """``manage.py deliver_mail``; see :func:`newsletter.tasks.deliver`."""

    help = (
        "Processes the sign-ups and sends the messages that are due. The site does so by itself; "
        "use this for the work that a stopped server has left, or from a timer."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = deliver.call()
        self.stdout.write(f"Sign-ups processed: {done['processed']}. Sent: {done['sent']}.")
