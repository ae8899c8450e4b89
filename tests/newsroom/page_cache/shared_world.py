"""A small newsroom in which every page that readers share has something to show."""

from types import SimpleNamespace

from django.urls import URLResolver, get_resolver, reverse

from articles.blocks import PhotoBlock, PollBlock, SignUpBlock
from articles.channels.feeds import FORMATS
from articles.publishing import publish as publishing
from newsroom.page_cache import shared
from polls import transitions
from tests.articles.factories import (
    add_block,
    make_article,
    make_author,
    make_hub,
    make_live,
    make_photo,
    make_title,
    make_topic,
    revise,
)
from tests.newsletter.factories import make_newsletter
from tests.polls.factories import an_hour, make_ballot, make_closed, make_poll


def make_world():
    """Some fifty rows; ``article`` shows one of everything."""
    world = SimpleNamespace(photo=make_photo(), newsletter=make_newsletter())
    world.hub = make_hub(newsletter=world.newsletter)
    world.title = make_title(photo=world.photo)
    world.availability = world.title.availability.create(
        service="A service", url="https://example.org/"
    )
    world.topic, world.author = make_topic(), make_author(photo=world.photo)
    _make_polls(world)
    _make_articles(world)
    return world


def _make_polls(world):
    world.open_poll = make_poll(result_visibility="always", closes=an_hour(ahead=24))
    make_ballot(world.open_poll)
    world.closed_poll = make_closed(votes=(2, 1))
    transitions.reword(world.closed_poll, question="Better?", choices={}, reason="A slip.")


def _make_articles(world):
    filed = {"hub": world.hub, "titles": [world.title], "topics": [world.topic]}
    filed |= {"authors": [world.author], "photo": world.photo}
    article = make_article(slug="once", **filed)
    add_block(article, PhotoBlock, photo=world.photo)
    add_block(article, PollBlock, poll=world.closed_poll)
    add_block(article, SignUpBlock, newsletter=world.newsletter)
    publishing.publish(article)
    world.edition = publishing.publish(revise(article, slug="now"))
    world.article = article
    world.other = make_live(**filed)
    world.withdrawn = make_live(hub=world.hub, slug="withdrawn")
    publishing.withdraw(world.withdrawn.article, reason="Wrong.", notice="It was wrong.")


def paths(world):
    """The paths of each shared view, by its name; the first of each is a page (200)."""
    subjects = {name: [getattr(world, name).slug] for name in ("hub", "title", "topic", "author")}
    feeds = {f"feed_{name}": subjects[name] for name in ("hub", "title", "author")}
    feeds |= {"feed_latest": []}
    version = {"number": 1}
    found = {
        **{f"articles:{name}": [_path(f"articles:{name}", *own)] for name, own in subjects.items()},
        **{
            f"articles:{name}_{form}": [_path(f"articles:{name}_{form}", *own)]
            for name, own in feeds.items()
            for form in FORMATS
        },
        "articles:article": [
            f"/{world.hub.slug}/{slug}/" for slug in ("now", "once", "withdrawn", "none")
        ],
        "articles:sitemap_file": [_path("articles:sitemap_file", "pages", 0)],
        "polls:poll": [poll.get_absolute_url() for poll in (world.open_poll, world.closed_poll)],
        "polls:results": [
            _path("polls:results", poll.slug) for poll in (world.open_poll, world.closed_poll)
        ],
        "newsletter:newsletter": [world.newsletter.get_absolute_url()],
        "newsletter:terms_version": [reverse("newsletter:terms_version", kwargs=version)],
        "newsletter:privacy_version": [reverse("newsletter:privacy_version", kwargs=version)],
    }
    return {name: found.get(name) or [_path(name)] for name in shared_views()}


def _path(name, *arguments):
    return reverse(name, args=arguments)


def shared_views(resolver=None, namespace=""):
    """Names of the views that the URL configuration marks as shared."""
    found = []
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            found += shared_views(pattern, inner)
        elif pattern.callback.__code__ in _marked_by():
            found.append(f"{namespace}{pattern.name}")
    return found


def _marked_by():
    """The code of what ``shared`` makes of a view."""
    return [shared(lambda request: None).__code__]
