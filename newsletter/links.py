"""URLs for messages, each with a token; always on SITE_URL, whatever host the request used."""

from django.urls import reverse

from newsletter import tokens
from newsletter.models import AddressChange, ConsentEvent, Newsletter, Subscriber
from newsletter.tokens import Purpose
from newsroom.link_preview import absolute


def _url(view: str, purpose: Purpose, content: object) -> str:
    return absolute(reverse(f"newsletter:{view}", args=[tokens.make(purpose, content)]))


def confirm_url(event: ConsentEvent) -> str:
    """Return the page that confirms a sign-up; valid for seven days."""
    return _url("confirm", Purpose.CONFIRM, event.number)


def unsubscribe_url(subscriber: Subscriber, newsletter: Newsletter) -> str:
    """Return the page that ends a subscription, also for one-click; valid without limit."""
    content = [str(subscriber.subject), newsletter.pk]
    return _url("unsubscribe", Purpose.UNSUBSCRIBE, content)


def manage_url(subscriber: Subscriber) -> str:
    """Return the subscriber's own page; valid for thirty days."""
    return _url("manage", Purpose.MANAGE, str(subscriber.subject))


def address_change_url(change: AddressChange, at: Purpose) -> str:
    """Return the page on which the old or the new address agrees; valid for seven days."""
    return _url(at.value, at, change.pk)
