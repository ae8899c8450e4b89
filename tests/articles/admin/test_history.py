"""The history of an article: each event once, newest first, with permissions."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.admin import timeline
from articles.blocks import TextBlock
from articles.publishing import publish as publishing
from articles.publishing import revisions
from tests.articles.admin_forms import change, form_data, transition
from tests.articles.factories import make_article, make_live, make_user, revise

pytestmark = pytest.mark.django_db


def history(article, **query):
    return reverse("admin:articles_article_history", args=[article.pk], query=query)


def told(article):
    return [entry.text for entry in timeline.entries(timeline.rows(article))]


def log(article, user, message, flag=CHANGE):
    LogEntry.objects.log_actions(user.pk, [article], flag, message, single_object=True)


def test_history_lists_saves_stages_editions_and_notes_with_users_and_times(client, editor, clock):
    client.post(reverse("admin:articles_article_add"), form_data("<p>One.</p>"))
    article = editor.articles.get()
    revise(article, hub=make_live().hub, slug="one")
    clock.shift(60)
    client.post(transition(article, "send-back"), {"note": "Which lamp?"})  # refused: it is a draft
    client.post(change(article), form_data(_version=1, headline="Two", _transition="submit"))
    clock.shift(60)
    client.post(transition(article, "send-back"), {"note": "Which lamp?"})
    clock.shift(60)
    revise(article, hub=make_live().hub, slug="one")
    client.post(transition(article, "publish"))
    clock.shift(60)
    revise(article)
    client.post(transition(article, "correct"), {"note": "It was the other lamp."})
    clock.shift(60)
    client.post(transition(article, "withdraw"), {"reason": "Wrong again", "notice": "Sorry."})

    html = client.get(history(article)).content.decode()

    assert told(article) == [
        "Edition 2 withdrawn",
        "Edition 2",
        "Edition 1",
        "Send back to draft: it is a draft again, with the note “Which lamp?”.",
        "Submit for review: it is in review now.",
        "Save 2",
        "Save 1",
    ]
    for expected in ("It was the other lamp.", "Reason: Wrong again", "readers: Sorry."):
        assert expected in html
    assert html.count(f'<span class="history-author">{editor}</span>') == 7
    for moment in (article.created_at, article.editions.get(number=1).live_from):
        local = timezone.localtime(moment)
        assert f'datetime="{local.isoformat()}"' in html
        assert f"{local:%H:%M:%S}" in html


def test_each_event_is_listed_once(client, editor, clock):
    article = make_article()
    log(article, editor, [{"added": {}}], ADDITION)  # before there were revisions
    clock.shift(60)
    revisions.record(article, by=editor)
    log(article, editor, [{"changed": {"fields": ["Headline"]}}])
    clock.shift(60)
    client.post(transition(article, "schedule"), {"at": "2090-01-01T00:00"})
    client.post(transition(article, "cancel-schedule"))

    assert told(article) == [
        "Edition 1",
        "Cancel the schedule: it is no longer scheduled: edition 1 will not go live.",
        "Save 1",
        "Added.",
    ]


def test_deleted_user_is_called_somebody_who_has_left(client, editor):
    article, gone = make_article(), make_user(username="gone")
    revisions.record(article, by=gone)
    publishing.publish(article, by=gone)
    publishing.withdraw(article, reason="x", by=gone)
    revisions.record(article, by=None, note=revisions.BEFORE_RESTORING)
    gone.delete()

    html = client.get(history(article)).content.decode()

    assert html.count(timeline.FORMER_USER) == 3  # nobody pressed the fourth
    assert revisions.BEFORE_RESTORING in html


def test_history_of_a_new_draft_says_that_it_begins_with_the_next_save(client, editor):
    html = client.get(history(make_article())).content.decode()

    assert "Its history begins with the next save" in html
    assert 'value="working" checked' in html


def test_history_shows_the_state_of_each_edition(client, editor, clock):
    article = make_live().article
    clock.shift(60)
    publishing.publish(revise(article))
    later = timezone.now() + timedelta(days=1)
    publishing.schedule(revise(article), later)
    publishing.cancel_schedule(article)
    publishing.schedule(article, later)

    html = client.get(history(article)).content.decode()

    states = re.findall(r'<span class="desk-state[^>]*>(\w+)</span>', html)
    assert states == ["Scheduled", "Cancelled", "Live", "Past"]
    assert html.count("As readers saw it<") == 3  # not what was cancelled


def test_history_is_paginated_and_keeps_the_chosen_versions(client, editor, monkeypatch, clock):
    monkeypatch.setattr("articles.admin.history_page.PAGE_SIZE", 2)
    article = make_article()
    for _ in range(5):
        revisions.record(article, by=editor)
        clock.shift(60)

    first = client.get(history(article, **{"from": "r2"})).content.decode()
    last = client.get(history(article, **{"from": "r5", "p": 3})).content.decode()

    assert "Page 1 of 3" in first
    assert re.findall(r"<strong>(Save \d)</strong>", first) == ["Save 2", "Save 5", "Save 4"]
    assert first.count("chosen on another page") == 1
    assert 'name="from" value="r2" checked' in first
    assert re.findall(r"<strong>(Save \d)</strong>", last) == ["Save 5", "Save 1"]
    for nonsense in ({"p": "x"}, {"p": "-1"}, {"from": "<b>"}, {"to": "e0"}, {"from": "r" * 99}):
        response = client.get(history(article, **nonsense))
        assert response.status_code == 200
        assert "<b>" not in response.content.decode()


def test_default_comparison_is_between_the_live_edition_and_the_working_copy(client, editor, clock):
    article = make_live().article
    html = client.get(history(article)).content.decode()
    assert 'name="from" value="e1" checked' in html

    draft = make_article()
    for _ in range(3):
        revisions.record(draft, by=editor)
        clock.shift(1)
    html = client.get(history(draft)).content.decode()
    assert 'name="from" value="r2" checked' in html


def test_history_takes_the_same_queries_for_1_10_and_100_entries(client, editor, clock):
    article = make_article()
    client.get(history(article))  # content types are read once a process
    counts, made = [], 0
    for wanted in (1, 10, 100):
        for _ in range(wanted - made):
            clock.shift(60)
            revisions.record(revise(article), by=make_user())
            publishing.publish(article, by=make_user())
            publishing.withdraw(article, reason="x", by=make_user())
            log(article, make_user(), "Mark as ready: it is ready to publish.")
        made = wanted
        with CaptureQueriesContext(connection) as captured:
            assert client.get(history(article)).status_code == 200
        counts.append(len(captured))

    assert len(set(counts)) == 1, counts


def test_history_of_a_colleagues_article_is_not_found(client, writer):
    assert client.get(history(make_article())).status_code == 404
    assert client.get(history(make_article(created_by=writer))).status_code == 200
    for key in ("x", "999999", "9" * 40, "²", "1_2"):
        address = reverse("admin:articles_article_history", args=[key])
        assert client.get(address).status_code == 404, key


def test_viewer_sees_the_history_without_links_to_restore(client):
    viewer = make_user()
    client.force_login(viewer)
    article = make_live(created_by=viewer).article
    assert client.get(history(article)).status_code in (403, 404)

    from django.contrib.auth.models import Permission

    viewer.user_permissions.add(Permission.objects.get(codename="view_article"))
    html = client.get(history(article)).content.decode()

    assert "Edition 1" in html
    assert "Restore" not in html


def test_entry_deleted_while_the_page_is_made_is_left_out(editor):
    article = make_article()
    log(article, editor, "Mark as ready: it is ready to publish.")
    rows = list(timeline.rows(article))
    LogEntry.objects.all().delete()

    assert timeline.entries(rows) == []


def test_text_from_before_the_first_save_can_be_compared_and_restored(client, editor):
    article = make_article(text="<p>Written past the form</p>")
    block = TextBlock.objects.get(parent=article)
    client.post(change(article), form_data("<p>Written over</p>", block, headline="New"))
    page = client.get(reverse("admin:articles_article_history", args=[article.pk]))
    first, previous = page.context["entries"]
    assert (first.version, first.previous, previous.version, previous.by) == ("r1", "r0", "r0", "")
    address = reverse("admin:articles_article_compare", args=[article.pk])
    compared = client.get(address, {"from": "r0", "to": "r1"}).content.decode()
    assert "past the form" in compared
    client.post(reverse("admin:articles_article_restore", args=[article.pk, "r0"]), {"version": 1})
    assert TextBlock.objects.get(parent=article).html == "<p>Written past the form</p>"


def test_page_of_an_edition_links_to_comparison_history_and_as_readers_saw_it(client, editor):
    edition = make_live()

    html = client.get(reverse("admin:articles_edition_change", args=[edition.pk])).content.decode()

    addresses = re.findall(
        r'<a href="(/admin/articles/article/\d+/(?:as-seen|comp|hist)[^"]+)', html
    )
    assert len(addresses) == 3
    for address in addresses:
        assert client.get(address.replace("&amp;", "&")).status_code == 200
