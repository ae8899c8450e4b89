"""
Measure whether the answer time of a sign-up reveals the state of its address, and how fast the
consent ledger is verified: `make bench`.

The site is served by granian with its production settings, as behind a proxy: SQLite from one
process, PostgreSQL from two, with commits that wait for the disk; a server takes all mail. One
client sends 500 forms for each state that an address can be in, one after the other in random
order, each with an address of its own, while the site processes the forms and sends the messages.
For each state, D is the greatest distance between the distributions of its times and of all
others (Kolmogorov–Smirnov), and p the chance of at least that distance between samples of one
and the same distribution. Of five states, one has a p below 0.05 in a fifth of all runs by
chance. The last line has the times of new addresses with a millisecond added: whether that much
would be detected on this machine.

Then `verify_consents` verifies a ledger of 100,000 events: the median of three times.
"""

import contextlib
import json
import math
import os
import random
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from bisect import bisect_right
from pathlib import Path
from urllib.parse import urlencode

from tests import postgres
from tests.benchmarks import voters
from tests.benchmarks.votes import HOST, SERVED, address, ready, run

MODULE = "tests.benchmarks.sign_ups"
STATES = ("new", "waiting", "confirmed", "unsubscribed", "suppressed")
#: The number of timed sign-ups for each state, and of sign-ups before the first timed one.
EACH = 500
WARM_UP = 200
#: The longest time that the site may need to send everything, in seconds.
TIMEOUT = 300
EVENTS = 100_000
ROUNDS = 3


def distance(one, other):
    """
    The Kolmogorov–Smirnov statistic of two samples, and its asymptotic p-value.

    Press et al., Numerical Recipes, 3rd edition, 6.14.56 and 14.3.17–18; the correction for small
    samples is that of M. A. Stephens, J. R. Stat. Soc. B 32 (1970), 115–122.
    """
    one, other = sorted(one), sorted(other)
    between = max(
        abs(bisect_right(one, each) / len(one) - bisect_right(other, each) / len(other))
        for each in one + other
    )
    effective = math.sqrt(len(one) * len(other) / (len(one) + len(other)))
    x = (effective + 0.12 + 0.11 / effective) * between
    if x < 0.2:  # the series converges slowly there, to 1
        return between, 1.0
    terms = ((-1) ** (j - 1) * math.exp(-2 * (j * x) ** 2) for j in range(1, 101))
    return between, min(1.0, max(0.0, 2 * sum(terms)))


@contextlib.contextmanager
def mail_server():
    """Start a mail server that accepts all mail, in its own process; yield its port."""
    from tests.serving import free_port

    port = free_port()
    sink = ["-n", "-l", f"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Sink"]
    process = subprocess.Popen([sys.executable, "-m", "aiosmtpd", *sink])
    try:
        yield port
    finally:
        process.terminate()
        process.wait()


def populate(newsletter):
    """Make addresses in each state, without recent messages; return them by state."""
    from django.db import transaction

    from newsletter import subscriptions
    from newsroom.models import User
    from tests.newsletter import factories

    make = {
        "waiting": factories.make_requested,
        "confirmed": factories.make_confirmed,
        "unsubscribed": factories.make_unsubscribed,
        "suppressed": factories.make_confirmed,
    }
    desk = User.objects.create(username="desk")
    found = {
        state: [f"{secrets.token_hex(8)}@example.org" for _ in range(EACH)] for state in STATES
    }
    with transaction.atomic():
        for state, factory in make.items():
            for each in found[state]:
                made = factory(newsletter, each)
                if state == "suppressed":
                    subscriptions.suppress(made.subscriber, by=desk, reason="Asked for it")
        factories.forget_messages()
        factories.Message.objects.update(given_up=True)
    return found


