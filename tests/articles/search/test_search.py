"""The search's contract, on whichever database the tests run: what is found, when, in which
order, and what its page says."""

import re
from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.models import Hub
from articles.publishing import publish as publishing
from articles.search import backend, views
from tests.articles.factories import make_article, make_author, make_hub, make_live, revise

pytestmark = pytest.mark.django_db

SEARCH = reverse("articles:search")


def found(client, query, **more):
    """The headlines on a page of results, in order."""
    response = client.get(SEARCH, {"q": query, **more})
    assert response.status_code == 200
    assert not response.context["form"].errors
    return [entry["edition"].headline for entry in response.context.get("found", ())]


def printed(response):
    return response.content.decode()


def test_headline_comes_before_standfirst_and_standfirst_before_text(client, clock):
    make_live(headline="In the headline: zombies")
    clock.shift(60)
    make_live(headline="Second", standfirst="About zombies.")
    clock.shift(60)
    make_live(headline="Third", text=f"<p>{20 * 'zombies '}</p>")

    assert found(client, "zombies") == ["In the headline: zombies", "Second", "Third"]


def test_newest_article_comes_first_among_equals_even_when_an_older_one_is_put_right(client, clock):
    older = make_live(headline="Older zombies").article
    clock.shift(60)
    make_live(headline="Newer zombies")
    clock.shift(60)
    publishing.publish(revise(older, standfirst="Put right."))

    assert found(client, "zombies") == ["Newer zombies", "Older zombies"]


def test_headline_with_the_word_as_typed_comes_before_one_with_a_longer_word(client, clock):
    make_live(headline="Her")
    clock.shift(60)
    make_live(headline="Here be heroes")

    assert found(client, "her") == ["Her", "Here be heroes"]


def test_all_words_are_needed_wherever_they_stand(client):
    make_live(headline="Zombies", standfirst="At a school.", text="<p>In Hyosan.</p>")
    make_live(headline="Zombies elsewhere")

    assert found(client, "hyosan zombies school") == ["Zombies"]
    assert found(client, "hyosan zombies beach") == []


def test_author_is_found_by_name(client):
    make_live(headline="Signed", authors=[make_author(name="Zoë Quill")])

    assert found(client, "zoe quill") == ["Signed"]


@pytest.mark.parametrize(
    "query", ["zomb", "ZOMBIES", "pokémon", "POKEMON zomb", "pokemo\u0301n", "don't", "DON’T"]
)
def test_beginnings_capitals_accents_and_apostrophes_do_not_matter(client, query):
    make_live(headline="Don’t feed the Pokémon zombies")
    make_live(headline="Something else")

    assert found(client, query) == ["Don’t feed the Pokémon zombies"]


def test_one_or_two_letters_stand_for_themselves(client):
    make_live(headline="Us")
    make_live(headline="Useful things")

    assert found(client, "us") == ["Us"]
    assert found(client, "zo") == []


def test_filters_narrow_to_a_hub_and_to_days_in_the_newsroom(client, clock, settings):
    settings.TIME_ZONE = "Europe/London"
    with timezone.override("Europe/London"):
        games, film = make_hub(name="Games"), make_hub(name="Film")
        london = ZoneInfo("Europe/London")
        for hub, day, hour in ((games, 9, 23), (games, 10, 0), (film, 10, 23), (games, 11, 0)):
            clock.move_to(datetime(2026, 7, day, hour, 30, tzinfo=london))
            make_live(headline=f"Zombies {day}", hub=hub)

        assert found(client, "zombies", hub=film.slug) == ["Zombies 10"]
        assert found(client, "zombies", **{"from": "2026-07-10", "to": "2026-07-10"}) == [
            "Zombies 10",
            "Zombies 10",
        ]
        assert found(client, "zombies", **{"from": "2026-07-11"}) == ["Zombies 11"]
        assert found(client, "zombies", to="2026-07-09") == ["Zombies 9"]
        assert found(client, "zombies", hub=games.slug, to="2026-07-10") == [
            "Zombies 10",
            "Zombies 9",
        ]


def test_extract_marks_what_was_found_and_stays_text(client):
    before = " ".join(f"word{n}" for n in range(100))
    text = f"<p>{before} &lt;script&gt; &amp; a zombie&lt;/script&gt; at last</p>"
    make_live(headline="Of <b>zombies</b> & more", text=text)

    html = printed(client.get(SEARCH, {"q": "zomb"}))

    assert "Of &lt;b&gt;<mark>zombies</mark>&lt;/b&gt; &amp; more" in html
    assert "&lt;script&gt; &amp; a <mark>zombie</mark>&lt;/script&gt; at last" in html
    assert "<script>" not in html
    assert "word1 " not in html


def test_what_stands_in_a_box_is_neither_found_nor_shown(client):
    box = '<spoiler-box data-label="The end"><p>quxbane the zombie</p></spoiler-box>'
    make_live(headline="Open", text=f"<p>Zombies outside.</p>{box}<p>After.</p>")

    assert found(client, "quxbane") == []
    assert found(client, "zombies") == ["Open"]
    assert "quxbane" not in printed(client.get(SEARCH, {"q": "zombies"}))


