"""Before readers get a text, its editor sees what it may give away, and decides."""

import re

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from articles.blocks import PollBlock, SpoilerStartBlock, TextBlock
from articles.models.article import Spoiler
from articles.publishing import publish as publishing
from tests.articles.admin_forms import change, transition
from tests.articles.factories import add_block, make_article
from tests.polls.factories import make_poll

pytestmark = pytest.mark.django_db

PANEL = "This may give something away"
TEXT = (
    "<p>A review.</p><spoiler-box><p>It is Negan who burns the lighthouse down.</p></spoiler-box>"
)
GIVEAWAY = {"text": TEXT, "headline": "Negan is back"}
#: What each step is sent with.
ANSWERS = {
    "publish": {},
    "schedule": {"at": "2099-07-01T09:30"},
    "correct": {"note": "A date was wrong."},
}


def article_for(name, **fields):
    """One that the step applies to: a correction is of what readers have."""
    article = make_article(**fields)
    if name == "correct":
        publishing.publish(article)
        article.standfirst = "It is said better now."
        article.save()
    return article


def hidden_fields(page):
    return dict(re.findall(r'type="hidden" name="(versions|warned)" value="([^"]*)"', page))


@pytest.mark.parametrize("name", ANSWERS)
def test_page_that_asks_shows_the_warning_above_its_button_and_going_on_is_possible(
    client, editor, name
):
    article = article_for(name, **GIVEAWAY)
    editions = article.editions.count()

    page = client.get(transition(article, name)).text
    panel, button = page.index(PANEL), page.index('type="submit" class="default"')
    assert "<strong>Headline:</strong> <q>Negan</q>" in page[panel:button]
    assert "autofocus" not in page

    client.post(transition(article, name), ANSWERS[name] | hidden_fields(page))
    assert article.editions.count() == editions + 1


@pytest.mark.parametrize("name", ANSWERS)
def test_article_that_gives_nothing_away_is_not_warned_of(client, editor, name):
    article = article_for(name, text=TEXT, headline="A lighthouse keeper is back")
    bare = article_for(name, text="<p>Negan is back, he is.</p>", headline="Negan is back")

    for each in (article, bare):
        page = client.get(transition(each, name)).text
        assert PANEL not in page
        assert 'name="warned"' not in page
        client.post(transition(each, name), ANSWERS[name] | hidden_fields(page))
        assert each.editions.latest("pk").headline == each.headline


@pytest.mark.parametrize("name", ["expire", "withdraw", "cancel-schedule"])
def test_steps_that_give_readers_no_text_warn_of_nothing(client, editor, name):
    article = article_for("correct", **GIVEAWAY)

    assert PANEL not in client.get(transition(article, name)).text


@pytest.mark.parametrize("name", ANSWERS)
def test_answer_from_a_page_without_the_warning_is_asked_again(client, editor, name):
    article = article_for(name, text=TEXT)
    editions = article.editions.count()
    sent = ANSWERS[name] | hidden_fields(client.get(transition(article, name)).text)
    # Past the form, so that the version stays: as where a poll gets its spoiler warning.
    type(article).objects.filter(pk=article.pk).update(headline="Negan is back")

    response = client.post(transition(article, name), sent)

    assert article.editions.count() == editions
    assert PANEL in response.text
    assert [str(message) for message in get_messages(response.wsgi_request)] == [
        "Read the warning above the button first. Nothing has been done yet."
    ]
    client.post(transition(article, name), ANSWERS[name] | hidden_fields(response.text))
    assert article.editions.count() == editions + 1


def test_public_note_that_gives_something_away_is_asked_about_once(client, editor):
    article = article_for("correct", text=TEXT)
    page = client.get(transition(article, "correct")).text
    note = {"note": "We said that somebody else burns the lighthouse down."}
    assert PANEL not in page

    page = client.post(transition(article, "correct"), note | hidden_fields(page)).text
    assert "<strong>Public note:</strong> <q>burns the lighthouse down</q>" in page
    assert note["note"] in page
    assert article.editions.count() == 1

    other = {"note": "We had confused Negan with his brother."}
    page = client.post(transition(article, "correct"), other | hidden_fields(page)).text
    assert "<q>Negan</q>" in page
    assert article.editions.count() == 1

    client.post(transition(article, "correct"), other | hidden_fields(page))
    assert article.editions.latest("pk").correction == other["note"]


