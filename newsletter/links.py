"""Addresses that messages lead to: on SITE_URL, whatever host a request came from."""

from django.urls import reverse

from newsletter import tokens
from newsletter.models import AddressChange, ConsentEvent, Newsletter, Subscriber
from newsletter.tokens import Purpose
from newsroom.link_preview import absolute


def _with_token(view: str, purpose: Purpose, content: object) -> str:
    return absolute(reverse(f"newsletter:{view}", args=[tokens.make(purpose, content)]))


def confirmation(event: ConsentEvent) -> str:
    """Where a sign-up is confirmed; good for seven days."""
    return _with_token("confirm", Purpose.CONFIRM, event.number)


def unsubscribing(subscriber: Subscriber, newsletter: Newsletter) -> str:
    """Where a newsletter is left, also by one click; good for ever."""
    content = [str(subscriber.subject), newsletter.pk]
    return _with_token("unsubscribe", Purpose.UNSUBSCRIBE, content)


def own_settings(subscriber: Subscriber) -> str:
    """A subscriber's own page; good for thirty days."""
    return _with_token("manage", Purpose.MANAGE, str(subscriber.subject))


def change(change: AddressChange, at: Purpose) -> str:
    """Where one of two addresses agrees to the change; good for seven days."""
    return _with_token(at.value, at, change.pk)
