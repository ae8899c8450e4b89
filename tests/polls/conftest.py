"""Fixtures of the tests of polls."""

import pytest
from django.urls import reverse


@pytest.fixture
def vote(client):
    """Vote as the reader behind ``client``, as a browser does: the answer is followed."""

    def vote(poll, *texts, client=client, choices=None, **options):
        if choices is None:
            choices = [choice.pk for choice in poll.choices.all() if choice.text in texts]
        address = reverse("polls:vote", args=[poll.slug])
        return client.post(address, {"choice": choices}, follow=True, **options)

    return vote
