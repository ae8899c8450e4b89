"""Fixtures of the tests of polls."""

import pytest
from django.urls import reverse

from tests.triggers import drop_guards


@pytest.fixture
def vote(client):
    """A function that votes as the reader of ``client`` and follows redirects like a browser."""

    def vote(poll, *texts, client=client, choices=None, **options):
        if choices is None:
            choices = [choice.pk for choice in poll.choices.all() if choice.text in texts]
        address = reverse("polls:vote", args=[poll.slug])
        return client.post(address, {"choice": choices}, follow=True, **options)

    return vote


@pytest.fixture
def unguarded(db):
    """The database without the triggers on polls."""
    drop_guards("polls")
