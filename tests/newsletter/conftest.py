"""Fixtures of the newsletter tests."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

SHOWN = re.compile(r'name="shown" value="([^"]+)"')


@pytest.fixture
def deliver(db):
    """Return the delivery task as a function."""
    from newsletter.tasks import deliver

    return deliver.call


@pytest.fixture
def later(time_machine):
    """Move the time on: ``later(days=31)``; ``still=True``: and stop the clock there."""

    def later(*, still=False, **span):
        time_machine.move_to(timezone.now() + timedelta(**span), tick=not still)
        return timezone.now()

    return later


@pytest.fixture
def sign_up(client, time_machine):
    """Sign up as a reader does: load the page, fill in the form, submit it five seconds later."""

    def sign_up(newsletter, address="reader@example.org", *, client=client, page=None, **fields):
        page = page or newsletter.get_absolute_url()
        shown = SHOWN.search(client.get(page).content.decode())[1]
        time_machine.move_to(timezone.now() + timedelta(seconds=5))
        data = {"address": address, "agree": "on", "shown": shown, "homepage": "", **fields}
        data = {name: value for name, value in data.items() if value is not None}
        return client.post(reverse("newsletter:sign_up", args=[newsletter.slug]), data)

    return sign_up


@pytest.fixture
def links():
    """Return a function that lists the links to this site in a message, text and HTML."""

    def links(message, part=""):
        body = str(message.body) + "".join(str(each.content) for each in message.alternatives)
        body += str(message.extra_headers.get("List-Unsubscribe", ""))
        found = dict.fromkeys(re.findall(r"http://testserver(/[^\s\"'<>]*)", body))
        return [path for path in found if part in path]

    return links
