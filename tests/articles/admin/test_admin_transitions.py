"""Transitions of an article in the admin: permissions, confirmations and messages."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from articles.blocks import TextBlock
from articles.models import Article
from newsroom.desk.transition_pages import MAX_BULK
from tests.articles.admin_forms import change, form_data, messages_of, transition
from tests.articles.factories import (
    make_article,
    make_live,
    revise,
)

pytestmark = pytest.mark.django_db
ADD = "/admin/articles/article/add/"


def test_writer_submits_and_cannot_publish(client, writer):
    article = make_article(created_by=writer)
    html = client.get(change(article)).content.decode()
    assert 'value="submit"' in html
    assert 'value="publish"' not in html

    data = form_data(headline="Saved", _transition="submit")
    client.post(change(article), data)
    article.refresh_from_db()
    assert (article.headline, article.stage) == ("Saved", "in_review")

    assert client.get(transition(article, "publish")).status_code == 403
    assert client.post(transition(article, "publish")).status_code == 403
    assert not article.editions.exists()


@pytest.mark.parametrize("name", ["approve", "send-back", "publish", "withdraw"])
@pytest.mark.parametrize("start", ["draft", "in_review", "ready"])
def test_writer_who_saves_with_an_editors_transition_only_saves(client, writer, name, start):
    article = make_article(created_by=writer, stage=start)
    data = form_data(hub=article.hub_id, slug=article.slug, _transition=name)

    response = client.post(change(article), data | {"headline": article.headline}, follow=True)

    article.refresh_from_db()
    assert article.stage == start
    assert not article.editions.exists()
    assert any("Only an editor" in message for message in messages_of(response))


def test_writer_who_adds_with_an_editors_transition_creates_a_draft(client, writer):
    client.post(ADD, form_data(_transition="approve"))

    assert Article.objects.get().stage == "draft"


def test_ready_article_returns_to_review_when_a_writer_changes_it(client, writer):
    article = make_article(created_by=writer, stage="ready")
    data = form_data(hub=article.hub_id, slug=article.slug, headline="Changed since")

    client.post(change(article), data)

    article.refresh_from_db()
    assert article.stage == "in_review"


def test_saving_keeps_a_stage_that_changed_since_the_form_was_loaded(client, editor, monkeypatch):
    article = make_article(stage="ready")
    save = Article.save

    def moved_meanwhile(self, *args, **kwargs):
        Article.objects.filter(pk=article.pk).update(stage="draft")
        save(self, *args, **kwargs)

    monkeypatch.setattr(Article, "save", moved_meanwhile)
    client.post(change(article), form_data(headline="Saved"))

    article.refresh_from_db()
    assert (article.headline, article.stage) == ("Saved", "draft")


def test_ready_article_stays_ready_when_an_editor_changes_it(client, editor):
    article = make_article(stage="ready")

    client.post(change(article), form_data(headline="Changed since"))

    article.refresh_from_db()
    assert (article.headline, article.stage) == ("Changed since", "ready")


def test_editor_saves_and_publishes_after_a_confirmation(client, editor):
    block = TextBlock.objects.get(parent=(article := make_article()))
    data = form_data(
        "<p>New text</p>",
        block,
        hub=article.hub_id,
        slug=article.slug,
        _transition="publish",
    )
    response = client.post(change(article), data)
    assert response["Location"] == transition(article, "publish")
    assert client.get(transition(article, "publish")).status_code == 200
    assert not article.editions.exists()

    response = client.post(transition(article, "publish"), follow=True)

    edition = article.editions.get()
    assert edition.created_by == editor
    assert edition.search_text == "New text"
    assert any("edition 1 is live" in message for message in messages_of(response))
    assert LogEntry.objects.filter(object_id=article.pk, user=editor).exists()


def test_refused_transition_says_why(client, editor):
    article = Article.objects.create(headline="Only this")

    response = client.post(transition(article, "publish"), follow=True)

    assert any("a hub and a slug" in message for message in messages_of(response))


def test_schedule_uses_the_newsrooms_time_zone(client, editor, settings):
    settings.TIME_ZONE = "Europe/London"
    article = make_article()

    client.post(transition(article, "schedule"), {"at": "2030-07-01T09:30"})

    assert article.editions.get().live_from.isoformat() == "2030-07-01T08:30:00+00:00"


@pytest.mark.parametrize("moment", ["", "tomorrow", "2030-02-30T10:00", "2030-03-31T01:30"])
def test_schedule_refuses_an_invalid_moment(client, editor, moment):
    article = make_article()

    response = client.post(transition(article, "schedule"), {"at": moment})

    assert response.status_code == 200
    assert "errorlist" in response.content.decode()
    assert not article.editions.exists()


def test_withdrawing_requires_a_reason_and_accepts_a_notice(client, editor):
    article = make_live().article
    assert "errorlist" in client.post(transition(article, "withdraw"), {}).content.decode()

    client.post(transition(article, "withdraw"), {"reason": "Wrong", "notice": "Sorry."})

    withdrawal = article.editions.get().withdrawal
    assert (withdrawal.reason, withdrawal.notice, withdrawal.by) == ("Wrong", "Sorry.", editor)


def test_expiry_is_set_and_removed(client, editor):
    article = make_live().article

    client.post(transition(article, "expire"), {"at": "2030-01-01T00:00"})
    assert article.editions.get().live_until.year == 2030

    page = client.get(transition(article, "expire")).content.decode()
    assert 'value="2030-01-01T00:00"' in page

    client.post(transition(article, "expire"), {"at": ""})
    assert article.editions.get().live_until is not None
    client.post(
        transition(article, "expire"), {"at": "2031-01-01T00:00", "until_further_notice": "on"}
    )
    assert article.editions.get().live_until.year == 2030

    client.post(transition(article, "expire"), {"at": "", "until_further_notice": "on"})
    assert article.editions.get().live_until is None


def test_unavailable_transitions_are_not_offered(client, editor):
    article = make_article()
    html = client.get(change(article)).content.decode()

    assert 'value="withdraw"' not in html
    assert 'value="cancel-schedule"' not in html
    assert 'value="publish"' in html


def test_opening_the_page_of_a_transition_changes_nothing(client, editor):
    article = make_live().article
    revise(article)

    for name in ("publish", "schedule", "withdraw", "expire"):
        assert client.get(transition(article, name)).status_code == 200

    assert article.editions.live().get().number == 1


def test_bulk_action_asks_for_a_confirmation(client, editor):
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


def test_bulk_action_reports_each_refusal_and_applies_the_rest(client, editor):
    article, incomplete = make_article(), Article.objects.create(headline="Incomplete")
    address = reverse("admin:articles_article_bulk", args=["publish"])

    response = client.post(f"{address}?ids={incomplete.pk},{article.pk}", follow=True)

    assert article.editions.count() == 1
    messages = messages_of(response)
    assert len(messages) == 2
    assert any("Incomplete" in message and "needs" in message for message in messages)


def test_bulk_action_refuses_too_many_articles(client, editor):
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
