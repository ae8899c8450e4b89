import json
import os
import re
import stat
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from environs import EnvError

from newsroom import environment

ROOT = Path(__file__).parents[2]
KEY = "k" * 60

PRODUCTION = {
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": "news.example",
    "SITE_URL": "https://news.example",
    "DATABASE_URL": "postgres://newsroom:hunter2@db.example/newsroom",
}

PRINT = """
import json, os
import django.conf
django.conf.settings.DEBUG  # loads them all
names = os.environ["NAMES"].split()
values = {name: getattr(django.conf.settings, name, "missing") for name in names}
print(json.dumps(values, default=str))
"""


def start(code, environment):
    """A new process with these variables only (and no `.env` file)."""
    base = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        "PYTEST_VERSION": "-",
    }
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=base | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def load(tmp_path):
    """The values that the named settings get from an environment."""

    def load(*names, **environment):
        environment = {"LOCAL_DIR": str(tmp_path)} | environment
        done = start(PRINT, environment | {"NAMES": " ".join(names)})
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return load


@pytest.fixture
def refuse(tmp_path):
    """The sentence with which settings refuse an environment."""

    def refuse(**environment):
        done = start(PRINT, {"NAMES": "", "LOCAL_DIR": str(tmp_path)} | environment)
        assert done.returncode == 1
        assert done.stdout == ""
        assert len(done.stderr.splitlines()) == 1, done.stderr
        return done.stderr

    return refuse


def test_env_example_names_every_setting_once():
    example = (ROOT / ".env.example").read_text()
    settings = (ROOT / "newsroom" / "settings.py").read_text()
    offered = re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)
    read = re.findall(r"(?:setting|required)\(\s*\"([A-Z_]+)\"", settings)
    assert sorted(offered) == sorted(read)
    assert len(set(offered)) == len(offered)


def test_env_example_explains_every_setting():
    lines = (ROOT / ".env.example").read_text().splitlines()
    for before, line in pairwise(lines):
        if re.match(r"#?[A-Z_]+=", line):
            assert before.startswith("# "), f"{line} stands without a word"


