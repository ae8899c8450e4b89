"""
The site served for real, by granian in processes of its own, and readers that vote there.

The processes work on the test's own database, so a test that uses them is a transactional one.
Nothing is timed: what happens next waits for an answer or for a number of votes.
"""

import contextlib
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.core import signing
from django.db import connection
from django.urls import reverse

from polls import voting

ROOT = Path(__file__).parents[2]
#: Seconds until something must have happened, however busy the machine is.
LIMIT = 60

COUNTED = "counted"
REPEATED = "repeated"
INTRODUCED = "introduced"
CLOSED = "closed"


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


class Site:
    """
    A served site on 127.0.0.1, from `start()` to `kill()`, as often as wanted.

    `threads`: how many requests one process serves at once; `variables`: of its environment.
    """

    def __init__(
        self,
        directory,
        database,
        *,
        workers=1,
        threads=4,
        application="newsroom.wsgi",
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
        self.options = ["--workers", str(workers), "--blocking-threads", str(threads)]
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
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
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


def address_of(poll):
    """Where votes are sent."""
    return reverse("polls:vote", args=[poll.slug])


def signed(reader):
    """The cookie of a reader, as the site signs it."""
    signer = signing.get_cookie_signer(salt=voting.COOKIE + voting.SALT)
    return f"{voting.COOKIE}={signer.sign(reader)}"


def new_reader():
    """Who never voted."""
    return secrets.token_urlsafe(16)


def cookie_in(answer):
    """The cookie that an answer sets."""
    return answer.headers["Set-Cookie"].partition(";")[0]


def ask(line, path, choice, *, cookie="", client="192.0.2.1"):
    """Vote for a choice, given by primary key; a pair of what came of it and the answer."""
    origin = f"http://{line.host}:{line.port}"
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": origin,
        "Sec-Fetch-Site": "same-origin",
        "X-Forwarded-For": client,
        **({"Cookie": cookie} if cookie else {}),
    }
    line.request("POST", path, urlencode({"choice": choice}), headers)
    answer = line.getresponse()
    answer.read()
    return _outcome(answer), answer


def _outcome(answer):
    location = answer.headers.get("Location", "")
    if answer.status == 302 and "?vote=" in location:
        return location.partition("?vote=")[2]
    if answer.status == 307:
        return INTRODUCED
    return CLOSED if answer.status == 409 else f"status {answer.status}"


class Crowd:
    """
    Readers who vote in one poll, each once, at so many connections at once.

    They go on until the site is gone, the poll is closed, or each connection has seen `each`.
    """

    def __init__(self, site, poll, *, connections=8, each=None):
        self.site, self.each = site, each
        self.path, self.choice = address_of(poll), poll.choices.first().pk
        #: Readers whose vote was acknowledged, and those who got no answer.
        self.counted, self.unanswered = set(), set()
        #: What else was answered, and how often.
        self.others = Counter()
        self._news = threading.Condition()
        self._threads = [
            threading.Thread(target=self._vote, args=[number], daemon=True)
            for number in range(connections)
        ]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception):
        for thread in self._threads:
            thread.join(LIMIT)
            assert not thread.is_alive()

    def wait_for(self, number):
        """Wait until so many votes were acknowledged."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.counted) >= number, LIMIT), self.others

    def _vote(self, number):
        with self.site.line() as line:
            votes = 0
            while self.each is None or votes < self.each:
                votes += 1
                reader = new_reader()
                client = f"10.{number}.{votes // 250}.{votes % 250}"
                try:
                    outcome, _ = ask(
                        line, self.path, self.choice, cookie=signed(reader), client=client
                    )
                except (OSError, http.client.HTTPException):
                    self.unanswered.add(reader)
                    return
                with self._news:
                    if outcome == COUNTED:
                        self.counted.add(reader)
                        self._news.notify_all()
                    else:
                        self.others[outcome] += 1
                        return
