"""The memory of two processes, and its growth: a part of the pages' benchmark."""

from pathlib import Path

from tests.benchmarks import dataset, load, rates, voters

WARM_UP = 3_000
REQUESTS = 10_000


def proportional_set_size(site):
    """Megabytes of the processes that answer; what several share is parted among them."""
    kilobytes = 0
    for pid in load.workers(site):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes * 1024 / 1e6


def ask(site, numbers):
    """Ask for articles by their numbers."""
    requests = [(number, voters.get(load.HOST, dataset.address(number))) for number in numbers]
    for head, request in voters.exchange(site.port, requests).last.values():
        assert head.startswith(b"HTTP/1.1 200 "), (head, request)


def measure(directory, database, articles):
    """Megabytes after a warm-up, and after so many requests for as many other addresses."""
    with rates.serve(directory, database) as site:
        started = proportional_set_size(site)
        ask(site, range(1, WARM_UP + 1))
        before = proportional_set_size(site)
        ask(site, range(articles - REQUESTS + 1, articles + 1))
        after = proportional_set_size(site)
    return {"started": started, "before": before, "after": after, "growth": after / before - 1}
