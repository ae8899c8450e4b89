"""The demo's newsletters, signed up to as if readers had."""

from datetime import timedelta

from django.utils import timezone

from articles.demo.clock import at, moment
from articles.demo.texts import letters, shape
from articles.models import Hub
from newsletter import ledger, subscribing
from newsletter.box import FRONT
from newsletter.ledger import READER, Where
from newsletter.models import Message, Newsletter, PolicyVersion, Subscriber, Wording
from newsletter.offers import offers
from newsroom.models import User

SENDER = "newsletters@example.org"
#: Where the demo's readers found the box.
_PAGE = "/sci-fi/"
_EVIDENCE = {"client": "192.0.2.1", "browser": "A browser of the demo"}
#: From the form to the press on the button.
_TO_CONFIRM = timedelta(minutes=4)


def agree_on(*, by: User) -> None:
    """Publish every version of the policies at its time."""
    for document, versions in letters.POLICIES.items():
        for policy in versions:
            with at(moment(policy.effective)):
                version = PolicyVersion(
                    document=document, body=policy.body, summary=policy.summary, created_by=by
                )
                version.full_clean(exclude=["number", "created_at"])
                version.save()


def offer(slug: str, letter: shape.Letter, *, by: User) -> Newsletter:
    """Make a newsletter that a hub has."""
    with at(moment(letters.POLICIES["terms"][0].effective)):
        newsletter = Newsletter(
            slug=slug,
            name=letter.name,
            strapline=letter.strapline,
            description=letter.description,
            frequency=letter.frequency,
            sender_name="Newsroom",
            sender_address=SENDER,
        )
        newsletter.full_clean()
        newsletter.save()
        Wording.objects.create(newsletter=newsletter, sentence=letter.sentence, created_by=by)
    Hub.objects.filter(slug=letter.hub).update(newsletter=newsletter)
    return newsletter


def sign_everybody_up() -> None:
    """Let the readers come, in the order of the ledger."""
    moments = []
    for number, reader in enumerate(letters.READERS, start=1):
        address = f"reader-{number:02}@example.org"
        moments.append((moment(reader.came), _come, address, reader))
        if reader.left:
            moments.append((moment(reader.left), _leave, address, reader))
    for now, happen, address, reader in sorted(moments, key=lambda each: each[0]):
        with at(now):
            happen(address, reader)
    # They were sent, in the demo's past.
    Message.objects.update(sent_at=timezone.now())


def _come(address: str, reader: shape.Reader) -> None:
    now = timezone.now()
    newsletter = Newsletter.objects.get(slug=reader.letter)
    subscriber = Subscriber.objects.create(address=address, created_at=now)
    asked = subscribing.request(
        subscriber,
        offers([newsletter])[newsletter.pk],
        evidence={"address": address, **_EVIDENCE},
        where=Where("sign-up", _PAGE, FRONT, ledger.moment(now)),
    )
    if reader.confirmed:
        with at(now + _TO_CONFIRM):
            subscribing.confirm(asked, evidence=_EVIDENCE)


def _leave(address: str, reader: shape.Reader) -> None:
    subscribing.unsubscribe(
        Subscriber.objects.get(address=address),
        Newsletter.objects.get(slug=reader.letter),
        by=READER,
        where=Where("unsubscribe"),
        evidence=_EVIDENCE,
    )
