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

    try:
        looked_at = sign_ups.look_at_due()
    finally:  # a form that can't be looked at keeps no message waiting
        sent = mail.send_due()
    return {"looked_at": looked_at, "sent": sent}


def wake(at: datetime | None = None) -> None:
    """Have it done soon, or at a moment, once the transaction that is under way is committed."""
    work = deliver.using(backend=settings.MAIL_TASKS, run_after=at)
    transaction.on_commit(partial(work.enqueue))


def resume() -> None:
    """Take up what a server that was stopped has left, where no worker process does that."""
    if settings.MAIL_TASKS != "default":
        deliver.using(backend=settings.MAIL_TASKS).enqueue()