class Forms:
    """The forms that readers submit, with the signed field of the newsletter's page."""

    def __init__(self, newsletter, port):
        from tests.newsletter.conftest import SHOWN
        from tests.serving import until

        self.port, self.path = port, f"{newsletter.get_absolute_url()}sign-up/"
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.sendall(
                voters.get(HOST, newsletter.get_absolute_url())
                .replace(b"gzip, deflate, br, zstd", b"identity")
                .replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
            )
            page = b"".join(iter(lambda: line.recv(65536), b""))
        self.shown = SHOWN.search(page.decode())[1]
        made = time.time()
        until(lambda: time.time() > made + 3, "a form that is old enough")

    def post(self, typed):
        """Return the bytes of a POST."""
        fields = {"address": typed, "agree": "on", "shown": self.shown, "homepage": ""}
        return voters.post(HOST, self.path, urlencode(fields), address=address())

    def send(self, named):
        """Send pairs of name and address one by one; return the seconds of each exchange."""
        requests = [(number, self.post(typed)) for number, (_, typed) in enumerate(named)]
        answers = voters.exchange(self.port, requests, lines=1)
        for head, _ in answers.last.values():
            assert head.startswith(b"HTTP/1.1 302 "), head
        return answers.seconds


def sign_ups(directory):
    """Time the sign-ups of a site on the environment's database; print rows."""
    ready()
    from django.conf import settings
    from django.db import connection

    from newsletter.models import Message, SignUp
    from tests import serving
    from tests.newsletter.factories import make_newsletter

    # Only the site processes forms and sends, not this process.
    settings.TASKS[settings.DEFERRED_TASKS] = {
        "BACKEND": "django_tasks.backends.dummy.DummyBackend"
    }
    newsletter = make_newsletter(slug="sci-fi")
    named = [(state, each) for state, found in populate(newsletter).items() for each in found]
    random.shuffle(named)
    workers, threads = SERVED[connection.vendor]
    limits = {"SIGN_UPS_PER_NETWORK": "1000000", "SIGN_UPS_IN_ALL": "1000000"}
    with (
        mail_server() as mail,
        serving.Site(
            directory,
            os.environ["DATABASE_URL"],
            workers=workers,
            threads=threads,
            EMAIL_URL=f"smtp://127.0.0.1:{mail}?timeout=10",
            **limits,
        ) as site,
    ):
        forms = Forms(newsletter, site.port)
        forms.send([("", f"warm{number}@example.org") for number in range(WARM_UP)])
        seconds = forms.send(named)
        end = time.monotonic() + TIMEOUT
        while SignUp.objects.queued().exists() or Message.objects.unsent().exists():
            assert time.monotonic() < end, "the site has not sent everything in time"
            time.sleep(0.5)
    log = site.log.read_text()
    assert "Traceback" not in log, log
    assert "locked" not in log, log
    times = {state: [] for state in STATES}
    for (state, _), each in zip(named, seconds, strict=True):
        times[state].append(1000 * each)
    sent = Message.objects.exclude(sent_at=None).count() - WARM_UP
    rows = [row(connection.vendor, state, times, sent) for state in STATES]
    times["new"] = [each + 1 for each in times["new"]]
    rows.append({**row(connection.vendor, "new", times, sent), "state": "new + 1 ms"})
    print(json.dumps(rows))


def row(database, state, times, sent):
    """Return the statistics of a state."""
    own = times[state]
    others = [each for other in STATES if other != state for each in times[other]]
    between, chance = distance(own, others)
    return {
        "database": database,
        "state": state,
        "timings": len(own),
        "median": statistics.median(own),
        "p95": statistics.quantiles(own, n=20)[-1],
        "D": between,
        "p": chance,
        "sent_in_all": sent,
    }


def fill():
    """Fill the ledger with sign-ups, confirmations and unsubscriptions, with evidence."""
    from django.db import transaction

    from newsletter import ledger
    from newsletter.consent_texts import current_consent_texts
    from newsletter.models import ChainHead, ConsentEvent, Evidence
    from tests.newsletter.factories import make_newsletter

    newsletter = make_newsletter()
    agreed = current_consent_texts([newsletter])[newsletter.pk].agreed_document()
    events, evidence, previous = [], [], ""
    for number in range(1, EVENTS + 1):
        event, document, previous = link(number, previous, newsletter, agreed)
        events.append(event)
        evidence.append(Evidence(event=event, **document))
        if len(events) == 2000 or number == EVENTS:
            with transaction.atomic():
                ConsentEvent.objects.bulk_create(events)
                Evidence.objects.bulk_create(evidence)
            events, evidence = [], []
    ChainHead.objects.update_or_create(
        pk=ledger.HEAD_PK, defaults={"number": EVENTS, "digest": previous}
    )


