"""The site version changes with every change of what pages show, whoever made it."""

import re
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Availability, Edition, Hub, Topic
from articles.publishing import publish as publishing
from newsletter.models import Newsletter
from newsroom.models import SiteVersion
from newsroom.page_cache import cached_for_version, site_version
from polls import transitions
from tests.articles.factories import (
    make_article,
    make_hub,
    make_live,
    make_title,
    make_topic,
    revise,
)
from tests.newsletter.factories import make_newsletter
from tests.newsroom.page_cache.shared_world import make_world, paths
from tests.polls.factories import make_ballot, make_held, make_poll
from tests.serving import LIMIT, in_a_thread, until
from tests.triggers import without_triggers

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
EVENTS = {"INSERT", "UPDATE", "DELETE"}
#: The tables of which every change changes the site version.
TABLES = {
    "articles_author",
    "articles_availability",
    "articles_edition",
    "articles_editionauthor",
    "articles_editiontitle",
    "articles_editiontopic",
    "articles_hub",
    "articles_photo",
    "articles_title",
    "articles_topic",
    "articles_withdrawal",
    "newsletter_newsletter",
    "newsletter_policyversion",
    "newsletter_wording",
    "polls_choice",
    "polls_closingrecord",
    "polls_poll",
    "polls_rewording",
}
#: What pages read and no change of which renews them, and why that is right.
NOT_RENEWED = {
    # A vote is to be quick: figures are counted again after two seconds.
    "polls_ballot",
    "polls_decision",
}
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time"
)


@pytest.fixture
def for_ever(monkeypatch):
    """A process that looks again only where it is told to."""
    monkeypatch.setattr(site_version, "MAX_AGE", float("inf"))


def name():
    """The site version as the database has it."""
    return "".join(SiteVersion.objects.order_by("pk").values_list("name", flat=True))


