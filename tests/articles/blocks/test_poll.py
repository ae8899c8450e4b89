"""A poll in an article: readers vote in the article, and nobody votes in a preview."""

import re

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.blocks import PollBlock, SpoilerStartBlock
from articles.models import ShareLink
from articles.publishing import publish as publishing
from articles.publishing import revisions
from newsroom.desk.groups import EDITORS
from polls import closing_records, transitions
from polls.models import Poll
from tests.articles.blocks.contract import Example
from tests.articles.factories import add_block, make_article, make_title, make_user
from tests.polls.factories import an_hour, make_ballot, make_closed, make_poll
from tests.read_only import read_only

EXAMPLES = [Example(PollBlock, lambda: {"poll": make_poll()})]

pytestmark = pytest.mark.django_db

SCRIPT = "polls/vote.js"
LATER = an_hour(ahead=1)


def article_with(*polls, **fields):
    article = make_article(**fields)
    for poll in polls:
        add_block(article, PollBlock, poll=poll)
    return article


def outside_spoiler_boxes(html):
    return re.sub(r"<details.*?</details>", "", html, flags=re.DOTALL)


def test_reader_votes_in_the_article_and_comes_back_to_it(client):
    poll = make_poll("Yes", "No")
    edition = publishing.publish(article_with(poll))
    address = edition.get_absolute_url()

    html = client.get(address).text
    action = re.search(r'<form method="post" action="([^"]+)"', html)[1]
    came_from = re.search(r'name="from" value="([^"]+)"', html)[1]
    form = {"choice": poll.choices.first().pk, "from": came_from}
    answer = client.post(action, form, follow=True)

    assert SCRIPT in html
    assert poll.ballots.count() == 1
    assert "Thank you, your vote is in." in answer.text
    assert f'href="{address}"' in answer.text


def test_article_with_a_poll_is_the_same_for_every_reader(client):
    poll = make_poll(result_visibility=Poll.ResultVisibility.ALWAYS)
    address = publishing.publish(article_with(poll)).get_absolute_url()
    before = client.get(address)
    form = {"choice": poll.choices.first().pk}
    client.post(reverse("polls:vote", args=[poll.slug]), form, follow=True)
    transitions.close(poll)
    transitions.reopen(poll)

    for response in (before, client.get(address)):
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")
        assert "csrf" not in response.text
        assert 'type="radio"' in response.text


def test_script_is_loaded_by_articles_with_an_open_poll_only(client):
    without = [make_article(), article_with(make_closed()), article_with(make_poll(opens=LATER))]
    pages = [client.get(publishing.publish(each).get_absolute_url()).text for each in without]

    assert not [page for page in pages if SCRIPT in page]


def test_closed_poll_shows_its_record_in_the_article(client):
    poll = make_closed("Yes", "No", votes=(3, 1))
    html = client.get(publishing.publish(article_with(poll)).get_absolute_url()).text

    assert "75.0</span>%" in html
    assert 'type="radio"' not in html


def test_article_with_a_poll_that_has_closed_writes_nothing(client):
    poll = make_poll("Yes", "No", closes=LATER)
    make_ballot(poll, "No")
    edition = publishing.publish(article_with(poll))
    addresses = (edition.get_absolute_url(), edition.hub.get_absolute_url(), "/")

    with time_machine.travel(an_hour(ahead=2)):
        with read_only():
            counted, *_ = [client.get(address).text for address in addresses]
        assert not poll.records.exists()
        closing_records.write_due()
        recorded = client.get(edition.get_absolute_url()).text

    for html in (counted, recorded):
        assert re.findall(r"data-share>([\d.]+)<", html) == ["0.0", "100.0"]
        assert "1 vote</b> in all" in html
    assert "the final result" not in counted
    assert "the final result" in recorded


def test_changed_poll_is_shown_without_publishing_again(client):
    poll = make_poll("Yes", "No")
    address = publishing.publish(article_with(poll)).get_absolute_url()
    assert 'type="radio"' in client.get(address).text

    transitions.close(poll)

    assert "the final result" in client.get(address).text


