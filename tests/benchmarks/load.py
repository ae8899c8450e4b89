"""The load of the pages' benchmark: wrk asks a served site for a list of addresses, by turns."""

import http.client
import itertools
import json
import os
import shutil
import subprocess
from pathlib import Path

from tests.benchmarks.votes import HOST

SCRIPT = Path(__file__).with_name("requests.lua")
#: What the proxy in front of the site sends.
HEADERS = {
    "Host": HOST,
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": "192.0.2.1",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
}


_numbers = itertools.count(1)


def program(name):
    """Where a program is; None where it is not installed."""
    return shutil.which(name)


def demand(name):
    """Stop with a sentence where a program, of a package of its name, is not installed."""
    if not program(name):
        raise SystemExit(f"{name} was not found: install the package `{name}`.")


def answers(port, paths, **further):
    """Return status, headers and body of the response for each address, in order."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for path in paths:
        line.request("GET", path, headers=HEADERS | further)
        answer = line.getresponse()
        yield answer.status, answer.headers, answer.read()
    line.close()


def workers(site):
    """The processes of a served site that answer."""
    pid = site.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in children.split()]


def processor_time(pids):
    """Seconds that processes have had of the processors."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


class Target:
    """Addresses of a served site that are measured together."""

    def __init__(self, site, paths, status=200):
        """``status``: what they answer; for 304 each is asked with the ETag that it sends."""
        self.site, self.status = site, status
        lines, sizes = [], []
        for path, (got, headers, body) in zip(paths, answers(site.port, paths), strict=True):
            assert got == 200, (path, got, body[:500])
            sizes.append(len(body))
            lines.append(f"{path} {headers['ETag']}" if status == 304 else path)
        self.bytes = sum(sizes) / len(sizes)
        self.list = site.log.parent / f"addresses-{next(_numbers)}"
        self.list.write_text("".join(f"{line}\n" for line in lines))
        if status == 304:
            path, etag = lines[0].split(" ", 1)
            ((got, _, body),) = answers(site.port, [path], **{"If-None-Match": etag})
            assert (got, body) == (304, b""), (path, etag, got)

    def load(self, seconds, connections=16):
        """
        Ask for so long; what wrk tells, times in milliseconds.

        ``cpu``: what the site's processes have had of the processors, per request; unlike all
        else it hardly depends on what else the machine does.
        """
        headers = [part for pair in HEADERS.items() for part in ("-H", ": ".join(pair))]
        length = ["-t", "1", "-c", str(connections), "-d", f"{seconds}s", "--timeout", "60s"]
        url = f"http://127.0.0.1:{self.site.port}/"
        pids = workers(self.site)
        before = processor_time(pids)
        done = subprocess.run(
            [program("wrk"), *length, *headers, "-s", str(SCRIPT), url, str(self.list)],
            check=True,
            capture_output=True,
            text=True,
        )
        spent = processor_time(pids) - before
        told = json.loads(done.stdout.splitlines()[-1])
        assert told["refused"] == told["broken"] == 0, told
        if self.status == 304:
            assert told["bytes"] / told["requests"] < 2000, told
        told["per_second"] = told["requests"] / told["seconds"]
        return told | {"cpu": 1000 * spent / told["requests"]}
