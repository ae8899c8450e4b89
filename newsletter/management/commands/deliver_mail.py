"""Look at sign-ups and send messages, as the task does."""

from typing import Any

from django.core.management.base import BaseCommand

from newsletter.tasks import deliver


class Command(BaseCommand):
    """``manage.py deliver_mail``; see :func:`newsletter.tasks.deliver`."""

    help = (
        "Looks at the sign-ups and sends the messages that are due. The site does so by itself; "
        "this is for what a stopped server has left, and for a timer."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = deliver.call()
        self.stdout.write(f"Sign-ups looked at: {done['looked_at']}. Sent: {done['sent']}.")
