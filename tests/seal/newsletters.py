"""Newsletters, their readers and the secret addresses that these were sent."""

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
    """One reader in each state, with the versions of what readers agree to."""
    letters = SimpleNamespace()
    for document in (TERMS, PRIVACY):
        make_policy(document, "<p>The former ones.</p>", **since(ago(days=60)))
    letters.newsletter = make_newsletter(ready=False, description="Weekly.")
    letters.other = make_newsletter(ready=False)
    for newsletter in (letters.newsletter, letters.other):
        make_wording(newsletter, **since(ago(days=60)))
    letters.subscription = make_confirmed(letters.newsletter)
    letters.subscriber = letters.subscription.subscriber
    letters.asked, _ = make_requested(letters.newsletter)
    left = make_unsubscribed(letters.newsletter)
    letters.left = ConsentEvent.objects.filter(subject=left.subscriber.subject).earliest("number")
    # What the subscriber has not agreed to yet.
    make_policy(TERMS, "<p>The newer terms.</p>", summary="New words.")
    letters.changes = [
        AddressChange.objects.create(
            subscriber=letters.subscriber, created_at=timezone.now(), address=address, done_at=done
        )
        for address, done in (("new@example.org", None), ("done@example.org", timezone.now()))
    ]
    return letters


def _argument(address):
    """The token in an absolute address."""
    return resolve("/" + address.split("/", 3)[3]).kwargs["token"]


def _expired(purpose, content):
    with time_machine.travel(timezone.now() - timedelta(days=40)):
        return tokens.make(purpose, content)


def tokens_of(letters):
    """Tokens by the name of the page that they open: good ones, expired ones and broken ones."""
    subject = str(letters.subscriber.subject)
    manage = [_argument(links.manage_url(letters.subscriber)), BROKEN]
    confirmed = ConsentEvent.objects.filter(subject=subject).earliest("number")
    events = (letters.asked, confirmed, letters.left)
    changes = {
        purpose: [
            _argument(links.address_change_url(change, purpose)) for change in letters.changes
        ]
        for purpose in (Purpose.CHANGE_AT_OLD, Purpose.CHANGE_AT_NEW)
    }
    return {
        "confirm": [
            *(_argument(links.confirm_url(event)) for event in events),
            _expired(Purpose.CONFIRM, letters.asked.number),
            BROKEN,
        ],
        "unsubscribe": [
            _argument(links.unsubscribe_url(letters.subscriber, newsletter))
            for newsletter in (letters.newsletter, letters.other)
        ],
        "change-at-old": [*changes[Purpose.CHANGE_AT_OLD], tokens.make(Purpose.CHANGE_AT_OLD, 0)],
        "change-at-new": [*changes[Purpose.CHANGE_AT_NEW], BROKEN],
        "manage": [
            *manage,
            _expired(Purpose.MANAGE, subject),
            tokens.make(Purpose.MANAGE, str(uuid.uuid4())),
        ],
        # Pages of a subscriber's own.
        "own": manage[:1],
        "new_link": [_expired(Purpose.MANAGE, subject)],
    }


def forms_of(letters, page):
    """What readers send, by the name of the page: form by form; boxes stand on ``page``."""
    with time_machine.travel(timezone.now() - timedelta(minutes=1)):
        offered = current_consent_texts([letters.newsletter, letters.other])
        shown = {
            newsletter.slug: DisplayedForm.create(offered[newsletter.pk], page, "article").token()
            for newsletter in (letters.newsletter, letters.other)
        }
    known, new = letters.subscriber.address, "somebody@example.org"
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