def test_scheduled_article_is_found_in_its_second_and_no_longer_when_it_ends(client, clock):
    at = timezone.now() + timedelta(hours=1)
    article = make_article(headline="Zombies")
    publishing.schedule(article, at)
    publishing.expire(article, at + timedelta(hours=1))

    seen = []
    for moment in (
        at - timedelta(seconds=1),
        at,
        at + timedelta(minutes=59),
        at + timedelta(hours=1),
    ):
        clock.move_to(moment)
        seen.append(found(client, "zombies"))

    assert seen == [[], ["Zombies"], ["Zombies"], []]


def test_withdrawn_article_and_former_wording_are_no_longer_found(client, clock):
    article = make_live(headline="Zombies").article
    clock.shift(60)
    publishing.publish(revise(article, headline="Skeletons"))

    assert found(client, "zombies") == []
    assert found(client, "skeletons") == ["Skeletons"]

    clock.shift(60)
    publishing.withdraw(article, reason="Because")

    assert found(client, "skeletons") == []


def test_page_without_a_query_offers_the_hubs(client):
    hub = make_hub(name="Sci-Fi")

    response = client.get(SEARCH)

    assert "What are you looking for?" in response.text
    assert f'href="{hub.get_absolute_url()}"' in re.sub(r"(?s)^.*<main", "", response.text)
    assert re.search(r'<form[^>]* role="search" method="get" action="/search/"', response.text)
    assert re.search(r'<label\s+for="search-q"', response.text)


def test_nothing_found_says_so_and_shows_the_latest_and_a_wider_search(client):
    latest = make_live(headline="Latest story")

    plain_query = client.get(SEARCH, {"q": "xyzzy & co"})
    narrowed = client.get(SEARCH, {"q": "xyzzy & co", "hub": latest.hub.slug})

    assert "No story has all the words of “xyzzy &amp; co”." in plain_query.text
    assert "Latest story" in plain_query.text
    assert "Search all hubs" not in plain_query.text
    assert 'href="?q=xyzzy+%26+co">Search all hubs and days' in narrowed.text


def test_pages_of_results_keep_the_query_and_the_filters(client, monkeypatch, clock):
    monkeypatch.setattr(views, "PER_PAGE", 2)
    hub = make_hub(slug="games")
    for number in range(5):
        make_live(headline=f"Zombies & co {number}", hub=hub)
        clock.shift(60)
    asked = {"q": "zombies & co", "hub": "games", "from": "2020-01-01"}

    middle = client.get(SEARCH, {**asked, "page": 2})
    ways = dict(re.findall(r'rel="(prev|next)" href="([^"]+)"', printed(middle)))
    pages = [
        [
            entry["edition"].headline[-1]
            for entry in client.get(SEARCH + unescape(way)).context["found"]
        ]
        for way in (ways["prev"], ways["next"])
    ]

    assert "5 stories with “zombies &amp; co”" in middle.text
    assert pages == [["4", "3"], ["0"]]
    assert unescape(ways["next"]) == "?q=zombies+%26+co&hub=games&from=2020-01-01&page=3"
    assert found(client, "zombies", page="9" * 5000) == found(client, "zombies", page="1")
    assert found(client, "zombies", page="99") == found(client, "zombies", page="3")


def test_of_very_many_nobody_is_told_how_many(client, monkeypatch):
    monkeypatch.setattr(backend, "MAX_RESULTS", 3)
    monkeypatch.setattr(views, "MAX_RESULTS", 3)
    make_live(headline="Zombies first")
    for _ in range(3):
        make_live(text="<p>zombies</p>")
    few = client.get(SEARCH, {"q": "first"})

    many = client.get(SEARCH, {"q": "zombies"})

    assert "More than 3 stories" in many.text
    assert len(many.context["found"]) == 3
    assert many.context["found"][0]["edition"].headline == "Zombies first"
    assert "1 story with" in few.text


def test_a_search_takes_at_most_six_queries_however_much_is_found(client, monkeypatch):
    for number in range(25):
        make_live(headline=f"Zombies {number}")

    counts = {}
    for query in ("", "zombies", "zombies 7", "xyzzy"):
        with CaptureQueriesContext(connection) as captured:
            client.get(SEARCH, {"q": query, "hub": Hub.objects.get().slug, "page": "2"})
        counts[query] = len(captured)

    assert max(counts.values()) - 1 <= 6, counts  # one is the hub's, above
    assert counts["zombies"] == counts["zombies 7"]
    searches = [each["sql"] for each in captured if "modelsearch" in each["sql"]]
    assert searches
    assert all(each.endswith(f"LIMIT {backend.MAX_RESULTS + 1}") for each in searches)


def test_results_are_for_one_reader_and_no_search_engine(client):
    make_live(headline="Zombies")

    bare, query, narrowed = (
        client.get(address) for address in (SEARCH, f"{SEARCH}?q=zombies", f"{SEARCH}?hub=x&page=1")
    )

    assert bare["Cache-Control"].startswith("public")
    for response in (query, narrowed):
        assert "no-store" in response["Cache-Control"]
        assert "public" not in response["Cache-Control"]
        assert not response.has_header("ETag")
    assert '<meta name="robots" content="noindex">' in query.text
    assert not client.cookies


def test_every_page_leads_to_the_search(client):
    edition = make_live()

    for address in ("/", edition.hub.get_absolute_url(), edition.get_absolute_url()):
        assert f'href="{SEARCH}"' in client.get(address).text
