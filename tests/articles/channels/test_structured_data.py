"""JSON-LD of each page, without a word from a spoiler box."""

from datetime import UTC, datetime, timedelta

import extruct
import pytest
from django.urls import reverse

from articles.admin.as_seen_page import as_seen_address
from articles.blocks import PhotoBlock, SpoilerEndBlock, SpoilerStartBlock
from articles.models import ShareLink
from articles.photos.models import Photo
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

SITE = "http://testserver"
HOSTILE = 'End </script><b> & "quotes" <!-- <script>'


def things(response):
    """The page's data by type."""
    html = response.content.decode()
    found = extruct.extract(html, syntaxes=["json-ld"])["json-ld"]
    assert {thing["@context"] for thing in found} <= {"https://schema.org"}
    return {thing["@type"]: thing for thing in found}


def in_shapes(**focus):
    """A photo that counts as having its renditions; nothing here opens a file."""
    photo = make_photo(**focus)
    Photo.objects.update(rendered_focus=photo.focus)
    photo.refresh_from_db()
    return photo


def test_article_says_what_it_is_when_by_whom_and_about_what(client, clock):
    clock.move_to(datetime(2026, 7, 1, 9, 30, tzinfo=UTC), tick=False)
    hub, ada, ben = make_hub(name="Sci-Fi"), make_author(name="Ada"), make_author(name="Ben")
    works = [make_title(name=kind, kind=kind) for kind in ("series", "film", "game", "book")]
    article = make_article(
        hub=hub, headline="First", standfirst="What it is.", authors=[ada, ben], titles=works
    )
    publishing.publish(article)
    clock.shift(timedelta(hours=2))
    edition = publishing.publish(revise(article, headline="Second"))

    news = things(client.get(edition.get_absolute_url()))["NewsArticle"]

    assert news["headline"] == "Second"
    assert news["description"] == "What it is."
    # British summer time: the offset is the newsroom's.
    assert news["datePublished"] == "2026-07-01T10:30:00+01:00"
    assert news["dateModified"] == "2026-07-01T12:30:00+01:00"
    assert news["author"] == [
        {"@type": "Person", "name": each.name, "url": f"{SITE}{each.get_absolute_url()}"}
        for each in (ada, ben)
    ]
    publisher = news["publisher"]
    assert (publisher["@type"], publisher["name"]) == ("Organization", "Newsroom")
    assert publisher["url"] == f"{SITE}/"
    assert publisher["logo"]["url"] == f"{SITE}/static/newsroom/favicon.svg"
    assert news["articleSection"] == "Sci-Fi"
    assert news["mainEntityOfPage"]["@id"] == f"{SITE}{edition.get_absolute_url()}"
    assert news["isAccessibleForFree"] is True
    assert [(work["@type"], work["name"]) for work in news["about"]] == [
        ("TVSeries", "series"),
        ("Movie", "film"),
        ("VideoGame", "game"),
        ("Book", "book"),
    ]
    assert "image" not in news


def test_an_unsigned_article_is_the_newsrooms(client):
    news = things(client.get(make_live().get_absolute_url()))["NewsArticle"]

    assert news["author"] == [news["publisher"]]
    assert news["dateModified"] == news["datePublished"]


def test_lead_photo_comes_in_the_three_shapes_with_the_files_that_are_made(client):
    photo = in_shapes(focus_x=40, focus_y=30)
    edition = make_live(photo=photo)

    images = things(client.get(edition.get_absolute_url()))["NewsArticle"]["image"]

    made = {
        f"{SITE}{one.url}": one for one in photo.all_renditions("40-30") if one.file_type == "JPEG"
    }
    assert [image["@type"] for image in images] == ["ImageObject"] * 3
    assert [(image["width"], image["height"]) for image in images] == [(64, 36), (48, 36), (36, 36)]
    for image in images:
        file = made[image["url"]]
        assert (file.width, file.height) == (image["width"], image["height"])


def test_lead_photo_is_the_whole_one_until_its_shapes_are_made(client):
    photo = make_photo()
    Photo.objects.update(rendered_focus="")
    edition = make_live(photo=photo)

    (image,) = things(client.get(edition.get_absolute_url()))["NewsArticle"]["image"]

    assert image["url"] == f"{SITE}{photo.fallback_url}"
    assert (image["width"], image["height"]) == (64, 36)


