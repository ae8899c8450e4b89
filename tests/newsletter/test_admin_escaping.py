"""Markup in any name, text or reason is escaped on every page of the admin."""

import pytest
from django.contrib.admin.models import LogEntry

from newsletter import erasure, subscriptions, version_states
from newsletter.ledger import READER, EventSource
from newsletter.models import ConsentEvent, PolicyVersion, Wording
from tests.articles.factories import make_user
from tests.newsletter.admin_access import page
from tests.newsletter.factories import (
    make_confirmed,
    make_newsletter,
    make_policies,
    make_policy,
    make_requested,
    make_wording,
)

pytestmark = pytest.mark.django_db

PAYLOAD = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
SHORT = "<img src=x onerror=alert(1)>"


def make_everything(user):
    """Make rows with the payload in every column that users write, policies' bodies included."""
    newsletter = make_newsletter(
        name=PAYLOAD,
        strapline=PAYLOAD,
        description=PAYLOAD,
        frequency=PAYLOAD,
        sender_name=PAYLOAD,
        ready=False,
    )
    make_policies()
    # Without the form, which sanitises it.
    make_policy(body=f"<p>Text.</p>{PAYLOAD}", summary=PAYLOAD, created_by=user)
    withdrawn = make_policy(body="<p>Wrong.</p>", summary=PAYLOAD)
    version_states.withdraw(withdrawn, by=user, reason=PAYLOAD)
    make_wording(newsletter, sentence=PAYLOAD, button=SHORT, created_by=user)
    _, subscription = make_requested(newsletter, "o'<b>neil\"@example.org")
    subscriber = subscription.subscriber
    subscriptions.suppress(subscriber, by=user, reason=PAYLOAD)
    subscriptions.lift_suppression(subscriber, by=user, reason=PAYLOAD)
    subscriptions.suppress(subscriber, by=user, reason=PAYLOAD)
    gone = make_confirmed(newsletter).subscriber
    erasure.erase(
        gone, by=READER, where=EventSource(PAYLOAD, PAYLOAD, PAYLOAD, PAYLOAD), reason=PAYLOAD
    )
    return newsletter, subscriber


def pages_of(newsletter, subscriber):
    models = ("newsletter", "policyversion", "wording", "subscriber", "consentevent")
    pages = ["/admin/", "/admin/newsletter/", *(page(name, "changelist") for name in models)]
    rows = {
        "newsletter": [newsletter],
        "policyversion": PolicyVersion.objects.all(),
        "wording": Wording.objects.all(),
        "subscriber": [subscriber],
        "consentevent": ConsentEvent.objects.all(),
    }
    for name, found in rows.items():
        for row in found:
            pages += [page(name, view, row.pk) for view in ("change", "history")]
    pages += [page(name, "add") for name in ("newsletter", "policyversion", "wording")]
    pages.append(page("newsletter", "numbers", newsletter.pk))
    pages.append(page("newsletter", "delete", newsletter.pk))
    for name in ("unsubscribe", "resend", "suppress", "lift", "erase"):
        pages.append(page("subscriber", "transition", subscriber.pk, name))
    versions = [
        ("policyversion", PolicyVersion.objects.first()),
        ("wording", Wording.objects.get()),
    ]
    pages += [page(name, "transition", row.pk, "withdraw") for name, row in versions]
    return [*pages, page("wording", "add", newsletter=newsletter.pk)]


def is_harmless(response):
    assert response.status_code == 200, response.request["PATH_INFO"]
    assert "<script>alert" not in response.text, response.request["PATH_INFO"]
    assert "<img src=x" not in response.text, response.request["PATH_INFO"]
    assert "<b>neil" not in response.text, response.request["PATH_INFO"]


@pytest.fixture
def desk(client):
    user = make_user(is_superuser=True, first_name=SHORT, last_name=SHORT)
    client.force_login(user)
    client.user = user
    return client


def test_markup_is_escaped_on_every_page(desk):
    newsletter, subscriber = make_everything(desk.user)
    pages = pages_of(newsletter, subscriber)
    assert len(pages) > 40

    for address in pages:
        is_harmless(desk.get(address))


def test_markup_is_escaped_in_every_answer_message_and_log(desk):
    newsletter, subscriber = make_everything(desk.user)
    answers = {"reason": PAYLOAD, "newsletters": [newsletter.pk], "newsletter": newsletter.pk}
    wording = make_wording(newsletter, sentence=PAYLOAD)
    form = {"name": PAYLOAD, "slug": PAYLOAD, "strapline": PAYLOAD, "frequency": PAYLOAD}
    sent = [
        (page("newsletter", "add"), form),
        (page("newsletter", "change", newsletter.pk), {**form, "slug": ""}),
        (page("policyversion", "add"), {"document": PAYLOAD, "body": PAYLOAD, "summary": PAYLOAD}),
        (
            page("policyversion", "add"),
            {"document": "terms", "body": f"<p>{PAYLOAD}</p>", "summary": PAYLOAD},
        ),
        (page("wording", "add"), {"newsletter": newsletter.pk, "sentence": PAYLOAD, "button": ""}),
        (
            page("wording", "add"),
            {"newsletter": newsletter.pk, "sentence": PAYLOAD, "button": SHORT},
        ),
        (page("wording", "transition", wording.pk, "withdraw"), answers),
        *(
            (page("subscriber", "transition", subscriber.pk, name), answers)
            for name in ("suppress", "lift", "resend", "unsubscribe", "erase")
        ),
    ]

    for address, data in sent:
        is_harmless(desk.post(address, data, follow=True))
    assert LogEntry.objects.count() >= 6
    is_harmless(desk.get("/admin/"))
    assert PolicyVersion.objects.order_by("-pk").first().safe_body.count("<") == 2