def triggers():
    """Pairs of a table and an event that change the site version, found in the database."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT tbl_name, sql FROM sqlite_master"
                " WHERE type = 'trigger' AND sql LIKE '%INTO newsroom_siteversion%'"
            )
            found = re.compile(r"AFTER (\w+) ON")
            return {(table, found.search(sql)[1]) for table, sql in cursor.fetchall()}
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgtype FROM pg_trigger"
            " WHERE tgfoid = 'newsroom_change_site_version'::regproc AND tgenabled = 'O'"
            " AND tgdeferrable AND tginitdeferred"
        )
        bits = {"INSERT": 4, "DELETE": 8, "UPDATE": 16}
        return {
            (table, event)
            for table, kind in cursor.fetchall()
            for event, bit in bits.items()
            if kind & bit
        }


@pytest.mark.django_db
def test_every_table_that_pages_show_has_its_triggers_after_all_migrations():
    assert triggers() == {(table, event) for table in TABLES for event in EVENTS}


@pytest.mark.django_db
def test_shared_pages_read_nothing_that_does_not_renew_them(client):
    """A page added later that reads another table fails here: renew pages with it, or say why."""
    world = make_world()
    renewing = {table for table, _ in triggers()}
    astray, seen = {}, set()
    for view, several in paths(world).items():
        for path in several:
            with CaptureQueriesContext(connection) as captured:
                client.get(path)
            sql = " ".join(query["sql"] for query in captured)
            tables = set(re.findall(r'(?:FROM|JOIN)\s+"?(\w+)"?', sql))
            seen |= tables
            if unknown := tables - renewing - NOT_RENEWED:
                astray[f"{view} {path}"] = sorted(unknown)

    assert not astray
    # What was read is what was meant to be.
    assert {"articles_edition", "articles_withdrawal", "polls_rewording"} <= seen
    assert {"articles_availability", "newsletter_wording", "polls_ballot"} <= seen


def _raw(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.django_db(transaction=True)
def test_whatever_changes_pages_changes_the_site_version_and_nothing_else_does():
    edition = make_live(hub=make_hub(), topics=[make_topic()])
    article, draft, other = edition.article, make_article(), make_live()
    poll, open_poll = make_poll(), make_poll()
    make_newsletter()
    make_title().availability.create(service="A service", url="https://example.org/")

    def half_done():
        try:
            with transaction.atomic():
                Hub.objects.update(description="Never seen")
                raise DatabaseError
        except DatabaseError:
            pass

    #: What changes, how, and whether it is a change of now: what is added brings its own moment.
    changes = {
        "rows of a hub, at once": (lambda: Hub.objects.update(accent="moss"), True),
        "a topic, in a shell": (lambda: _raw("UPDATE articles_topic SET name = 'Raw'"), True),
        "a new topic": (lambda: Topic.objects.create(name="New", slug="new"), True),
        "a place to watch, taken away": (lambda: Availability.objects.all().delete(), True),
        "a newsletter, closed": (lambda: Newsletter.objects.update(is_open=False), True),
        "a poll, closed": (lambda: transitions.close(poll), True),
        "the wording of a poll": (
            lambda: transitions.reword(poll, question="Better?", choices={}, reason="A slip."),
            True,
        ),
        "a new article": (lambda: publishing.publish(draft), False),
        "a newer edition": (lambda: publishing.publish(revise(article)), True),
        "an article withdrawn": (lambda: publishing.withdraw(article, reason="Wrong"), True),
        "an edition's window": (
            lambda: Edition.objects.filter(pk=other.pk).update(
                live_until=timezone.now() + timedelta(hours=1)
            ),
            True,
        ),
    }
    nothing = {
        "editing a working copy": lambda: revise(other.article),
        "a vote": lambda: make_ballot(open_poll),
        "a held vote": lambda: make_held(open_poll),
        "what is taken back": half_done,
    }
    for what, (change, is_of_now) in changes.items():
        before = name()
        SiteVersion.objects.update(changed_at=LONG_AGO)
        change()
        assert name() != before, what
        renewed_at = set(SiteVersion.objects.values_list("changed_at", flat=True))
        assert (renewed_at != {LONG_AGO}) is is_of_now, what
    before = name()
    for what, act in nothing.items():
        act()
        assert name() == before, what


@pytest.mark.django_db(transaction=True)
def test_a_dropped_trigger_is_missed():
    """Without the triggers, the tests above would fail."""
    make_hub()
    before = name()
    with without_triggers("articles_hub_update_changes_site_version"):
        missing = {(table, event) for table in TABLES for event in EVENTS} - triggers()
        Hub.objects.update(name="Unseen")
        unseen = name()

    assert missing == {("articles_hub", "UPDATE")}
    assert unseen == before
    Hub.objects.update(name="Seen")
    assert name() != before


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_transactions_renew_once_and_wait_for_none_that_does_so_too():
    make_hub()
    before, names = name(), []
    written, done = threading.Event(), threading.Event()

    @in_a_thread
    def commit_last():
        with transaction.atomic():
            Hub.objects.update(description="Of the first")
            _raw("SET CONSTRAINTS ALL IMMEDIATE")  # what the database does at the end
            names.append(name())
            Hub.objects.create(name="Another", slug="another")
            names.append(name())
            written.set()
            assert done.wait(LIMIT)

    slow = threading.Thread(target=commit_last)
    slow.start()
    try:
        assert written.wait(LIMIT)
        _raw("SET lock_timeout = '2s'")
        make_topic()
        between = name()
    finally:
        _raw("SET lock_timeout = 0")
        done.set()
        slow.join()

    assert names[0] == names[1] != before, "one transaction, one new name"
    assert between not in (before, names[0]), "the second renewed without the first"
    assert name() not in (before, names[0], between), "and the first with its commit"
    make_topic()
    assert SiteVersion.objects.count() == 2, "rows are used again"


@pytest.mark.django_db(transaction=True)
def test_cached_value_is_made_once_for_each_site_version(for_ever, time_machine):
    start = timezone.now().replace(microsecond=0)
    article = make_article()
    make_hub()
    made = []

    def make():
        made.append(len(made))
        return made[-1]

    def ask():
        return cached_for_version("what", make)

    time_machine.move_to(start, tick=False)
    assert [ask(), ask()] == [0, 0], "once"
    with CaptureQueriesContext(connection) as captured:
        ask()
    assert not captured.captured_queries
    publishing.schedule(article, start + timedelta(hours=1))
    assert ask() == 0, "nobody has told this process"
    site_version.invalidate()
    assert [ask(), ask()] == [1, 1], "again after a change"
    time_machine.move_to(start + timedelta(hours=1) - timedelta(microseconds=1), tick=False)
    assert ask() == 1
    time_machine.move_to(start + timedelta(hours=1), tick=False)
    assert [ask(), ask()] == [2, 2], "again when the clock turns a page"
    with transaction.atomic():
        assert [ask(), ask()] == [3, 4], "what a transaction sees is its own"
    assert ask() == 2


@pytest.mark.django_db(transaction=True)
def test_no_thread_puts_what_it_read_earlier_in_the_place_of_newer(for_ever, monkeypatch):
    make_hub()
    read, has_read, go_on = site_version._read, threading.Event(), threading.Event()

    @contextmanager
    def slow_reader():
        """A thread that has read what stands, and has not told yet."""

        def read_slowly():
            known = read()
            has_read.set()
            assert go_on.wait(LIMIT)
            return known

        monkeypatch.setattr(site_version, "_read", read_slowly)
        thread = threading.Thread(target=in_a_thread(site_version.current))
        thread.start()
        assert has_read.wait(LIMIT)
        monkeypatch.setattr(site_version, "_read", read)
        yield
        go_on.set()
        thread.join()
        has_read.clear()
        go_on.clear()

    site_version.invalidate()
    with slow_reader():
        Hub.objects.update(name="Changed in this process")
        site_version.invalidate()
    assert site_version.current().name == name(), "it was told after that thread had read"

    site_version.invalidate()
    seen = []

    def look():
        seen.append(site_version.current().name)

    with slow_reader():
        Hub.objects.update(name="Changed in another process")
        looking = threading.Thread(target=in_a_thread(look))
        looking.start()
        until(lambda: seen or site_version._read_lock.locked(), "a second thread's look")
    looking.join()
    look()
    assert seen[1] == seen[0], "what one thread knows no other forgets"
