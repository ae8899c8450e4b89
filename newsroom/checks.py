"""System checks for a deployment: ``manage.py check --deploy``.

They read the settings only; none connects to the database.
"""

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, register
from django.http.request import validate_host

Apps = Sequence[AppConfig] | None


def wal_reset_fault(version: tuple[int, int, int]) -> bool:
    """Return whether this SQLite may lose or damage data when a write-ahead log is reset.

    Versions 3.7.0 to 3.51.2 have the fault, except for the repaired 3.44.6 and 3.50.7.
    Source: https://www.sqlite.org/wal.html#walresetbug
    """
    repaired_branches = {(3, 44): (3, 44, 6), (3, 50): (3, 50, 7)}
    repaired = repaired_branches.get(version[:2], (3, 51, 3))
    return (3, 7, 0) <= version < repaired


def _uses_sqlite(database: dict[str, Any]) -> bool:
    return bool(database["ENGINE"] == "django.db.backends.sqlite3")


@register(Tags.compatibility, deploy=True)
def check_production_database(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """W001: production should use PostgreSQL."""
    if settings.DEVELOPMENT or not _uses_sqlite(settings.DATABASES["default"]):
        return []
    return [
        checks.Warning(
            "The site runs on SQLite.",
            hint="Set DATABASE_URL to a PostgreSQL database: postgres://user:password@host/name.",
            id="newsroom.W001",
        )
    ]


@register(Tags.compatibility, deploy=True)
def check_sqlite_version(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """W002: this SQLite's write-ahead log has the reset fault."""
    database = settings.DATABASES["default"]
    init_command = database.get("OPTIONS", {}).get("init_command", "")
    if not _uses_sqlite(database) or "journal_mode=wal" not in init_command.lower():
        return []
    if not wal_reset_fault(sqlite3.sqlite_version_info):
        return []
    return [
        checks.Warning(
            f"SQLite {sqlite3.sqlite_version} can, rarely, damage a database in WAL mode "
            "when two connections write and checkpoint at once.",
            hint="Move to PostgreSQL, or run a Python that is linked to SQLite 3.51.3 or later "
            "(3.50.7 and 3.44.6 are repaired too).",
            id="newsroom.W002",
        )
    ]


@register(Tags.urls, deploy=True)
def check_site_url(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """W003, W004: SITE_URL is https, and its host is in ALLOWED_HOSTS."""
    parts = urlsplit(settings.SITE_URL)
    messages: list[CheckMessage] = []
    if parts.scheme != "https" and not settings.DEVELOPMENT:
        messages.append(
            checks.Warning(
                "SITE_URL is not an https address.",
                hint="Links in mails and feeds start with it: serve the site over https.",
                id="newsroom.W003",
            )
        )
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    if not validate_host(host, settings.ALLOWED_HOSTS):
        messages.append(
            checks.Warning(
                "The host of SITE_URL is not in ALLOWED_HOSTS.",
                hint="Links in mails and feeds would be refused: add the host to ALLOWED_HOSTS.",
                id="newsroom.W004",
            )
        )
    return messages


@register(Tags.files, deploy=True)
def check_media_root(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """W005, W006: MEDIA_ROOT is apart from STATIC_ROOT, and can be written to."""
    media, static = Path(settings.MEDIA_ROOT).resolve(), Path(settings.STATIC_ROOT).resolve()
    messages: list[CheckMessage] = []
    if media.is_relative_to(static) or static.is_relative_to(media):
        messages.append(
            checks.Warning(
                "One of MEDIA_ROOT and STATIC_ROOT is inside the other.",
                hint="Uploads would mix with the site's own files. Use separate directories.",
                id="newsroom.W005",
            )
        )
    # The directory is made on the first upload, so its parent counts until then.
    existing = next(path for path in (media, *media.parents) if path.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        messages.append(
            checks.Warning(
                "MEDIA_ROOT cannot be written to.",
                hint="Set MEDIA_ROOT to a directory to which the site's process may write.",
                id="newsroom.W006",
            )
        )
    return messages
