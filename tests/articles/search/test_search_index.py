"""The search's index holds what readers see or will see, from the moment that it is published."""

from datetime import timedelta
from unittest import mock

import pytest
from django.core.management import call_command
from django.utils import timezone
from modelsearch.backends.elasticsearchbase import ElasticsearchBaseSearchQueryCompiler
from modelsearch.models import IndexEntry

from articles.models import Edition, Hub
from articles.publishing import publish as publishing
from articles.search import backend
from tests.articles.factories import make_article, make_live, revise

pytestmark = pytest.mark.django_db


def headlines(query):
    """Of what readers find."""
    return [edition.headline for edition in Edition.objects.live().search(query)]


def test_index_holds_what_is_or_will_be_seen_and_nothing_else(clock):
    article = make_live().article
    clock.shift(60)
    publishing.publish(revise(article))
    taken_back = publishing.schedule(revise(article), timezone.now() + timedelta(hours=1))
    publishing.cancel_schedule(article)
    coming = publishing.schedule(revise(article), timezone.now() + timedelta(hours=2))

    entries = set(IndexEntry.objects.values_list("pk", flat=True))

    assert entries == {article.editions.live().get().pk, coming.pk}
    assert taken_back.pk not in entries


def test_what_cannot_be_indexed_is_not_published():
    article = make_article()

    with (
        mock.patch.object(backend.Index, "add_items", side_effect=RuntimeError("No index")),
        pytest.raises(RuntimeError, match="No index"),
    ):
        publishing.publish(article)

    assert not Edition.objects.exists()


def test_what_is_not_published_is_not_indexed():
    article = make_article()

    with (
        mock.patch.object(publishing, "_link", side_effect=RuntimeError("No link")),
        pytest.raises(RuntimeError, match="No link"),
    ):
        publishing.publish(article)

    assert not IndexEntry.objects.exists()


def test_command_rebuilds_the_index(clock):
    article = make_live(headline="Zombies").article
    clock.shift(60)
    publishing.publish(revise(article, headline="More zombies"))
    kept = IndexEntry.objects.get()
    backend.SearchBackend({}).reset_indexes()
    IndexEntry.objects.create(
        pk=kept.pk + 1,
        object_id="stale",
        content_type_id=kept.content_type_id,
        **backend.columns("", "", ""),
    )
    assert headlines("zombies") == []

    call_command("rebuild_modelsearch_index", verbosity=0)

    assert headlines("zombies") == ["More zombies"]
    assert [entry.pk for entry in IndexEntry.objects.all()] == [kept.pk]


def test_the_longest_text_can_be_indexed():
    # Words that are all different, of characters that take four bytes each.
    text = " ".join(chr(0x20000 + n // 200) + chr(0x20000 + n % 200) for n in range(100_000))
    edition = make_live()
    edition.standfirst = edition.search_text = text

    backend.SearchBackend({}).add(edition)

    assert IndexEntry.objects.get().pk == edition.pk


def test_index_has_room_for_editions_alone():
    with pytest.raises(NotImplementedError, match="editions, not Hub"):
        backend.SearchBackend({}).get_index_for_model(Hub)


def test_search_engine_elsewhere_hears_of_every_change_of_a_window(clock, settings):
    settings.SEARCHES_ELSEWHERE = True
    edition = make_live()
    end = timezone.now() + timedelta(hours=1)

    with mock.patch.object(backend.Index, "add_items") as add:
        publishing.expire(edition.article, end)

    ((_, (told,)),) = (call.args for call in add.call_args_list)
    assert (told.pk, told.live_until) == (edition.pk, end)


def test_search_engine_elsewhere_is_asked_for_live_editions_and_headlines_first():
    editions = Edition.objects.live().for_cards().filter(hub=3)
    compiler = ElasticsearchBaseSearchQueryCompiler(editions, "zombies school", operator="and")
    compiler.check()

    asked = compiler.get_query()["bool"]
    match = asked["must"]["multi_match"]

    assert match["operator"] == "and"
    assert sorted(match["fields"]) == [
        "_all_text",
        "_all_text_boost_10_0^10.0",
        "_all_text_boost_4_0^4.0",
    ]
    for column in ("live_from", "live_until", "hub_id"):
        assert f"{column}_filter" in str(asked["filter"])
