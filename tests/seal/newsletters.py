"""Newsletters, subscribers and the tokens that they were sent."""

import uuid
from datetime import timedelta
from types import SimpleNamespace

import time_machine
from django.urls import resolve
from django.utils import timezone

from newsletter import links, tokens
from newsletter.consent_texts import DisplayedForm, Policies, current_consent_texts
from newsletter.models import AddressChange, ConsentEvent
from newsletter.tokens import Purpose
from tests.newsletter.factories import (
    PRIVACY,
    TERMS,
    ago,
    make_confirmed,
    make_newsletter,
    make_policy,
    make_requested,
    make_unsubscribed,
    make_wording,
    since,
)

BROKEN = "broken"


def make_newsletter_world():
    """Make a subscriber in each state, and two versions of each text."""
    readers = SimpleNamespace()
    for document in (TERMS, PRIVACY):
        make_policy(document, "<p>The former ones.</p>", **since(ago(days=60)))
    readers.newsletter = make_newsletter(ready=False, description="Weekly.")
    readers.other = make_newsletter(ready=False)
    for newsletter in (readers.newsletter, readers.other):
        make_wording(newsletter, **since(ago(days=60)))
    readers.subscription = make_confirmed(readers.newsletter)
    readers.subscriber = readers.subscription.subscriber
    readers.asked, _ = make_requested(readers.newsletter)
    left = make_unsubscribed(readers.newsletter)
    readers.left = ConsentEvent.objects.filter(subject=left.subscriber.subject).earliest("number")
    # A version that the subscriber has not agreed to.
    make_policy(TERMS, "<p>The newer terms.</p>", summary="New words.")
    readers.changes = [
        AddressChange.objects.create(
            subscriber=readers.subscriber, created_at=timezone.now(), address=address, done_at=done
        )
        for address, done in (("new@example.org", None), ("done@example.org", timezone.now()))
    ]
    return readers


def _argument(address):
    """Return the token in an absolute URL."""
    return resolve("/" + address.split("/", 3)[3]).kwargs["token"]


def _expired(purpose, content):
    with time_machine.travel(timezone.now() - timedelta(days=40)):
        return tokens.make(purpose, content)


def tokens_of(readers):
    """Return valid, expired and broken tokens by the name of their page."""
    subject = str(readers.subscriber.subject)
    manage = [_argument(links.manage_url(readers.subscriber)), BROKEN]
    confirmed = ConsentEvent.objects.filter(subject=subject).earliest("number")
    events = (readers.asked, confirmed, readers.left)
    changes = {
        purpose: [
            _argument(links.address_change_url(change, purpose)) for change in readers.changes
        ]
        for purpose in (Purpose.CHANGE_AT_OLD, Purpose.CHANGE_AT_NEW)
    }
    return {
        "confirm": [
            *(_argument(links.confirm_url(event)) for event in events),
            _expired(Purpose.CONFIRM, readers.asked.number),
            BROKEN,
        ],
        "unsubscribe": [
            _argument(links.unsubscribe_url(readers.subscriber, newsletter))
            for newsletter in (readers.newsletter, readers.other)
        ],
        "change-at-old": [*changes[Purpose.CHANGE_AT_OLD], tokens.make(Purpose.CHANGE_AT_OLD, 0)],
        "change-at-new": [*changes[Purpose.CHANGE_AT_NEW], BROKEN],
        "manage": [
            *manage,
            _expired(Purpose.MANAGE, subject),
            tokens.make(Purpose.MANAGE, str(uuid.uuid4())),
        ],
        # Further pages of a subscriber.
        "own": manage[:1],
        "new_link": [_expired(Purpose.MANAGE, subject)],
    }


def forms_of(readers, page):
    """Return the forms that readers submit, by the name of their page."""
    with time_machine.travel(timezone.now() - timedelta(minutes=1)):
        offered = current_consent_texts([readers.newsletter, readers.other])
        shown = {
            newsletter.slug: DisplayedForm.create(offered[newsletter.pk], page, "article").token()
            for newsletter in (readers.newsletter, readers.other)
        }
    known, new = readers.subscriber.address, "somebody@example.org"
    return {
        "sign_up": [
            {"shown": token, "agree": "on", "address": address}
            for token in shown.values()
            for address in (known, new, "no address")
        ],
        "manage_subscribe": [{"shown": token, "agree": "on"} for token in shown.values()],
        "agree_to_new_policies": [{"shown": Policies.in_force().token(), "agree": "on"}],
        "change_address": [{"address": new}, {"address": "no address"}],
        "unsubscribe": [{}, {"List-Unsubscribe": "One-Click"}],
    }
