"""
Readers who vote at a served site (`tests/serving.py`).

Nothing is timed: what happens next waits for an answer or for a number of votes.
"""

import http.client
import secrets
import threading
from collections import Counter
from urllib.parse import urlencode

from django.core import signing
from django.urls import reverse

from polls import voting
from tests.serving import LIMIT

COUNTED = "counted"
REPEATED = "repeated"
RESENT = "resent"
CLOSED = "closed"


def address_of(poll):
    """Where votes are sent."""
    return reverse("polls:vote", args=[poll.slug])


def signed(reader):
    """The cookie of a reader, as the site signs it."""
    signer = signing.get_cookie_signer(salt=voting.COOKIE_NAME + voting.COOKIE_SALT)
    return f"{voting.COOKIE_NAME}={signer.sign(reader)}"


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
        return RESENT
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
