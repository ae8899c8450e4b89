"""“I’ve seen this” where the browser keeps rubbish, keeps nothing or runs no script."""

import json

import pytest
from playwright.sync_api import expect

from tests.articles.factories import make_title
from tests.browser.seen_marks import NAME, SHOW, see, store, stored, visible, write_all_kinds


@pytest.fixture
def title(live_server):
    return make_title(name=NAME)


@pytest.fixture
def article(title):
    return write_all_kinds(title)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        '"x"',
        '{"version": 1}',
        '{"version": 1, "marks": {"a": 1}}',
        '{"version": 1, "marks": [null, 1, "x", {}, {"work": "1"}, {"work": -1, "season": 1}]}',
        '{"version": 2, "marks": [{"work": WORK, "season": 9}]}',
    ],
)
def test_rubbish_in_the_storage_opens_nothing_and_is_got_over(page, title, article, text):
    store(page, text.replace("WORK", str(title.pk)))

    see(page, article, summary=2)

    assert visible(page) == ["In S1E3.", "In season 1."]
    assert stored(page) == [{"work": title.pk, "season": 1, "episode": None, "name": NAME}]


def test_rubbish_in_a_mark_makes_it_reach_no_farther(page, title, article):
    """Of a mark's season and episode, what is no number is as if it weren't there."""
    marks = [{"work": title.pk, "season": "9", "episode": 1.5}, {"work": title.pk, "episode": 1e9}]
    store(page, json.dumps({"version": 1, "marks": marks}))

    page.goto(article)

    assert visible(page) == ["In all of it."]


def test_without_storage_boxes_open_and_close_and_no_mark_is_offered(page, article):
    page.add_init_script(
        """Object.defineProperty(window, "localStorage", {
            get() { throw new DOMException("Denied.", "SecurityError"); },
        })"""
    )
    page.goto(article)
    page.locator("summary").first.click()

    assert visible(page) == ["In S1E3."]
    expect(page.get_by_role("checkbox")).to_have_count(0)


def test_full_storage_is_owned_up_to(page, article):
    page.add_init_script(
        """Storage.prototype.setItem = () => {
            throw new DOMException("Full.", "QuotaExceededError");
        }"""
    )
    page.goto(article)
    page.locator("summary").nth(2).click()
    page.get_by_label(SHOW).nth(2).click()

    expect(page.get_by_text("This browser refuses to keep it.")).to_be_visible()
    expect(page.get_by_label(SHOW).nth(2)).not_to_be_checked()
    assert visible(page) == ["In season 1."]


def test_without_scripts_boxes_open_and_close_and_no_mark_is_offered(new_page, article):
    page = new_page(java_script_enabled=False)
    page.goto(article)
    summary, secret = page.locator("summary").first, page.get_by_text("In S1E3.")
    expect(secret).to_be_hidden()
    summary.press("Enter")
    expect(secret).to_be_visible()
    expect(page.get_by_role("checkbox")).to_have_count(0)
    expect(page.get_by_text(SHOW)).to_have_count(0)
    summary.click()
    expect(secret).to_be_hidden()
    page.close()  # or the harness would wait for a timer in it, and none runs there
