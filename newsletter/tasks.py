"""The delivery task: process sign-ups and send messages in the background."""

from django.conf import settings
from django_tasks import task

from newsletter import mail, sign_ups
from newsletter.scheduling import schedule_delivery


@task
def deliver() -> dict[str, int]:
    """Process the sign-ups that are due, then send the messages that are due; count both.

    The task schedules itself for the time of each retry. It may be repeated, and run twice at
    once: it finds its work in the database.
    """
    try:
        processed = sign_ups.process_due()
    finally:  # a failing sign-up doesn't stop the messages
        sent = mail.send_due(schedule_retry=schedule_delivery)
    return {"processed": processed, "sent": sent}


def resume_delivery() -> None:
    """Enqueue the task when a server starts, for the work that a stopped server has left.

    Only needed where a thread of the server runs the task: a worker process keeps its queue.
    """
    if settings.DEFERRED_TASKS != "default":
        deliver.using(backend=settings.DEFERRED_TASKS).enqueue()