def test_poll_with_a_spoiler_warning_is_only_in_its_spoiler_box_and_in_no_channel(client):
    poll = make_poll(
        "SECRET yes",
        "SECRET no",
        question="SECRET?",
        spoiler_warning="The end",
        result_visibility="always",
    )
    edition = publishing.publish(article_with(poll))

    html = client.get(edition.get_absolute_url()).text

    assert "SECRET?" in html
    assert "SECRET" not in outside_spoiler_boxes(html)
    names = [field.attname for field in edition._meta.concrete_fields if field.name != "content"]
    assert "SECRET" not in "".join(str(getattr(edition, name)) for name in names)
    for address in ("/", edition.hub.get_absolute_url()):
        assert "SECRET" not in client.get(address).text


def test_spoiler_warning_added_after_publication_is_in_the_article_too(client):
    poll = make_poll(question="SECRET?")
    edition = publishing.publish(article_with(poll))
    assert "SECRET?" in outside_spoiler_boxes(client.get(edition.get_absolute_url()).text)

    Poll.objects.update(spoiler_warning="The end")

    assert "SECRET" not in outside_spoiler_boxes(client.get(edition.get_absolute_url()).text)
    assert "SECRET" not in edition.search_text + edition.summary


def test_poll_in_a_spoiler_section_is_in_its_spoiler_box(client):
    poll = make_poll(question="SECRET?")
    article = make_article(titles=[make_title()])
    add_block(article, SpoilerStartBlock, season=1)
    add_block(article, PollBlock, poll=poll)

    html = client.get(publishing.publish(article).get_absolute_url()).text

    assert "SECRET?" in html
    assert "SECRET" not in outside_spoiler_boxes(html)


def test_preview_has_a_disabled_form(client):
    editor = make_user(EDITORS)
    article = article_with(make_poll())
    edition = publishing.publish(article)
    link = ShareLink.objects.create(article=article, created_by=editor)
    client.force_login(editor)
    addresses = [
        reverse("admin:articles_article_preview", args=[article.pk]),
        reverse("admin:articles_article_as_seen", args=[article.pk]),
        link.get_absolute_url(),
    ]

    for address in addresses:
        html = client.get(address).text
        assert "<fieldset disabled" in html
        assert "once the article is published" in html
    assert "<fieldset disabled" not in client.get(edition.get_absolute_url()).text


def test_poll_in_an_article_is_not_deleted():
    in_copy, in_edition, free = make_poll(), make_poll(), make_poll()
    article_with(in_copy)
    article = article_with(in_edition)
    publishing.publish(article)
    PollBlock.objects.filter(parent=article).delete()

    for poll in (in_copy, in_edition):
        with pytest.raises(ProtectedError):
            poll.delete()
    free.delete()


def test_poll_can_be_in_an_article_twice_and_in_several_articles(client):
    poll = make_poll()

    for article in (article_with(poll, poll), article_with(poll)):
        edition = publishing.publish(article)
        assert [link.poll for link in edition.poll_links.all()] == [poll]
        assert client.get(edition.get_absolute_url()).status_code == 200


def test_number_of_queries_is_the_same_for_any_number_of_polls(client):
    def queries(*polls):
        address = publishing.publish(article_with(*polls)).get_absolute_url()
        client.get(address)  # counts are cached for two seconds
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    bare = queries()
    shown = [make_poll(result_visibility=Poll.ResultVisibility.ALWAYS) for _ in range(5)]
    for poll in shown:
        make_ballot(poll)

    assert queries(shown[0]) == queries(*shown) == bare + 2


def test_poll_is_restored_with_the_text_unless_it_was_deleted():
    poll, gone = make_poll(), make_poll(question="Gone?")
    article = article_with(poll, gone)
    kept = revisions.record(article, by=None).content
    PollBlock.objects.all().delete()
    gone.delete()

    restored = revisions.restore(article, kept, by=None)

    assert [block.poll for block in PollBlock.objects.all()] == [poll]
    assert restored.left_out == ["The poll “Gone?” no longer exists."]


def test_comparison_has_the_question():
    frozen = {"kind": "poll", "poll": 1, "question": "More?"}

    assert [(line.label, line.text) for line in PollBlock.lines(frozen)] == [("Question", "More?")]
    assert PollBlock.kind_label() == "Poll"


def test_database_refuses_other_regions_and_repeated_links():
    article = article_with(make_poll())
    edition = publishing.publish(article)
    block, link = PollBlock.objects.get(), edition.poll_links.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        PollBlock.objects.filter(pk=block.pk).update(region="elsewhere")
    with pytest.raises(IntegrityError), transaction.atomic():
        edition.poll_links.create(poll=link.poll)
