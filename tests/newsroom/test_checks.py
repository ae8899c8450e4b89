import sqlite3

import pytest
from django.conf import settings as django_settings
from django.core.checks import WARNING, run_checks

from newsroom.checks import wal_reset_fault

SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL;"},
}
POSTGRESQL = {"ENGINE": "django.db.backends.postgresql", "NAME": "newsroom"}


@pytest.fixture
def production(settings, tmp_path):
    """Settings that no check of ours objects to."""
    settings.DEVELOPMENT = False
    settings.SITE_URL = "https://news.example"
    settings.ALLOWED_HOSTS = ["news.example"]
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STATIC_ROOT = tmp_path / "static"
    use_database(settings, POSTGRESQL)
    return settings


def use_database(settings, database):
    settings.DATABASES = {"default": database}


def warnings(*, deploy=True):
    messages = run_checks(include_deployment_checks=deploy)
    assert all(m.level == WARNING for m in messages if m.id.startswith("newsroom."))
    return {message.id for message in messages if message.id.startswith("newsroom.")}


pytestmark = pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")


def test_a_sound_deployment_has_no_warning(production):
    assert warnings() == set()


def test_sqlite_in_production_is_named(production, monkeypatch):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 3))
    use_database(production, SQLITE)
    assert warnings() == {"newsroom.W001"}


def test_sqlite_in_development_is_fine(production, monkeypatch):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 3))
    use_database(production, SQLITE)
    production.DEVELOPMENT = True
    assert warnings() == set()


def test_wal_reset_fault_is_named_where_it_is_in_use(production, monkeypatch):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    use_database(production, SQLITE)
    production.DEVELOPMENT = True
    assert warnings() == {"newsroom.W002"}


def test_wal_reset_fault_does_not_matter_without_wal(production, monkeypatch):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    use_database(production, SQLITE | {"OPTIONS": {}})
    production.DEVELOPMENT = True
    assert warnings() == set()


@pytest.mark.parametrize(
    ("version", "faulty"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 0), False),
    ],
)
def test_wal_reset_fault_covers_the_published_versions(version, faulty):
    assert wal_reset_fault(version) is faulty


def test_site_url_without_https_is_named(production):
    production.SITE_URL = "http://news.example"
    assert warnings() == {"newsroom.W003"}


@pytest.mark.parametrize("url", ["https://other.example", "https://[::1]:8443"])
def test_site_url_on_a_host_that_is_refused_is_named(production, url):
    production.SITE_URL = url
    assert warnings() == {"newsroom.W004"}


@pytest.mark.parametrize(
    ("media", "static"), [("files", "files"), ("files/media", "files"), ("files", "files/static")]
)
def test_uploads_mixed_with_static_files_are_named(production, tmp_path, media, static):
    production.MEDIA_ROOT = tmp_path / media
    production.STATIC_ROOT = tmp_path / static
    assert warnings() == {"newsroom.W005"}


def test_a_media_root_that_cannot_be_written_is_named(production, tmp_path):
    (tmp_path / "file").touch()
    production.MEDIA_ROOT = tmp_path / "file" / "media"
    assert warnings() == {"newsroom.W006"}


def test_checks_are_quiet_outside_deployment_checks(production):
    use_database(production, SQLITE)
    production.SITE_URL = "http://other.example"
    production.MEDIA_ROOT = production.STATIC_ROOT
    assert warnings(deploy=False) == set()


def test_the_suite_runs_in_development_mode():
    assert django_settings.DEVELOPMENT
