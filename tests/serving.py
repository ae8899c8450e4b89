"""
The site served for real, by granian in processes of its own.

The processes work on the test's own database, so a test that uses them is a transactional one.
Nothing is timed: what happens next waits for an answer, or for something to become true.
"""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db import connection, connections

ROOT = Path(__file__).parents[1]
#: Seconds until something must have happened, however busy the machine is.
LIMIT = 60


def database_url():
    """Where the test's database is, in the words of DATABASE_URL."""
    name = quote(str(connection.settings_dict["NAME"]))
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def until(true, what):
    """Ask again and again, until something is true."""
    end = time.monotonic() + LIMIT
    while not true():
        assert time.monotonic() < end, f"{what}: not within {LIMIT} seconds"
        time.sleep(0.01)


def free_port():
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def in_a_thread(act):
    """A function that does the same, and leaves no connection behind."""

    def act_and_leave(*arguments):
        try:
            return act(*arguments)
        finally:
            connections.close_all()

    return act_and_leave


def one_waits_for_a_lock():
    """Whether somebody waits for another's transaction in the test's own database (PostgreSQL)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0] > 0


class Site:
    """
    A served site on 127.0.0.1, from `start()` to `kill()`, as often as wanted.

    `threads`: how many requests one process serves at once; `options`: granian's own;
    `variables`: of its environment.
    """

    def __init__(
        self,
        directory,
        database,
        *,
        workers=1,
        threads=4,
        application="newsroom.wsgi",
        options=(),
        **variables,
    ):
        self.log = Path(directory) / "served.log"
        self.environment = {
            **os.environ,
            "DATABASE_URL": database,
            # A worker of several may have read its settings before the key in the environment.
            "SECRET_KEY": settings.SECRET_KEY,
            "LOCAL_DIR": str(directory),
            "TRUSTED_PROXIES": "127.0.0.1",
            **variables,
        }
        self.options = ["--workers", str(workers), "--blocking-threads", str(threads), *options]
        self.application = f"{application}:application"
        self.port = 0
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exception):
        self.kill()

    def start(self):
        """Start the processes, and wait until they answer."""
        self.port = free_port()
        where = ["--host", "127.0.0.1", "--port", str(self.port)]
        how = ["--interface", "wsgi", "--http", "1", "--no-ws", "--log-level", "warning"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "granian", *where, *how, *self.options, self.application],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until(self._answers, "the site's first answer")

    def _answers(self):
        assert self.process.poll() is None, self.log.read_text()
        try:
            with self.line() as line:
                line.request("HEAD", "/polls/")
                return line.getresponse().status
        except OSError:
            return False

    def kill(self):
        """End all of its processes by kill -9, if they run, and wait until none answers."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None
        until(self._is_gone, "the end of the site")

    def _is_gone(self):
        with socket.socket() as line:
            return line.connect_ex(("127.0.0.1", self.port)) != 0

    def line(self):
        """A connection that is kept alive until its context ends."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT)
        return contextlib.closing(line)


def at_once(site, number, act):
    """Return the result of `act` for each of several open connections that begin together."""
    start = threading.Barrier(number)

    def begin(_):
        with site.line() as line:
            line.connect()
            start.wait(LIMIT)
            return act(line)

    with ThreadPoolExecutor(number) as readers:
        return list(readers.map(begin, range(number)))
