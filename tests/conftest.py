"""Fixtures of all tests: a development-mode site with its own database, media and mail."""

import os
import re
import secrets
from functools import partial
from pathlib import Path
from unittest import mock

import django
import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache, caches
from django.db.backends.postgresql.base import DatabaseOperations as PostgreSQL
from django.db.backends.sqlite3.base import DatabaseOperations as SQLite
from django.test import override_settings

# Of the caller's settings only the database counts.
EXAMPLE = (Path(__file__).parents[1] / ".env.example").read_text()
for name in re.findall(r"^#([A-Z_]+)=", EXAMPLE, re.MULTILINE):
    if name != "DATABASE_URL":
        os.environ.pop(name, None)
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "newsroom.settings",
    "DEVELOPMENT": "true",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "SITE_URL": "http://testserver",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
}
django.setup()

hypothesis.settings.register_profile("newsroom", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("newsroom")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark the tests that use the database, for a run on another one: ``-m database``."""
    for item in items:
        uses_fixture = {"db", "transactional_db"}.intersection(item.fixturenames)
        if uses_fixture or item.get_closest_marker("django_db"):
            item.add_marker("database")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, tmp_path_factory):
    """SQLite in a file: threads in memory would share one connection and its transactions."""
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session", autouse=True)
def _flush_past_guards():
    """Let a test's own rows go, which the guards' triggers refuse.

    On SQLite flushing deletes, on PostgreSQL it truncates.
    """
    on_sqlite, on_postgresql = SQLite.sql_flush, PostgreSQL.sql_flush

    def delete(self, *args, **kwargs):
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        dropped = [f'DROP TRIGGER "{name}"' for name, _ in triggers]
        return [*dropped, *on_sqlite(self, *args, **kwargs), *(sql for _, sql in triggers)]

    def truncate(self, *args, **kwargs):
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger"
                " WHERE NOT tgisinternal AND tgtype & 32 <> 0"  # those of TRUNCATE
            )
            tables = [table for (table,) in cursor.fetchall()]
        return [
            *(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables),
            *on_postgresql(self, *args, **kwargs),
            *(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables),
        ]

    with (
        mock.patch.object(SQLite, "sql_flush", delete),
        mock.patch.object(PostgreSQL, "sql_flush", truncate),
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords():
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=hashers):
        yield


@pytest.fixture(scope="session", autouse=True)
def _mail_at_request():
    """Nothing is sent behind a test's back: it calls the task when it wants to."""
    thread = {"thread": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    with override_settings(TASKS=settings.TASKS | thread):
        yield


@pytest.fixture(autouse=True)
def _own_files_and_cache(settings, tmp_path):
    """No test sees another's uploads, cached pages, polls or keys of networks."""
    from newsroom.page_cache import site_version
    from newsroom.security import network_hash
    from polls import voting

    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ERASURES_FILE = tmp_path / "erasures"
    cache.clear()
    caches["pages"].clear()
    site_version.invalidate()
    network_hash._key_of.cache_clear()
    voting.clear_cached_polls()


@pytest.fixture(scope="session")
def fill_demo(tmp_path_factory):
    """A function that runs ``manage.py demo`` with its arguments and returns what it printed."""
    from tests import demo

    base = tmp_path_factory.getbasetemp()
    of_all_workers = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    directory = of_all_workers / "demo-pictures"
    directory.mkdir(exist_ok=True)
    return partial(demo.fill_demo, directory)
