"""
Run a command against a throwaway PostgreSQL server.

    python -m tests.postgres pytest tests/polls

A new cluster listens on a Unix socket in a private temporary directory;
DATABASE_URL points the command at it. It is stopped and deleted when the
command ends, whose exit status becomes this one's.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote

ROLE = "newsroom"
# Fast rather than durable: the data does not outlive the run.
OPTIONS = {
    "listen_addresses": "''",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}
# For measuring: a commit is on the disk before it is acknowledged.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


def programs() -> Path:
    """The directory of the newest installed server's programs, as Debian lays them out."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    if not found:
        raise SystemExit("PostgreSQL's initdb was not found: install the package `postgresql`.")
    return max(found, key=lambda path: (path.parent.name.isdigit(), path.parent.name.zfill(4)))


def unprivileged() -> dict[str, Any]:
    """Return Popen's arguments for another user than root, since PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise SystemExit("PostgreSQL does not run as root, and there is no user `postgres`.")


@contextlib.contextmanager
def private_directory(owner: Mapping[str, Any]) -> Iterator[Path]:
    """A short-named temporary directory that only the server's user can enter."""
    parent = tempfile.gettempdir()
    if len(parent) > 60 or (owner and not os.stat(parent).st_mode & 0o001):
        parent = "/tmp"  # noqa: S108 - a socket's path has 107 bytes, and others must get in
    path = Path(tempfile.mkdtemp(prefix="newsroom-", dir=parent))
    try:
        if owner:
            os.chown(path, owner["user"], owner["group"])
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def call(command: list[str], directory: Path, user: Mapping[str, Any]) -> None:
    """Run one of PostgreSQL's programs; stop with what it said when it fails."""
    done = subprocess.run(
        command,
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # an interrupt is for the tests, then for us
        **user,
    )
    if done.returncode:
        raise SystemExit(f"{command[0]} failed:\n{done.stdout}{log_tail(directory)}")


@contextlib.contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """A running server; gives the DATABASE_URL of its empty database."""
    binaries, user = programs(), unprivileged()
    initdb, pg_ctl = str(binaries / "initdb"), str(binaries / "pg_ctl")
    with private_directory(user) as directory:
        data, log = str(directory / "data"), str(directory / "log")
        new = [initdb, "--pgdata", data, "--username", ROLE, "--auth", "trust", "--no-sync"]
        call([*new, "--encoding", "UTF8", "--locale", "C.UTF-8"], directory, user)
        options = (
            OPTIONS | (DURABLE if durable else {}) | {"unix_socket_directories": str(directory)}
        )
        settings = " ".join(f"-c {name}={value}" for name, value in options.items())
        try:
            start = [pg_ctl, "start", "--wait", "-D", data, "-l", log, "-o", settings]
            call(start, directory, user)
            yield f"postgres://{ROLE}@{quote(str(directory), safe='')}/postgres"
        finally:
            if (directory / "data" / "postmaster.pid").exists():
                call([pg_ctl, "stop", "--wait", "-D", data, "-m", "immediate"], directory, user)


def log_tail(directory: Path) -> str:
    """The last lines of the server's log, where there are any."""
    with contextlib.suppress(OSError):
        return "\n".join((directory / "log").read_text().splitlines()[-20:])
    return ""


def run(command: list[str], url: str) -> int:
    """The command's exit status; it is ended when we are."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    process = subprocess.Popen(command, env=os.environ | {"DATABASE_URL": url, "PATH": path})
    try:
        return process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def on_signal(number: int, frame: object) -> NoReturn:
    """Leave through every `finally`."""
    raise SystemExit(128 + number)


def main(command: list[str]) -> int:
    """Run `command` with a server beside it."""
    if not command:
        raise SystemExit("usage: python -m tests.postgres COMMAND [ARGUMENT ...]")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    with server() as url:
        try:
            return run(command, url)
        except OSError as error:
            raise SystemExit(f"{command[0]}: {error.strerror}") from error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
