"""The readers' pages: fronts, articles, titles, topics and authors."""

import gzip
import re

import pytest

from articles.blocks import (
    AdvertSlotBlock,
    PhotoBlock,
    PullQuoteBlock,
    SpoilerEndBlock,
    SpoilerStartBlock,
    TextBlock,
)
from articles.models import Edition
from articles.publishing import publish as publishing
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

pytestmark = pytest.mark.django_db


def text_of(response):
    return response.content.decode()


def outside_boxes(html):
    """The page without what stands inside <details>."""
    return re.sub(r"<details.*?</details>", "", html, flags=re.DOTALL)


def test_front_without_articles_says_so(client):
    response = client.get("/")

    assert response.status_code == 200
    assert re.search(r'class="[^"]*\bempty\b', text_of(response))


def test_front_leads_with_the_newest_story(client):
    make_live(headline="Older")
    newest = make_live(headline="Newest")

    response = client.get("/")

    assert response.context["lead"] == newest


def test_flagged_lead_story_stays_on_top_until_a_newer_one_comes(client):
    first = make_live(lead=True)
    make_live()
    assert client.get("/").context["lead"] == first

    second = make_live(lead=True)
    assert client.get("/").context["lead"] == second


def test_flagged_lead_story_and_a_quiet_hub_stay_however_much_comes_after(client):
    quiet = make_live(hub=make_hub(name="Quiet"), headline="From the quiet hub")
    lead = make_live(lead=True, hub=make_hub())
    for _ in range(70):
        make_live(hub=lead.hub)

    response = client.get("/")

    assert response.context["lead"] == lead
    sections = response.context["hub_sections"]
    assert [section["editions"] for section in sections if section["hub"] == quiet.hub] == [[quiet]]
    assert max(len(section["editions"]) for section in sections) == 4


def test_front_shows_every_article_once(client):
    hub = make_hub()
    editions = [make_live(hub=hub, headline=f"Story number {n}.") for n in range(9)]

    html = text_of(client.get("/"))

    assert [html.count(f">{edition.headline}<") for edition in editions] == [1] * 9


def test_hub_front_shows_its_own_articles_only(client):
    film, games = make_hub(slug="film"), make_hub(slug="games")
    make_live(hub=film, headline="On film")
    make_live(hub=games, headline="On games")

    html = text_of(client.get("/film/"))

    assert "On film" in html
    assert "On games" not in html


def test_hub_front_is_paged(client):
    hub = make_hub(slug="film")
    for _ in range(21):
        make_live(hub=hub)

    first, second = client.get("/film/"), client.get("/film/?page=2")

    assert first.context["lead"] is not None
    assert len(first.context["object_list"]) == 19
    assert second.context["lead"] is None
    assert len(second.context["object_list"]) == 1
    assert 'href="?page=2"' in text_of(first)
    assert client.get("/film/?page=3").status_code == 404
    assert client.get("/film/?page=x").status_code == 404


@pytest.mark.parametrize(
    ("make", "link"), [(make_title, "titles"), (make_topic, "topics"), (make_author, "authors")]
)
def test_page_of_a_subject_lists_its_articles_and_says_when_there_are_none(client, make, link):
    subject = make(name="The subject")
    empty = text_of(client.get(subject.get_absolute_url()))
    edition = make_live(**{link: [subject]})
    make_live(headline="Something else")

    html = text_of(client.get(subject.get_absolute_url()))

    assert "The subject" in html
    assert edition.headline in html
    assert edition.headline not in empty
    assert "Something else" not in html


def test_title_page_says_where_to_watch(client):
    title = make_title(name="Dark Tide", year=2021)
    title.availability.create(service="Streamer", url="https://streamer.example/")

    html = text_of(client.get(title.get_absolute_url()))

    assert '<a href="https://streamer.example/" rel="noopener">Streamer' in html


