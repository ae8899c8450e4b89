"""The demo's policies, newsletters and subscribers."""

from datetime import timedelta

from django.utils import timezone

from articles.demo.clock import frozen_at, parse_local
from articles.demo.texts import newsletters, schema
from articles.models import Hub
from newsletter import ledger, subscriptions
from newsletter.consent_texts import current_consent_texts
from newsletter.ledger import READER, EventSource
from newsletter.models import Message, Newsletter, PolicyVersion, Subscriber, Wording
from newsletter.sign_up_forms import Placement
from newsroom.models import User

SENDER = "newsletters@example.org"
#: The page on which the demo's subscribers sign up.
_PAGE = "/sci-fi/"
_EVIDENCE = {"client": "192.0.2.1", "browser": "A browser of the demo"}
#: The time between signing up and confirming.
_TO_CONFIRM = timedelta(minutes=4)


def publish_policies(*, by: User) -> None:
    """Publish every version of the policies at its time."""
    for document, versions in newsletters.POLICIES.items():
        for policy in versions:
            with frozen_at(parse_local(policy.effective)):
                version = PolicyVersion(
                    document=document, body=policy.body, summary=policy.summary, created_by=by
                )
                version.full_clean(exclude=["number", "created_at"])
                version.save()


def create_newsletter(slug: str, data: schema.NewsletterData, *, by: User) -> Newsletter:
    """Create a newsletter with its wording, and assign it to its hub."""
    with frozen_at(parse_local(newsletters.POLICIES["terms"][0].effective)):
        newsletter = Newsletter(
            slug=slug,
            name=data.name,
            strapline=data.strapline,
            description=data.description,
            frequency=data.frequency,
            sender_name="Newsroom",
            sender_address=SENDER,
        )
        newsletter.full_clean()
        newsletter.save()
        Wording.objects.create(newsletter=newsletter, sentence=data.sentence, created_by=by)
    Hub.objects.filter(slug=data.hub).update(newsletter=newsletter)
    return newsletter


def create_subscribers() -> None:
    """Sign up, confirm and unsubscribe all subscribers, in the order of the ledger."""
    actions = []
    for number, data in enumerate(newsletters.SUBSCRIBERS, start=1):
        address = f"reader-{number:02}@example.org"
        actions.append((parse_local(data.signed_up), _sign_up, address, data))
        if data.unsubscribed:
            actions.append((parse_local(data.unsubscribed), _unsubscribe, address, data))
    for now, action, address, data in sorted(actions, key=lambda each: each[0]):
        with frozen_at(now):
            action(address, data)
    # Nothing is sent to example addresses.
    Message.objects.update(sent_at=timezone.now())


def _sign_up(address: str, data: schema.SubscriberData) -> None:
    now = timezone.now()
    newsletter = Newsletter.objects.get(slug=data.newsletter)
    subscriber = Subscriber.objects.create(address=address, created_at=now)
    request = subscriptions.request_subscription(
        subscriber,
        current_consent_texts([newsletter])[newsletter.pk],
        evidence={"address": address, **_EVIDENCE},
        where=EventSource("sign-up", _PAGE, Placement.FRONT, ledger.timestamp(now)),
    )
    if data.confirmed:
        with frozen_at(now + _TO_CONFIRM):
            subscriptions.confirm(request, evidence=_EVIDENCE)


def _unsubscribe(address: str, data: schema.SubscriberData) -> None:
    subscriptions.unsubscribe(
        Subscriber.objects.get(address=address),
        Newsletter.objects.get(slug=data.newsletter),
        by=READER,
        where=EventSource("unsubscribe"),
        evidence=_EVIDENCE,
    )
