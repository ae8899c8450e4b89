"""Background tasks of the polls app."""

from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from polls import closing_records
from polls.models import Poll


@task
def write_due_records() -> int:
    """Write the closing records that are due, and return how many were written.

    Safe to repeat and to run twice at the same time.
    """
    return len(closing_records.write_due())


def resume() -> None:
    """Write the due records, and schedule the coming ones, when a server process starts.

    Without a worker process, tasks that were scheduled are lost when the process ends.
    """
    if settings.DEFERRED_TASKS != "default":
        write_due_records.using(backend=settings.DEFERRED_TASKS).enqueue()
        for poll in Poll.objects.filter(closes__gt=timezone.now()):
            schedule_record(poll)


def schedule_record(poll: Poll) -> None:
    """Run ``write_due_records`` at a poll's closing time, if that is still to come.

    The task is enqueued when the open transaction is committed.
    """
    if poll.closes is not None and poll.closes > timezone.now():
        due = write_due_records.using(backend=settings.DEFERRED_TASKS, run_after=poll.closes)
        transaction.on_commit(partial(due.enqueue))