def test_article_page_shows_what_was_published(client):
    title = make_title(name="Dark Tide")
    title.availability.create(service="Streamer", url="https://streamer.example/")
    author = make_author(name="Ada Placeholder", role="Critic")
    photo = make_photo(alt="A boat", caption="Out at sea", credit="The desk")
    article = make_article(
        headline="A headline",
        standfirst="A standfirst.",
        text="<h2>Part</h2><p>Words.</p>",
        titles=[title],
        authors=[author],
        topics=[make_topic(name="Endings")],
        photo=photo,
    )
    add_block(article, PullQuoteBlock, text="Set large", attribution="Somebody")
    add_block(article, PhotoBlock, photo=photo, alt="Own words")
    add_block(article, AdvertSlotBlock, name="end", size="728x90")
    edition = publishing.publish(article)

    html = text_of(client.get(edition.get_absolute_url()))

    for expected in (
        "A headline</h1>",
        "A standfirst.",
        "<h2>Part</h2><p>Words.</p>",
        author.get_absolute_url(),
        title.get_absolute_url(),
        "Streamer",
        "Endings",
        "Out at sea",
        "The desk",
        'alt="A boat"',
        'alt="Own words"',
        "Set large",
        "advert-728x90",
        f'datetime="{edition.first_published.isoformat()}"',
    ):
        assert expected in html, expected


def test_updated_time_is_shown_beside_the_first(client, clock):
    article = make_live().article
    assert "Updated" not in text_of(client.get(article.editions.get().get_absolute_url()))

    clock.shift(3600)
    edition = publishing.publish(revise(article))
    html = text_of(client.get(edition.get_absolute_url()))

    assert "Updated" in html
    assert f'datetime="{edition.live_from.isoformat()}"' in html


def test_spoiler_box_is_closed_and_says_what_it_gives_away(client):
    edition = make_live(
        titles=[make_title(name="All of Us Are Dead")],
        text='<p>Safe.</p><spoiler-box data-season="1" data-episode="12"><p>SECRET</p>'
        "</spoiler-box><p>Safe again.</p>",
    )

    html = text_of(client.get(edition.get_absolute_url()))

    assert re.search(r'<section class="spoiler[^>]* data-nosnippet><details><summary>', html)
    assert "All of Us Are Dead, season 1 episode 12" in html
    assert "SECRET" in html
    assert "SECRET" not in outside_boxes(html)
    assert "Safe again." in outside_boxes(html)


def test_spoiler_section_holds_every_block_up_to_its_end(client):
    article = make_article(text="<p>Before.</p>", titles=[make_title(name="Dark Tide")])
    add_block(article, SpoilerStartBlock, season=2, label="Who did it")
    add_block(article, PullQuoteBlock, text="SECRET quote")
    add_block(article, PhotoBlock, photo=make_photo(), caption="SECRET caption", alt="SECRET alt")
    add_block(article, SpoilerEndBlock)
    add_block(article, PullQuoteBlock, text="After")
    edition = publishing.publish(article)

    html = text_of(client.get(edition.get_absolute_url()))

    assert html.count("<details") == html.count("</details>") == 1
    assert "Who did it" in html
    assert "SECRET" not in outside_boxes(html)
    assert "After" in outside_boxes(html)
    assert "SECRET" not in edition.search_text


def test_throughout_puts_the_whole_body_in_one_box(client):
    edition = make_live(
        spoiler="throughout", text="<p>SECRET</p>", titles=[make_title(name="Dark Tide")]
    )

    html = text_of(client.get(edition.get_absolute_url()))

    assert "SECRET" not in outside_boxes(html)
    assert html.count("<details") == 1


def test_notice_says_no_more_than_the_closed_boxes(client):
    hidden = make_title(name="HIDDEN CROSSOVER")
    article = make_article(
        titles=[make_title(name="Dark Tide")],
        text=f'<spoiler-box data-title="{hidden.pk}" data-label="A surprise guest"><p>x</p>'
        f"</spoiler-box><blockquote><spoiler-box><p>y</p><blockquote><spoiler-box data-title="
        f'"{hidden.pk}"><p>z</p></spoiler-box></blockquote></spoiler-box></blockquote>',
    )
    add_block(article, SpoilerStartBlock)
    add_block(article, TextBlock, html=f'<spoiler-box data-title="{hidden.pk}">w</spoiler-box>')
    edition = publishing.publish(article)

    html = outside_boxes(text_of(client.get(edition.get_absolute_url())))

    assert "Contains spoilers: Dark Tide." in html
    assert "HIDDEN" not in html


