"""The rows that the demo does not make, for the stored database (``tests.stored_database``)."""

from django.utils import timezone

from articles.blocks import VideoBlock
from articles.models import Revision, ShareLink
from newsletter.models import AddressChange, SignUp, Subscriber, Suppression
from newsroom.models import NetworkKey, User
from polls import transitions
from tests.articles.factories import add_block
from tests.newsroom.page_cache.shared_world import make_world
from tests.polls.factories import make_held


def complete():
    """Add rows of the models of which the demo makes none, and take the accounts' passwords.

    What else is secret is random and belongs to no real site.
    """
    world = make_world()
    _complete_articles(world)
    _complete_polls(world)
    _complete_newsletters(world)
    for user in User.objects.all():
        user.set_unusable_password()
        user.save()


def _complete_articles(world):
    add_block(world.article, VideoBlock, url="https://youtu.be/dQw4w9WgXcQ", name="A trailer")
    Revision.objects.create(article=world.article, number=1, content=world.edition.content)
    ShareLink.objects.create(article=world.article)


def _complete_polls(world):
    held = make_held(world.open_poll)
    transitions.decide(world.open_poll, held.network, "excluded", reason="A script.")
    NetworkKey.objects.for_day(held.cast_at.date())


def _complete_newsletters(world):
    now = timezone.now()
    subscriber = Subscriber.objects.first()
    AddressChange.objects.create(
        subscriber=subscriber, address="new@reader.example", created_at=now
    )
    Suppression.objects.create(address_hash=b"1" * 32, at=now, reason="A complaint.")
    SignUp.objects.create(
        newsletter=world.newsletter, received_at=now, due_at=now, network=b"1" * 16
    )
