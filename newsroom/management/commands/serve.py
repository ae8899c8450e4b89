"""The command that serves the site in production."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection

#: Threads of the one process on SQLite.
THREADS_ON_SQLITE = 4


def processes_and_threads(vendor: str, cores: int) -> tuple[int, int]:
    """Return the numbers of processes and of threads in each that serve a database fastest.

    One process for each core; on SQLite one process with threads, because processes that write
    make each other wait too long. Measured by ``tests/benchmarks``.
    """
    return (1, THREADS_ON_SQLITE) if vendor == "sqlite" else (cores, 1)


class Command(BaseCommand):
    """``manage.py serve``: replaces itself by granian."""

    help = (
        "Serves the site with granian, for a proxy in front of it: one process per core, or one "
        "process with threads where the database is SQLite."
    )
    requires_system_checks = []  # `make serve` runs them before

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="The address to listen on.")
        parser.add_argument("--port", type=int, default=settings.PORT)
        processes, threads = processes_and_threads(connection.vendor, len(os.sched_getaffinity(0)))
        parser.add_argument("--processes", type=int, default=processes)
        parser.add_argument("--threads", type=int, default=threads, help="Threads of each process.")

    def handle(self, *args: Any, **options: Any) -> None:
        where = {"host": options["host"], "port": options["port"]}
        how = {"workers": options["processes"], "blocking-threads": options["threads"]}
        arguments = [f"--{name}={value}" for name, value in (where | how).items()]
        server = ["-m", "granian", "--interface=wsgi", "--http=1", "--no-ws", "--runtime-mode=st"]
        command = [sys.executable, *server, "--respawn-failed-workers", *arguments]
        os.execv(sys.executable, [*command, "newsroom.wsgi:application"])  # noqa: S606
