"""Fixtures of the articles' tests."""

import pytest
from django.utils import timezone


@pytest.fixture
def clock(time_machine):
    """A clock that stands at a full second until a test moves it."""
    time_machine.move_to(timezone.now().replace(microsecond=0), tick=False)
    return time_machine


def _log_in(client, group):
    # Imported late: pytest may read this file before Django is set up.
    from tests.articles.factories import make_user

    user = make_user(group)
    client.force_login(user)
    return user


@pytest.fixture
def editor(client):
    """A member of the Editors, logged in."""
    return _log_in(client, "Editors")


@pytest.fixture
def writer(client):
    """A member of the Writers, logged in."""
    return _log_in(client, "Writers")
