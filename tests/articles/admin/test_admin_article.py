"""The article form: saving, errors, status and preview."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from articles.blocks import TextBlock
from articles.models import Article
from articles.publishing import publish as publishing
from tests.articles.admin_forms import change, form_data, messages_of
from tests.articles.factories import (
    make_article,
    make_author,
    make_hub,
    make_live,
    make_user,
    revise,
)

pytestmark = pytest.mark.django_db
ADD = "/admin/articles/article/add/"


def test_draft_is_saved_with_a_headline_alone(client, writer):
    response = client.post(ADD, form_data(headline="Only this"))

    assert response.status_code == 302
    article = Article.objects.get()
    assert (article.headline, article.created_by, article.stage) == ("Only this", writer, "draft")


def test_html_is_reduced_to_the_allow_list_at_save(client, writer):
    client.post(ADD, form_data(text="<p onclick=x>a<script>alert(1)</script></p>"))

    assert TextBlock.objects.get().html == "<p>a</p>"


def test_spoiler_box_in_an_unflagged_article_sets_the_flag_with_a_message(client, writer):
    text = "<p>a</p><spoiler-box><p>b</p></spoiler-box>"
    response = client.post(ADD, form_data(text=text), follow=True)

    assert Article.objects.get().spoiler == "marked"
    assert any("Marked in the text" in message for message in messages_of(response))


def test_spoiler_flag_that_is_set_does_not_change(client, writer):
    text = "<p>a</p><spoiler-box><p>b</p></spoiler-box>"
    client.post(ADD, form_data(text=text, spoiler="throughout"))

    assert Article.objects.get().spoiler == "throughout"


def test_broken_spoiler_box_is_refused_and_the_text_stays_in_the_form(client, writer):
    text = "<strong><spoiler-box>SECRET</strong> SECRET</spoiler-box>"
    response = client.post(ADD, form_data(text=text))

    assert "A spoiler box in this text is broken" in response.content.decode()
    assert response.content.decode().count("SECRET") == 2
    assert not Article.objects.exists()


def test_form_says_what_readers_see(client, editor):
    article = make_article()
    assert "Nothing yet." in client.get(change(article)).content.decode()

    publishing.publish(article, by=editor)
    html = client.get(change(article)).content.decode()
    assert "Edition 1" in html
    assert "until further notice" in html
    assert "the same as" in html

    publishing.expire(article, timezone.now() + timedelta(days=1))
    revise(article)
    html = client.get(change(article)).content.decode()
    assert "until further notice" not in html
    assert "differs" in html

    publishing.withdraw(article, reason="The reason", by=editor)
    assert "The reason" in client.get(change(article)).content.decode()


def test_form_lists_editions_with_their_times_and_users(client, editor):
    article = make_live(by=make_user(username="somebody")).article
    publishing.publish(revise(article), by=editor)

    html = client.get(change(article)).content.decode()

    assert "All editions (2)" in html
    assert "somebody" in html


def test_form_distinguishes_withdrawn_from_expired(client, editor, clock):
    article = make_live().article
    clock.shift(60)
    publishing.withdraw(article, reason="The old reason")
    publishing.publish(article)
    publishing.expire(article, timezone.now() + timedelta(hours=1))
    clock.shift(7200)

    html = client.get(change(article)).content.decode()

    assert "expired on" in html
    assert "The old reason" not in html


def test_form_after_a_cancelled_schedule_says_that_readers_see_nothing_yet(client, editor):
    article = make_article()
    publishing.schedule(article, timezone.now() + timedelta(hours=1))
    publishing.cancel_schedule(article)

    assert "Nothing yet." in client.get(change(article)).content.decode()


def test_form_and_preview_show_a_text_with_a_broken_spoiler_box(client, editor):
    article = make_live().article
    broken = "<strong><spoiler-box>a</strong>SECRET</spoiler-box>"
    TextBlock.objects.filter(parent=article).update(html=broken)

    assert client.get(change(article)).status_code == 200
    preview = reverse("admin:articles_article_preview", args=[article.pk])
    html = client.get(preview).content.decode()
    assert "SECRET" not in re.sub(r"<details.*</details>", "", html, flags=re.DOTALL)
    assert "SECRET" not in publishing.publish(article).search_text


def test_block_outside_the_body_is_refused(client, writer):
    data = form_data("<p>x</p>") | {"articles_textblock_set-0-region": "elsewhere"}

    assert client.post(ADD, data).status_code == 200
    assert not Article.objects.exists()


def test_preview_shows_the_working_copy_and_is_not_cached(client, writer):
    article = make_article(created_by=writer, headline="Not yet public")

    response = client.get(reverse("admin:articles_article_preview", args=[article.pk]))

    assert "Not yet public" in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]
    assert 'content="noindex' in response.content.decode()


def test_preview_of_a_headline_alone_works(client, writer):
    article = Article.objects.create(headline="Only this", created_by=writer)

    assert (
        client.get(reverse("admin:articles_article_preview", args=[article.pk])).status_code == 200
    )


def test_preview_requires_login(client):
    response = client.get(reverse("admin:articles_article_preview", args=[make_article().pk]))

    assert response.status_code == 302
    assert "login" in response["Location"]


def test_save_and_preview_redirects_to_the_preview(client, writer):
    response = client.post(ADD, form_data(_preview="1"))

    assert response["Location"].endswith("/preview/")


def test_extra_fields_are_ignored(client, writer):
    other = make_user()
    client.post(ADD, form_data(stage="ready", created_by=other.pk, id=77))

    article = Article.objects.get()
    assert (article.stage, article.created_by) == ("draft", writer)
    assert article.pk != 77


def test_blocks_of_another_article_are_never_cloned(client, writer):
    others = make_article(text="<p>Theirs</p>")
    block = TextBlock.objects.get(parent=others)
    mine = make_article(created_by=writer, text=None)

    client.post(
        change(mine),
        form_data(
            _clone=f"articles.textblock:{block.pk}", _clone_region="body", _clone_ordering=10
        ),
    )

    assert TextBlock.objects.count() == 1


def test_block_of_another_article_cannot_be_changed_through_the_form(client, writer):
    others = make_article(text="<p>Theirs</p>")
    block = TextBlock.objects.get(parent=others)
    mine = make_article(created_by=writer, text=None)

    client.post(change(mine), form_data("<p>Taken</p>", block))

    block.refresh_from_db()
    assert (block.html, block.parent) == ("<p>Theirs</p>", others)


def test_bylines_and_titles_keep_their_order(client, writer):
    first, second = make_author(name="First"), make_author(name="Second")
    data = form_data() | {
        "bylines-TOTAL_FORMS": 2,
        "bylines-0-author": second.pk,
        "bylines-0-position": 2,
        "bylines-1-author": first.pk,
        "bylines-1-position": 1,
    }

    client.post(ADD, data)

    names = [byline.author.name for byline in Article.objects.get().bylines.all()]
    assert names == ["First", "Second"]


def test_slug_of_another_article_in_the_hub_is_refused_with_a_message(client, writer):
    taken = make_article(hub=make_hub(), slug="taken")

    response = client.post(ADD, form_data(hub=taken.hub_id, slug="taken"))

    assert "Another article in this hub has this address." in response.content.decode()
