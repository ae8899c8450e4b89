"""The backend that does tasks in a thread of the process that asked for them."""

import logging
import sys
import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone
from django_tasks import default_task_backend, task, task_backends

from newsroom import thread_backend

pytestmark = pytest.mark.django_db(transaction=True)

#: Seconds until something must have happened, however busy the machine is.
LIMIT = 60
#: What tasks have done, in their order, and a signal for each.
done, news = [], threading.Condition()


def note(what):
    with news:
        done.append(what)
        news.notify_all()


def wait_for(number):
    with news:
        assert news.wait_for(lambda: len(done) >= number, LIMIT), done
    return done


@task
def work(what):
    note((what, threading.current_thread()))


@task
def fail():
    note(("fail", threading.current_thread()))
    raise ValueError("on purpose")


@task
def ask_the_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    note(("asked", connections["default"].connection is not None))


@pytest.fixture(autouse=True)
def backend(settings, monkeypatch):
    """The backend as it is configured but for the pause; a worker of its own for each test."""
    monkeypatch.setattr(thread_backend, "_workers", {})
    done.clear()
    alias = settings.DEFERRED_TASKS
    of_threads = {"BACKEND": "newsroom.thread_backend.ThreadBackend"}
    settings.TASKS = settings.TASKS | {alias: of_threads}
    return alias


def test_tasks_are_done_elsewhere_one_after_the_other_in_one_thread(backend):
    for number in range(5):
        work.using(backend=backend).enqueue(number)

    assert [what for what, _ in wait_for(5)] == [0, 1, 2, 3, 4]
    threads = {thread for _, thread in done}
    assert len(threads) == 1
    assert threading.current_thread() not in threads
    assert {thread.daemon for thread in threads} == {True}


def test_all_threads_of_a_process_share_the_worker(backend):
    """Django makes a backend for each thread."""
    askers = [
        threading.Thread(target=work.using(backend=backend).enqueue, args=[number])
        for number in range(8)
    ]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(LIMIT)

    assert sorted(what for what, _ in wait_for(8)) == list(range(8))
    assert len({thread for _, thread in done}) == 1


@pytest.fixture
def hold(backend):
    """A function that has the thread wait; it gives what lets it go on."""

    def hold():
        go_on = threading.Event()
        worker = thread_backend._workers.setdefault(backend, thread_backend._Worker(backend))
        worker.add(timezone.now(), lambda: note(("held", go_on.wait(LIMIT))))
        return go_on.set

    return hold


def test_who_asks_does_not_wait(backend, hold):
    go_on = hold()
    work.using(backend=backend).enqueue("after")
    assert done == []
    go_on()

    assert [what for what, _ in wait_for(2)] == ["held", "after"]


def test_deferred_tasks_are_done_in_the_order_of_their_moments(backend, hold):
    go_on, now = hold(), timezone.now()
    for what, seconds in (("last", 0.02), ("second", 0.01), ("first", 0)):
        due = now + timedelta(seconds=seconds)
        work.using(backend=backend, run_after=due).enqueue(what)
    go_on()

    assert [what for what, _ in wait_for(4)] == ["held", "first", "second", "last"]


def test_deferred_task_is_not_done_before_its_time(backend):
    work.using(backend=backend, run_after=timezone.now() + timedelta(days=1)).enqueue("tomorrow")
    for number in range(3):
        work.using(backend=backend).enqueue(number)

    assert [what for what, _ in wait_for(3)] == [0, 1, 2]
    [(due, _, _)] = thread_backend._workers[backend]._queue
    assert due > timezone.now() + timedelta(hours=23)


def test_task_of_the_far_future_does_not_end_the_thread(backend):
    far_future = timezone.now().replace(year=9999)
    work.using(backend=backend, run_after=far_future).enqueue("in year 9999")
    for number in range(2):
        work.using(backend=backend).enqueue(number)
        wait_for(number + 1)

    assert [what for what, _ in done] == [0, 1]
    assert len({thread for _, thread in done}) == 1


def test_pause_puts_off_what_has_no_moment_of_its_own(backend, settings):
    options = {"PAUSE": lambda: 3600}
    settings.TASKS = settings.TASKS | {
        backend: {"BACKEND": "newsroom.thread_backend.ThreadBackend", "OPTIONS": options}
    }
    work.using(backend=backend).enqueue("paused")
    work.using(backend=backend, run_after=timezone.now()).enqueue("at its moment")

    assert [what for what, _ in wait_for(1)] == ["at its moment"]
    [(due, _, _)] = thread_backend._workers[backend]._queue
    assert due > timezone.now() + timedelta(minutes=50)


def test_task_that_fails_ends_neither_the_thread_nor_the_next_task(backend, caplog, monkeypatch):
    # Whatever another test has left of it.
    logger = logging.getLogger("django_tasks")
    monkeypatch.setattr(logger, "disabled", False)
    monkeypatch.setattr(logger, "propagate", True)
    caplog.set_level(logging.INFO, logger="django_tasks")
    fail.using(backend=backend).enqueue()
    work.using(backend=backend).enqueue("next")

    assert [what for what, _ in wait_for(2)] == ["fail", "next"]
    assert len({thread for _, thread in done}) == 1
    assert "on purpose" in caplog.text


def test_thread_leaves_no_connection_open_between_tasks(backend):
    def look():
        note(("open", connections["default"].connection is not None))

    ask_the_database.using(backend=backend).enqueue()
    thread_backend._workers[backend].add(timezone.now(), look)

    assert wait_for(2) == [("asked", True), ("open", False)]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_thread_that_is_gone_as_after_a_fork_is_begun_anew(backend):
    work.using(backend=backend).enqueue("before")
    [(_, gone)] = wait_for(1)
    worker = thread_backend._workers[backend]
    worker.add(timezone.now(), sys.exit)  # no task's exception gets as far
    gone.join(LIMIT)
    work.using(backend=backend).enqueue("after")

    assert [what for what, _ in wait_for(2)] == ["before", "after"]
    assert done[1][1] is not gone


def test_backend_of_mail_in_the_settings_is_this_one_and_pauses():
    from newsroom import settings as own

    configured = own.TASKS[own.DEFERRED_TASKS]
    assert configured["BACKEND"] == "newsroom.thread_backend.ThreadBackend"
    pauses = [configured["OPTIONS"]["PAUSE"]() for _ in range(100)]
    assert 0.5 <= min(pauses) < max(pauses) <= 3
    assert default_task_backend is not task_backends[own.DEFERRED_TASKS]
