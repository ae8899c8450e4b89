"""Background work without a worker process: a thread of the process that asks for it."""

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

Work = Callable[[], None]


class _Worker:
    """One daemon thread and what it has to do, in the order of when."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._waiting: list[tuple[datetime, int, Work]] = []
        self._order = itertools.count()
        self._news = threading.Condition()
        self._thread: threading.Thread | None = None

    def take(self, due: datetime, work: Work) -> None:
        """Do it when it is due; the thread begins with the first task."""
        with self._news:
            heapq.heappush(self._waiting, (due, next(self._order), work))
            # A forked process has no thread but its own.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._news.notify()

    def _run(self) -> None:
        while True:
            work = self._next()
            try:
                work()
            finally:
                connections.close_all()

    def _next(self) -> Work:
        with self._news:
            while True:
                now = timezone.now()
                if self._waiting and self._waiting[0][0] <= now:
                    return heapq.heappop(self._waiting)[2]
                wait = (self._waiting[0][0] - now).total_seconds() if self._waiting else None
                self._news.wait(wait)


# Django keeps a backend for each thread; all of a process share one worker a name.
_workers: dict[str, _Worker] = {}
_workers_lock = threading.Lock()


class ThreadBackend(ImmediateBackend):
    """django-tasks' immediate backend, one thread later.

    ``OPTIONS["PAUSE"]`` returns the seconds that a task without ``run_after`` waits for. What has
    not begun when the process ends is lost, so a task has to find its work in the database.
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
        worker.take(due, lambda: execute(task_result))
