"""
What a vote costs, and the result page of a million ballots: `make bench`.

The site is served by granian with its production settings, as behind a proxy: SQLite from one
process with threads, PostgreSQL from two processes, with commits that wait for the disk. Sixteen
clients at once vote in one poll, each request with a reader and an address of its own. Beside it
stands a bare Django view that does the same insert into the same table (`bare.py`), served in
the same way, asked by the same client, by turns in the same run; the middle of five rounds
counts. Clients and servers share the machine's cores. Latencies are of whole exchanges, and p99
is the middle of the rounds' p99.

    votes    a reader who has the cookie already
    first    a reader's first vote: sent, answered with the cookie (307), sent again
    floor    the bare insert
    nothing  a bare view that does nothing

Then every acknowledged vote is looked for in the database, and every poll closed and recounted.
"""

import contextlib
import json
import os
import random
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests import postgres
from tests.benchmarks import voters

ROOT = Path(__file__).parents[2]
HOST = "newsroom.example"
ROUNDS = 5
WARM_UP = 300
#: Exchanges in a round.
EXCHANGES = 2000
KINDS = ("nothing", "floor", "votes", "first")
#: How the databases are served: processes, and threads in each.
SERVED = {"sqlite": (1, 4), "postgresql": (2, 3)}
BALLOTS = 1_000_000


def environment(directory, database):
    """Production settings, behind a proxy on this machine."""
    return {
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        "DEVELOPMENT": "false",
        "SITE_URL": f"https://{HOST}",
        "ALLOWED_HOSTS": f"{HOST},127.0.0.1",
        "TRUSTED_PROXIES": "127.0.0.1",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "LOCAL_DIR": directory,
        "STATIC_ROOT": f"{directory}/static",
        "DATABASE_URL": database,
        "LOG_LEVEL": "ERROR",
    }


def address():
    """A client's address."""
    return "10." + ".".join(str(random.randrange(1, 255)) for _ in range(3))  # noqa: S311  (addresses, not secrets)


class Contest:
    """A poll for each kind, the two served sites, and what was acknowledged."""

    def __init__(self, site, bare):
        from tests.polls.factories import make_poll

        self.ports = {"nothing": bare.port, "floor": bare.port}
        self.site = site
        self.polls = {kind: make_poll("Yes", "No", "Perhaps", "Never") for kind in KINDS}
        self.acknowledged = {kind: set() for kind in KINDS}
        self.errors = dict.fromkeys(KINDS, 0)
        self.rounds = {kind: [] for kind in KINDS}

    def requests(self, kind, number):
        """Pairs of a reader and the bytes of a vote."""
        from tests.polls import serving

        poll = self.polls[kind]
        path = {"nothing": "/nothing/", "floor": f"/{poll.pk}/vote/"}.get(
            kind, serving.address_of(poll)
        )
        body = f"choice={poll.choices.first().pk}"
        for _ in range(number):
            reader = serving.new_reader()
            cookie = "" if kind == "first" else serving.signed(reader)
            yield reader, voters.post(HOST, path, body, address=address(), cookie=cookie)

    def run(self, kind, number):
        """Have so many readers vote."""
        requests = list(self.requests(kind, number))
        follow = voters.follow if kind == "first" else None
        answers = voters.exchange(self.ports.get(kind, self.site.port), requests, again=follow)
        for reader, (head, request) in answers.last.items():
            if head.startswith(b"HTTP/1.1 302 ") and b"vote=counted" in head:
                self.acknowledged[kind].add(voters.reader_in(request) if follow else reader)
            elif kind != "nothing" or not head.startswith(b"HTTP/1.1 200 "):
                self.errors[kind] += 1
        return answers

    def measure(self):
        """All kinds by turns."""
        for kind in KINDS:
            self.run(kind, WARM_UP)
        for _ in range(ROUNDS):
            for kind in KINDS:
                answers = self.run(kind, EXCHANGES)
                self.rounds[kind].append(
                    {
                        "per_second": EXCHANGES / answers.elapsed,
                        "p50": answers.milliseconds(0.5),
                        "p99": answers.milliseconds(0.99),
                    }
                )

    def rows(self, database):
        """The middle of the rounds, and what the database says of them."""
        for kind in KINDS:
            row = {"database": database, "kind": kind, "errors": self.errors[kind]}
            for figure in ("per_second", "p50", "p99"):
                row[figure] = statistics.median(each[figure] for each in self.rounds[kind])
            row["of_floor"] = row["per_second"] / statistics.median(
                each["per_second"] for each in self.rounds["floor"]
            )
            yield row | self.recount(kind)

    def recount(self, kind):
        """Votes lost, counted double, and differences that the audit finds."""
        from polls import closing_records, transitions, voting

        poll = self.polls[kind]
        stored = [bytes(voter) for voter in poll.ballots.values_list("voter", flat=True)]
        counted = self.acknowledged[kind]
        missing = (
            set() if kind == "floor" else {voting.voter_hash(poll, reader) for reader in counted}
        )
        missing -= set(stored)
        transitions.close(poll)
        poll.refresh_from_db()
        return {
            "acknowledged": len(counted),
            "ballots": len(stored),
            "lost": len(missing) or max(0, len(counted) - len(stored)),
            "double": len(stored) - len(set(stored)) + max(0, len(stored) - len(counted)),
            "differences": [str(each) for each in closing_records.audit(poll)],
        }


