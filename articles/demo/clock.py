"""The clock while the demo is filled."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest import mock

from django.utils import timezone


@contextmanager
def frozen_at(moment: datetime) -> Iterator[None]:
    """Freeze Django's clock at a moment.

    Publishing an article and closing a poll always happen now, and the database refuses to change
    their dates afterwards. To get a newsroom with a past, the demo does both at a past time.
    """
    with mock.patch("django.utils.timezone.now", return_value=moment):
        yield


def parse_local(text: str) -> datetime:
    """Return a moment from a text in local time, such as ``2022-02-01 09:30``."""
    return timezone.make_aware(datetime.fromisoformat(text))
