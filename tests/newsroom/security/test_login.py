"""Guessing a password soon leads nowhere, and locks out nobody else."""

import secrets

import pytest

from newsroom.security.log_in import PAIR_LIMIT, SINGLE_LIMIT, WINDOW
from tests.articles.factories import make_user

pytestmark = pytest.mark.django_db
PASSWORD = secrets.token_urlsafe()


@pytest.fixture
def log_in(client):
    """A function that tries to log in; returns whether it worked."""

    def log_in(username, password=PASSWORD, address="192.0.2.1"):
        data = {"username": username, "password": password}
        response = client.post("/admin/login/", data, REMOTE_ADDR=address)
        client.cookies.clear()
        return response.status_code == 302

    return log_in


@pytest.fixture
def editor():
    return make_user(username="editor", password=PASSWORD)


def test_right_password_works_after_a_few_wrong_ones(log_in, editor):
    for _ in range(PAIR_LIMIT - 1):
        assert not log_in("editor", "wrong")

    assert log_in("editor")


def test_a_thousand_tries_end_at_the_limit_even_with_the_right_one(log_in, editor, monkeypatch):
    checked = []
    authenticate = "django.contrib.auth.forms.authenticate"
    monkeypatch.setattr(authenticate, lambda *args, **kwargs: checked.append(1))
    for number in range(1000):
        log_in("editor", f"guess {number}")
    monkeypatch.undo()

    assert len(checked) == PAIR_LIMIT
    assert not log_in("editor")


def test_limit_is_said_in_a_sentence(client, editor):
    data = {"username": "editor", "password": "wrong"}
    for _ in range(PAIR_LIMIT + 1):
        response = client.post("/admin/login/", data)

    assert "Too many attempts to log in." in response.content.decode()


def test_limit_ends_with_its_window(log_in, editor, time_machine):
    time_machine.move_to("2026-01-01T12:00:00Z", tick=False)
    for _ in range(PAIR_LIMIT):
        log_in("editor", "wrong")
    assert not log_in("editor")

    time_machine.shift(WINDOW + 1)
    assert log_in("editor")


def test_a_colleague_elsewhere_is_not_locked_out(log_in, editor):
    for _ in range(PAIR_LIMIT):
        log_in("editor", "wrong")

    assert log_in("editor", address="192.0.2.2")


def test_a_crowd_of_addresses_is_stopped_too(log_in, editor):
    for number in range(SINGLE_LIMIT):
        log_in("editor", "wrong", address=f"198.51.100.{number}")

    assert not log_in("editor", address="203.0.113.1")


def test_one_address_cannot_try_every_account(log_in, editor):
    for number in range(SINGLE_LIMIT):
        log_in(f"somebody{number}", "wrong")

    assert not log_in("editor")
    assert log_in("editor", address="192.0.2.2")


def test_case_of_the_name_makes_no_new_account(log_in, editor):
    for number in range(PAIR_LIMIT):
        log_in("EDITOR" if number % 2 else "Editor", "wrong")

    assert not log_in("editor")


def test_forged_header_makes_no_new_address(client, editor):
    data = {"username": "editor", "password": "wrong"}
    for number in range(PAIR_LIMIT):
        headers = {"x-forwarded-for": f"203.0.113.{number}"}
        client.post("/admin/login/", data, headers=headers)

    response = client.post("/admin/login/", {"username": "editor", "password": PASSWORD})
    assert "Too many attempts" in response.content.decode()