def ready():
    """Django, and a database with its tables."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)


def votes(directory):
    """Both sites on the database of the environment; prints rows."""
    ready()
    from django.db import connection

    from tests import serving

    workers, threads = SERVED[connection.vendor]
    bare = {
        "application": "tests.benchmarks.bare",
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.bare_settings",
    }
    with contextlib.ExitStack() as stack:
        sites = []
        for name, options in (("site", {}), ("bare", bare)):
            (Path(directory) / name).mkdir()
            site = serving.Site(
                Path(directory) / name,
                os.environ["DATABASE_URL"],
                workers=workers,
                threads=threads,
                **{"STATIC_ROOT": os.environ["STATIC_ROOT"], **options},
            )
            sites.append(stack.enter_context(site))
        contest = Contest(*sites)
        contest.measure()
        rows = list(contest.rows(connection.vendor))
    for site in sites:
        log = site.log.read_text()
        assert "Traceback" not in log, log
        assert "locked" not in log, log
    print(json.dumps(rows))


FILL = """
    INSERT INTO polls_ballot (poll_id, voter, choices, cast_at, network, held)
    SELECT %s, decode(md5(number::text), 'hex'), (%s::text[])[1 + floor(random() * 4)],
           now() - random() * interval '1 day', decode(md5(random()::text), 'hex'), false
    FROM generate_series(1, %s) AS number
"""


def million(directory):
    """The result page of a poll of a million ballots, on PostgreSQL; prints a row."""
    ready()
    from django.db import connection
    from django.db.models import Count

    from polls import tally
    from tests import serving
    from tests.polls.factories import make_poll

    poll = make_poll("Yes", "No", "Perhaps", "Never", slug="million", result_visibility="always")
    choices = [str(choice.pk) for choice in poll.choices.all()]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE polls_ballot DISABLE TRIGGER USER")
        cursor.execute(FILL, [poll.pk, choices, BALLOTS])
        cursor.execute("ALTER TABLE polls_ballot ENABLE TRIGGER USER")
        cursor.execute("VACUUM (ANALYZE) polls_ballot")
    counting = poll.ballots.order_by().values("held", "decision", "choices")
    plan = counting.annotate(number=Count("*")).explain(analyze=True)
    with serving.Site(directory, os.environ["DATABASE_URL"], threads=4) as site:
        row = {"ballots": BALLOTS, "plan": plan} | page_times(site, poll)
        row["kept_seconds"] = tally.CACHE_SECONDS
    print(json.dumps(row))


def page_times(site, poll):
    """Milliseconds of the poll's page: cold, within the two seconds, and sixteen at once."""
    from polls import tally

    path = poll.get_absolute_url()

    def get(number, lines):
        requests = [(each, voters.get(HOST, path)) for each in range(number)]
        answers = voters.exchange(site.port, requests, lines=lines)
        assert all(head.startswith(b"HTTP/1.1 200 ") for head, _ in answers.last.values())
        return answers

    first = get(1, 1).milliseconds(1)
    cold, warm, together = [], [], []
    for _ in range(ROUNDS):
        time.sleep(tally.CACHE_SECONDS + 0.1)
        cold.append(get(1, 1).milliseconds(1))
        warm += get(50, 1).seconds
        time.sleep(tally.CACHE_SECONDS + 0.1)
        together.append(get(16, 16).milliseconds(1))
    return {
        "first": first,
        "cold": statistics.median(cold),
        "warm": 1000 * statistics.median(warm),
        "sixteen_at_once_cold": statistics.median(together),
    }


def run(part, directory, database, module="tests.benchmarks.votes", arguments=()):
    """Do a part of a benchmark in a process of its own; what it printed."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, part, directory, *arguments],
        env=os.environ | environment(directory, database),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        told, _ = process.communicate()
    finally:
        process.terminate()  # so that it ends what it has served
        process.wait()
    if process.returncode:
        raise SystemExit(f"{module}: “{part}” has failed.")
    return json.loads(told.splitlines()[-1])


def main():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, postgres.on_signal)
    print("16 clients               per s  of floor   p50 ms   p99 ms  errors  lost  double")
    rows = []
    with contextlib.ExitStack() as stack:
        directories = [stack.enter_context(tempfile.TemporaryDirectory()) for _ in range(3)]
        server = stack.enter_context(postgres.server(durable=True))
        for directory, database in zip(
            directories, (f"sqlite:///{directories[0]}/db.sqlite3", server), strict=False
        ):
            for row in run("votes", directory, database):
                rows.append(row)
                print(
                    f"{row['database']:<12}{row['kind']:<10}"
                    f"{row['per_second']:>8.0f}{row['of_floor']:>10.2f}"
                    f"{row['p50']:>9.1f}{row['p99']:>9.1f}"
                    f"{row['errors']:>8}{row['lost']:>6}{row['double']:>8}",
                    *row["differences"],
                    flush=True,
                )
        page = run("million", directories[2], server)
        rows.append(page)
        print(f"\nResult page of {page['ballots']:,} ballots on PostgreSQL")
        for name in ("first", "cold", "warm", "sixteen_at_once_cold"):
            print(f"{name.replace('_', ' '):<24}{page[name]:>8.1f} ms")
        print(page["plan"])
    print(json.dumps(rows))


if __name__ == "__main__":
    {"votes": votes, "million": million}[sys.argv[1]](sys.argv[2]) if sys.argv[1:] else main()
