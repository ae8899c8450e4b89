"""Where a photo is used: told to those who may know, at the same price for one use and many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.admin import photo_usage
from articles.blocks import PhotoBlock, VideoBlock
from articles.publishing import publish as publishing
from tests.articles.factories import (
    add_block,
    make_article,
    make_author,
    make_live,
    make_photo,
    make_title,
    make_user,
    revise,
)

pytestmark = pytest.mark.django_db

URL = "https://www.youtube.com/watch?v=aqz-KE-bpKQ"


def use(photo, by=None):
    """Use a photo in every way; the articles are ``by`` somebody."""
    make_title(photo=photo)
    make_author(photo=photo)
    make_article(photo=photo, created_by=by)
    article = make_article(created_by=by)
    add_block(article, PhotoBlock, photo=photo)
    add_block(article, PhotoBlock, photo=photo)
    add_block(article, VideoBlock, photo=photo, url=URL, name="A video")
    publishing.publish(article)
    return article


def page(client, photo):
    return client.get(reverse("admin:articles_photo_change", args=[photo.pk]))


def told(client, photo):
    html = page(client, photo).text
    return html[html.index('id="photo-usage"') : html.index("</section>")]


def test_every_use_is_named_and_linked(client, editor, clock):
    photo = make_photo()
    title = make_title(name="Dark Tide", photo=photo)
    author = make_author(name="Ada", photo=photo)
    led = make_article(headline="Led by it", photo=photo)
    written = make_article(headline="Has it in the text")
    add_block(written, PhotoBlock, photo=photo)
    filmed = make_article(headline="Has it before a video")
    add_block(filmed, VideoBlock, photo=photo, url=URL, name="A video")
    edition = publishing.publish(led)
    clock.shift(60)
    publishing.publish(revise(led, headline="Led by it still"))

    html = told(client, photo)

    for item, name in ((title, title), (author, author), (written, "Has it in the text")):
        link = reverse(f"admin:articles_{item._meta.model_name}_change", args=[item.pk])
        assert f'<a href="{link}">{name}</a>' in html
    assert "Has it before a video" in html
    link = reverse("admin:articles_edition_change", args=[edition.pk])
    assert f'<a href="{link}">Led by it – edition 1, past</a>' in html
    assert "Led by it still – edition 2, live" in html
    order = ["Lead photo of", "In the text of", "Picture of a video in", "Titles", "Authors"]
    places = [html.index(f"<h3>{name}</h3>") for name in [*order, "Editions"]]
    assert places == sorted(places)


def test_article_with_the_photo_twice_is_named_once(client, editor):
    photo = make_photo()
    article = use(photo)

    assert told(client, photo).count(f"/article/{article.pk}/") == 2  # its text and its video


def test_unused_photo_may_go(client, editor):
    assert "It is not used anywhere, so it can be deleted." in told(client, make_photo())


def test_headlines_of_colleagues_are_counted_and_not_told(client, writer):
    photo = make_photo()
    make_article(headline="OWN one", photo=photo, created_by=writer)
    for number in range(2):
        make_live(headline=f"SECRET {number}", photo=photo)

    html = page(client, photo).text

    assert "OWN one" in html
    assert "SECRET" not in html
    assert "and 2 articles of colleagues" in html
    assert "and 2 editions of colleagues" in html


def test_photo_that_only_colleagues_use_is_not_called_unused(client, writer):
    photo = make_photo()
    make_article(headline="SECRET", photo=photo)

    html = told(client, photo)

    assert "and 1 article of colleagues" in html
    assert "Not used" not in html


def test_refused_deletion_tells_no_headline_of_colleagues(client):
    user = make_user("Writers")
    permission = "delete_photo"
    from django.contrib.auth.models import Permission

    user.user_permissions.add(Permission.objects.get(codename=permission))
    client.force_login(user)
    photo = make_photo()
    make_article(headline="OWN one", photo=photo, created_by=user)
    secret = make_article(headline="SECRET", photo=photo)
    add_block(secret, PhotoBlock, photo=photo, caption="SECRET caption")
    publishing.publish(secret)

    chosen = {"action": "delete_selected", "_selected_action": photo.pk}
    for response in (
        client.get(reverse("admin:articles_photo_delete", args=[photo.pk])),
        client.post(reverse("admin:articles_photo_changelist"), chosen),
    ):
        assert "OWN one" in response.text
        assert "SECRET" not in response.text
        assert "of colleagues" in response.text
        assert "Are you sure" not in response.text


def test_writers_may_not_delete_photos(client, writer):
    photo = make_photo()

    assert client.get(reverse("admin:articles_photo_delete", args=[photo.pk])).status_code == 403


def test_long_list_is_bounded(client, editor, monkeypatch):
    monkeypatch.setattr(photo_usage, "MAX_NAMED", 3)
    photo = make_photo()
    for _ in range(5):
        use(photo)

    html = told(client, photo)

    assert html.count("and 2 more") == 6
    assert html.count("<li><a") == 6 * 3


def test_list_takes_the_same_queries_for_1_3_and_30_uses(client, editor):
    photo = make_photo()
    page(client, photo)  # content types and the like are read once a process
    counts, made = [], 0
    for wanted in (1, 3, 30):
        for _ in range(wanted - made):
            use(photo)
        made = wanted
        with CaptureQueriesContext(connection) as captured:
            assert page(client, photo).status_code == 200
        counts.append(len(captured))

    assert len(set(counts)) == 1, counts


def test_headline_in_the_list_is_text(client, editor):
    photo = make_photo()
    make_article(headline="<script>alert(1)</script>", photo=photo)

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in told(client, photo)
