"""
How fast pages are, and what they cost: `make bench`.

A newsroom of 200, one of 20,000 and one of 200,000 articles (``dataset.py``) on SQLite and on
PostgreSQL, served by granian with production settings, as behind a proxy, from two processes;
wrk asks for 200 long articles by turns, for the fronts and for a feed. Beside it stands the
floor: Django with one view that returns 30,720 fixed bytes (``floor.py``), served and asked in
the same way. Each figure is a ratio to the floor that was measured just before it; the middle of
five rounds counts. Clients, servers and databases share the machine's cores; “CPU ms” is what the
site's processes had of them for each request.

Then the largest newsroom is searched and edited, and the memory of its two processes looked at.

    python -m tests.benchmarks.pages --quick      200 articles on SQLite, one round
"""

import contextlib
import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from tests import postgres
from tests.benchmarks import load, votes

MODULE = "tests.benchmarks.pages"
SIZES = (200, 20_000, 200_000)
ROUNDS = 5


def build(directory, articles):
    """Fill the database of the environment."""
    votes.ready()
    from tests.benchmarks import dataset

    dataset.build(int(articles))
    return {"articles": int(articles)}


def rates(directory, databases, rounds):
    """Pages a second, of each size."""
    votes.ready()
    from tests.benchmarks import rates

    urls = {int(size): url for size, url in json.loads(databases).items()}
    return rates.measure(directory, urls, int(rounds))


def search(directory):
    """The page of results, and bare SQL."""
    votes.ready()
    from tests.benchmarks import search

    return search.measure(directory, os.environ["DATABASE_URL"])


def desk(directory, small):
    """The list of articles, beside a plain one of a small database, and publishing."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.desk_settings"
    os.environ["SMALL_DATABASE_URL"] = small
    votes.ready()
    from tests.benchmarks import desk

    return desk.measure()


def memory(directory, articles):
    """Measure the memory of two processes."""
    votes.ready()

    return memory.measure(directory, os.environ["DATABASE_URL"], int(articles))


PARTS = {"build": build, "rates": rates, "search": search, "desk": desk, "memory": memory}


@contextlib.contextmanager
def on_sqlite(sizes):
    """A directory, and an empty database for each size."""
    with tempfile.TemporaryDirectory() as directory:
        files = {size: Path(directory) / f"{size}.sqlite3" for size in sizes}
        yield directory, {size: f"sqlite:///{file}" for size, file in files.items()}


@contextlib.contextmanager
def on_postgresql(sizes):
    """A directory, and an empty database for each size."""
    import psycopg

    with tempfile.TemporaryDirectory() as directory, postgres.server(durable=True) as server:
        with psycopg.connect(server, autocommit=True) as connection:
            for size in sizes:
                connection.execute(f"CREATE DATABASE newsroom_{size}")
        parts = urlsplit(server)
        yield directory, {size: parts._replace(path=f"/newsroom_{size}").geturl() for size in sizes}


def print_rates(vendor, rows):
    print(f"\n{vendor:<30}articles   kB     per s     floor  of floor   p50 ms   p99 ms  CPU ms")
    for row in rows:
        print(
            f"{', '.join(filter(None, (row['figure'], row['cache']))):<30}{row['articles']:>8,}"
            f"{row['bytes'] / 1000:>5.0f}{row['per_second']:>10.0f}{row['floor']:>10.0f}"
            f"{row['of_floor']:>10.3f}"
            f"{row['p50']:>9.2f}{row['p99']:>9.2f}{row['cpu']:>8.2f}",
            flush=True,
        )


def print_rest(told):
    print(f"\nOf {told['articles']:,} articles")
    for name, row in told["search"].items():
        name = "page" if name == "page" else f"bare SQL, {name}"
        print(f"{'search, ' + name:<30}p50 {row['p50']:>8.2f} ms   p95 {row['p95']:>8.2f} ms")
    for size, row in told["list"].items():
        print(
            f"admin list of {size:<16,}{row['ours']:>12.2f} ms   plain {row['plain']:>6.2f} ms, "
            f"{row['times']:.2f} times, {row['queries']} queries"
        )
    for size, row in told["publishing"].items():
        print(
            f"publishing among {size:<13,}{row['milliseconds']:>12.2f} ms   "
            f"{row['queries']} queries"
        )
    row = told["memory"]
    print(
        f"memory of two processes      {row['before']:>13.1f} MB   after 10,000 requests "
        f"{row['after']:.1f} MB ({row['growth']:+.1%})",
        flush=True,
    )


class Measuring:
    """The parts, each in a process of its own, on the databases of one kind."""

    def __init__(self, directory, databases):
        """``databases``: addresses by numbers of articles."""
        self.directory, self.databases = str(directory), databases

    def run(self, part, size, *arguments):
        """Return the result of a part for the database of that size."""
        texts = [str(argument) for argument in arguments]
        return votes.run(part, self.directory, self.databases[size], MODULE, texts)

    def build(self):
        for size in self.databases:
            self.run("build", size, size)

    def rates(self, rounds):
        """Rows."""
        return self.run("rates", min(self.databases), json.dumps(self.databases), rounds)

    def rest(self):
        """Measure everything that is not a rate of pages; the admin last, since it writes."""
        most, least = max(self.databases), min(self.databases)
        told = {"articles": most, "search": self.run("search", most)}
        told["memory"] = self.run("memory", most, most)
        desks = {size: self.run("desk", size, self.databases[least]) for size in {most, least}}
        for name in ("list", "publishing"):
            told[name] = {size: desks[size][name] for size in sorted(desks)}
        return told


def main(*options):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, postgres.on_signal)
    load.demand("wrk")
    if not load.program("redis-server"):
        print("redis-server was not found: figures with a shared cache are left out.")
    quick = "--quick" in options
    sizes, rounds = (SIZES[:1], 1) if quick else (SIZES, ROUNDS)
    kinds = {"SQLite": on_sqlite} if quick else {"SQLite": on_sqlite, "PostgreSQL": on_postgresql}
    told = {}
    for vendor, opened in kinds.items():
        with opened(sizes) as (directory, databases):
            measuring = Measuring(directory, databases)
            measuring.build()
            rows = measuring.rates(rounds)
            print_rates(vendor, rows)
            told[vendor] = {"rates": rows}
            if not quick:
                told[vendor] |= measuring.rest()
                print_rest(told[vendor])
    print(json.dumps(told))


if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1] in PARTS:
        signal.signal(signal.SIGTERM, postgres.on_signal)
        print(json.dumps(PARTS[sys.argv[1]](*sys.argv[2:])))
    else:
        main(*sys.argv[1:])