def test_env_example_states_the_defaults_of_production(load):
    example = (ROOT / ".env.example").read_text()
    written = dict(re.findall(r"^#([A-Z_]+)=(.+)", example, re.MULTILINE))
    names = [*written, "DATABASES", "CACHES", "EMAIL_BACKEND", "EMAIL_HOST"]
    environment = PRODUCTION | {"DATABASE_URL": "", "LOCAL_DIR": ""}
    assert load(*names, **environment) == load(*names, **(environment | written))


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL"])
@pytest.mark.parametrize("value", [None, "", " "])
def test_production_does_not_start_without(refuse, name, value):
    environment = {key: text for key, text in PRODUCTION.items() if key != name}
    sentence = refuse(**environment, **({} if value is None else {name: value}))
    assert f"{name} is not set" in sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "perhaps"),
        ("DEVELOPMENT", "perhaps"),
        ("PORT", "http"),
        ("DATABASE_URL", "somewhere:hunter2"),
        ("DATABASE_URL", "postgres://newsroom:hunter2@db.example:port/newsroom"),
        ("CACHE_URL", "somewhere"),
        ("TASKS_BACKEND", "somewhere"),
        ("SEARCH_URL", "somewhere:hunter2"),
        ("SEARCH_URL", "elasticsearch9+ftp://user:hunter2@search.example"),
        ("SEARCH_URL", "elasticsearch9+https://"),
        ("TASKS_BACKEND", "Database"),
        ("EMAIL_URL", "somewhere:hunter2"),
        ("SITE_URL", "news.example"),
        ("SITE_URL", "ftp://news.example"),
        ("SITE_URL", "https://news.example/path"),
        ("SITE_URL", "https://user:hunter2@news.example"),
        ("SITE_URL", "https://news.example:port"),
        ("TRUSTED_PROXIES", "10.0.0.0/8,proxy"),
        ("TIME_ZONE", "Europe/Atlantis"),
        ("TIME_ZONE", "../etc/passwd"),
        ("PHOTO_MAX_BYTES", "25 MB"),
        ("POLL_BALLOTS_PER_NETWORK", "0"),
        ("POLL_BALLOTS_PER_NETWORK", "many"),
        ("SECURE_HSTS_SECONDS", "a year"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_malformed_value_stops_the_start(refuse, name, value):
    sentence = refuse(**(PRODUCTION | {name: value}))
    assert name in sentence
    assert "hunter2" not in sentence


def test_the_command_line_ends_with_the_sentence_too():
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        env={"PATH": os.environ["PATH"], "PYTEST_VERSION": "-"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "is not set" in done.stderr


def test_production_is_strict(load):
    assert load(
        "DEBUG",
        "SECURE_SSL_REDIRECT",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_HSTS_SECONDS",
        **PRODUCTION,
    ) == {
        "DEBUG": False,
        "SECURE_SSL_REDIRECT": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_HSTS_SECONDS": 31536000,
    }


def test_development_starts_with_nothing_else_set(load):
    assert load("SITE_URL", "ALLOWED_HOSTS", "DEBUG", DEVELOPMENT="true", PORT="8042") == {
        "SITE_URL": "http://127.0.0.1:8042",
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"],
        "DEBUG": False,
    }


def test_development_works_over_plain_http(load):
    names = ["SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"]
    values = load(*names, "SECURE_HSTS_SECONDS", DEVELOPMENT="true")
    assert not any(values.values())


def test_development_keeps_its_generated_key_to_its_owner(load, tmp_path):
    first = load("SECRET_KEY", DEVELOPMENT="true")["SECRET_KEY"]
    assert len(first) >= 50
    assert load("SECRET_KEY", DEVELOPMENT="true")["SECRET_KEY"] == first
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_a_given_key_wins_over_the_generated_one(load, tmp_path):
    assert load("SECRET_KEY", DEVELOPMENT="true", SECRET_KEY=KEY)["SECRET_KEY"] == KEY
    assert not (tmp_path / "secret-key").exists()


def test_lists_are_read_without_blanks(load):
    environment = PRODUCTION | {"ALLOWED_HOSTS": " news.example , www.news.example,"}
    assert load("ALLOWED_HOSTS", **environment)["ALLOWED_HOSTS"] == [
        "news.example",
        "www.news.example",
    ]


def test_site_url_loses_its_closing_slash(load):
    environment = PRODUCTION | {"SITE_URL": "https://news.example:8443/"}
    assert load("SITE_URL", **environment)["SITE_URL"] == "https://news.example:8443"


def test_search_is_the_databases_own_unless_set(load):
    assert load("MODELSEARCH_BACKENDS", "SEARCHES_ELSEWHERE", **PRODUCTION) == {
        "MODELSEARCH_BACKENDS": {"default": {"BACKEND": "articles.search.backend"}},
        "SEARCHES_ELSEWHERE": False,
    }


@pytest.mark.parametrize(
    ("url", "product", "prefix"),
    [
        (
            "elasticsearch9+https://user:hunter2@search.example:9200/news_",
            "elasticsearch9",
            "news_",
        ),
        ("opensearch3+https://user:hunter2@search.example:9200", "opensearch3", ""),
    ],
)
def test_search_url_picks_another_backend_whose_client_is_installed(
    monkeypatch, url, product, prefix
):
    monkeypatch.setenv("SEARCH_URL", url)
    monkeypatch.setattr(environment, "find_spec", lambda name: name)

    assert environment.search("SEARCH_URL", "database:", database_backend="own") == {
        "BACKEND": f"modelsearch.backends.{product}",
        "URLS": ["https://user:hunter2@search.example:9200"],
        "INDEX_PREFIX": prefix,
    }

    monkeypatch.setattr(environment, "find_spec", lambda name: None)
    with pytest.raises(EnvError, match=r"The package \w+ is not installed") as refusal:
        environment.search("SEARCH_URL", "database:", database_backend="own")
    assert "hunter2" not in str(refusal.value)


def test_postgresql_connections_persist_and_are_checked(load):
    database = load("DATABASES", **PRODUCTION)["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert database["CONN_MAX_AGE"] > 0
    assert database["CONN_HEALTH_CHECKS"] is True


def test_sqlite_is_durable_and_its_writers_wait(tmp_path):
    code = """
import django
django.setup()
from django.db import connection, transaction
with connection.cursor() as cursor:
    for pragma in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout"):
        print(cursor.execute(f"PRAGMA {pragma}").fetchone()[0])
connection.queries_log.clear(); connection.force_debug_cursor = True
with transaction.atomic():
    pass
print(connection.queries[0]["sql"])
"""
    done = start(code, {"DEVELOPMENT": "true", "LOCAL_DIR": str(tmp_path)})
    assert done.stdout.split() == ["wal", "2", "1", "20000", "BEGIN", "IMMEDIATE"], done.stderr


def test_the_content_policy_allows_nothing_inline(settings):
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert directives["default-src"] == ["'none'"]
    sources = {source for values in directives.values() for source in values}
    assert not sources & {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:"}


def test_deployment_checks_pass_without_a_database(tmp_path):
    environment = {"PATH": os.environ["PATH"], "PYTEST_VERSION": "-", "LOCAL_DIR": str(tmp_path)}
    key = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env=environment | PRODUCTION | {"SECRET_KEY": key},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