def link(number, previous, newsletter, agreed):
    """Return an event as ``ledger.append`` writes it, its evidence and its digest."""
    from uuid import UUID

    from django.utils import timezone

    from newsletter import ledger
    from newsletter.models import ConsentEvent
    from newsroom.canonical_json import canonical, digest

    kind = (ledger.Kind.REQUESTED, ledger.Kind.CONFIRMED, ledger.Kind.UNSUBSCRIBED)[number % 3]
    subject, now, salt = UUID(int=number // 3), timezone.now(), secrets.token_bytes(16)
    kept = canonical(
        {"address": f"reader{number}@example.org", "client": "192.0.2.1", "browser": "B" * 80}
    )
    text = canonical(
        {
            "version": ledger.FORMAT_VERSION,
            "number": number,
            "kind": kind.value,
            "at": ledger.timestamp(now),
            "subject": str(subject),
            "newsletter": {
                "id": newsletter.pk,
                "slug": newsletter.slug,
                "name": newsletter.name,
            },
            "agreed": None if kind == ledger.Kind.UNSUBSCRIBED else agreed,
            "where": {"form": "sign-up", "page": "/", "placement": "list", "received": ""},
            "actor": {"kind": "reader"},
            "follows": None,
            "reason": "",
            "evidence": ledger.evidence_digest(salt, kept),
            "previous": previous,
        }
    )
    own = digest(text)
    event = ConsentEvent(
        number=number,
        kind=kind,
        at=now,
        subject=subject,
        newsletter=newsletter,
        document=text,
        digest=own,
    )
    return event, {"salt": salt, "document": kept}, own


def verify(directory):
    """Time ``verify_consents`` on the environment's database; print a row."""
    ready()
    from io import StringIO

    from django.core.management import call_command
    from django.db import connection

    fill()
    times = []
    for _ in range(ROUNDS):
        told, begun = StringIO(), time.perf_counter()
        call_command("verify_consents", stdout=told, stderr=StringIO())
        times.append(time.perf_counter() - begun)
        assert f"{EVENTS:,} events: the chain holds." in told.getvalue()
    middle = statistics.median(times)
    print(
        json.dumps(
            {
                "database": connection.vendor,
                "events": EVENTS,
                "seconds": middle,
                "per_second": EVENTS / middle,
            }
        )
    )


@contextlib.contextmanager
def databases():
    """Yield pairs of a directory and an empty database: SQLite and PostgreSQL."""
    with (
        tempfile.TemporaryDirectory() as one,
        tempfile.TemporaryDirectory() as other,
        postgres.server(durable=True) as server,
    ):
        yield [(one, f"sqlite:///{Path(one) / 'db.sqlite3'}"), (other, server)]


def main():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, postgres.on_signal)
    rows = []
    print("Sign-ups    state         timings  median ms   p95 ms       D       p  sent in all")
    with databases() as both:
        for directory, database in both:
            for each in run("sign_ups", directory, database, MODULE):
                rows.append(each)
                print(
                    f"{each['database']:<12}{each['state']:<14}{each['timings']:>7}"
                    f"{each['median']:>11.2f}{each['p95']:>9.2f}{each['D']:>8.3f}{each['p']:>8.3f}"
                    f"{each['sent_in_all']:>13}",
                    flush=True,
                )
    print("\nVerifying    events  seconds  events per s")
    with databases() as both:
        for directory, database in both:
            each = run("verify", directory, database, MODULE)
            rows.append(each)
            print(
                f"{each['database']:<12}{each['events']:>7}{each['seconds']:>9.2f}"
                f"{each['per_second']:>14,.0f}",
                flush=True,
            )
    print(json.dumps(rows))


if __name__ == "__main__":
    {"sign_ups": sign_ups, "verify": verify}[sys.argv[1]](sys.argv[2]) if sys.argv[1:] else main()
