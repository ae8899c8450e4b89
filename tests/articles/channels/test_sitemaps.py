"""Sitemaps, the news sitemap and robots.txt."""

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from django.urls import get_resolver
from django.utils import timezone

from articles.channels import sitemaps
from articles.models import Edition, ShareLink
from articles.photos.models import Photo
from articles.publishing import publish as publishing
from newsletter.models import Newsletter
from tests.articles.factories import (
    make_article,
    make_author,
    make_hub,
    make_live,
    make_photo,
    make_title,
    make_topic,
    revise,
)
from tests.newsletter.factories import make_newsletter
from tests.polls.factories import make_closed, make_poll

pytestmark = pytest.mark.django_db

SITE = "http://testserver"
NAMES = {
    "": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
}


def read(client, address):
    """The document and the texts of its entries, each by the element's name."""
    response = client.get(address)
    assert response.status_code == 200, address
    assert response["Content-Type"].startswith("application/xml")
    assert response["X-Robots-Tag"] == "noindex"
    document = ET.fromstring(response.content)  # noqa: S314  (our own)
    short = {f"{{{address}}}": f"{name}:" if name else "" for name, address in NAMES.items()}
    entries = []
    for entry in document:
        found = {}
        for element in entry.iter():
            namespace, _, name = element.tag.partition("}")
            found[short[namespace + "}"] + name] = (element.text or "").removeprefix(SITE)
        entries.append(found)
    return document, entries


def addresses(client, file="/sitemap.xml"):
    return [entry["loc"] for entry in read(client, file)[1]]


def headlines(client):
    return [entry["news:title"] for entry in read(client, "/news-sitemap.xml")[1]]


def test_every_page_for_everybody_is_in_the_sitemap_once_and_no_other(client):
    title, topic, author = make_title(), make_topic(), make_author()
    make_title(), make_topic(), make_author(), make_hub()
    editions = [make_live(titles=[title], topics=[topic], authors=[author]) for _ in range(2)]
    letter = make_newsletter()
    make_newsletter(is_open=False)
    polls = [make_poll(), make_closed(), make_poll(spoiler_warning="The ending")]
    make_poll(archived_at=timezone.now())
    make_poll(opens=timezone.now() + timedelta(days=1))
    ShareLink.objects.create(article=make_article())

    found = addresses(client)

    pages = [*editions, editions[0].hub, title, topic, author, letter, *polls]
    lists = ["/", "/polls/", "/newsletters/", "/terms/", "/privacy/"]
    assert sorted(found) == sorted([*lists, *(page.get_absolute_url() for page in pages)])
    assert all(client.get(address).status_code == 200 for address in found)


def test_only_live_editions_that_search_engines_may_list_are_in_it(client, clock):
    titles = [make_title() for _ in range(3)]
    shown, withdrawn = make_live(titles=titles[:1]), make_live(titles=titles[2:])
    make_live(titles=titles[1:2], noindex=True)
    publishing.withdraw(withdrawn.article, reason="x")
    later = make_article(slug="later")
    publishing.schedule(later, timezone.now() + timedelta(hours=1))
    moved = make_live(slug="former").article
    clock.shift(60)
    publishing.publish(revise(moved, slug="present"))

    def of_articles():
        found = set(addresses(client)) & set(read_all)
        assert set(headlines(client)) == {read_all[address] for address in found}
        return found

    read_all = {
        edition.get_absolute_url(): edition.headline
        for edition in Edition.objects.select_related("hub")
    }
    hub = f"/{shown.hub.slug}/"
    assert of_articles() == {shown.get_absolute_url(), f"{hub}present/"}
    clock.shift(3600)
    assert of_articles() == {shown.get_absolute_url(), f"{hub}present/", f"{hub}later/"}
    found = addresses(client)
    assert [title.get_absolute_url() in found for title in titles] == [True, False, False]


def test_entries_say_when_the_page_changed_and_what_is_on_it(client, clock):
    clock.move_to(datetime(2026, 7, 1, 9, 30, tzinfo=UTC), tick=False)
    title = make_title()
    photos = [make_photo(), make_photo()]
    Photo.objects.filter(pk=photos[1].pk).update(fallback_width=0)
    article = make_article(titles=[title], photo=photos[0])
    publishing.publish(article)
    plain, other = make_live(), make_live(photo=Photo.objects.get(pk=photos[1].pk))
    clock.shift(timedelta(days=1))
    edition = publishing.publish(revise(article))

    entries = {entry["loc"]: entry for entry in read(client, "/sitemap.xml")[1]}

    changed = "2026-07-02T09:30:00+00:00"
    for page in ("/", title.get_absolute_url(), edition.get_absolute_url()):
        assert entries[page]["lastmod"] == changed, page
    assert entries[plain.get_absolute_url()]["lastmod"] == "2026-07-01T09:30:00+00:00"
    assert entries[edition.get_absolute_url()]["image:loc"] == photos[0].fallback_url
    assert entries[other.get_absolute_url()]["image:loc"] == photos[1].image.url
    assert "image:loc" not in entries[plain.get_absolute_url()]


def test_addresses_are_the_sites_whatever_host_was_asked_for(client, settings):
    settings.SITE_URL = "https://news.example"
    make_live(photo=make_photo())

    for address in ("/sitemap.xml", "/news-sitemap.xml", "/robots.txt"):
        text = client.get(address, headers={"host": "localhost"}).content.decode()
        assert "https://news.example/" in text
        assert "localhost" not in text
        assert "testserver" not in text