def test_note_that_was_cleaned_is_not_asked_about_again(client, editor):
    article = article_for("correct", **GIVEAWAY)
    page = client.get(transition(article, "correct")).text
    spoiling = {"note": "Somebody else burns the lighthouse down."}
    page = client.post(transition(article, "correct"), spoiling | hidden_fields(page)).text

    client.post(transition(article, "correct"), {"note": "A name was wrong."} | hidden_fields(page))

    assert article.editions.latest("pk").correction == "A name was wrong."


def test_bulk_publishing_warns_of_each_article_by_its_name(client, editor):
    first, harmless, second = (
        make_article(**GIVEAWAY),
        make_article(text=TEXT, headline="Harmless"),
        make_article(text=TEXT, headline="So who burns the lighthouse down?"),
    )
    keys = ",".join(str(article.pk) for article in (first, harmless, second))
    address = f"{reverse('admin:articles_article_bulk', args=['publish'])}?ids={keys}"

    page = client.get(address).text
    panel = page[page.index(PANEL) : page.index('type="submit" class="default"')]
    assert f'<h3><a href="{change(first)}">Negan is back</a></h3>' in panel
    assert f'<h3><a href="{change(second)}">' in panel
    assert "<q>who burns the lighthouse down</q>" in panel
    assert "Harmless" not in panel

    client.post(address)
    assert not first.editions.exists()
    client.post(address, hidden_fields(page))
    assert all(article.editions.exists() for article in (first, harmless, second))


def test_article_form_shows_the_warning_with_what_readers_see(client, editor):
    article = make_article(**GIVEAWAY)

    page = client.get(change(article)).text

    assert "The working copy may give something away (1)" in page
    assert "<strong>Headline:</strong> <q>Negan</q>" in page
    type(article).objects.update(headline="Harmless")
    assert "may give something away" not in client.get(change(article)).text


def test_writer_sees_the_warning_on_the_form(client, writer):
    article = make_article(created_by=writer, **GIVEAWAY)

    assert "The working copy may give something away (1)" in client.get(change(article)).text


def test_question_and_choices_of_a_poll_that_gives_something_away_are_in_a_box(client, editor):
    sealed = make_poll(
        "Because of Negan",
        "For the sake of it all",
        question="Why does the lighthouse burn?",
        spoiler_warning="The ending",
    )
    plain = make_poll("Maggie", question="Who was best in it?")
    article = make_article(headline="Why does the lighthouse burn?", slug="for-the-sake-of-it")
    article.standfirst = "Negan, Maggie and the rest: who was best in it?"
    article.save()
    add_block(article, PollBlock, poll=sealed)
    add_block(article, PollBlock, poll=plain)

    page = client.get(transition(article, "publish")).text
    assert "<q>Why does the lighthouse burn</q>" in page
    assert "<q>for-the-sake-of-it</q>" in page
    assert "<q>Negan</q>" in page
    assert "<q>Maggie" not in page

    # In a section every poll is hidden.
    add_block(article, SpoilerStartBlock)
    add_block(article, PollBlock, poll=make_poll("The rest", question="Who was best in it?"))
    assert "<q>who was best in it</q>" in client.get(transition(article, "publish")).text


def test_warning_on_a_text_that_spoils_throughout(client, editor):
    article = make_article(
        text="<p>It is Negan who burns the lighthouse down.</p>",
        headline="Negan is back",
        spoiler=Spoiler.THROUGHOUT,
    )

    assert "<q>Negan</q>" in client.get(transition(article, "publish")).text


def test_words_of_a_warning_are_escaped(client, editor):
    says = "<script>alert(1)</script> Negan"
    article = make_article(headline=says, text=None)
    inside = "&lt;script&gt;alert(1)&lt;/script&gt;"
    html = f"<p>x</p><spoiler-box><p>{inside} Negan</p></spoiler-box>"
    add_block(article, TextBlock, html=html)

    for address in (transition(article, "publish"), change(article)):
        page = client.get(address).text
        assert "<q>script&gt;alert(1)&lt;/script&gt; Negan</q>" in page
        assert "<script>alert(1)" not in page
