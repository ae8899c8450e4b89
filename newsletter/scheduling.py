"""Schedule the delivery task.

Models and functions that cause work call :func:`schedule_delivery`. They can't import the task,
because the task imports them; the app registers it when Django starts (``newsletter.apps``).
"""

from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django_tasks.base import Task

_registered: list[Task[..., Any]] = []


def register_delivery(task: Task[..., Any]) -> None:
    """Set the task that :func:`schedule_delivery` enqueues."""
    _registered[:] = [task]


def schedule_delivery(at: datetime | None = None) -> None:
    """Enqueue the delivery task once the current transaction is committed.

    ``at``: the earliest time to run it; None: as soon as possible.
    """
    [task] = _registered
    delivery = task.using(backend=settings.DEFERRED_TASKS, run_after=at)
    transaction.on_commit(partial(delivery.enqueue))
