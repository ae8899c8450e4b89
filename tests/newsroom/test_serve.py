"""The site served as in production: `make serve`, static files and media."""

import http.client
import os
import re
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from unittest import mock

import pytest
from django.conf import settings
from django.core.management import call_command

from newsroom.management.commands.serve import processes_and_threads
from tests.articles.factories import make_picture
from tests.serving import database_url, free_port, until

ROOT = Path(__file__).parents[2]
FOR_EVER = "max-age=315360000, public, immutable"


@pytest.fixture
def picture():
    """A file in media, stored after the start."""
    path = Path(settings.MEDIA_ROOT) / "photos" / "late.jpg"
    path.parent.mkdir(parents=True)
    path.write_bytes(make_picture())
    return path


def test_postgresql_is_served_by_a_process_per_core_and_sqlite_by_one_with_threads():
    assert processes_and_threads("postgresql", 8) == (8, 1)
    assert processes_and_threads("sqlite", 8) == (1, 4)


def test_serve_becomes_a_server_that_listens_to_this_machine_only():
    with mock.patch("os.execv") as become:
        call_command("serve", port=8042, processes=3, threads=2)
    (program, command), _ = become.call_args

    assert program == command[0] == sys.executable
    assert {"--host=127.0.0.1", "--port=8042", "--workers=3", "--blocking-threads=2"} < {*command}
    assert command[-1] == "newsroom.wsgi:application"


@pytest.mark.django_db
def test_media_is_handed_out_as_what_it_is_and_kept_for_ever(client, picture):
    answer = client.get("/media/photos/late.jpg")

    assert b"".join(answer) == picture.read_bytes()
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == FOR_EVER
    assert "Set-Cookie" not in answer

    again = client.get("/media/photos/late.jpg", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, b"".join(again)) == (304, b"")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "photos/early.jpg",
        "photos",
        "photos/",
        "../secret",
        "photos/../../secret",
        "{outside}",
        "photos\\..\\..\\secret",
        "photos/late.jpg\0",
    ],
)
def test_nothing_else_is_handed_out_as_media(client, settings, picture, path):
    secret = Path(settings.MEDIA_ROOT).parent / "secret"
    secret.write_text("hidden")

    answer = client.get("/media/" + path.format(outside=secret))

    assert answer.status_code in (301, 404)


@pytest.fixture
def served(tmp_path, transactional_db):
    """The port of a site that `manage.py serve` serves, with some of its static files."""
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTEST_VERSION": "-",
        "SECRET_KEY": "k" * 60,
        "ALLOWED_HOSTS": "127.0.0.1",
        "SITE_URL": "https://127.0.0.1",
        "TRUSTED_PROXIES": "127.0.0.1",
        "LOCAL_DIR": str(tmp_path),
        "PORT": str(port),
        "DATABASE_URL": database_url(),
    }

    def manage(*arguments):
        command = [sys.executable, "manage.py", *arguments]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True, **quiet)

    others = ["admin", "articles", "content_editor", "crispy*", "django_prose_editor", "js_asset"]
    ignored = [f"--ignore={name}" for name in others]
    assert manage("collectstatic", "--no-input", *ignored).wait() == 0
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "late.jpg").write_bytes(make_picture())
    process = manage("serve")

    def answers():
        assert process.poll() is None, "the server has ended"
        try:
            return get(port, "/media/late.jpg")
        except OSError:
            return None

    try:
        until(answers, "the site's first answer")
        yield port
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def get(port, path, **headers):
    """Status, headers and body of what a server answers."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        line.request("GET", path, headers={"X-Forwarded-Proto": "https", **headers})
        answer = line.getresponse()
        return answer.status, answer.headers, answer.read()


def test_a_served_site_has_hashed_static_files_in_brotli_and_media_as_it_is(served, tmp_path):
    (hashed,) = (
        path.name
        for path in (tmp_path / "static" / "newsroom").iterdir()
        if re.fullmatch(r"site\.[0-9a-f]{12}\.css", path.name)
    )
    accepted = {"Accept-Encoding": "gzip, deflate, br"}
    status, headers, _ = get(served, f"/static/newsroom/{hashed}", **accepted)
    assert status == 200
    assert headers["Content-Encoding"] == "br"
    assert headers["Cache-Control"] == FOR_EVER
    assert headers["X-Content-Type-Options"] == "nosniff"

    status, headers, body = get(served, "/media/late.jpg", **accepted)
    assert (status, body) == (200, (tmp_path / "media" / "late.jpg").read_bytes())
    assert headers["Cache-Control"] == FOR_EVER
    assert headers["X-Content-Type-Options"] == "nosniff"
