"""Work that no answer waits for: looking at sign-ups, and sending what they cause."""

from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import transaction
from django_tasks import task


@task
def deliver() -> dict[str, int]:
    """Look at the sign-ups that are due, then send the messages that are; how many of each.

    Safe to repeat, and to run twice at once: all of its work is found in the database.
    """
    from newsletter import mail, sign_ups

    return {"looked_at": sign_ups.look_at_due(), "sent": mail.send_due()}


def wake(at: datetime | None = None) -> None:
    """Have it done soon, or at a moment, once the transaction that is under way is committed."""
    work = deliver.using(backend=settings.MAIL_TASKS, run_after=at)
    transaction.on_commit(partial(work.enqueue))
