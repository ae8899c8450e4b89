"""Feeds: the same entries in RSS and Atom, whose ids stay, and nothing of what is in a box."""

import io
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as ET

import feedparser
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from articles.blocks import PhotoBlock, PollBlock
from articles.channels import feeds
from articles.channels.feed_formats import FORMATS
from articles.channels.xml_text import xml_text
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
from tests.polls.factories import make_poll

pytestmark = pytest.mark.django_db
FORMS = ("rss", "atom")
BOXES = (
    "<p>Outside.</p><spoiler-box><p>SECRET</p></spoiler-box><spoiler-box><p>SECRET</p>"
    "</spoiler-box><ul><li><p>Item</p><spoiler-box><p>SECRET</p></spoiler-box></li></ul>"
)


def address(name="latest", form="atom", *slug, page=None):
    return reverse(f"articles:feed_{name}_{form}", args=slug, query=page and {"page": page})


def read(client, where):
    """A feed as a reader takes it apart: well-formed, and parsed without a complaint."""
    response = client.get(where)
    assert response.status_code == 200
    ET.fromstring(response.content)  # noqa: S314  (our own)
    # A reader's own sanitiser must not hide what was sent.
    feed = feedparser.parse(
        io.BytesIO(response.content), sanitize_html=False, resolve_relative_uris=False
    )
    assert not feed.bozo
    return feed


def both(client):
    """The site's feed in both formats."""
    return [read(client, address(form=form)) for form in FORMS]


def ids(feed):
    return [entry.id for entry in feed.entries]


def links(feed):
    return {link.rel: link.href for link in feed.feed.links}


def text_of(entry):
    return entry.content[0].value if "content" in entry else ""


def parsed(moment):
    return moment.astimezone(UTC).timetuple()[:6]


def test_site_hub_title_and_author_have_a_feed_in_each_format(client, settings):
    hub, title, author = make_hub(), make_title(), make_author()
    make_live(hub=make_hub())
    wanted = make_live(hub=hub, titles=[title], authors=[author])

    for form in FORMS:
        assert len(read(client, address(form=form)).entries) == 2
        for name, subject in (("hub", hub), ("title", title), ("author", author)):
            where = address(name, form, subject.slug)
            feed = read(client, where)
            assert feed.version == {"rss": "rss20", "atom": "atom10"}[form]
            assert [entry.title for entry in feed.entries] == [wanted.headline]
            assert feed.feed.title == f"{subject.name} – {settings.SITE_NAME}"
            assert feed.feed.language == "en-gb"
            assert links(feed)["self"] == settings.SITE_URL + where
            assert links(feed)["alternate"] == settings.SITE_URL + subject.get_absolute_url()
            assert client.get(address(name, form, "nothing")).status_code == 404


def test_entry_tells_who_what_when_and_where(client, settings):
    authors, topic, hub = [make_author(), make_author()], make_topic(), make_hub()
    edition = make_live(
        hub=hub,
        authors=authors,
        topics=[topic],
        standfirst="Ham & eggs < bacon",
        text='<p>A <a href="/about/">link</a>, <a href="https://elsewhere.example/">another</a></p>',
    )

    rss, atom = both(client)

    assert ids(rss) == ids(atom)
    for feed in (rss, atom):
        (entry,) = feed.entries
        assert entry.title == edition.headline
        assert entry.link == settings.SITE_URL + edition.get_absolute_url()
        assert unescape(entry.summary) == "Ham & eggs < bacon"
        assert [each.name for each in entry.authors] == [each.name for each in authors]
        assert [tag.term for tag in entry.tags] == [hub.name, topic.name]
        assert f'<a href="{settings.SITE_URL}/about/">' in text_of(entry)
        assert '<a href="https://elsewhere.example/">' in text_of(entry)
    page = settings.SITE_URL + authors[0].get_absolute_url()
    assert atom.entries[0].authors[0].href == page


def test_ids_stay_and_the_two_dates_part_when_an_article_is_published_again(client, clock):
    edition = make_live(slug="before")
    published = edition.first_published
    day = published.astimezone(UTC).date()
    before = [ids(feed) for feed in both(client)]

    clock.shift(timedelta(days=3))
    updated = publishing.publish(revise(edition.article, slug="after", headline="New")).live_from

    for old, feed in zip(before, both(client), strict=True):
        (entry,) = feed.entries
        assert old == ids(feed)
        assert entry.id == f"tag:testserver,{day}:articles/{edition.article_id}"
        assert entry.link.endswith("/after/")
        assert entry.published_parsed[:6] == parsed(published)
        assert entry.updated_parsed[:6] == parsed(updated)
        assert feed.feed.updated_parsed[:6] == parsed(updated)


