"""
Readers who vote at a served site (`tests/serving.py`).

No time is measured: the tests wait for responses, or for a number of votes.
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
    """The address that votes are sent to."""
    return reverse("polls:vote", args=[poll.slug])


def signed(reader):
    """The Cookie header of a reader, given by id, signed as the site signs it."""
    signer = signing.get_cookie_signer(salt=voting.COOKIE_NAME + voting.COOKIE_SALT)
    return f"{voting.COOKIE_NAME}={signer.sign(reader)}"


def new_reader():
    """The id of a reader who has not voted."""
    return secrets.token_urlsafe(16)


def cookie_in(answer):
    """The cookie that a response sets."""
    return answer.headers["Set-Cookie"].partition(";")[0]


def ask(line, path, choice, *, cookie="", client="192.0.2.1"):
    """Vote for a choice, given by primary key; returns the outcome and the response."""
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
    Readers who vote once each in one poll, over several connections at the same time.

    They stop when the site is gone, when the poll is closed, or after `each` votes per connection.
    """

    def __init__(self, site, poll, *, connections=8, each=None):
        self.site, self.each = site, each
        self.path, self.choice = address_of(poll), poll.choices.first().pk
        #: Readers whose vote was acknowledged, and readers who got no response.
        self.counted, self.unanswered = set(), set()
        #: Other outcomes, with their numbers.
        self.others = Counter()
        self._condition = threading.Condition()
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
        """Wait until this number of votes was acknowledged."""
        with self._condition:
            assert self._condition.wait_for(lambda: len(self.counted) >= number, LIMIT), self.others

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
                with self._condition:
                    if outcome == COUNTED:
                        self.counted.add(reader)
                        self._condition.notify_all()
                    else:
                        self.others[outcome] += 1
                        return
