"""The article form: what it saves, what it shows, and the steps it offers."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from articles import publishing
from articles.admin.step_pages import MAX_BULK
from articles.groups import EDITORS, WRITERS
from articles.models import Article, TextBlock
from articles.models.blocks import BLOCKS
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


def change(article):
    return reverse("admin:articles_article_change", args=[article.pk])


def step(article, name):
    return reverse("admin:articles_article_step", args=[article.pk, name])


def form_data(text=None, block=None, **fields):
    """What the browser sends for a form with at most one text block."""
    data = {"headline": "A headline", "spoiler": "none", **fields}
    prefixes = ["bylines", "title_links"]
    prefixes += [f"articles_{model._meta.model_name}_set" for model in BLOCKS]
    for prefix in prefixes:
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    if text is not None:
        prefix = "articles_textblock_set"
        data |= {
            f"{prefix}-TOTAL_FORMS": 1,
            f"{prefix}-INITIAL_FORMS": 1 if block else 0,
            f"{prefix}-0-id": block.pk if block else "",
            f"{prefix}-0-region": "body",
            f"{prefix}-0-ordering": 10,
            f"{prefix}-0-html": text,
        }
    return data


@pytest.fixture
def editor(client):
    user = make_user(EDITORS)
    client.force_login(user)
    return user


@pytest.fixture
def writer(client):
    user = make_user(WRITERS)
    client.force_login(user)
    return user


def messages_of(response):
    return [str(message) for message in response.context["messages"]]


def test_draft_is_saved_with_a_headline_alone(client, writer):
    response = client.post(ADD, form_data(headline="Only this"))

    assert response.status_code == 302
    article = Article.objects.get()
    assert (article.headline, article.created_by, article.stage) == ("Only this", writer, "draft")


def test_html_is_reduced_to_the_allow_list_at_save(client, writer):
    client.post(ADD, form_data(text="<p onclick=x>a<script>alert(1)</script></p>"))

    assert TextBlock.objects.get().html == "<p>a</p>"


def test_box_in_an_unflagged_article_raises_the_flag_with_a_message(client, writer):
    text = "<p>a</p><spoiler-box><p>b</p></spoiler-box>"
    response = client.post(ADD, form_data(text=text), follow=True)

    assert Article.objects.get().spoiler == "marked"
    assert any("Marked in the text" in message for message in messages_of(response))


def test_flag_that_was_set_is_left_alone(client, writer):
    text = "<p>a</p><spoiler-box><p>b</p></spoiler-box>"
    client.post(ADD, form_data(text=text, spoiler="throughout"))

    assert Article.objects.get().spoiler == "throughout"


def test_broken_box_is_refused_and_nothing_typed_is_lost(client, writer):
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


def test_form_lists_editions_with_windows_and_who_made_them(client, editor):
    article = make_live(by=make_user(username="somebody")).article
    publishing.publish(revise(article), by=editor)

    html = client.get(change(article)).content.decode()

    assert "All editions (2)" in html
    assert "somebody" in html


def test_writer_submits_and_cannot_publish(client, writer):
    article = make_article(created_by=writer)
    html = client.get(change(article)).content.decode()
    assert 'value="submit"' in html
    assert 'value="publish"' not in html

    data = form_data(headline="Saved", _step="submit")
    client.post(change(article), data)
    article.refresh_from_db()
    assert (article.headline, article.stage) == ("Saved", "in_review")

    assert client.get(step(article, "publish")).status_code == 403
    assert client.post(step(article, "publish")).status_code == 403
    assert not article.editions.exists()


@pytest.mark.parametrize("name", ["approve", "send-back", "publish", "withdraw"])
@pytest.mark.parametrize("start", ["draft", "in_review", "ready"])
def test_writer_saving_with_an_editors_step_saves_and_nothing_more(client, writer, name, start):
    article = make_article(created_by=writer, stage=start)
    data = form_data(hub=article.hub_id, slug=article.slug, _step=name)

    response = client.post(change(article), data | {"headline": article.headline}, follow=True)

    article.refresh_from_db()
    assert article.stage == start
    assert not article.editions.exists()
    assert any("needs an editor" in message for message in messages_of(response))


def test_adding_with_an_editors_step_makes_a_draft(client, writer):
    client.post(ADD, form_data(_step="approve"))

    assert Article.objects.get().stage == "draft"


def test_writer_changing_what_was_approved_asks_for_approval_again(client, writer):
    article = make_article(created_by=writer, stage="ready")
    data = form_data(hub=article.hub_id, slug=article.slug, headline="Changed since")

    client.post(change(article), data)

    article.refresh_from_db()
    assert article.stage == "in_review"


def test_saving_leaves_a_stage_that_moved_meanwhile(client, editor, monkeypatch):
    article = make_article(stage="ready")
    save = Article.save

    def moved_meanwhile(self, *args, **kwargs):
        Article.objects.filter(pk=article.pk).update(stage="draft")
        save(self, *args, **kwargs)

    monkeypatch.setattr(Article, "save", moved_meanwhile)
    client.post(change(article), form_data(headline="Saved"))

    article.refresh_from_db()
    assert (article.headline, article.stage) == ("Saved", "draft")


def test_editor_changing_what_was_approved_leaves_it_ready(client, editor):
    article = make_article(stage="ready")

    client.post(change(article), form_data(headline="Changed since"))

    article.refresh_from_db()
    assert (article.headline, article.stage) == ("Changed since", "ready")


def test_form_tells_withdrawn_from_expired(client, editor, clock):
    article = make_live().article
    clock.shift(60)
    publishing.withdraw(article, reason="The old reason")
    publishing.publish(article)
    publishing.expire(article, timezone.now() + timedelta(hours=1))
    clock.shift(7200)

    html = client.get(change(article)).content.decode()

    assert "expired on" in html
    assert "The old reason" not in html


def test_form_of_a_taken_back_schedule_says_nothing_yet(client, editor):
    article = make_article()
    publishing.schedule(article, timezone.now() + timedelta(hours=1))
    publishing.cancel_schedule(article)

    assert "Nothing yet." in client.get(change(article)).content.decode()


def test_form_and_preview_survive_a_text_that_cannot_be_trusted(client, editor):
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


def test_editor_saves_and_publishes_after_a_question(client, editor):
    block = TextBlock.objects.get(parent=(article := make_article()))
    data = form_data(
        "<p>New text</p>",
        block,
        hub=article.hub_id,
        slug=article.slug,
        _step="publish",
    )
    response = client.post(change(article), data)
    assert response["Location"] == step(article, "publish")
    assert client.get(step(article, "publish")).status_code == 200
    assert not article.editions.exists()

    response = client.post(step(article, "publish"), follow=True)

    edition = article.editions.get()
    assert edition.created_by == editor
    assert edition.search_text == "New text"
    assert any("edition 1 is live" in message for message in messages_of(response))
    assert LogEntry.objects.filter(object_id=article.pk, user=editor).exists()


def test_refused_step_says_why(client, editor):
    article = Article.objects.create(headline="Only this")

    response = client.post(step(article, "publish"), follow=True)

    assert any("a hub and a slug" in message for message in messages_of(response))


def test_schedule_takes_a_moment_in_the_newsrooms_zone(client, editor, settings):
    settings.TIME_ZONE = "Europe/London"
    article = make_article()

    client.post(step(article, "schedule"), {"at": "2030-07-01T09:30"})

    assert article.editions.get().live_from.isoformat() == "2030-07-01T08:30:00+00:00"


@pytest.mark.parametrize("moment", ["", "tomorrow", "2030-02-30T10:00", "2030-03-31T01:30"])
def test_schedule_refuses_what_is_no_moment(client, editor, moment):
    article = make_article()

    response = client.post(step(article, "schedule"), {"at": moment})

    assert response.status_code == 200
    assert "errorlist" in response.content.decode()
    assert not article.editions.exists()


def test_withdrawing_asks_for_a_reason_and_takes_a_notice(client, editor):
    article = make_live().article
    assert "errorlist" in client.post(step(article, "withdraw"), {}).content.decode()

    client.post(step(article, "withdraw"), {"reason": "Wrong", "notice": "Sorry."})

    withdrawal = article.editions.get().withdrawal
    assert (withdrawal.reason, withdrawal.notice, withdrawal.by) == ("Wrong", "Sorry.", editor)


def test_expiry_is_set_and_removed(client, editor):
    article = make_live().article

    client.post(step(article, "expire"), {"at": "2030-01-01T00:00"})
    assert article.editions.get().live_until.year == 2030

    page = client.get(step(article, "expire")).content.decode()
    assert 'value="2030-01-01T00:00"' in page

    client.post(step(article, "expire"), {"at": ""})
    assert article.editions.get().live_until is not None
    client.post(step(article, "expire"), {"at": "2031-01-01T00:00", "until_further_notice": "on"})
    assert article.editions.get().live_until.year == 2030

    client.post(step(article, "expire"), {"at": "", "until_further_notice": "on"})
    assert article.editions.get().live_until is None


def test_steps_that_make_no_sense_are_not_offered(client, editor):
    article = make_article()
    html = client.get(change(article)).content.decode()

    assert 'value="withdraw"' not in html
    assert 'value="cancel-schedule"' not in html
    assert 'value="publish"' in html


def test_looking_at_a_step_changes_nothing(client, editor):
    article = make_live().article
    revise(article)

    for name in ("publish", "schedule", "withdraw", "expire"):
        assert client.get(step(article, name)).status_code == 200

    assert article.editions.live().get().number == 1


def test_bulk_action_asks_before_acting(client, editor):
    articles = [make_article() for _ in range(3)]
    keys = [article.pk for article in articles]
    response = client.post(
        "/admin/articles/article/", {"action": "bulk_publish", "_selected_action": keys[:2]}
    )
    page = client.get(response["Location"])
    assert articles[0].headline in page.content.decode()
    assert articles[2].headline not in page.content.decode()
    assert not any(article.editions.exists() for article in articles)

    client.post(response["Location"])

    assert [article.editions.count() for article in articles] == [1, 1, 0]


def test_bulk_action_reports_each_refusal_and_does_the_rest(client, editor):
    article, incomplete = make_article(), Article.objects.create(headline="Incomplete")
    address = reverse("admin:articles_article_bulk", args=["publish"])

    response = client.post(f"{address}?ids={incomplete.pk},{article.pk}", follow=True)

    assert article.editions.count() == 1
    messages = messages_of(response)
    assert len(messages) == 2
    assert any("Incomplete" in message and "needs" in message for message in messages)


def test_bulk_action_takes_a_bounded_number(client, editor):
    article = make_article()
    for _ in range(MAX_BULK):
        Article.objects.create(headline="One of many")
    response = client.post(
        "/admin/articles/article/",
        {"action": "bulk_publish", "_selected_action": [article.pk], "select_across": "1"},
        follow=True,
    )
    assert any("at most 100" in message for message in messages_of(response))

    ids = ",".join(str(pk) for pk in Article.objects.values_list("pk", flat=True))
    address = reverse("admin:articles_article_bulk", args=["publish"])
    assert client.post(f"{address}?ids={ids}").status_code == 404
    assert not article.editions.exists()


@pytest.mark.parametrize("ids", ["", "x", "999999", "1;2", "9" * 30])
def test_bulk_page_without_articles_is_not_found(client, editor, ids):
    address = reverse("admin:articles_article_bulk", args=["publish"])

    assert client.get(f"{address}?ids={ids}").status_code == 404


def test_preview_shows_the_working_copy_and_is_kept_nowhere(client, writer):
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


def test_preview_needs_a_log_in(client):
    response = client.get(reverse("admin:articles_article_preview", args=[make_article().pk]))

    assert response.status_code == 302
    assert "login" in response["Location"]


def test_save_and_preview_leads_to_the_preview(client, writer):
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


def test_block_of_another_article_cannot_be_changed_through_ones_own_form(client, writer):
    others = make_article(text="<p>Theirs</p>")
    block = TextBlock.objects.get(parent=others)
    mine = make_article(created_by=writer, text=None)

    client.post(change(mine), form_data("<p>Taken</p>", block))

    block.refresh_from_db()
    assert (block.html, block.parent) == ("<p>Theirs</p>", others)


def test_bylines_and_titles_keep_the_order_given(client, writer):
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


def test_address_that_another_article_in_the_hub_has_is_refused_with_a_sentence(client, writer):
    taken = make_article(hub=make_hub(), slug="taken")

    response = client.post(ADD, form_data(hub=taken.hub_id, slug="taken"))

    assert "Another article in this hub has this address." in response.content.decode()
