"""Link previews and the canonical address of each page."""

from datetime import timedelta

import extruct
import pytest
from django.utils import timezone
from lxml import html as parser

from articles.photos.models import Photo
from articles.publishing import publish as publishing
from newsletter.models import PolicyVersion
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
from tests.newsletter.factories import make_newsletter, make_policy
from tests.polls.factories import make_closed, make_poll

pytestmark = pytest.mark.django_db

SITE = "http://testserver"
HOSTILE = 'End"> </script><b> & <script>'


def page_of(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def card(page):
    """Open Graph's properties, each with its values."""
    (found,) = extruct.extract(page, syntaxes=["opengraph"])["opengraph"]
    values = {}
    for name, value in found["properties"]:
        values.setdefault(name, []).append(value)
    return values


def named(page, name):
    """Return the content of a ``<meta name>`` that occurs once at most."""
    found = parser.fromstring(page).xpath("//head/meta[@name=$name]/@content", name=name)
    assert len(found) <= 1
    return found[0] if found else None


def canonical(page):
    """The address of the page without the site's, which it says once in two ways."""
    (address,) = parser.fromstring(page).xpath("//head/link[@rel='canonical']/@href")
    assert card(page)["og:url"] == [address]
    assert address.startswith(f"{SITE}/")
    return address.removeprefix(SITE)


def test_article_has_a_large_card(client, clock):
    authors = [make_author(), make_author()]
    photo = make_photo(alt="The photo's own")
    Photo.objects.update(rendered_focus="50-50")
    fields = {"hub": make_hub(name="Sci-Fi"), "photo": photo, "photo_alt": "A tide"}
    article = make_article(
        headline="The tide", standfirst="It comes\nback.", authors=authors, **fields
    )
    first = publishing.publish(article)
    clock.shift(timedelta(hours=1))
    edition = publishing.publish(revise(article, headline="The tide again"))

    page = page_of(client, edition.get_absolute_url())

    picture = next(
        one
        for one in photo.all_renditions("50-50")
        if one.file_type == "JPEG" and "/16_9-50-50/" in one.name
    )
    assert card(page) == {
        "og:type": ["article"],
        "og:site_name": ["Newsroom"],
        "og:locale": ["en_GB"],
        "og:url": [f"{SITE}{edition.get_absolute_url()}"],
        "og:title": ["The tide again"],
        "og:description": ["It comes back."],
        "og:image": [f"{SITE}{picture.url}"],
        "og:image:width": ["64"],
        "og:image:height": ["36"],
        "og:image:alt": ["A tide"],
        "article:published_time": [timezone.localtime(first.live_from).isoformat()],
        "article:modified_time": [timezone.localtime(edition.live_from).isoformat()],
        "article:section": ["Sci-Fi"],
        "article:author": [f"{SITE}{author.get_absolute_url()}" for author in authors],
    }
    assert named(page, "twitter:card") == "summary_large_image"
    assert named(page, "twitter:image:alt") == "A tide"
    assert named(page, "description") == "It comes back."
    assert canonical(page) == edition.get_absolute_url()


def test_photo_without_a_text_of_the_articles_has_its_own_and_a_decorative_one_none(client):
    own = page_of(client, make_live(photo=make_photo(alt="Its own")).get_absolute_url())
    photo = make_photo(alt="", decorative=True)
    none = page_of(client, make_live(photo=photo).get_absolute_url())

    assert (card(own)["og:image:alt"], named(own, "twitter:image:alt")) == (["Its own"], "Its own")
    assert "og:image" in card(none)
    assert "og:image:alt" not in card(none)
    assert named(none, "twitter:image:alt") is None


def test_article_without_a_photo_has_a_small_card(client):
    page = page_of(client, make_live(seo_description="Of its own. " * 20).get_absolute_url())

    assert not [name for name in card(page) if name.startswith("og:image")]
    assert named(page, "twitter:card") == "summary"
    assert len(named(page, "description")) <= 160
    assert card(page)["og:description"] == [named(page, "description")]
    assert named(page, "description").startswith("Of its own.")


def test_search_engines_may_show_large_pictures_and_leave_out_what_is_hidden(client):
    shown, hidden = make_live(), make_live(noindex=True)

    said = [named(page_of(client, each.get_absolute_url()), "robots") for each in (shown, hidden)]

    assert said == ["max-image-preview:large", "noindex, max-image-preview:large"]


def test_fronts_have_a_card_with_their_own_photo_or_their_newest_storys(client):
    title = make_title(name="Dark Tide", photo=make_photo(alt="A poster"))
    author = make_author(name="Ada", role="Critic")
    topic, hub = make_topic(description="How it ends."), make_hub(description="All of it.")
    make_live(
        hub=hub,
        photo=make_photo(),
        photo_alt="A tide",
        titles=[title],
        authors=[author],
        topics=[topic],
    )
    make_live(hub=hub, titles=[title], authors=[author], topics=[topic])

    cards = [
        card(page_of(client, address))
        for address in ("/", *(one.get_absolute_url() for one in (hub, title, topic, author)))
    ]

    assert {each["og:type"][0] for each in cards} == {"website"}
    names = ["Newsroom", hub.name, "Dark Tide", topic.name, "Ada"]
    assert [each["og:title"] for each in cards] == [[name] for name in names]
    about = [each["og:description"][0] for each in cards]
    assert about[1:] == [
        "All of it.",
        "Dark Tide: news, reviews and where to watch.",
        "How it ends.",
        "Ada, Critic: stories in Newsroom.",
    ]
    photos = [each["og:image:alt"] for each in cards]
    assert photos == [["A tide"], ["A tide"], ["A poster"], ["A tide"], ["A tide"]]


def test_every_page_of_a_list_is_known_by_its_number_and_the_first_by_none(client, monkeypatch):
    monkeypatch.setattr("articles.site.views.CardList.paginate_by", 1)
    monkeypatch.setattr("polls.views.PollListView.paginate_by", 1)
    title, hub = make_title(), make_hub()
    for _ in range(2):
        make_live(hub=hub, titles=[title])
        make_closed()

    for address in (hub.get_absolute_url(), title.get_absolute_url(), "/polls/"):
        assert canonical(page_of(client, address)) == address
        assert canonical(page_of(client, f"{address}?page=1")) == address
        assert canonical(page_of(client, f"{address}?page=2")) == f"{address}?page=2"
        assert canonical(page_of(client, f"{address}?page=2&ref=x")) == f"{address}?page=2"


def test_polls_newsletters_and_policies_are_known_by_one_address(client, clock):
    poll, letter = make_poll(question="Why?", spoiler_warning="The ending"), make_newsletter()
    for address in (poll.get_absolute_url(), letter.get_absolute_url(), "/newsletters/"):
        assert canonical(page_of(client, address)) == address

    sealed = page_of(client, poll.get_absolute_url())
    assert card(sealed)["og:title"] == ["The ending"]
    first = PolicyVersion.objects.get(document="terms")
    clock.shift(60)
    second = make_policy("terms")
    assert canonical(page_of(client, "/terms/")) == "/terms/"
    assert canonical(page_of(client, second.get_absolute_url())) == "/terms/"
    assert "canonical" not in page_of(client, first.get_absolute_url())


def test_answers_to_one_reader_are_no_page_for_others(client):
    poll = make_poll()
    refused = client.post(f"{poll.get_absolute_url()}vote/", {"choice": "x"})

    assert refused.status_code == 400
    assert b"canonical" not in refused.content
    assert b"og:title" not in refused.content


def test_no_text_ends_an_attribute(client):
    photo = make_photo(alt=HOSTILE)
    edition = make_live(
        hub=make_hub(name=HOSTILE), headline=HOSTILE, standfirst=HOSTILE, photo=photo
    )

    page = page_of(client, edition.get_absolute_url())

    found = card(page)
    for name in ("og:title", "og:description", "og:image:alt", "article:section"):
        assert found[name] == [HOSTILE], name
    assert named(page, "twitter:image:alt") == named(page, "description") == HOSTILE