def test_above_the_limit_an_index_names_files_that_hold_the_same(client, monkeypatch):
    titles = [make_title() for _ in range(3)]
    for number in range(5):
        make_live(titles=titles[: number % 3 + 1], authors=[make_author()], topics=[make_topic()])
    make_poll()
    whole = addresses(client)
    assert read(client, "/sitemap.xml")[0].tag.endswith("}urlset")
    monkeypatch.setattr(sitemaps, "LIMIT", len(whole) - 1)
    monkeypatch.setattr(sitemaps, "KEYS_PER_FILE", 2)

    index, files = read(client, "/sitemap.xml")

    assert index.tag.endswith("}sitemapindex")
    held = [addresses(client, file["loc"]) for file in files]
    assert sorted(address for each in held for address in each) == sorted(whole)
    articles = [file for file in files if file["loc"].startswith("/sitemap-articles-")]
    assert len(articles) >= 3
    newest = max(Edition.objects.values_list("live_from", flat=True))
    assert max(file["lastmod"] for file in articles) == newest.astimezone(UTC).isoformat(
        timespec="seconds"
    )

    monkeypatch.setattr(sitemaps, "LIMIT", len(whole))
    assert addresses(client) == whole


def test_a_file_of_articles_reads_what_it_prints_and_no_more(client, django_assert_max_num_queries):
    make_live(photo=make_photo())
    make_live(photo=make_photo())

    with django_assert_max_num_queries(3) as captured:
        assert len(addresses(client, "/sitemap-articles-0.xml")) == 2

    (query,) = [each["sql"] for each in captured if "live_until" in each["sql"]]
    for column in ("content", "search_text", "safe_html", "summary"):
        assert f'"{column}"' not in query


def test_there_are_no_other_files(client):
    make_live()

    for name in ("articles-1", "articles-99999999999999999999", "pages-1", "nothing-0", "titles-0"):
        assert client.get(f"/sitemap-{name}.xml").status_code == 404, name


def test_news_are_those_first_published_in_the_last_two_days_newest_first(client, clock):
    clock.move_to(datetime(2026, 7, 1, 9, 30, tzinfo=UTC), tick=False)
    old = make_live(headline="Old")
    clock.shift(timedelta(days=1))
    make_live(headline="Newer")
    # News again only for the desk: what counts is when readers got it first.
    publishing.publish(revise(old.article, headline="Old, in other words"))

    _, (newer, older) = read(client, "/news-sitemap.xml")

    assert (newer["news:title"], older["news:title"]) == ("Newer", "Old, in other words")
    assert older["loc"] == old.get_absolute_url()
    assert (older["news:name"], older["news:language"]) == ("Newsroom", "en")
    assert older["news:publication_date"] == "2026-07-01T09:30:00+00:00"
    clock.move_to(datetime(2026, 7, 3, 9, 29, 59, tzinfo=UTC), tick=False)
    assert headlines(client) == ["Newer", "Old, in other words"]
    clock.shift(1)
    assert headlines(client) == ["Newer"]
    clock.shift(timedelta(days=2))
    assert headlines(client) == []


def test_news_are_so_many_at_most(client, monkeypatch):
    assert sitemaps.NEWS_LIMIT == 1000
    monkeypatch.setattr(sitemaps, "NEWS_LIMIT", 2)
    editions = [make_live() for _ in range(3)]

    assert headlines(client) == [editions[2].headline, editions[1].headline]


def test_news_sitemap_says_when_it_changes_by_itself(client, clock, monkeypatch):
    told = []
    monkeypatch.setattr(sitemaps, "expire_at", told.append)
    first = make_live()
    clock.shift(60)
    make_live()

    client.get("/news-sitemap.xml")

    assert told == [first.first_published + timedelta(days=2)]


@pytest.mark.parametrize(
    ("code", "language"), [("de", "de"), ("pt-br", "pt"), ("zh-hans", "zh-cn"), ("zh-TW", "zh-tw")]
)
def test_news_name_their_language_as_google_does(client, settings, code, language):
    make_live()
    settings.LANGUAGE_CODE = code

    (entry,) = read(client, "/news-sitemap.xml")[1]

    assert entry["news:language"] == language


def test_any_headline_is_text(client):
    hostile = ']]></news:title> & "quotes" <!-- \x0b\ufffe’'
    make_live(headline=hostile)

    assert headlines(client) == [']]></news:title> & "quotes" <!-- ’']


def allowed(rules, path):
    """Whether a crawler may go there (RFC 9309), by lines that only disallow."""
    patterns = [re.escape(rule).replace(r"\*", ".*") for rule in rules]
    return not any(re.match(pattern, path) for pattern in patterns)


def test_robots_are_told_what_is_one_readers_or_the_desks(client):
    response = client.get("/robots.txt")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert lines[-2:] == [f"Sitemap: {SITE}/sitemap.xml", f"Sitemap: {SITE}/news-sitemap.xml"]
    rules = [line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow: ")]
    secret, public = [], []
    for resolver in get_resolver().url_patterns:
        for pattern in getattr(resolver, "url_patterns", []):
            route = f"{resolver.pattern}{pattern.pattern}"
            is_private = "token>" in route or route.endswith(
                ("/vote/", "/result/", "/sign-up/", "/requested/")
            )
            of_desk = route.startswith(("admin/", "search/"))
            (secret if is_private or of_desk else public).append("/" + route)
    assert len(secret) > 10
    assert [path for path in secret if allowed(rules, path)] == []
    edition, poll, letter = make_live(photo=make_photo()), make_poll(), make_newsletter()
    pages = [each.get_absolute_url() for each in (edition, edition.hub, poll, letter)]
    files = ["/static/newsroom/site.css", edition.photo.fallback_url]
    public += [*pages, *files, *addresses(client)]
    assert [path for path in public if not allowed(rules, path)] == []
    assert Newsletter.objects.count() == 1
