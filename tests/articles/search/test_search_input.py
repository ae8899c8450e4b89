"""Nothing that is typed into the search, or written into its address, is too much for it."""

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from articles.search import forms
from articles.search.extracts import EXTRACT_LENGTH, Highlighter
from articles.search.terms import SearchTerms
from newsroom.words import fold_text
from tests.articles.factories import make_live

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
    assert 'class="search-results"' not in response.text
    assert 'value="zombies"' in response.text


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
    assert len(long.context["query"]) == 200
    assert SearchTerms.parse(30 * "zombies " + "elsewhere") == (("zombies",), True)
    assert SearchTerms.parse(" ".join(f"w{n}" for n in range(17))) == (
        tuple(f"w{n}" for n in range(16)),
        True,
    )


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
    words = SearchTerms.parse(f"zombie {query}").words
    text = f"{text} Zombies! {text}"
    highlighter = Highlighter(words)

    whole = "".join(piece.text for piece in highlighter.highlight(text))
    extract = highlighter.extract(text)
    inner = "".join(piece.text for piece in extract).removeprefix("… ").removesuffix(" …")

    assert len(fold_text(whole)) == len(whole)
    assert fold_text(whole) == fold_text(text)
    assert inner in whole
    assert len(inner) <= EXTRACT_LENGTH
    assert any(piece.is_match for piece in extract)


def test_extract_is_where_most_of_the_words_are():
    text = f"{'zombies ' * 3}{'filler ' * 200}a school of zombies {'filler ' * 200}"

    extract = Highlighter(["zombies", "school"]).extract(text)

    assert [piece.text for piece in extract if piece.is_match] == ["school", "zombies"]
    assert extract[0].text == "… "
    assert extract[-1].text == " …"
