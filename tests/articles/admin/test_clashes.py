"""Saving over a newer text shows both texts and loses neither."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from articles.blocks import PullQuoteBlock, TextBlock
from articles.models import Article
from tests.articles.admin_forms import change, form_data, messages_of
from tests.articles.factories import add_block, make_article, make_author, make_user

pytestmark = pytest.mark.django_db

FIRST = "<p>The harbour lamp burns each night over the water.</p>"


def clash(article):
    return reverse("admin:articles_article_clash", args=[article.pk])


def block_of(article):
    return TextBlock.objects.get(parent=article)


def texts(article):
    blocks = TextBlock.objects.filter(parent=article).order_by("ordering")
    return list(blocks.values_list("html", flat=True))


def save_as_colleague(client, article, text, **fields):
    """Somebody else opens the form and saves."""
    colleague = make_user("Editors")
    client.force_login(colleague)
    article = Article.objects.get(pk=article.pk)
    fields = {"headline": article.headline, "_version": article.version, **fields}
    response = client.post(change(article), form_data(text, block_of(article), **fields))
    assert response.status_code == 302
    return colleague


@pytest.fixture
def two(client, editor):
    """An article that a colleague saved after this editor had opened it; the client is ours."""
    article = make_article(text=FIRST)
    article.colleague = save_as_colleague(
        client, article, FIRST.replace("burns", "burned"), headline="Their headline"
    )
    client.force_login(editor)
    return article


def post_mine(client, article, text, **fields):
    fields = {"headline": "My headline", "_version": 0, **fields}
    return client.post(change(article), form_data(text, block_of(article), **fields))


def words_of(response):
    """Return a page's text without the marks of differences."""
    return re.sub("<[^>]+>|only mine: |only theirs: ", "", response.content.decode())


def hidden(response):
    """The hidden fields of the page that asks."""
    names = ("ticket", "theirs", "_autosave")
    html = response.content.decode()
    return {name: re.search(rf'name="{name}" value="([^"]*)"', html)[1] for name in names}


def test_second_save_shows_both_texts_and_overwrites_nothing(client, two):
    response = post_mine(client, two, FIRST.replace("night", "evening"))
    assert response.status_code == 200
    assert f"{two.colleague}</strong> saved" in response.content.decode()
    html = words_of(response)
    for words in ("Their headline", "My headline", "burned", "evening"):
        assert words in html
    assert texts(two) == [FIRST.replace("burns", "burned")]
    assert Article.objects.get(pk=two.pk).headline == "Their headline"


def test_answers_are_saved_block_by_block(client, two):
    page = post_mine(client, two, FIRST.replace("night", "evening"))
    answers = hidden(page) | {"headline": "theirs", "block-0-0": "mine"}
    response = client.post(clash(two), answers, follow=True)
    assert "put together" in messages_of(response)[0]
    assert texts(two) == [FIRST.replace("night", "evening")]
    assert Article.objects.get(pk=two.pk).headline == "Their headline"
    numbers = list(two.revisions.values_list("number", flat=True))
    assert numbers == [2, 1, 0]


def test_both_texts_of_a_block_can_be_kept(client, two):
    page = post_mine(client, two, FIRST.replace("night", "evening"))
    client.post(clash(two), hidden(page) | {"block-0-0": "both"})
    assert texts(two) == [FIRST.replace("burns", "burned"), FIRST.replace("night", "evening")]


def test_common_base_shows_who_changed_what(client, two):
    # The colleague's form began with version 1, as mine does; only the headlines clash.
    colleague_text = texts(two)[0]
    save_as_colleague(client, two, colleague_text, headline="Third headline")
    client.force_login(make_user("Editors"))
    page = post_mine(client, two, colleague_text.replace("night", "dawn"), _version=1)
    assert [choice.clashes for choice in page.context["plan"].choices] == [True, False]
    client.post(clash(two), hidden(page))
    assert texts(two) == [colleague_text.replace("night", "dawn")]


def test_third_save_does_not_overwrite_a_colleagues_text(client, two):
    page = post_mine(client, two, FIRST)
    save_as_colleague(client, two, "<p>Third text altogether</p>")
    client.force_login(make_user("Editors"))
    response = client.post(clash(two), hidden(page) | {"headline": "mine"})
    assert response.status_code == 200
    assert any("once more" in message for message in messages_of(response))
    assert "Third text altogether" in words_of(response)
    assert "My headline" in words_of(response)
    assert texts(two) == ["<p>Third text altogether</p>"]


