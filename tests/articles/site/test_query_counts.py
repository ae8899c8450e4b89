"""Pages cost the same number of queries with one article and with many."""

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.blocks import PhotoBlock
from articles.publishing import publish as publishing
from newsroom.page_cache import site_version
from tests.articles.factories import (
    add_block,
    make_article,
    make_author,
    make_hub,
    make_live,
    make_photo,
    make_title,
    make_topic,
)
from tests.newsletter.factories import make_newsletter

pytestmark = pytest.mark.django_db


def queries(client, address):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.fixture
def subjects():
    return {
        "hubs": [make_hub() for _ in range(3)],
        "titles": [make_title(photo=make_photo()) for _ in range(2)],
        "topics": [make_topic()],
        "authors": [make_author(photo=make_photo())],
    }


def fill(subjects, count):
    links = {name: subjects[name] for name in ("titles", "topics", "authors")}
    for number in range(count):
        hub = subjects["hubs"][number % 3]
        edition = make_live(hub=hub, photo=make_photo(), **links)
    return edition


def test_article_page_takes_at_most_five_queries(client, subjects):
    counts = [queries(client, fill(subjects, count).get_absolute_url()) for count in (1, 30)]

    assert max(counts) <= 5


def test_photos_of_an_article_take_one_query_and_none_where_there_are_none(client):
    def article_with(lead, number):
        article = make_article(photo=make_photo() if lead else None)
        for _ in range(number):
            add_block(article, PhotoBlock, photo=make_photo())
        return publishing.publish(article).get_absolute_url()

    bare = queries(client, article_with(False, 0))
    counts = [queries(client, article_with(*what)) for what in ((True, 0), (False, 1), (True, 30))]

    assert counts == [bare + 1] * 3
    assert max(counts) <= 5


def test_fronts_take_at_most_six_queries_whatever_the_number_of_articles(client, subjects):
    addresses = ["/"] + [
        subject.get_absolute_url() for several in subjects.values() for subject in several
    ]
    fill(subjects, 20)
    few = [queries(client, address) for address in addresses]
    fill(subjects, 60)
    many = [queries(client, address) for address in addresses]

    assert few == many
    assert max(many) <= 6


@pytest.mark.django_db(transaction=True)
def test_a_process_that_knows_nothing_keeps_to_these_limits_and_a_kept_page_costs_one(
    client, subjects, monkeypatch
):
    """With the query for the site's site_version, which pages in a transaction don't ask for."""
    links = {name: subjects[name] for name in ("titles", "topics", "authors")}
    article = make_article(hub=subjects["hubs"][0], photo=make_photo(), **links)
    for _ in range(2):
        add_block(article, PhotoBlock, photo=make_photo())
    edition = publishing.publish(article)
    fill(subjects, 3)
    page = edition.get_absolute_url()
    hub = subjects["hubs"][0]
    hub.newsletter = make_newsletter()
    hub.save()
    fronts = [several[0].get_absolute_url() for several in subjects.values()]
    cold = {}
    for address in (page, "/", *fronts):
        caches["pages"].clear()
        monkeypatch.setattr(site_version, "MAX_AGE", float("inf"))
        monkeypatch.setattr(site_version, "_cache_version", None)
        site_version.invalidate()
        cold[address] = queries(client, address)
        monkeypatch.setattr(site_version, "MAX_AGE", 0)
        assert queries(client, address) == 1

    assert cold.pop(page) <= 5
    assert max(cold.values()) <= 6
