"""Fixtures of the articles' tests."""

import pytest
from django.utils import timezone


@pytest.fixture
def clock(time_machine):
    """A clock that stands at a full second until a test moves it."""
    time_machine.move_to(timezone.now().replace(microsecond=0), tick=False)
    return time_machine