def test_article_and_its_hub_are_a_trail_from_the_front_page(client):
    edition = make_live(hub=make_hub(name="Sci-Fi"), headline="One")

    trail = things(client.get(edition.get_absolute_url()))["BreadcrumbList"]["itemListElement"]

    assert [(step["position"], step["name"], step["item"]) for step in trail] == [
        (1, "Newsroom", f"{SITE}/"),
        (2, "Sci-Fi", f"{SITE}{edition.hub.get_absolute_url()}"),
        (3, "One", f"{SITE}{edition.get_absolute_url()}"),
    ]


def test_fronts_list_their_stories_in_the_pages_order(client, monkeypatch):
    monkeypatch.setattr("articles.site.views.CardList.paginate_by", 2)
    links = {"titles": [make_title()], "topics": [make_topic()], "authors": [make_author()]}
    hub = make_hub(name="Sci-Fi")
    editions = [make_live(hub=hub, **links) for _ in range(3)][::-1]
    subjects = [hub, *(several[0] for several in links.values())]

    def listed(address):
        found = things(client.get(address))["ItemList"]["itemListElement"]
        assert [item["position"] for item in found] == [*range(1, len(found) + 1)]
        return [item["url"].removeprefix(SITE) for item in found]

    addresses = [edition.get_absolute_url() for edition in editions]
    assert listed("/") == addresses
    for subject in subjects:
        page = subject.get_absolute_url()
        assert listed(page) == addresses[:2]
        assert listed(f"{page}?page=2") == addresses[2:]
        trail = things(client.get(page))["BreadcrumbList"]["itemListElement"]
        assert [step["item"] for step in trail] == [f"{SITE}/", f"{SITE}{page}"]
        assert trail[1]["name"] == subject.name


def test_no_text_ends_the_data_or_begins_markup(client):
    edition = make_live(
        hub=make_hub(name=HOSTILE),
        headline=HOSTILE,
        standfirst=HOSTILE,
        authors=[make_author(name=HOSTILE)],
        titles=[make_title(name=HOSTILE)],
    )
    response = client.get(edition.get_absolute_url())

    found = things(response)
    assert found["NewsArticle"]["headline"] == found["NewsArticle"]["description"] == HOSTILE
    assert found["NewsArticle"]["author"][0]["name"] == HOSTILE
    assert found["NewsArticle"]["about"][0]["name"] == HOSTILE
    html = response.content.decode()
    data = html.split('<script type="application/ld+json">')[1].split("</script>")[0]
    assert found["BreadcrumbList"]["itemListElement"][1]["name"] == HOSTILE
    assert not set("<>&") & set(data)
    assert things(client.get(edition.hub.get_absolute_url()))["BreadcrumbList"]


def test_nothing_of_a_spoiler_box_is_in_the_data(client):
    words = "".join(f"<p>{word} quietly.</p>" for word in ("Open", "Plain"))
    boxed = '<spoiler-box data-label="x"><p>Quillon dies.</p></spoiler-box>'
    article = make_article(spoiler="marked", text=f"{boxed}{words}")
    add_block(article, SpoilerStartBlock, label="Ending")
    add_block(article, PhotoBlock, photo=make_photo(), alt="Quillon lies", caption="Quillon gone")
    add_block(article, SpoilerEndBlock)
    whole = make_article(spoiler="throughout", text="<p>Quillon dies.</p>")

    for each in (article, whole):
        response = client.get(publishing.publish(each).get_absolute_url())
        assert "Quillon" in response.content.decode()
        assert "Quillon" not in str(things(response))
    assert "Quillon" not in str(things(client.get("/")))


def test_pages_that_are_not_for_everybody_have_neither_data_nor_card(client, editor, clock):
    edition = make_live(photo=make_photo())
    article, link = edition.article, ShareLink.objects.create(article=edition.article)
    former = edition.live_from
    clock.shift(60)
    pages = [
        link.get_absolute_url(),
        reverse("admin:articles_article_preview", args=[article.pk]),
        as_seen_address(article.pk, former),
        "/nowhere/",
    ]
    assert b"og:title" in client.get(edition.get_absolute_url()).content
    publishing.withdraw(article, reason="x")
    pages.append(edition.get_absolute_url())

    for page in pages:
        html = client.get(page).content.decode()
        assert "<h1" in html
        for sign in ("ld+json", "canonical", 'property="og:', 'name="twitter:'):
            assert sign not in html, (page, sign)
        assert 'name="robots" content="noindex' in html or page == "/nowhere/"
