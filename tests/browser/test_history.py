"""An article's history by keyboard, and without fault to axe."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from articles.blocks import PhotoBlock, PullQuoteBlock, TextBlock
from articles.models import Article
from articles.publishing import publish as publishing
from articles.publishing import revisions
from newsroom.desk.groups import EDITORS
from tests.articles.factories import add_block, make_article, make_photo, make_user, revise

TEXT = "<p>One lamp in a tower.</p><p>It was him.</p>"
CHANGED = (
    "<p>Two lamps in a tower.</p>"
    '<spoiler-box data-label="The end"><p>It was <em>her</em>.</p></spoiler-box><p>End.</p>'
)


@pytest.fixture
def article(live_server):
    """An article with two editions, three saves and every kind of difference between them."""
    article = make_article(headline="Who lit the lamp?", text=TEXT)
    quote = add_block(article, PullQuoteBlock, text="Nobody saw it coming.")
    add_block(article, PhotoBlock, photo=make_photo())
    revisions.record(article, by=None)
    publishing.publish(article)
    TextBlock.objects.update(html=CHANGED)
    PullQuoteBlock.objects.filter(pk=quote.pk).update(ordering=1)
    revisions.record(revise(article, headline="Who put it out?"), by=None, note="By hand")
    publishing.publish(article, correction="It was her.")
    revisions.record(revise(article, photo=make_photo()), by=None)
    return article


@pytest.fixture
def desk(browser_of):
    """A page of an editor who is logged in."""
    return browser_of(make_user(EDITORS)).new_page()


def address(name, *arguments, **query):
    return reverse(f"admin:articles_article_{name}", args=arguments, query=query)


def press(page, locator, key="Enter"):
    """Reach something with the Tab key alone, and press it."""
    for _ in range(200):
        if locator.evaluate("(element) => element === document.activeElement"):
            page.keyboard.press(key)
            return
        page.keyboard.press("Tab")
    raise AssertionError("The Tab key does not lead there.")


def test_a_text_is_found_compared_and_restored_by_keyboard(desk, article):
    desk.goto(address("change", article.pk))
    press(desk, desk.get_by_role("link", name="History", exact=True))
    expect(desk.get_by_role("heading", name="History: Who put it out?")).to_be_visible()
    # One stop for all “old” buttons; the arrows choose among them.
    press(desk, desk.get_by_role("radio", name="old Edition 2"), "ArrowDown")
    desk.keyboard.press("ArrowDown")
    expect(desk.get_by_role("radio", name="old Edition 1")).to_be_checked()
    desk.keyboard.press("Enter")

    expect(desk.get_by_role("heading", name="Text", exact=True)).to_be_visible()
    expect(desk.locator("ins", has_text="put it out")).to_be_visible()
    expect(desk.locator("h3", has_text="moved")).to_be_visible()
    press(desk, desk.get_by_role("link", name="Restore edition 1"))
    expect(desk.get_by_role("heading", name="Restore edition 1?")).to_be_visible()
    press(desk, desk.get_by_role("button", name="Restore edition 1"))

    expect(desk.get_by_text("Edition 1 is the working copy again.")).to_be_visible()
    expect(desk.get_by_label("Headline:")).to_have_value("Who lit the lamp?")
    assert Article.objects.get().headline == "Who lit the lamp?"


def test_an_edition_is_seen_as_readers_saw_it(desk, article):
    desk.goto(address("history", article.pk))
    desk.get_by_role("link", name="As readers saw it (Edition 1)").click()
    expect(desk.get_by_role("heading", name="Who lit the lamp?")).to_be_visible()
    expect(desk.get_by_text("edition 1", exact=False).first).to_be_visible()

    desk.get_by_label("Another time").fill("2001-01-01T00:00:00")
    desk.get_by_role("button", name="Show").click()
    expect(desk.get_by_role("heading", name="Not published")).to_be_visible()
    desk.get_by_role("link", name="Edition 1, after").click()
    desk.get_by_role("link", name="Edition 2, after").click()
    expect(desk.get_by_role("heading", name="Who put it out?")).to_be_visible()


def test_history_works_without_javascript(browser_of, article):
    page = browser_of(make_user(EDITORS), java_script_enabled=False).new_page()
    page.goto(address("history", article.pk))
    page.get_by_role("radio", name="old Save 1").check()
    page.get_by_role("radio", name="new Save 2").check()
    page.get_by_role("button", name="Compare", exact=True).click()

    expect(page.locator("ins", has_text="put it out")).to_be_visible()


PAGES = {
    "history": lambda pk: address("history", pk),
    "compare": lambda pk: address("compare", pk, **{"from": "e1", "to": "working"}),
    "restore": lambda pk: address("restore", pk, "r1"),
    "as seen": lambda pk: address("as_seen", pk),
    "not yet seen": lambda pk: address("as_seen", pk, at="2001-01-01T00:00"),
    "no moment": lambda pk: address("as_seen", pk, at="nonsense"),
}


@pytest.mark.parametrize("name", PAGES)
def test_page_is_without_fault_to_axe_and_fits_a_phone(desk, article, faultless, name):
    desk.goto(PAGES[name](article.pk))
    faultless(desk, opened=True)
