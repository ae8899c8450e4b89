"""A database of an earlier version, filled by the demo, from which the test of upgrades starts.

    python -m tests.stored_database

makes it anew for SQLite and for PostgreSQL. Only for a version that is not released yet: the
files of a released version never change, since its databases don't.
"""

import lzma
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import tomllib
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests import postgres

ROOT = Path(__file__).parents[1]
#: The most bytes that a file may add to the repository.
MAX_BYTES = 300_000
COMPLETE = "from tests.stored_rows import complete; complete()"
#: Settings of pg_dump's session, which another version may not know, and commands of psql.
_SESSION = re.compile(
    r"^(?:SET \w+ = [^;\n]*;|SELECT pg_catalog\.set_config\(.*\);|\\(?:un)?restrict .*)\n",
    re.MULTILINE,
)


def path(engine, version="0.2.0"):
    """Return the file of a version for an engine, "sqlite" or "postgresql"."""
    name = {"sqlite": "sqlite3", "postgresql": "sql"}[engine]
    return ROOT / "tests" / "databases" / f"{version}.{name}.xz"


def read(engine):
    """Return SQLite's file, or the statements for PostgreSQL, as bytes."""
    return lzma.decompress(path(engine).read_bytes())


@contextmanager
def in_use(connection, directory):
    """Use a copy of the stored database in the place of a connection's own.

    ``directory`` is for SQLite's file.
    """
    own = connection.settings_dict["NAME"]
    stored = f"{own}_stored"
    if connection.vendor == "sqlite":
        stored = str(directory / "stored.sqlite3")
        Path(stored).write_bytes(read("sqlite"))
    else:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {stored} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {stored} TEMPLATE template0")
    connection.close()
    connection.settings_dict["NAME"] = stored
    try:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(read("postgresql").decode())
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"DROP DATABASE {stored} WITH (FORCE)")


def _fill(url, directory):
    """Migrate an empty database and fill it with the demo."""
    own = {"DEVELOPMENT": "true", "DATABASE_URL": url, "LOCAL_DIR": str(directory)}
    site = {"SITE_URL": "http://testserver", "ALLOWED_HOSTS": "testserver"}
    environment = {**os.environ, **own, **site}
    for arguments in (["migrate"], ["demo"], ["shell", "--no-imports", "-c", COMPLETE]):
        subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )


def _sqlite(directory):
    file = directory / "made.sqlite3"
    _fill(f"sqlite:///{file}", directory)
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.execute("VACUUM")
    connection.close()
    return file.read_bytes()


def _postgresql(directory):
    with postgres.server() as url:
        _fill(url, directory)
        parts = urlsplit(url)
        dumped = subprocess.run(
            [
                postgres.programs() / "pg_dump",
                f"--host={unquote(parts.hostname)}",
                f"--username={parts.username}",
                "--no-owner",
                "--no-privileges",
                "--inserts",
                "--rows-per-insert=100",
                parts.path.removeprefix("/"),
            ],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    return _SESSION.sub("", dumped).encode()


def main():
    """Make both files."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    for engine, make in (("sqlite", _sqlite), ("postgresql", _postgresql)):
        with tempfile.TemporaryDirectory() as directory:
            content = lzma.compress(make(Path(directory)), preset=9)
        if len(content) > MAX_BYTES:
            raise SystemExit(f"{engine}: {len(content):,} bytes are too many")
        path(engine, version).write_bytes(content)
        print(f"{path(engine, version).relative_to(ROOT)}: {len(content):,} bytes")


if __name__ == "__main__":
    main()
