"""Lists in the admin: constant number of queries, search, filters and escaping."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.admin.transitions import TRANSITIONS
from articles.models import Author, Hub, Title, Topic
from articles.publishing import publish as publishing
from tests.articles.admin_forms import transition
from tests.articles.factories import (
    make_article,
    make_author,
    make_hub,
    make_live,
    make_photo,
    make_title,
    make_topic,
    make_user,
    revise,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_user(is_superuser=True))
    return client


def listing(name):
    return reverse(f"admin:articles_{name}_changelist")


def make_hub_row():
    make_article(hub=make_hub())


def make_title_row():
    title = make_title(photo=make_photo())
    title.availability.create(service="Streamer", url="https://streamer.example/")
    make_article(titles=[title])


def make_topic_row():
    make_article(topics=[make_topic()])


def make_author_row():
    make_article(authors=[make_author(user=make_user(), photo=make_photo())])


def make_article_row():
    edition = make_live(
        hub=make_hub(), authors=[make_author(), make_author()], titles=[make_title()]
    )
    publishing.publish(revise(edition.article))


ROWS = {
    "hub": make_hub_row,
    "title": make_title_row,
    "topic": make_topic_row,
    "author": make_author_row,
    "photo": make_photo,
    "article": make_article_row,
    "edition": make_live,
}


@pytest.mark.parametrize("name", ROWS)
def test_list_takes_the_same_queries_for_1_30_and_100_rows(desk, name):
    desk.get(listing(name))  # content types and the like are read once a process
    counts, made = [], 0
    for wanted in (1, 30, 100):
        for _ in range(wanted - made):
            ROWS[name]()
        made = wanted
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(listing(name)).status_code == 200
        counts.append(len(captured))

    assert len(set(counts)) == 1, counts


@pytest.mark.parametrize("name", ROWS)
def test_list_is_searchable(desk, name):
    response = desk.get(listing(name), {"q": "nothing like this"})

    assert 'id="searchbar"' in response.content.decode()
    assert response.context["cl"].result_count == 0


@pytest.mark.parametrize(
    ("name", "make", "word"),
    [
        ("hub", make_hub, "Sci-Fi"),
        ("title", make_title, "Dark Tide"),
        ("topic", make_topic, "Endings"),
        ("author", make_author, "Ada"),
    ],
)
def test_search_finds_by_name(desk, name, make, word):
    make(name=word)
    make(name="Another")

    assert desk.get(listing(name), {"q": word.lower()}).context["cl"].result_count == 1


def test_article_list_shows_what_readers_see(desk, clock):
    live = make_live().article
    publishing.publish(revise(live))
    clock.shift(60)
    scheduled = make_article()
    publishing.schedule(scheduled, live.editions.first().live_from.replace(year=2090))
    gone = make_live().article
    clock.shift(60)
    publishing.withdraw(gone, reason="x")
    make_article()

    html = desk.get(listing("article")).content.decode()

    for expected in ("edition 2", "2090", "no longer", "nothing yet", "as published", "Draft"):
        assert expected in html


@pytest.mark.parametrize("state", ["live", "scheduled", "gone", "never"])
def test_articles_are_filtered_by_what_readers_see(desk, clock, state):
    articles = {"live": make_live().article, "never": make_article()}
    articles["scheduled"] = make_article()
    publishing.schedule(
        articles["scheduled"], articles["live"].editions.get().live_from.replace(year=2090)
    )
    articles["gone"] = make_live().article
    clock.shift(60)
    publishing.withdraw(articles["gone"], reason="x")

    rows = desk.get(listing("article"), {"readers": state}).context["cl"].queryset

    assert list(rows) == [articles[state]]


@pytest.mark.parametrize(("state", "number"), [("live", 2), ("past", 1), ("scheduled", 3)])
def test_editions_are_filtered_by_when_they_are_live(desk, clock, state, number):
    article = make_live().article
    clock.shift(60)
    publishing.publish(revise(article))
    publishing.schedule(revise(article), article.editions.first().live_from.replace(year=2090))

    rows = desk.get(listing("edition"), {"readers": state}).context["cl"].queryset

    assert [edition.number for edition in rows] == [number]


@pytest.mark.parametrize(
    ("model", "field"),
    [
        ("article", "hub"),
        ("article", "photo"),
        ("article", "topics"),
        ("byline", "author"),
        ("articletitle", "title"),
        ("photoblock", "photo"),
        ("spoilerstartblock", "title"),
        ("title", "photo"),
        ("author", "photo"),
        ("author", "user"),
    ],
)
def test_field_with_many_possible_values_is_an_autocomplete(desk, model, field):
    response = desk.get(
        reverse("admin:autocomplete"),
        {"app_label": "articles", "model_name": model, "field_name": field, "term": ""},
    )

    assert response.status_code == 200
    assert "results" in response.json()


def test_slug_of_a_published_title_is_read_only(desk):
    edition = make_live(titles=[make_title()], authors=[make_author()], topics=[make_topic()])
    used = {"hub": edition.hub}
    used |= {name: getattr(edition, f"{name}s").get() for name in ("title", "author", "topic")}

    for name, subject in used.items():
        html = desk.get(reverse(f"admin:articles_{name}_change", args=[subject.pk])).content
        assert b'name="slug"' not in html, name
        assert subject.slug.encode() in html, name
    fresh = reverse("admin:articles_title_change", args=[make_title().pk])
    assert b'name="slug"' in desk.get(fresh).content


def test_edition_can_be_viewed_but_not_changed(desk):
    edition = make_live()
    address = reverse("admin:articles_edition_change", args=[edition.pk])

    assert desk.get(address).status_code == 200
    assert desk.post(address, {"headline": "x"}).status_code == 403
    assert desk.get(reverse("admin:articles_edition_add")).status_code == 403
    assert (
        desk.post(
            reverse("admin:articles_edition_delete", args=[edition.pk]), {"post": "yes"}
        ).status_code
        == 403
    )


def test_article_that_readers_have_seen_cannot_be_deleted(desk):
    article = make_live().article
    address = reverse("admin:articles_article_delete", args=[article.pk])

    desk.post(address, {"post": "yes"})

    article.refresh_from_db()


PAYLOAD = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def test_markup_in_names_is_escaped_in_every_page_and_message_of_the_admin(desk):
    hub = Hub.objects.create(name=PAYLOAD, slug="hub", description=PAYLOAD)
    title = Title.objects.create(name=PAYLOAD, slug="title", original_name=PAYLOAD)
    title.availability.create(service=PAYLOAD, url="https://streamer.example/")
    topic = Topic.objects.create(name=PAYLOAD, slug="topic")
    author = Author.objects.create(name=PAYLOAD, slug="author", role=PAYLOAD, biography=PAYLOAD)
    photo = make_photo(alt=PAYLOAD, caption=PAYLOAD, credit=PAYLOAD)
    article = make_article(
        headline=PAYLOAD, hub=hub, photo=photo, titles=[title], topics=[topic], authors=[author]
    )
    addresses = [listing(name) for name in ROWS] + [reverse("admin:index")]
    pages = [transition(article, name) for name in TRANSITIONS]
    for page in pages:  # each leaves a message, done or refused, and a line in the history
        answers = {"reason": PAYLOAD, "notice": PAYLOAD, "at": "2090-01-01T00:00"}
        response = desk.post(page, answers, follow=True)
        assert "<script>alert" not in response.content.decode()
        addresses.append(page)
    for item in (hub, title, topic, author, photo, article, article.editions.first()):
        name = item._meta.model_name
        addresses += [
            reverse(f"admin:articles_{name}_{page}", args=[item.pk])
            for page in ("change", "history", "delete")
        ]

    assert LogEntry.objects.exists()
    for address in addresses:
        html = desk.get(address).content.decode()
        assert "<script>alert" not in html, address
        assert "<img src=x" not in html, address


def test_autocomplete_sends_names_as_text(desk):
    Title.objects.create(name=PAYLOAD, slug="title")
    response = desk.get(
        reverse("admin:autocomplete"),
        {"app_label": "articles", "model_name": "articletitle", "field_name": "title"},
    )

    assert response["Content-Type"] == "application/json"
    assert "X-Content-Type-Options" in response
