"""Pages that are kept are renewed by every change, and by the clock, to the second."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.models import Author, Edition, Hub, Title, Topic
from articles.photos.models import Photo
from articles.publishing import publish as publishing
from articles.site.views import ArticleView
from newsletter.models import Newsletter
from newsroom.page_cache import site_version
from polls import tally, transitions
from tests.articles.admin_forms import transition
from tests.articles.factories import (
    make_article,
    make_hub,
    make_live,
    make_user,
    revise,
)
from tests.newsletter.factories import TERMS, make_newsletter, make_policy, make_wording
from tests.newsroom.page_cache.shared_world import make_world
from tests.polls.factories import make_ballot, make_poll

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def for_ever(monkeypatch):
    """A process that reads the site version again only where it is told to."""
    monkeypatch.setattr(site_version, "MAX_AGE", float("inf"))


def read(client, path):
    """A page, asked for twice: the second comes from where pages are kept."""
    first = client.get(path)
    with CaptureQueriesContext(connection) as captured:
        again = client.get(path)
    assert not captured.captured_queries, path
    assert (again.status_code, again.content) == (first.status_code, first.content)
    return f"{again.status_code} {again.content.decode()}"


def changes(world):
    """For each change: the page that shows it, a function that makes it, and a new word."""
    article, hub = world.edition.get_absolute_url(), world.hub.get_absolute_url()
    title, author = world.title.get_absolute_url(), world.author.get_absolute_url()
    topic, front = world.topic.get_absolute_url(), world.other.get_absolute_url()
    poll, letter = world.open_poll.get_absolute_url(), world.newsletter.get_absolute_url()
    closed, photos = world.closed_poll, Photo.objects.all()

    def publish(headline):
        return lambda: publishing.publish(revise(world.article, headline=headline))

    return {
        "a hub's name, in the masthead": (
            article,
            lambda: Hub.objects.filter(pk=world.hub.pk).update(name="Another name"),
            "Another name",
        ),
        "a new hub": (topic, lambda: make_hub(name="A new hub"), "A new hub"),
        "a hub's newsletter": (
            hub,
            lambda: Newsletter.objects.update(strapline="Another strapline"),
            "Another strapline",
        ),
        "a headline, at its address": (article, publish("Headline one"), "Headline one"),
        "a headline, on the front": ("/", publish("Headline two"), "Headline two"),
        "a headline, on the author's page": (author, publish("Headline three"), "Headline three"),
        "a headline, beside another article": (front, publish("Headline four"), "Headline four"),
        "a headline, in a feed": ("/feeds/latest.atom", publish("Headline five"), "Headline five"),
        "where to watch": (
            title,
            lambda: world.title.availability.create(service="Elsewhere", url="https://a.example/"),
            "Elsewhere",
        ),
        "a title": (title, lambda: Title.objects.update(description="A work."), "A work."),
        "a topic": (topic, lambda: Topic.objects.update(name="Renamed"), "Renamed"),
        "an author": (author, lambda: Author.objects.update(role="A new role"), "A new role"),
        "a photo's description": (title, lambda: photos.update(alt="Seen anew"), "Seen anew"),
        "a photo that has no crops any more": (
            article,
            lambda: photos.update(rendered_focus="", fallback_width=0),
            world.photo.image.url,
        ),
        "the wording of a poll in an article": (
            article,
            lambda: transitions.reword(
                closed, question="Worded anew?", choices={}, reason="A slip."
            ),
            "Worded anew?",
        ),
        "a poll's end": (poll, lambda: transitions.close(world.open_poll), "Closed on"),
        "a poll's end, in the list": ("/polls/", lambda: transitions.archive(closed), "/polls/"),
        "the terms": ("/terms/", lambda: make_policy(TERMS, "<p>New terms.</p>"), "New terms."),
        "a box's sentence": (
            article,
            lambda: make_wording(world.newsletter, sentence="One letter a year."),
            "One letter a year.",
        ),
        "the newsletters": (
            "/newsletters/",
            lambda: make_newsletter(name="A new letter"),
            "A new letter",
        ),
        "a newsletter that takes nobody": (
            letter,
            lambda: Newsletter.objects.update(is_open=False),
            "is closed for sign-ups",
        ),
        "a withdrawal": (
            article,
            lambda: publishing.withdraw(world.article, reason="Wrong", notice="So sorry."),
            "So sorry.",
        ),
        "a new start": (article, publish("Headline six"), "Headline six"),
    }


def test_every_change_is_seen_with_the_next_look_and_none_before(client, for_ever):
    world = make_world()
    site_version.invalidate()
    for what, (path, change, word) in changes(world).items():
        before = read(client, path)
        change()
        assert read(client, path) == before, f"{what}: not from what is kept"
        site_version.invalidate()
        after = read(client, path)
        assert after != before, what
        assert word in after, what


def test_what_is_done_here_is_seen_at_once(for_ever):
    """One process: nobody waits half a second."""
    reader, desk = Client(), Client()
    desk.force_login(make_user("Editors"))
    edition = make_live(headline="Before")
    article, path = edition.article, edition.get_absolute_url()
    poll = make_poll()
    assert "Before" in read(reader, path)
    assert "Before" in read(reader, "/")
    assert "Vote" in read(reader, poll.get_absolute_url())

    revise(article, headline="After")
    assert "Before" in read(reader, path)
    desk.post(transition(article, "publish"))
    assert "After" in read(reader, path)
    assert "After" in read(reader, "/")
    desk.post(transition(article, "withdraw"), {"reason": "Wrong", "notice": "Sorry."})
    assert read(reader, path).startswith("410")
    assert "After" not in read(reader, "/")
    desk.post(reverse("admin:polls_poll_transition", args=[poll.pk, "close"]))
    assert "Closed on" in read(reader, poll.get_absolute_url())


def test_what_another_process_does_is_seen_within_a_second(client, monkeypatch):
    assert site_version.MAX_AGE < 1
    monkeypatch.setattr(site_version, "MAX_AGE", float("inf"))
    edition = make_live(headline="Before")
    path = edition.get_absolute_url()
    assert "Before" in read(client, path)
    assert "Before" in read(client, "/")

    publishing.publish(revise(edition.article, headline="After"))
    monkeypatch.setattr(site_version, "MAX_AGE", 0)

    for address in (path, "/"):
        assert "After" in client.get(address).content.decode()


def test_the_clock_turns_pages_in_the_second_that_was_said(client, clock, for_ever):
    """Nothing is written, no worker runs, and no process looks again for any other reason."""
    start, hub = timezone.now(), make_hub()
    coming = make_article(hub=hub, slug="coming", headline="Has come")
    publishing.schedule(coming, start + HOUR)
    ending = make_live(hub=hub, headline="About to end")
    publishing.expire(ending.article, start + 4 * HOUR)
    replaced = make_live(hub=hub, headline="The old one")
    publishing.schedule(revise(replaced.article, headline="The new one"), start + 6 * HOUR)
    poll = make_poll(opens=start + 2 * HOUR, closes=start + 3 * HOUR)
    make_policy(TERMS, "<p>The old terms.</p>", created_at=start)
    make_policy(TERMS, "<p>The new terms.</p>", effective_from=start + 5 * HOUR)
    voting, front = poll.get_absolute_url(), hub.get_absolute_url()
    article = f"{front}coming/"
    #: Hours from the start: pages, with what each says before and from then on.
    turns = {
        1: {article: ("404", "Has come"), front: ("", "Has come"), "/": ("", "Has come")},
        2: {voting: ("Voting opens", "Closes on"), "/polls/": ("No polls yet", "Open")},
        3: {voting: ("Closes on", "Closed on"), "/polls/": ("Open", "Closed")},
        4: {ending.get_absolute_url(): ("200", "410"), front: ("About to end", "")},
        5: {"/terms/": ("The old terms.", "The new terms.")},
        6: {replaced.get_absolute_url(): ("The old one", "The new one")},
    }
    for hours, pages in turns.items():
        at = start + hours * HOUR
        for before, left in ((timedelta(seconds=50), 50), (timedelta(seconds=7), 7), (INSTANT, 0)):
            clock.move_to(at - before, tick=False)
            for path, (old, new) in pages.items():
                response = client.get(path)
                shown = f"{response.status_code} {response.content.decode()}"
                assert old in shown, (path, hours)
                assert not new or new not in shown, (path, hours)
                assert longest(response) <= left, path
        clock.move_to(at, tick=False)
        for path, (old, new) in pages.items():
            response = client.get(path)
            shown = f"{response.status_code} {response.content.decode()}"
            assert new in shown, (path, hours)
            assert not old or old not in shown, (path, hours)
    assert Edition.objects.live().count() == 2


def longest(response):
    """For how many seconds anybody may show a page without asking, or while asking."""
    said = response["Cache-Control"].split(", ")
    seconds = dict(each.partition("=")[::2] for each in said)
    late = int(seconds["stale-while-revalidate"])
    return max(int(seconds["max-age"]), int(seconds["s-maxage"])) + late


def test_figures_are_two_seconds_old_at_most(client, clock, for_ever):
    poll = make_poll(result_visibility="always")
    page, figures = poll.get_absolute_url(), reverse("polls:results", args=[poll.slug])
    make_ballot(poll)

    def counted():
        assert "vote" in client.get(page).content.decode()
        assert longest(client.get(page)) <= tally.CACHE_SECONDS
        assert longest(client.get(figures)) <= tally.CACHE_SECONDS
        return client.get(figures).json()["result"]["ballots"]

    assert counted() == 1
    make_ballot(poll)
    with CaptureQueriesContext(connection) as captured:
        assert counted() == 1, "kept"
    assert not captured.captured_queries
    clock.shift(tally.CACHE_SECONDS)
    assert counted() == 2
    assert "2 votes" in client.get(page).content.decode()


def test_hub_that_another_process_has_just_made_is_there_and_leads_nobody_in_circles(
    client, for_ever
):
    make_live()
    client.get("/")

    edition = make_live(hub=make_hub())

    assert client.get(edition.get_absolute_url()).status_code == 200
    assert client.get(edition.hub.get_absolute_url()).status_code == 200


def test_article_that_goes_live_while_it_is_looked_for_is_shown(client, for_ever, monkeypatch):
    edition = make_live()
    look, found = ArticleView._edition, []
    monkeypatch.setattr(
        ArticleView,
        "_edition",
        staticmethod(lambda *address: look(*address) if found else found.append(address)),
    )

    assert client.get(edition.get_absolute_url()).status_code == 200
    assert found
