"""Two browsers on one article: the second to save chooses, and nothing is lost."""

import pytest
from playwright.sync_api import expect

from articles.blocks import TextBlock
from articles.models import Article
from tests.articles.factories import add_block, make_article, make_user
from tests.browser.article_form import change, text_of

LAMP = "<p>The harbour lamp burns each night over the water.</p>"
KITE = "<p>A kite rose over seven hills before anybody woke.</p>"


@pytest.fixture
def article(live_server):
    """An article with two text blocks."""
    article = make_article(text=LAMP, headline="The lamp")
    add_block(article, TextBlock, html=KITE)
    return article


def texts(article):
    return list(
        TextBlock.objects.filter(parent=article).order_by("ordering").values_list("html", flat=True)
    )


def edit_text(page, number, words):
    """Replace the words of a text block, counted from 0."""
    text_of(page).nth(number).click()
    page.keyboard.press("Control+a")
    page.keyboard.type(words)


def save(page):
    page.locator(".submit-row input[name=_continue]").click()


@pytest.fixture
def clash(article, browser_of):
    """The second browser's page, where it has saved an older form; the first has saved."""
    first, second = (
        browser_of(make_user("Editors", username=name)).new_page() for name in ("first", "second")
    )
    for page in (first, second):
        page.goto(change(article))
        expect(text_of(page)).to_have_count(2)
    edit_text(first, 0, "The harbour lamp went out for good over the water.")
    save(first)
    expect(first.locator(".messagelist .success")).to_be_visible()
    edit_text(second, 0, "The harbour lamp burns every single night over the water.")
    edit_text(second, 1, "A kite rose over nine hills before anybody woke.")
    save(second)
    expect(second.get_by_role("heading", name="Somebody else has saved")).to_be_visible()
    return second


def test_both_texts_are_there_and_the_choice_is_saved(clash, article):
    assert "went out" in texts(article)[0], "the first browser's text was overwritten"
    expect(clash.locator("#content")).to_contain_text("first saved “The lamp”")
    lamp = clash.get_by_role("group", name="Text Changed by both of you")
    expect(lamp).to_contain_text("went out for good")
    expect(lamp).to_contain_text("every single night")
    lamp.get_by_label("Keep mine").check()
    # What nobody else touched is mine already.
    kite = clash.get_by_role("group", name="Text", exact=True)
    expect(kite.get_by_label("Keep mine")).to_be_checked()
    clash.get_by_role("button", name="Save the selected texts").click()
    expect(clash.locator(".messagelist .success")).to_contain_text("put together")
    assert ["every single night" in texts(article)[0], "nine hills" in texts(article)[1]] == [
        True,
        True,
    ]
    assert Article.objects.get().version == 2


def test_by_keyboard_both_stay(clash, article):
    lamp = clash.get_by_role("group", name="Text Changed by both of you")
    chosen = lamp.get_by_label("Keep both")
    expect(chosen).to_be_checked()
    clash.locator("input[name=block-0-0]:checked").focus()
    clash.keyboard.press("Enter")
    expect(clash.locator(".messagelist .success")).to_contain_text("put together")
    assert [word in "".join(texts(article)) for word in ("went out", "every single")] == [True] * 2
    assert len(texts(article)) == 3


def test_the_page_that_asks_has_no_accessibility_faults(clash, faultless):
    faultless(clash)
