"""How many pages a second, beside the floor: a part of the pages' benchmark (``pages.py``)."""

import contextlib
import os
import secrets
import statistics
import subprocess
from pathlib import Path

from tests import serving
from tests.benchmarks import dataset, load

ROUNDS = 5
#: Whole seconds of one figure, as wrk takes them.
SECONDS = 2
FLOOR_SECONDS = 1
WORKERS = 2
#: What was measured best, for the floor and for the site alike.
OPTIONS = ("--runtime-mode", "st")

HUB_FRONTS = [f"/hub-{n}/" for n in range(1, dataset.HUBS + 1)]
FEEDS = ["/feeds/latest.atom"]
#: What is measured: name, how the site keeps pages, connections, status, addresses.
FIGURES = (
    ("article", "own cache", 16, 200, dataset.long_addresses),
    ("article, 304", "own cache", 16, 304, dataset.long_addresses),
    ("article", "Redis", 16, 200, dataset.long_addresses),
    ("article", "no cache", 16, 200, dataset.long_addresses),
    ("article, one client", "no cache", 1, 200, dataset.long_addresses),
    ("home", "no cache", 16, 200, lambda articles: ["/"]),
    ("hub fronts", "no cache", 16, 200, lambda articles: HUB_FRONTS),
    ("feed", "no cache", 16, 200, lambda articles: FEEDS),
)
FLOOR = {
    "application": "tests.benchmarks.floor",
    "DJANGO_SETTINGS_MODULE": "tests.benchmarks.floor_settings",
}
NO_CACHE = {"DJANGO_SETTINGS_MODULE": "tests.benchmarks.uncached_settings"}


@contextlib.contextmanager
def redis(directory):
    """A server of its own on the loopback; gives its address, None where there is none."""
    server = load.program("redis-server")
    if not server:
        yield None
        return
    port, password = serving.free_port(), secrets.token_hex(8)
    where = ["--bind", "127.0.0.1", "--port", str(port), "--dir", str(directory)]
    how = ["--save", "", "--appendonly", "no", "--requirepass", password]
    process = subprocess.Popen([server, *where, *how], stdout=subprocess.DEVNULL)
    try:
        serving.until(lambda: _listens(port), "Redis")
        yield f"redis://:{password}@127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _listens(port):
    with serving.socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def serve(directory, database, **options):
    """A site as it is measured."""
    directory = Path(directory) / secrets.token_hex(4)
    directory.mkdir()
    kept = {"STATIC_ROOT": os.environ["STATIC_ROOT"], **options}
    return serving.Site(directory, database, workers=WORKERS, threads=1, options=OPTIONS, **kept)


class Figure:
    """One thing that is measured at several numbers of articles, by turns with the floor."""

    def __init__(self, definition, sites, floor):
        self.name, self.kept, self.connections, status, paths = definition
        self.floor = floor
        self.targets = {
            articles: load.Target(site, paths(articles), status)
            for (articles, kept), site in sites.items()
            if kept == self.kept
        }
        self.rounds = {articles: [] for articles in self.targets}

    def warm_up(self):
        for target in self.targets.values():
            target.load(1, self.connections)

    def measure(self):
        """A round: the floor, then each number of articles."""
        floor = self.floor.load(FLOOR_SECONDS)["per_second"]
        for articles, target in self.targets.items():
            told = target.load(SECONDS, self.connections)
            own = {"floor": floor, "of_floor": told["per_second"] / floor}
            self.rounds[articles].append(told | own)

    def rows(self):
        """The middle of the rounds."""
        for articles, rounds in self.rounds.items():
            names = ("per_second", "floor", "of_floor", "p50", "p99", "cpu")
            yield {
                "figure": self.name,
                "cache": self.kept,
                "articles": articles,
                "bytes": round(self.targets[articles].bytes),
                **{name: statistics.median(each[name] for each in rounds) for name in names},
            }


def measure(directory, databases, rounds):
    """Rows for the databases, of which there is one for each number of articles."""
    with contextlib.ExitStack() as stack:
        floor = stack.enter_context(serve(directory, os.environ["DATABASE_URL"], **FLOOR))
        cache = stack.enter_context(redis(directory))
        sites = {}
        for nth, (articles, database) in enumerate(databases.items()):
            kinds = {"no cache": NO_CACHE}
            if articles in (min(databases), max(databases)):
                kinds["own cache"] = {}
                if cache:
                    kinds["Redis"] = {"CACHE_URL": f"{cache}/{nth}"}
            for kept, options in kinds.items():
                site = stack.enter_context(serve(directory, database, **options))
                sites[articles, kept] = site
        bare = load.Target(floor, ["/floor/"])
        figures = [Figure(each, sites, bare) for each in FIGURES]
        for figure in figures:
            figure.warm_up()
        for _ in range(rounds):
            for figure in figures:
                figure.measure()
        for site in sites.values():
            log = site.log.read_text()
            assert "Traceback" not in log, log
        return [row for figure in figures for row in figure.rows()]