def test_block_deleted_by_a_colleague_is_kept_from_the_form(client, editor):
    article = make_article(text=FIRST)
    block = block_of(article)
    save_as_colleague(client, article, FIRST, headline="Theirs")
    TextBlock.objects.all().delete()
    add_block(article, PullQuoteBlock, text="Their quote")
    client.force_login(editor)
    data = form_data("<p>Mine, rewritten altogether</p>", block, headline="Theirs", _version=0)
    page = client.post(change(article), data)
    client.post(clash(article), hidden(page))
    assert texts(article) == ["<p>Mine, rewritten altogether</p>"]
    assert PullQuoteBlock.objects.get(parent=article).text == "Their quote"


def test_byline_in_both_texts_is_not_an_error(client, editor):
    author = make_author()
    article = make_article(text=FIRST, authors=[author])
    save_as_colleague(client, article, "<p>Theirs</p>")
    byline = article.bylines.get()
    client.force_login(editor)
    rows = {
        "bylines-TOTAL_FORMS": 1,
        "bylines-INITIAL_FORMS": 1,
        "bylines-0-id": byline.pk,
        "bylines-0-author": author.pk,
        "bylines-0-position": 0,
    }
    page = post_mine(client, article, "<p>Mine</p>", **rows)
    client.post(clash(article), hidden(page))
    assert [each.author for each in article.bylines.all()] == [author]


def test_invalid_outdated_form_is_shown_again_with_its_text(client, two):
    TextBlock.objects.all().delete()
    add_block(two, TextBlock, html="<p>Their new block</p>")
    data = form_data("<p>Typed words</p>", headline="", _version=0)
    data |= {"articles_textblock_set-INITIAL_FORMS": 1, "articles_textblock_set-0-id": 999_999}
    response = client.post(change(two), data)
    assert response.status_code == 200
    html = response.content.decode()
    assert "Somebody else has saved this article in the meantime" in html
    assert "Typed words" in html
    assert 'name="_version" value="0"' in html
    assert texts(two) == ["<p>Their new block</p>"]


@pytest.mark.parametrize("version", ["", "x", "7", None])
def test_form_without_a_valid_version_asks_too(client, two, version):
    data = form_data(FIRST, block_of(two), headline="Mine")
    data = {name: value for name, value in data.items() if name != "_version"}
    if version is not None:
        data["_version"] = version
    response = client.post(change(two), data)
    assert "ticket" in hidden(response)
    assert Article.objects.get(pk=two.pk).headline == "Their headline"


def test_transition_of_an_outdated_form_is_not_applied(client, two):
    post_mine(client, two, FIRST, _transition="submit")
    assert Article.objects.get(pk=two.pk).stage == "draft"


def test_ticket_is_valid_for_its_article_only(client, two):
    page = post_mine(client, two, FIRST)
    other = make_article(text="<p>Other</p>")
    response = client.post(clash(other), hidden(page) | {"theirs": 0})
    assert response.status_code == 302
    assert texts(other) == ["<p>Other</p>"]
    for ticket in ("", "x", hidden(page)["ticket"][:-2]):
        client.post(clash(two), {"ticket": ticket, "theirs": 1})
        assert Article.objects.get(pk=two.pk).version == 1


def test_writers_ticket_gives_no_access_to_a_colleagues_article(client, two):
    page = post_mine(client, two, FIRST)
    client.force_login(make_user("Writers"))
    assert client.post(clash(two), hidden(page)).status_code == 404


def test_merging_requires_the_permission_to_change_blocks(client, two):
    page = post_mine(client, two, FIRST)
    user = make_user()
    codenames = ["view_article", "change_article", "edit_any_article"]
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    assert client.post(clash(two), hidden(page)).status_code == 403
    assert Article.objects.get(pk=two.pk).version == 1


def test_get_redirects_to_the_form(client, two):
    assert client.get(clash(two)).status_code == 302


def test_browser_is_told_that_its_text_is_saved_only_after_the_answers(client, two):
    page = post_mine(client, two, FIRST, _autosave="token-1")
    assert "desk-saved" not in page.cookies
    response = client.post(clash(two), hidden(page))
    assert "token-1" in response.cookies["desk-saved"].value


def test_payloads_are_shown_as_text(client, two):
    page = post_mine(client, two, FIRST, headline="<script>alert(1)</script>")
    assert "<script>alert(1)" not in page.content.decode()
    assert "&lt;script&gt;alert(1)" in page.content.decode()


def test_publishing_answer_about_an_older_text_is_not_applied(client, editor):
    """The page before publishing asks about a text; what was saved since is another one."""
    article = make_article()
    address = reverse("admin:articles_article_transition", args=[article.pk, "publish"])
    asked = client.get(address).context["versions"]
    kept = {"hub": article.hub_id, "slug": article.slug}
    save_as_colleague(client, article, "<p>Not read by the editor</p>", **kept)
    client.force_login(editor)
    response = client.post(address, {"versions": asked})
    assert any("changed since" in message for message in messages_of(response))
    assert not article.editions.exists()
    client.post(address, {"versions": response.context["versions"]})
    assert article.editions.live().exists()
