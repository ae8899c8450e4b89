"""Share links show one working copy for seven days unless they are revoked."""

import re
import secrets
from datetime import timedelta

import pytest
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from articles.blocks import TextBlock
from articles.models import ShareLink
from tests.articles.factories import make_article, make_live, make_user

pytestmark = pytest.mark.django_db


def share(article):
    return reverse("admin:articles_article_share", args=[article.pk])


def make_link(article, **fields):
    return ShareLink.objects.create(article=article, **fields)


def test_link_shows_the_present_working_copy(client):
    article = make_article(text="<p>First words</p>")
    link = make_link(article)
    assert "First words" in client.get(link.get_absolute_url()).content.decode()
    TextBlock.objects.filter(parent=article).update(html="<p>Second words</p>")
    response = client.get(link.get_absolute_url())
    assert "Second words" in response.content.decode()
    assert "This is a draft" in response.content.decode()


def test_page_is_hidden_from_caches_search_engines_and_referrers(client):
    response = client.get(make_link(make_article()).get_absolute_url())
    assert {"no-store", "private"} <= set(response["Cache-Control"].split(", "))
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "no-referrer"
    assert '<meta name="robots" content="noindex, nofollow">' in response.content.decode()
    assert not response.cookies


def test_link_is_valid_for_exactly_seven_days(client, clock):
    link = make_link(make_article())
    begun = timezone.now()
    clock.move_to(begun + timedelta(days=7, seconds=-1))
    assert client.get(link.get_absolute_url()).status_code == 200
    clock.move_to(begun + timedelta(days=7))
    response = client.get(link.get_absolute_url())
    assert response.status_code == 410
    assert "no-store" in response["Cache-Control"]


def test_revoked_link_does_not_work(client):
    article = make_article(text="<p>Secret words</p>")
    link = make_link(article, revoked_at=timezone.now())
    response = client.get(link.get_absolute_url())
    assert response.status_code == 410
    assert "Secret words" not in response.content.decode()
    assert article.headline not in response.content.decode()


def test_link_with_another_token_does_not_work(client):
    article, other = make_article(), make_article()
    link, foreign = make_link(article), make_link(other)
    value, signature = link.token.split(":")
    swapped = foreign.token.split(":")[0] + ":" + signature
    forged = signing.Signer(salt="another.purpose").sign_object([article.pk, link.pk])
    mixed = signing.Signer(salt="articles.share_link").sign_object([other.pk, link.pk])
    bare = signing.Signer(salt="articles.share_link").sign_object(link.pk)
    for token in (swapped, forged, mixed, bare, value, f"{value}:", "x", link.token[:-1] + "!"):
        assert client.get(reverse("articles:share", args=[token])).status_code == 404, token


def test_links_survive_a_rotated_secret_key(client, settings):
    link = make_link(make_article())
    address = link.get_absolute_url()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = secrets.token_urlsafe(64)
    assert client.get(address).status_code == 200


def test_spoilers_stay_in_their_boxes(client):
    article = make_article(text="<p>Safe</p><spoiler-box><p>Zyxomma</p></spoiler-box>")
    html = client.get(make_link(article).get_absolute_url()).content.decode()
    inside = "".join(re.findall(r"<details>.*?</details>", html, re.DOTALL))
    assert "Zyxomma" in inside
    assert html.count("Zyxomma") == inside.count("Zyxomma")


def test_opening_a_link_changes_nothing(client):
    link = make_link(make_article())
    before = ShareLink.objects.values().get()
    client.get(link.get_absolute_url())
    client.head(link.get_absolute_url())
    assert ShareLink.objects.values().get() == before
    assert client.post(link.get_absolute_url()).status_code == 405


def test_editor_creates_a_link_and_sees_it_on_the_form(client, editor, settings):
    article = make_article()
    response = client.post(share(article), {"create": "1", "label": "The producer"}, follow=True)
    link = article.share_links.get()
    assert (link.label, link.created_by) == ("The producer", editor)
    address = f'value="{settings.SITE_URL}{link.get_absolute_url()}"'
    assert address in response.content.decode()
    form = client.get(reverse("admin:articles_article_change", args=[article.pk]))
    assert address in form.content.decode()


@pytest.mark.parametrize("end", ["revoked_at", "expires_at"])
def test_ended_link_is_not_offered(client, editor, end):
    article = make_article()
    link = make_link(article, **{end: timezone.now()})
    form = client.get(reverse("admin:articles_article_change", args=[article.pk]))
    page = client.get(share(article))
    for response in (form, page):
        assert link.token not in response.content.decode()
    assert "Expired and revoked links" in page.content.decode()


def test_revoking_ends_a_link_and_is_logged(client, editor):
    article = make_article()
    link = make_link(article, label="The producer")
    client.post(share(article), {"revoke": link.pk})
    link.refresh_from_db()
    assert not link.is_open
    history = client.get(reverse("admin:articles_article_history", args=[article.pk]))
    assert "Share link revoked for The producer." in history.content.decode()


def test_link_to_another_article_cannot_be_revoked(client, editor):
    article, other = make_article(), make_article()
    link = make_link(other)
    for number in (link.pk, "x", "9" * 30, ""):
        assert client.post(share(article), {"revoke": number}).status_code == 404
    assert ShareLink.objects.get().is_open


def test_writers_create_links_to_their_own_articles_only(client, writer):
    own, foreign = make_article(created_by=writer), make_article()
    assert client.post(share(own), {"create": "1"}).status_code == 302
    assert client.post(share(foreign), {"create": "1"}).status_code == 404
    assert client.get(share(foreign)).status_code == 404
    assert not foreign.share_links.exists()


def test_viewer_cannot_create_links(client):
    from django.contrib.auth.models import Permission

    user = make_user()
    codenames = ["view_article", "edit_any_article"]
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    article = make_article()
    link = make_link(article)
    assert client.get(share(article)).status_code == 403
    assert client.post(share(article), {"create": "1"}).status_code == 403
    form = client.get(reverse("admin:articles_article_change", args=[article.pk]))
    assert form.status_code == 200
    assert link.token not in form.content.decode()


def test_public_page_does_not_mention_share_links(client):
    edition = make_live()
    link = make_link(edition.article)
    assert link.token not in client.get(edition.get_absolute_url()).content.decode()


def test_list_takes_the_same_queries_for_any_number_of_links(
    client, editor, django_assert_max_num_queries
):
    counts = []
    for number in (1, 10):
        article = make_article()
        for _ in range(number):
            make_link(article, created_by=make_user())
        with django_assert_max_num_queries(50) as captured:
            client.get(share(article))
        counts.append(len(captured))
    assert counts[0] == counts[1]
