"""No line of the log holds the secret part of an address."""

import io
import logging

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from newsroom import logs
from newsroom.logs import HideTokens

PART = "WyJhIiwxXQ.1xVw.some-thing_secret"
VIEWS = [
    "newsletter:confirm",
    "newsletter:unsubscribe",
    "newsletter:change-at-old",
    "newsletter:change-at-new",
    "newsletter:manage",
    "newsletter:download_data",
    "newsletter:erase",
    "articles:share",
]


def line(message, *arguments):
    record = logging.LogRecord("a", logging.ERROR, __file__, 1, message, arguments, None)
    assert HideTokens().filter(record)
    return record.getMessage()


@pytest.mark.parametrize("view", VIEWS)
def test_address_in_a_line_has_no_token(view):
    path = reverse(view, args=[PART])
    assert PART in path

    assert line("Internal Server Error: %s", path) == f"Internal Server Error: {path}".replace(
        PART, "…"
    )
    assert PART not in line(f"GET http://testserver{path}?done=on failed")


def test_every_address_with_a_token_is_known():
    with_token = {
        name
        for resolver in ("newsletter", "articles")
        for name, (patterns, *_) in (
            (key, each)
            for key, each in get_resolver(None).namespace_dict[resolver][1].reverse_dict.items()
            if isinstance(key, str)
        )
        if any("token" in names for _, names in patterns)
    }
    assert {view.partition(":")[2] for view in VIEWS} <= with_token
    for name in with_token:
        namespace = "articles" if name == "share" else "newsletter"
        arguments = {"token": PART}
        if name in {"manage_subscribe", "manage_unsubscribe"}:
            arguments["slug"] = "a"
        assert PART not in line(reverse(f"{namespace}:{name}", kwargs=arguments))


@pytest.mark.parametrize("message", ["Nothing at /newsletters/", "50%% of %s", "/sci-fi/share/"])
def test_other_lines_stay_as_they_are(message):
    arguments = ("x",) if "%s" in message else ()

    assert line(message, *arguments) == (message % arguments if arguments else message)


def console():
    """The handler that the settings give the root logger."""
    handlers = logging.getLogger().handlers
    return next(each for each in handlers if any(isinstance(f, HideTokens) for f in each.filters))


@pytest.mark.django_db
def test_error_on_such_a_page_is_logged_without_its_token(monkeypatch):
    def fail(*arguments):
        raise RuntimeError("out of order")

    monkeypatch.setattr("newsletter.tokens.read", fail)
    told = io.StringIO()
    monkeypatch.setattr(console(), "stream", told)

    response = Client(raise_request_exception=False).get(reverse(VIEWS[0], args=[PART]))

    assert response.status_code == 500
    assert "/newsletters/confirm/…/" in told.getvalue()
    assert PART not in told.getvalue()


def test_app_registers_its_own_secret_paths(monkeypatch):
    monkeypatch.setattr(logs, "_prefixes", [])
    monkeypatch.setattr(logs, "_secret", None)
    assert PART in line(f"GET /one/{PART}/")
    logs.register_secret_paths("/one/", "/two.three/")

    assert line(f"GET /one/{PART}/?x") == "GET /one/…/?x"
    assert line(f"GET /two.three/{PART}") == "GET /two.three/…"
    assert PART in line(f"GET /share/{PART}/")
    assert PART in line(f"GET /two-three/{PART}/")
