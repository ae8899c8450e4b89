"""The demo's own clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest import mock

from django.utils import timezone


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let the clock stand still at a moment.

    Publishing and closing take no other moment than now, and what they have written can't be
    dated back: the database refuses. So a newsroom with a past can only be made in that past.
    """
    with mock.patch("django.utils.timezone.now", return_value=moment):
        yield


def moment(local: str) -> datetime:
    """A moment from its text in local time."""
    return timezone.make_aware(datetime.fromisoformat(local))
