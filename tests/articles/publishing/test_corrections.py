"""A correction is published with a dated note that stays under the text."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Edition
from articles.publishing import publish as publishing
from newsroom.desk.transitions import TransitionRefused
from tests.articles.admin_forms import messages_of, transition
from tests.articles.factories import make_article, make_live, revise

pytestmark = pytest.mark.django_db


def page_of(client, edition):
    return client.get(edition.get_absolute_url()).content.decode()


def test_readers_get_the_note_with_its_date(client, clock):
    edition = make_live()
    clock.move_to(timezone.now() + timedelta(days=2))
    corrected = publishing.publish(revise(edition.article), correction="It was 12, not 13.")
    html = page_of(client, corrected)
    assert "It was 12, not 13." in html
    assert timezone.localtime(corrected.live_from).isoformat() in html


def test_notes_stay_under_later_editions_oldest_first(client, clock):
    article = make_live().article
    for note in ("First note", "Second note"):
        clock.shift(60)
        publishing.publish(revise(article), correction=note)
    clock.shift(60)
    last = publishing.publish(revise(article))
    assert last.correction == ""
    html = page_of(client, last)
    assert 0 < html.index("First note") < html.index("Second note")


def test_an_article_without_corrections_says_nothing_of_them(client):
    assert "orrection" not in page_of(client, make_live())


def test_a_note_is_escaped(client):
    article = make_live().article
    edition = publishing.publish(revise(article), correction="<script>alert(1)</script>")
    assert "<script>alert" not in page_of(client, edition)


def test_a_corrected_text_is_the_same_as_readers_have():
    article = make_live().article
    publishing.publish(revise(article), correction="A note")
    assert not publishing.differs_from_readers(article)
    with pytest.raises(TransitionRefused, match="exactly this text"):
        publishing.publish(article)


def test_what_readers_do_not_see_can_not_be_corrected():
    with pytest.raises(TransitionRefused, match="nothing to correct"):
        publishing.publish(make_article(), correction="A note")


def test_the_step_asks_for_the_note_and_publishes(client, editor):
    article = make_live().article
    revise(article)
    assert "Public note" in client.get(transition(article, "correct")).content.decode()
    refused = client.post(transition(article, "correct"), {"note": " "})
    assert refused.context["form"].errors["note"]
    response = client.post(
        transition(article, "correct"), {"note": "The name was wrong."}, follow=True
    )
    assert "is corrected" in messages_of(response)[0]
    assert article.editions.live().get().correction == "The name was wrong."


def test_a_writer_can_not_correct(client, writer):
    article = make_live(created_by=writer).article
    revise(article)
    assert client.post(transition(article, "correct"), {"note": "Mine"}).status_code == 403
    assert not Edition.objects.exclude(correction="").exists()


def test_sending_back_carries_a_note_to_the_writer(client, editor):
    article = make_article(stage="in_review")
    client.post(transition(article, "send-back"), {"note": "More on the ending, please."})
    from django.contrib.admin.models import LogEntry

    assert "More on the ending, please." in LogEntry.objects.get().change_message