@pytest.mark.parametrize("flag", ["none", "marked", "throughout"])
def test_flag_is_shown_on_the_article_and_on_cards(client, flag):
    edition = make_live(spoiler=flag)

    article = text_of(client.get(edition.get_absolute_url()))
    front = text_of(client.get("/"))

    assert ("Contains spoilers" in article) == (flag == "marked")
    assert ("Spoilers throughout" in article) == (flag == "throughout")
    assert ("Contains spoilers" in front) == (flag == "marked")
    assert ("Spoilers throughout" in front) == (flag == "throughout")


def test_cards_hold_nothing_of_a_box(client):
    author, title, topic = make_author(), make_title(), make_topic()
    edition = make_live(
        text="<spoiler-box><p>SECRET</p></spoiler-box><p>Safe text.</p>",
        authors=[author],
        titles=[title],
        topics=[topic],
    )

    for subject in (edition.hub, author, title, topic):
        html = text_of(client.get(subject.get_absolute_url()))
        assert "Safe text." in html
        assert "SECRET" not in html
    assert "SECRET" not in text_of(client.get("/"))


def test_without_the_seal_the_same_cards_would_leak(client, monkeypatch):
    """Without the guard, the test above would find the spoiler."""
    monkeypatch.setattr("articles.blocks.spoiler_boxes.omit_boxes", lambda html: html)
    make_live(text="<spoiler-box><p>SECRET</p></spoiler-box><p>Safe text.</p>")

    assert "SECRET" in text_of(client.get("/"))


def test_related_articles_share_the_title_before_the_hub(client):
    title, hub = make_title(), make_hub()
    same_hub = [make_live(hub=hub) for _ in range(4)]
    same_title = [make_live(hub=make_hub(), titles=[title]) for _ in range(2)]
    edition = make_live(hub=hub, titles=[title])

    related = client.get(edition.get_absolute_url()).context["related"]

    assert related == [*reversed(same_title), *reversed(same_hub[2:])]


def test_public_pages_set_no_cookie_and_vary_on_none(client):
    author, title, topic = make_author(), make_title(), make_topic()
    edition = make_live(authors=[author], titles=[title], topics=[topic])
    pages = [edition, edition.hub, author, title, topic]

    for address in ["/", "/nothing/here/", *(page.get_absolute_url() for page in pages)]:
        response = client.get(address)
        assert not response.cookies, address
        assert "Cookie" not in response.get("Vary", ""), address
        assert "csrf" not in text_of(response), address


def test_unknown_addresses_answer_404_with_a_page(client):
    make_live(slug="known")

    for address in ("/nowhere/", "/nowhere/known/", "/titles/x/", "/topics/x/", "/authors/x/"):
        response = client.get(address)
        assert response.status_code == 404, address
        assert "<h1" in text_of(response)


def test_error_page_needs_no_database(client, django_db_blocker):
    client.raise_request_exception = False
    with django_db_blocker.block():
        response = client.get("/")

    assert response.status_code == 500
    assert "<h1" in text_of(response)


def test_page_and_its_stylesheet_stay_small(client, settings):
    """16 KB of HTML and CSS for a page of the demo's weight; the demo's test holds its own."""
    edition = make_live(text="<p>Words.</p>" * 30, titles=[make_title()])
    html = client.get(edition.get_absolute_url()).content
    sheets = re.findall(rb'<link rel="stylesheet" href="([^"]+)"', html)

    css = b"".join(
        (
            settings.BASE_DIR / "newsroom/static" / sheet.decode().removeprefix("/static/")
        ).read_bytes()
        for sheet in sheets
    )

    assert len(sheets) == 1
    assert b"<script" not in html.replace(b'<script type="application/ld+json"', b"")
    assert len(gzip.compress(html, 6)) + len(gzip.compress(css, 6)) < 16 * 1024


def test_content_is_never_loaded_for_lists(client, django_assert_max_num_queries):
    for _ in range(9):
        edition = make_live()

    with django_assert_max_num_queries(12) as captured:
        client.get("/")
        client.get(edition.hub.get_absolute_url())

    assert any('"headline"' in query["sql"] for query in captured)
    assert not [query for query in captured if '"content"' in query["sql"]]
    assert not [query for query in captured if '"search_text"' in query["sql"]]
    assert not [query for query in captured if '"safe_html"' in query["sql"]]
    assert Edition.objects.live().first().get_deferred_fields() == {"content", "safe_html"}
