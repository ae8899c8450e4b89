"""Serve the site as in production."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection

#: Requests that a process on SQLite serves at once.
THREADS_ON_SQLITE = 4


def processes_and_threads(vendor: str, cores: int) -> tuple[int, int]:
    """How a database is served best; see ``tests/benchmarks``.

    One process per core, but one with threads on SQLite, where processes that write starve
    each other.
    """
    return (1, THREADS_ON_SQLITE) if vendor == "sqlite" else (cores, 1)


class Command(BaseCommand):
    """``manage.py serve``: becomes granian."""

    help = (
        "Serves the site with granian, for a proxy in front of it: one process per core, or one "
        "process with threads where the database is SQLite."
    )
    requires_system_checks = []  # `make serve` has them run before

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="The address to listen on.")
        parser.add_argument("--port", type=int, default=settings.PORT)
        processes, threads = processes_and_threads(connection.vendor, len(os.sched_getaffinity(0)))
        parser.add_argument("--processes", type=int, default=processes)
        parser.add_argument("--threads", type=int, default=threads, help="Of each process.")

    def handle(self, *args: Any, **options: Any) -> None:
        where = {"host": options["host"], "port": options["port"]}
        how = {"workers": options["processes"], "blocking-threads": options["threads"]}
        arguments = [f"--{name}={value}" for name, value in (where | how).items()]
        server = ["-m", "granian", "--interface=wsgi", "--http=1", "--no-ws", "--runtime-mode=st"]
        command = [sys.executable, *server, "--respawn-failed-workers", *arguments]
        os.execv(sys.executable, [*command, "newsroom.wsgi:application"])  # noqa: S606
