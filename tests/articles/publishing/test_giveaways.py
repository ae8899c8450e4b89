"""Give-away warnings: runs of words and names that stand in the open and in a box."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from articles.publishing.giveaways import Giveaway, find
from newsroom.rich_text import MAX_LENGTH
from tests.growth import assert_linear


def text(html):
    return {"kind": "text", "html": html}


def box(html):
    return text(f"<p>Before it.</p><spoiler-box>{html}</spoiler-box><p>After it.</p>")


def photo(alt="", caption=""):
    own = {"own_alt": alt, "own_caption": caption}
    return {"kind": "photo", "alt": alt, "caption": caption, "credit": "", **own}


def section(*blocks):
    start = {"kind": "spoiler_start", "name": "", "season": None, "episode": None, "label": ""}
    return [start, *blocks, {"kind": "spoiler_end"}]


def frozen(*body, **fields):
    plain = ("headline", "standfirst", "slug", "seo_title", "seo_description")
    empty = {"titles": [], "bylines": [], "topics": [], "hub": None, "photo": None}
    content = dict.fromkeys(plain, "") | empty | {"spoiler": "marked", "body": list(body)}
    return content | fields


def told(*body, note="", **fields):
    found = find(frozen(*body, **fields), {}, note)
    return [(giveaway.field, giveaway.words) for giveaway in found]


def named(words, says, **fields):
    """The names that are told of in a headline, with one box."""
    return [words for _, words in told(box(f"<p>{says}</p>"), headline=words, **fields)]


#: Where a spoiler may stand: each puts a plain text there.
HIDING = {
    "paragraph": lambda says: [box(f"<p>{says}</p>")],
    "bare box": lambda says: [text(f"<p>a <spoiler-box>{says}</spoiler-box></p>")],
    "list": lambda says: [text(f"<ul><li><spoiler-box><p>{says}</p></spoiler-box></li></ul>")],
    "quote": lambda says: [box(f"<blockquote><p>{says}</p></blockquote>")],
    "box in a box": lambda says: [box(f"<p>a</p><spoiler-box><p>{says}</p></spoiler-box>")],
    "bold within": lambda says: [box(f"<p><strong>{says[:3]}</strong>{says[3:]}</p>")],
    "section": lambda says: section(text(f"<p>{says}</p>")),
    "section without an end": lambda says: section(text(f"<p>{says}</p>"))[:-1],
    "caption": lambda says: section(photo(caption=says)),
    "alternative text": lambda says: section(photo(alt=says)),
    "pull quote": lambda says: section({"kind": "pullquote", "text": says, "attribution": ""}),
    "attribution": lambda says: section({"kind": "pullquote", "text": "", "attribution": says}),
    "video": lambda says: section({"kind": "video", "url": "", "name": says, "poster": None}),
    "block of a new kind": lambda says: section({"kind": "chart", "legend": says}),
}
#: Where it is looked for: how a text gets there, and what the warning calls the place.
FIELDS = {
    "Headline": lambda says: {"headline": says},
    "Standfirst": lambda says: {"standfirst": says},
    "Slug": lambda says: {"slug": says.replace(" ", "-")},
    "SEO title": lambda says: {"seo_title": says},
    "SEO description": lambda says: {"seo_description": says},
    "Alternative text of the lead photo": lambda says: {"photo": photo(alt=says)},
    "Caption of the lead photo": lambda says: {"photo": photo(caption=says)},
    "Alternative text of photo 1 in the text": lambda says: {"body": [photo(alt=says)]},
    "Caption of photo 1 in the text": lambda says: {"body": [photo(caption=says)]},
    "Public note": lambda says: {"note": says},
}


def told_of(hiding, field, secret, says):
    fields = FIELDS[field](says)
    # A photo first: a section may have no end.
    body = [*fields.pop("body", []), *HIDING[hiding](secret)]
    return told(*body, **fields)


HIDDEN_WORDS = st.lists(
    st.text("abcdef", min_size=1, max_size=6), min_size=4, max_size=12, unique=True
)
OTHER_WORDS = st.lists(st.text("uvwxyz", min_size=1, max_size=6), max_size=5)


@given(
    hiding=st.sampled_from(sorted(HIDING)),
    field=st.sampled_from(sorted(FIELDS)),
    secret=HIDDEN_WORDS,
    before=OTHER_WORDS,
    after=OTHER_WORDS,
    data=st.data(),
)
def test_four_words_of_a_box_are_told_of_wherever_they_stand_and_three_are_not(
    hiding, field, secret, before, after, data
):
    length = data.draw(st.integers(3, len(secret)))
    start = data.draw(st.integers(0, len(secret) - length))
    run = secret[start : start + length]
    says = " ".join([*before, *run, *after])

    found = told_of(hiding, field, " ".join(secret), says)

    between = "-" if field == "Slug" else " "
    assert found == ([(field, between.join(run))] if length > 3 else [])


@pytest.mark.parametrize("field", FIELDS)
def test_name_out_of_a_box_is_told_of_in_every_field(field):
    says = "a farewell to jae-min" if field == "Slug" else "A farewell to Jae-min"

    found = told_of("paragraph", field, "So it is Jae-min who dies.", says)

    assert found == [(field, says[-7:])]


@pytest.mark.parametrize("hiding", HIDING)
def test_name_is_found_wherever_a_spoiler_may_stand(hiding):
    found = told_of(hiding, "Headline", "Then Negan comes.", "Enter Negan")

    assert found == [("Headline", "Negan")]


@pytest.mark.parametrize("field", ["Headline", "Slug", "Alternative text of the lead photo"])
def test_body_of_an_article_that_spoils_throughout_is_one_box(field):
    body = [text("<p>In the end the lighthouse falls.</p>"), photo(caption="Here Negan stands.")]
    fields = FIELDS[field]("the end the lighthouse falls on negan")

    assert told(*body, spoiler="throughout", **fields)
    assert not told(*body, **fields)


@pytest.mark.parametrize(
    ("says", "written"),
    [
        ("ZOË DOESN’T MAKE IT", "Zoe doesn't make it"),
        ("zoe doesn't make it", "Zoe\u0308 doesn\u2019t make it"),
        ("Zoë: doesn’t – “make” it!", "(Zoë) doesn’t, make it"),
        ("Zoë does\u00adn’t make\u200b it", "Zoë doesn’t make it"),
        ("zoë doesn’t<br>make it", "Zoë doesn’t make it"),
        ("zoë doesn’t make</p><p>it", "Zoë doesn’t make it"),
        ("zo<em>ë doesn</em>’t make it", "Zoë doesn’t make it"),
        ("Zoë &amp; doesn&#8217;t make it", "Zoë doesn’t make it"),
        ("Straße nach Łódź, Ærø", "strasse nach lodz aero"),
    ],
)
def test_case_accents_apostrophes_and_punctuation_make_no_difference(says, written):
    written = f"why {written} home"

    assert told(box(f"<p>{says}</p>"), standfirst=written) == [
        ("Standfirst", written[4:-5].strip("()"))
    ]


def test_slug_has_no_apostrophes_and_is_no_less_clear():
    hidden = box("<p>The king doesn’t survive Jae-min’s plan.</p>")

    assert told(hidden, slug="king-doesnt-survive-jae-mins") == [
        ("Slug", "king-doesnt-survive-jae-mins")
    ]
    assert told(hidden, slug="jae-mins-end") == [("Slug", "jae-mins")]


def test_longest_run_is_told_of_once_and_a_second_one_apart():
    hidden = box("<p>one two three four five six seven eight nine</p>")

    assert told(hidden, headline="one two three four five, but six seven eight nine") == [
        ("Headline", "one two three four five"),
        ("Headline", "six seven eight nine"),
    ]


def test_words_of_two_boxes_make_no_run():
    hidden = text(
        "<spoiler-box><p>one two</p></spoiler-box><p>x</p>"
        "<spoiler-box><p>three four</p></spoiler-box>"
    )

    assert not told(hidden, headline="one two three four")


def test_words_outside_the_boxes_are_nobodys_secret():
    body = [text("<p>It is about Negan and the long road home.</p>"), box("<p>Yes.</p>")]

    assert not told(*body, headline="Negan and the long road home")


def test_article_without_boxes_is_not_warned_of():
    body = [text("<p>Here is Negan.</p>"), photo(caption="Negan on the long road home")]

    assert not told(*body, headline="Negan on the long road home")


def test_name_is_not_told_of_again_within_a_run():
    assert named("See how Negan ends it, Negan", "This is how Negan ends it.") == [
        "how Negan ends it",
        "Negan",
    ]


@pytest.mark.parametrize(
    ("headline", "says", "names"),
    [
        ("Why Negan’s back", "So Negan lives.", ["Negan’s"]),
        ("NEGAN RETURNS", "So Negan lives.", ["NEGAN"]),
        ("Negan returns", "Negan lives.", ["Negan"]),
        ("Snow returns", "Here Jon Snow dies.", ["Snow"]),
        ("Jon Snow returns", "Here Jon Snow dies.", ["Jon Snow"]),
        ("Jon meets Arya", "It was Arya, not Jon.", ["Jon", "Arya"]),
        ("Who is Spider Man", "It is Spider-Man.", ["Spider Man"]),
        ("Enter Beyoncé", "And Beyonce sings.", ["Beyoncé"]),
        ("Farewell to Élodie", "Goodbye, Elodie.", ["Élodie"]),
        ("Hope’s end", "Then Hope dies, and all hope with her.", ["Hope’s"]),
        ("Where Will goes", "Then Will dies, as he will.", ["Will"]),
    ],
)
def test_names_are_known_by_their_capitals(headline, says, names):
    assert [found for _, found in told(box(f"<p>{says}</p>"), headline=headline)] == names


@pytest.mark.parametrize(
    ("headline", "says"),
    [
        ("The best of it", "The killer is found. When? The End."),
        ("When it all ends", "When she comes back, everyone is gone."),
        ("What happens next", "What a mess. Next, nobody moves."),
        ("Will there be more?", "Then Will dies."),
        ("Zombies everywhere", "Zombies win. There are zombies in the lift."),
        ("Season 2, explained", "It is set up in Season 2."),
        ("I was wrong", "No, I did it."),
        ("Plan B", "It was B."),
        ("Plan it anew", "THE PLAN OF KINGS: a new plan."),
        ("Negan", "The negan is a kind of fish."),
        ("Arya", "Aryan is no name."),
        ("The man", "It is Spider-Man."),
    ],
)
def test_capitals_of_a_sentences_beginning_and_common_words_are_no_names(headline, says):
    assert not told(box(f"<p>{says}</p>"), headline=headline)


@pytest.mark.parametrize(
    "elsewhere",
    [
        [text("<p>Here is Negan.</p>")],
        [text("<p>NEGAN’S list</p>")],
        [{"kind": "pullquote", "text": "I am.", "attribution": "Negan"}],
        [{"kind": "video", "url": "", "name": "Negan speaks", "poster": None}],
        [text('<spoiler-box data-label="What Negan does"><p>x</p></spoiler-box>')],
    ],
)
def test_name_that_stands_in_the_open_too_is_no_secret(elsewhere):
    assert not told(*elsewhere, box("<p>Then Negan dies.</p>"), headline="Negan is back")


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"standfirst": "All about Negan"},
        {"slug": "negan"},
        {"body": [photo(alt="Negan in the snow")]},
        {"body": [{"kind": "advert", "name": "negan", "size": "1x1"}]},
        {"body": [text('<spoiler-box data-label="x"><p>It is Negan.</p></spoiler-box>')]},
        {"body": section({"kind": "pullquote", "text": "Negan", "attribution": ""})},
    ],
)
def test_name_that_stands_in_another_field_or_box_only_is_told_of(elsewhere):
    body = [*elsewhere.pop("body", []), box("<p>Then Negan dies.</p>")]

    assert ("Headline", "Negan") in told(*body, headline="Negan is back", **elsewhere)


def test_label_of_a_box_is_in_the_open_and_that_of_a_box_in_it_is_not():
    inner = '<spoiler-box data-label="What Negan does"><p>x</p></spoiler-box>'

    assert not told(text(inner), box("<p>It is Negan.</p>"), headline="Negan is back")
    assert told(box(inner), headline="Negan is back") == [("Headline", "Negan")]


TITLE = {"name": "All of Us Are Dead", "availability": [{"service": "Netflix", "url": ""}]}


@pytest.mark.parametrize(
    "printed",
    [
        {"titles": [TITLE]},
        {"hub": TITLE},
        {"bylines": [TITLE]},
        {"topics": [TITLE]},
        {
            "body": [
                text('<spoiler-box data-name="All of Us Are Dead"><p>x</p></spoiler-box>'),
                box("<p>Here All of Us Are Dead stops, on Netflix, it is said.</p>"),
            ]
        },
    ],
)
def test_names_that_the_page_prints_anyway_are_no_secret(printed):
    body = [box("<p>Here All of Us Are Dead stops.</p>")]
    content = frozen(*body, headline="The All of Us Are Dead", slug="all-of-us-are-dead")

    assert find(content, {}) != []
    assert find(content | printed, {}) == []


def test_run_that_says_more_than_a_printed_name_is_told_of():
    fields = {"titles": [TITLE], "headline": "All of Us Are Dead kills Cheong-san"}

    assert told(box("<p>All of Us Are Dead kills Cheong-san.</p>"), **fields) == [
        ("Headline", "All of Us Are Dead kills Cheong-san")
    ]


def test_service_that_shows_a_title_is_no_secret():
    hidden = box("<p>It is all there on Netflix.</p>")

    assert told(hidden, headline="New on Netflix") == [("Headline", "Netflix")]
    assert not told(hidden, headline="New on Netflix", titles=[TITLE])


def test_text_that_comes_from_the_photo_is_said_to_be_its_own():
    lead = {"alt": "Negan", "caption": "", "credit": "", "own_alt": ""}

    assert told(box("<p>Then Negan dies.</p>"), photo=lead) == [
        ("Alternative text of the lead photo (the photo’s own)", "Negan")
    ]


def test_photos_are_counted_in_the_order_of_the_text():
    body = [*section(photo(alt="x")), photo(alt="Negan"), box("<p>Then Negan dies.</p>")]

    assert told(*body) == [("Alternative text of photo 2 in the text", "Negan")]


def test_words_are_quoted_as_they_stand_and_names_are_marked():
    hidden = box("<p>one two three four, said Negan</p>")
    content = frozen(hidden, headline="Negan: ONE <b>two</b>")

    assert find(content | {"standfirst": "ONE, two – “three” four!"}, {}) == [
        Giveaway("Headline", "Negan", is_name=True),
        Giveaway("Standfirst", "ONE, two – “three” four"),
    ]


@given(st.text(max_size=60), st.text(max_size=60))
@example("", "-")
@example("’", "\u0301'")
@example("İ", "ǅ")
def test_any_text_is_read_without_an_error(hidden, written):
    hiding = section({"kind": "pullquote", "text": hidden, "attribution": ""})

    for field in FIELDS:
        fields = FIELDS[field](written)
        for where, words in told(*fields.pop("body", []), *hiding, **fields):
            assert where == field
            assert words in written.replace(" ", "-" if field == "Slug" else " ")


@pytest.mark.parametrize("piece", ["a ", "A-", "Ab", "a’", "A. ", "\u0301", "’", "Negan dies "])
def test_work_grows_in_proportion_to_the_texts(piece):
    def make_texts(size):
        long = (piece * size)[:size]
        body = [text(f"<p>{long}</p><spoiler-box><p>{long}</p></spoiler-box>")] * 2
        return body, long[:200], long[:500]

    def find_all(body, headline, standfirst):
        return told(*body, headline=headline, standfirst=standfirst)

    assert_linear(find_all, make_texts, MAX_LENGTH // 4)
