"""Nothing that is typed into the article form is lost, and nothing saved is kept."""

import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from articles.blocks import TextBlock
from articles.models import Article
from newsroom.desk.groups import EDITORS
from tests.articles.factories import add_block, make_article, make_user
from tests.browser.article_form import (
    ADD,
    IN_ORDER,
    KEEP,
    add_text,
    bring_back,
    change,
    crash,
    kept,
    offers,
    open_form,
    text_of,
    type_headline,
)

PASSWORD = secrets.token_urlsafe()


@pytest.fixture
def editor(live_server):
    """A member of the Editors, with a password."""
    return make_user(EDITORS, username="ada", password=PASSWORD)


def test_text_survives_a_crash_and_comes_back_with_its_blocks_in_order(browser_of, editor):
    article = make_article(text="<p>First.</p>", headline="Stored")
    add_block(article, TextBlock, html="<p>Third.</p>")
    context = browser_of(editor, timezone_id="Europe/London")
    context.clock.install(time=datetime(2026, 11, 23, 14, 32, tzinfo=ZoneInfo("Europe/London")))
    page = open_form(context, change(article))
    type_headline(page, "Typed before the crash")
    add_text(page, "Second.")
    page.get_by_role("button", name="Move Text up").last.click()
    context.clock.fast_forward(3000)
    expect(page.get_by_text("Kept in this browser at 14:32")).to_be_visible()
    page.close()
    context.clock.fast_forward(5 * 60 * 1000)

    page = open_form(context, change(article))
    expect(offers(page)).to_have_count(1)
    expect(offers(page).locator("p")).to_have_text(
        "Text from 23 November, 14:32 (5 minutes ago) was not saved. It is kept in this browser."
    )
    expect(page.get_by_label("Headline:")).to_have_value("Stored")
    bring_back(page)
    expect(page.get_by_text("This is your text of 14:32")).to_be_visible()
    expect(page.get_by_label("Headline:")).to_have_value("Typed before the crash")
    expect(text_of(page)).to_have_count(3)
    assert page.evaluate(IN_ORDER) == ["First.", "Second.", "Third."]
    assert Article.objects.get().headline == "Stored"
    assert TextBlock.objects.count() == 2
    expect(offers(page)).to_have_count(0)
    assert len(kept(page)) == 1, "the old text goes when the page keeps the same"

    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator(".messagelist .success").last).to_contain_text("was changed successfully")
    assert kept(page) == []
    expect(text_of(page)).to_have_count(3)
    assert page.evaluate(IN_ORDER) == ["First.", "Second.", "Third."]
    assert Article.objects.get().headline == "Typed before the crash"
    assert list(TextBlock.objects.order_by("ordering").values_list("html", flat=True)) == [
        "<p>First.</p>",
        "<p>Second.</p>",
        "<p>Third.</p>",
    ]


def test_brought_back_text_survives_the_next_crash(browser_of, editor):
    article = make_article()
    context = browser_of(editor)
    page = open_form(context, change(article))
    type_headline(page, "Typed once")
    crash(page)
    page = open_form(context, change(article))
    bring_back(page)
    page.close()

    page = open_form(context, change(article))
    expect(offers(page)).to_have_count(1)
    bring_back(page)
    expect(page.get_by_label("Headline:")).to_have_value("Typed once")


def test_text_of_an_article_that_was_never_saved_comes_back(browser_of, editor):
    context = browser_of(editor)
    page = open_form(context, ADD)
    type_headline(page, "Who lit the lamp?")
    add_text(page, "Nobody saw it coming.")
    crash(page)

    page = open_form(context, ADD)
    expect(offers(page).locator("p")).to_contain_text("“Who lit the lamp?”, was not saved")
    bring_back(page)
    assert not Article.objects.exists()
    expect(page.get_by_label("Headline:")).to_have_value("Who lit the lamp?")
    expect(text_of(page)).to_have_text("Nobody saw it coming.")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator(".messagelist .success")).to_contain_text("was added successfully")
    assert kept(page) == []
    assert TextBlock.objects.get().html == "<p>Nobody saw it coming.</p>"


@pytest.mark.parametrize(
    "name",
    [
        "Save",
        "Save and continue editing",
        "Save and add another",
        "Save and preview",
        "Save and submit for review",
        "Save and publish now",
    ],
)
def test_what_is_saved_is_kept_no_longer(browser_of, editor, name):
    article = make_article()
    page = open_form(browser_of(editor), change(article))
    type_headline(page, "Saved")
    page.evaluate(KEEP)
    assert len(kept(page)) == 1

    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).last.click()

    assert kept(page) == []
    assert Article.objects.get().headline == "Saved"
    assert "desk-saved" not in {cookie["name"] for cookie in page.context.cookies()}


def test_text_sent_after_the_session_ended_is_offered_after_logging_in(browser_of, editor):
    article = make_article(headline="Stored")
    context = browser_of(editor)
    page = open_form(context, change(article))
    type_headline(page, "Typed all night")
    context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save and continue editing").click()

    page.get_by_label("Username").fill(editor.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_label("Headline:")).to_have_value("Stored")
    bring_back(page)
    expect(page.get_by_label("Headline:")).to_have_value("Typed all night")


@pytest.mark.parametrize("failure", ["server error", "no connection"])
def test_text_that_could_not_be_saved_is_offered_again(
    browser_of, editor, expected_problems, failure
):
    expected_problems += ["status 500", "request failed"]
    article = make_article()
    context = browser_of(editor)
    page = open_form(context, change(article))

    def fail(route):
        if route.request.method != "POST":
            route.continue_()
        elif failure == "server error":
            route.fulfill(status=500, body="Server error")
        else:
            route.abort("connectionreset")

    page.route("**/change/", fail)
    type_headline(page, "Typed in vain")
    with page.expect_event(
        "requestfinished" if failure == "server error" else "requestfailed",
        lambda request: request.method == "POST",
    ):
        page.get_by_role("button", name="Save and continue editing").click(no_wait_after=True)
    page.unroute_all()

    page = open_form(context, change(article))
    expect(offers(page)).to_have_count(1)
    bring_back(page)
    expect(page.get_by_label("Headline:")).to_have_value("Typed in vain")


def test_form_that_comes_back_with_faults_keeps_its_text_and_offers_nothing(browser_of, editor):
    article = make_article()
    context = browser_of(editor)
    page = open_form(context, change(article))
    add_text(page, "Typed before the fault.")
    type_headline(page, "")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator(".errornote")).to_be_visible()
    expect(text_of(page).last).to_have_text("Typed before the fault.")

    expect(page.get_by_text("Kept in this browser")).to_be_visible()
    expect(offers(page)).to_have_count(0)
    assert len(kept(page)) == 1

    crash(page)
    page = open_form(context, change(article))
    bring_back(page)
    expect(text_of(page).last).to_have_text("Typed before the fault.")


def test_text_is_shown_to_nobody_else_who_uses_the_browser(browser_of, editor):
    article = make_article()
    context = browser_of(editor)
    page = open_form(context, change(article))
    type_headline(page, "Ada's")
    crash(page)

    context.log_in(make_user(EDITORS))
    page = open_form(context, change(article))
    type_headline(page, "Somebody else's")
    page.evaluate(KEEP)
    expect(page.get_by_text("Kept in this browser")).to_be_visible()
    expect(offers(page)).to_have_count(0)
    assert len(kept(page)) == 2
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator(".messagelist .success").last).to_be_visible()
    expect(offers(page)).to_have_count(0)
    assert len(kept(page)) == 1

    context.log_in(editor)
    expect(offers(open_form(context, change(article)))).to_have_count(1)