def test_guid_is_no_address_and_ids_of_feeds_outlive_names(client):
    hub = make_hub(slug="old")
    first = read(client, address("hub", "atom", "old")).feed.id
    hub.slug = "new"
    hub.save()
    make_live(hub=hub)

    assert read(client, address("hub", "atom", "new")).feed.id == first
    assert read(client, address()).feed.id != first
    assert b'<guid isPermaLink="false">tag:' in client.get(address(form="rss")).content


def article_with_spoilers():
    article = make_article(text=BOXES, standfirst="Safe.", spoiler="marked")
    poll = make_poll(question="SECRET?", spoiler_warning="The end")
    add_block(article, PollBlock, poll=poll)
    return article


def test_nothing_in_a_box_is_in_a_feed_but_a_link_to_where_it_can_be_read(client, settings):
    edition = publishing.publish(article_with_spoilers())
    throughout = make_live(text="<p>SECRET</p>", spoiler="throughout")

    for feed in both(client):
        sealed, marked = (text_of(entry) for entry in feed.entries)
        where = [settings.SITE_URL + each.get_absolute_url() for each in (throughout, edition)]
        left_out = [f'<p><a href="{each}">{feeds.SPOILER_LINK}</a></p>' for each in where]
        assert sealed == left_out[0]
        assert marked == (
            f"<p>Outside.</p>{left_out[1]}<ul><li><p>Item</p>{left_out[1]}</li></ul>"
            f'<p><a href="{where[1]}">Vote on the site</a></p>'
        )
    assert b"SECRET" not in b"".join(client.get(address(form=form)).content for form in FORMS)


def test_without_the_seal_the_same_feeds_would_leak(client, monkeypatch):
    """Without the guard, the test above would find the spoiler."""
    monkeypatch.setattr("articles.blocks.spoiler_boxes.omit_boxes", lambda html: html)
    publishing.publish(article_with_spoilers())

    for form in FORMS:
        assert b"SECRET" in client.get(address(form=form)).content


def test_lead_photo_is_enclosed_and_photos_of_the_text_are_shown(client, settings):
    lead, inside = make_photo(), make_photo()
    article = make_article(photo=lead, text=None)
    add_block(article, PhotoBlock, photo=inside, alt="What it shows")
    publishing.publish(article)

    for feed in both(client):
        (enclosure,) = feed.entries[0].enclosures
        assert enclosure.href == settings.SITE_URL + lead.fallback_url
        file = lead.image.storage.path(lead.fallback_url.removeprefix(settings.MEDIA_URL))
        sent = Path(file).read_bytes()
        assert (int(enclosure.length), enclosure.type) == (len(sent), "image/jpeg")
        shown = f'<img src="{settings.SITE_URL}{inside.fallback_url}" alt="What it shows">'
        assert shown in text_of(feed.entries[0])

    lead.delete_files()
    assert read(client, address()).entries[0].enclosures == []


def test_pages_lead_to_one_another_and_end(client, settings, monkeypatch):
    monkeypatch.setattr(feeds, "PAGE_SIZE", 2)
    headlines = [make_live().headline for _ in range(5)][::-1]

    for form in FORMS:
        pages = {
            number: settings.SITE_URL + address(form=form, page=number if number > 1 else None)
            for number in (1, 2, 3)
        }
        seen = []
        for number in pages:
            feed = read(client, address(form=form, page=number))
            seen += [entry.title for entry in feed.entries]
            wanted = {"self": number, "first": 1, "last": 3, "previous": number - 1}
            wanted["next"] = number + 1
            wanted = {name: pages[n] for name, n in wanted.items() if n in pages}
            found = links(feed)
            del found["alternate"]
            assert found == wanted
        assert seen == headlines
        for wrong in ("0", "4", "x", "-1", "1.5", "٣", "", "9" * 400):
            assert client.get(address(form=form), {"page": wrong}).status_code == 404


def test_empty_feed_is_whole_and_always_the_same(client, clock):
    first = [client.get(address(form=form)).content for form in FORMS]
    clock.shift(timedelta(days=1))

    assert [client.get(address(form=form)).content for form in FORMS] == first
    assert [feed.entries for feed in both(client)] == [[], []]
    assert client.get(address(page=2)).status_code == 404


