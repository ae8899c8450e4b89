"""An address that readers may have kept leads somewhere, or says why not."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import get_resolver
from django.utils import timezone

from articles.models import Article, Hub
from articles.models.hub import RESERVED_SLUGS
from articles.publishing import publish as publishing
from tests.articles.factories import make_article, make_hub, make_live, make_title, revise

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_former_address_redirects_to_the_live_one(client, clock):
    hub, film = make_hub(slug="sci-fi"), make_hub(slug="film")
    article = make_live(hub=hub, slug="first").article
    for change in ({"slug": "second"}, {"hub": film}, {"hub": film, "slug": "third"}):
        clock.shift(60)
        publishing.publish(revise(article, **change))

    for former in ("/sci-fi/first/", "/sci-fi/second/", "/film/second/"):
        response = client.get(former)
        assert (response.status_code, response["Location"]) == (301, "/film/third/")
    assert client.get("/film/third/").status_code == 200


def test_redirect_is_not_remembered_for_ever_since_an_article_may_move_back(client, clock):
    article = make_live(slug="first").article
    for slug in ("second", "first"):
        clock.shift(60)
        publishing.publish(revise(article, slug=slug))

    response = client.get(f"/{article.hub.slug}/second/")

    assert response["Location"] == f"/{article.hub.slug}/first/"
    assert "max-age=5" in response["Cache-Control"].split(", ")
    assert client.get(response["Location"]).status_code == 200


def test_address_that_never_went_live_is_unknown(client):
    article = make_article(slug="later")
    publishing.schedule(article, timezone.now() + HOUR)
    publishing.cancel_schedule(article)

    assert client.get(f"/{article.hub.slug}/later/").status_code == 404


def test_scheduled_article_appears_in_its_second(client, clock):
    moment = timezone.now().replace(microsecond=0)
    clock.move_to(moment, tick=False)
    article = make_article(slug="later")
    publishing.schedule(article, moment + HOUR)
    address = f"/{article.hub.slug}/later/"

    clock.move_to(moment + HOUR - timedelta(seconds=1), tick=False)
    assert client.get(address).status_code == 404
    assert client.get("/").context["lead"] is None

    clock.move_to(moment + HOUR, tick=False)
    assert client.get(address).status_code == 200
    assert client.get("/").context["lead"].slug == "later"


def test_withdrawn_article_answers_410_with_its_notice_and_no_headline(client):
    edition = make_live(headline="Wrong headline", standfirst="Wrong standfirst")
    publishing.withdraw(edition.article, reason="Secret reason", notice="We were wrong.")

    response = client.get(edition.get_absolute_url())

    html = response.content.decode()
    assert response.status_code == 410
    assert "We were wrong." in html
    assert "Secret reason" not in html
    assert "Wrong" not in html


def test_former_address_of_a_withdrawn_article_answers_410_too(client, clock):
    article = make_live(slug="first").article
    clock.shift(60)
    publishing.publish(revise(article, slug="second"))
    clock.shift(60)
    publishing.withdraw(article, reason="x", notice="We were wrong.")

    response = client.get(f"/{article.hub.slug}/first/")

    assert response.status_code == 410
    assert "We were wrong." in response.content.decode()


def test_notice_goes_when_the_article_comes_back_and_expires(client, clock):
    edition = make_live()
    article = edition.article
    publishing.withdraw(article, reason="x", notice="We were wrong.")
    clock.shift(60)
    publishing.publish(article)
    publishing.expire(article, timezone.now() + HOUR)
    clock.shift(7200)

    response = client.get(edition.get_absolute_url())

    assert response.status_code == 410
    assert "We were wrong." not in response.content.decode()


def test_hub_cannot_take_an_address_of_the_site():
    with pytest.raises(ValidationError, match="the site uses itself"):
        Hub(name="Titles", slug="titles").full_clean()


def test_every_first_part_that_the_site_uses_is_reserved():
    first_parts = set()
    for pattern in get_resolver().url_patterns:
        for inner in [pattern, *getattr(pattern, "url_patterns", [])]:
            first = str(inner.pattern).lstrip("^").split("/")[0]
            if "." in first:  # no slug has one
                continue
            if first and not first.startswith("<") and str(pattern.pattern) in ("", *[first + "/"]):
                first_parts.add(first)

    assert {"admin", "titles", "topics", "authors"} <= first_parts
    assert first_parts <= RESERVED_SLUGS


def test_address_of_a_subject_is_fixed_once_it_is_published():
    hub, title = make_hub(slug="film"), make_title(slug="dark-tide")
    hub.slug = "films"
    hub.full_clean()
    hub.slug = "film"
    make_live(hub=hub, titles=[title])

    for subject in (hub, title):
        subject.slug = "changed"
        with pytest.raises(ValidationError, match="can't be changed"):
            subject.full_clean()


def test_incomplete_drafts_may_share_an_empty_address():
    Article.objects.create(headline="One")
    Article.objects.create(headline="Two")

    assert Article.objects.filter(slug="").count() == 2


def test_pages_without_an_icon_of_their_own_get_the_sites(client):
    response = client.get("/favicon.ico")

    assert response.status_code == 302
    assert response["Location"].endswith(".svg")
