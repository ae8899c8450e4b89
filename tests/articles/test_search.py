"""The search's contract, on whichever database the tests run: what is found, when, in which
order, how it is shown, and that nothing that is typed is too much for it."""

import re
from datetime import datetime, timedelta
from html import unescape
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from modelsearch.models import IndexEntry

from articles import publishing
from articles.models import Edition, Hub
from articles.search import backend, forms, views
from articles.search.words import EXTRACT, Asked, Marker, plain
from tests.articles.factories import make_article, make_author, make_hub, make_live, revise

pytestmark = pytest.mark.django_db

SEARCH = reverse("articles:search")
#: What has made searches fail elsewhere.
NASTY = [
    "\0",
    "zombie\0school",
    "'",
    '"',
    '"zombie',
    "''';--",
    "\\",
    "%",
    "_",
    "*",
    ":*",
    "zombie:*",
    "& | ! <->",
    "NEAR(zombie school)",
    "AND",
    "zombie AND",
    "NOT zombie",
    "{title} : zombie",
    "headline:zombie live:true",
    "-zombie +school ^zombie",
    "(((",
    "%s %(x)s",
    "🧟🧟‍♀️",
    "\u202ezombie\u202c",
    "א ב",
    "한국 좀비",
    "e\u0301" * 50,
    "ﬁn İstanbul ß",
    "𝔷𝔬𝔪𝔟𝔦𝔢",
    "z" * 100_000,
    "zombie " * 5_000,
    " ".join(f"w{n}" for n in range(5_000)),
    "\ufffd\ufeff",
    "1e400 -7 007 1.5.2 a@b.example https://b.example/c?d",
]


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


@pytest.mark.parametrize(
    ("given", "explained"),
    [
        ({"hub": "no-such-hub"}, forms.BAD_HUB),
        ({"hub": "\0"}, forms.BAD_HUB),
        ({"from": "yesterday"}, forms.BAD_DATE),
        ({"to": "2026-02-30\0"}, forms.BAD_DATE),
        ({"from": "0001-01-01"}, forms.BAD_YEAR),
        ({"to": "9999-12-31"}, forms.BAD_YEAR),
        ({"from": "2026-03-02", "to": "2026-03-01"}, forms.BAD_ORDER),
    ],
)
def test_misshapen_filter_is_explained_beside_its_field(client, given, explained):
    make_live(headline="Zombies")

    response = client.get(SEARCH, {"q": "zombies", **given})

    assert response.status_code == 200
    assert explained in response.text
    assert 'class="found"' not in response.text
    assert 'value="zombies"' in response.text


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


def test_command_rebuilds_the_index(client, clock):
    article = make_live(headline="Zombies").article
    clock.shift(60)
    publishing.publish(revise(article, headline="More zombies"))
    kept = IndexEntry.objects.get()
    backend.SearchBackend({}).reset_indexes()
    IndexEntry.objects.create(
        pk=kept.pk + 1, object_id="stale", content_type_id=kept.content_type_id, **without_words()
    )
    assert found(client, "zombies") == []

    call_command("rebuild_modelsearch_index", verbosity=0)

    assert found(client, "zombies") == ["More zombies"]
    assert [entry.pk for entry in IndexEntry.objects.all()] == [kept.pk]


def without_words():
    return backend.columns("", "", "")


def test_the_longest_text_can_be_indexed():
    # Words that are all different, of characters that take four bytes each.
    text = " ".join(chr(0x20000 + n // 200) + chr(0x20000 + n % 200) for n in range(100_000))
    edition = make_live()
    edition.standfirst = edition.search_text = text

    backend.SearchBackend({}).add(edition)

    assert IndexEntry.objects.get().pk == edition.pk


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


@pytest.mark.parametrize("query", ["?!", "🧟", "_ _"])
def test_signs_alone_are_no_query(client, query):
    make_live()

    response = client.get(SEARCH, {"q": query})

    assert "That has no word in it" in response.text
    assert "found" not in response.context


def test_only_the_beginning_of_a_long_query_counts_and_the_page_says_so(client):
    make_live(headline="Zombies")

    long = client.get(SEARCH, {"q": "zombies " + 200 * " " + 50 * "zombies " + "elsewhere"})
    short = client.get(SEARCH, {"q": "zombies"})

    assert "only its beginning was looked for" in long.text
    assert len(long.context["found"]) == 1
    assert "only its beginning" not in short.text
    assert Asked.of(" ".join(f"w{n}" for n in range(17))) == (
        tuple(f"w{n}" for n in range(16)),
        True,
    )


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
    monkeypatch.setattr(backend, "MOST", 3)
    monkeypatch.setattr(views, "MOST", 3)
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


def test_index_has_room_for_editions_alone():
    with pytest.raises(NotImplementedError, match="editions, not Hub"):
        backend.SearchBackend({}).get_index_for_model(Hub)


@pytest.mark.parametrize("query", NASTY, ids=range(len(NASTY)))
def test_nothing_nasty_is_too_much(client, query):
    make_live(headline="Zombies AND schools NOT near", text="<p>한국의 좀비 w1 007 %s</p>")

    response = client.get(SEARCH, {"q": query})

    assert response.status_code == 200
    assert not response.context["form"].errors


class AnyInputTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        make_live(headline="Zombies a 0 é")

    @given(
        st.dictionaries(
            st.sampled_from(["q", "hub", "from", "to", "page", "else"]),
            st.one_of(
                st.text(max_size=60),
                st.sampled_from(NASTY),
                st.dates().map(str),
                st.integers().map(str),
            ),
        )
    )
    @settings(max_examples=40)
    def test_no_address_is_an_error(self, given):
        assert self.client.get(SEARCH, given).status_code == 200


@given(st.text(max_size=80), st.text(max_size=30))
def test_marks_lose_nothing_of_a_text_and_extracts_are_of_it(text, query):
    asked = Asked.of(f"zombie {query}").words
    text = f"{text} Zombies! {text}"
    marker = Marker(asked)

    whole = "".join(piece.text for piece in marker.mark(text))
    extract = marker.extract(text)
    inner = "".join(piece.text for piece in extract).removeprefix("… ").removesuffix(" …")

    assert len(plain(whole)) == len(whole)
    assert plain(whole) == plain(text)
    assert inner in whole
    assert len(inner) <= EXTRACT
    assert any(piece.is_found for piece in extract)


def test_extract_is_where_most_of_the_words_are():
    text = f"{'zombies ' * 3}{'filler ' * 200}a school of zombies {'filler ' * 200}"

    extract = Marker(["zombies", "school"]).extract(text)

    assert [piece.text for piece in extract if piece.is_found] == ["school", "zombies"]
    assert extract[0].text == "… "
    assert extract[-1].text == " …"