def test_article_comes_in_the_second_it_goes_live_and_goes_when_it_is_withdrawn(client, clock):
    article = make_article()
    publishing.schedule(article, datetime.now(UTC) + timedelta(hours=1))

    clock.shift(timedelta(minutes=59, seconds=59))
    assert [ids(feed) for feed in both(client)] == [[], []]
    clock.shift(timedelta(seconds=1))
    assert [len(ids(feed)) for feed in both(client)] == [1, 1]

    revise(article, headline="Not published again")
    assert all(feed.entries[0].title != "Not published again" for feed in both(client))
    publishing.withdraw(article, reason="Wrong")
    assert [ids(feed) for feed in both(client)] == [[], []]


HOSTILE = "a\x01\x0b\x1f\ufffe\uffff]]\x02> <b>&amp; \"'"


def test_feed_stays_well_formed_whatever_editors_typed(client):
    hub = make_hub(name=HOSTILE, description=HOSTILE)
    article = make_article(
        hub=hub,
        headline=HOSTILE,
        standfirst=HOSTILE,
        authors=[make_author(name=HOSTILE)],
        topics=[make_topic(name=HOSTILE)],
        photo=make_photo(alt=HOSTILE),
        text=f"<p>{HOSTILE}</p><p>]]&gt;<script>alert(1)</script></p>",
    )
    publishing.publish(article)

    for form in FORMS:
        read(client, address(form=form))
        (entry,) = read(client, address("hub", form, hub.slug)).entries
        assert entry.title == "a]]> <b>&amp; \"'"
        assert "alert" not in text_of(entry)


def sayable(text):
    """The text as an XML parser reads it, without what XML can't hold."""
    kept = (
        each
        for each in text
        if each in "\t\n\r" or (each >= " " and not "\ud800" <= each <= "\udfff")
    )
    return "".join(each for each in kept if each not in "\ufffe\uffff")


def as_parsed(text):
    return sayable(text).replace("\r\n", "\n").replace("\r", "\n")


@given(
    st.sampled_from(FORMS),
    st.text(st.characters()),
    st.text(st.sampled_from("]>\x00<&\ud800\uffff")),
)
def test_whatever_is_written_is_read_again_but_for_what_xml_can_not_say(form, written, html):
    title, content = xml_text(written), xml_text(html)
    feed = FORMATS[form](title, "/", title, generator=title, pages={"next": "/?page=2"})
    moment = datetime(2026, 7, 1, tzinfo=UTC)
    dates = {"pubdate": moment, "updateddate": moment}
    feed.add_item(title, "/", title, content=content, authors=[(title, "/")], **dates)

    root = ET.fromstring(feed.writeString("utf-8").encode())  # noqa: S314

    assert title == sayable(written)
    texts = {each.tag.rpartition("}")[2]: each.text or "" for each in root.iter()}
    assert texts["title"] == texts["generator"] == as_parsed(written)
    assert texts.get("content" if form == "atom" else "encoded", "") == as_parsed(html)


def test_feed_takes_at_most_six_queries_whatever_it_holds(client):
    hub, title = make_hub(), make_title()
    authors, topics = [make_author(), make_author()], [make_topic()]
    photo = make_photo()

    def queries():
        counts = []
        for where in (
            address(),
            address("hub", "rss", hub.slug),
            address("title", "atom", title.slug),
        ):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(where).status_code == 200
            counts.append(len(captured))
        return counts

    def fill(number):
        for _ in range(number):
            make_live(hub=hub, titles=[title], authors=authors, topics=topics, photo=photo)

    fill(1)
    few = queries()
    fill(6)

    assert queries() == few
    assert max(few) <= 6


def test_pages_name_their_feeds(client):
    hub, title, author = make_hub(), make_title(), make_author()

    for page, name, slug in (
        ("/", "latest", ()),
        (hub.get_absolute_url(), "hub", (hub.slug,)),
        (title.get_absolute_url(), "title", (title.slug,)),
        (author.get_absolute_url(), "author", (author.slug,)),
    ):
        html = client.get(page).content.decode()
        for form in FORMS:
            where = address(name, form, *slug)
            assert f'type="application/{form}+xml"' in html
            assert f'href="{where}"' in html
            assert client.get(where)["Content-Type"] == f"application/{form}+xml; charset=utf-8"
