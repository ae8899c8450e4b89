"""A backend of django-tasks that runs tasks in a thread of the process that enqueues them.

For sites without a worker process; see ``docs/decisions/0011-thread-for-mail.md``.
"""

import heapq
import itertools
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connections
from django.utils import timezone
from django_tasks import TaskResult
from django_tasks.backends.immediate import ImmediateBackend

Job = Callable[[], None]


class _Worker:
    """A daemon thread with a queue of jobs, ordered by the time when each is due."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._queue: list[tuple[datetime, int, Job]] = []
        self._counter = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def add(self, due: datetime, job: Job) -> None:
        """Run a job when it is due; the first job starts the thread."""
        with self._changed:
            # The counter keeps jobs that are due at the same time in their order.
            heapq.heappush(self._queue, (due, next(self._counter), job))
            # After a fork the thread is missing in the new process.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._changed.notify()

    def _run(self) -> None:
        while True:
            job = self._next()
            try:
                job()
            finally:
                connections.close_all()

    def _next(self) -> Job:
        """Wait until a job is due, and remove it from the queue."""
        with self._changed:
            while True:
                now = timezone.now()
                if self._queue and self._queue[0][0] <= now:
                    return heapq.heappop(self._queue)[2]
                wait = (self._queue[0][0] - now).total_seconds() if self._queue else None
                self._changed.wait(wait and min(wait, threading.TIMEOUT_MAX))


# Django makes a backend for each thread; those of one alias share a worker.
_workers: dict[str, _Worker] = {}
_workers_lock = threading.Lock()


class ThreadBackend(ImmediateBackend):
    """The immediate backend of django-tasks, but in another thread.

    ``OPTIONS["PAUSE"]`` is a function that returns the seconds before a task without
    ``run_after`` is due. A task that has not begun when the process ends is lost, so tasks have
    to find their work in the database.
    """

    supports_defer = True

    def __init__(self, alias: str, params: dict[str, Any]) -> None:
        super().__init__(alias, params)
        self._pause: Callable[[], float] = self.options.get("PAUSE", lambda: 0)

    def _execute_task(self, task_result: TaskResult[Any]) -> None:
        pause = timedelta(seconds=self._pause())
        due = task_result.task.run_after or timezone.now() + pause
        with _workers_lock:
            worker = _workers.setdefault(self.alias, _Worker(self.alias))
        execute = super()._execute_task
        worker.add(due, lambda: execute(task_result))
