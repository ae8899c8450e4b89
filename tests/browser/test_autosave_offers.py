"""Which kept text is offered, to whom and when, and what becomes of it."""

import json

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from articles.blocks import PullQuoteBlock, SpoilerStartBlock, TextBlock
from articles.models import Article
from newsroom.desk.groups import EDITORS
from tests.articles.factories import (
    add_block,
    make_article,
    make_author,
    make_title,
    make_topic,
    make_user,
)
from tests.browser.article_form import (
    ADD,
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

# What the editor would write otherwise, were it touched.
ODD = "<p>One</p>\n\n<p>two <b>three</b><br/></p><spoiler-box><p>four</p></spoiler-box><p></p>"
FULL = """const write = Storage.prototype.setItem;
Storage.prototype.setItem = function (key, value) {
    if (key.startsWith("desk:text:") && (window.full ?? true))
        throw new DOMException("Full", "QuotaExceededError");
    write.call(this, key, value);
}"""
DISABLED = """Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("Disabled", "SecurityError"); }
})"""
DAY = 24 * 60 * 60 * 1000


@pytest.fixture
def editor(live_server):
    """A member of the Editors."""
    return make_user(EDITORS)


def settle(page):
    """Wait until the page waits for no other page's lock any more."""
    page.evaluate("""async () => {
        while ((await navigator.locks.query()).pending.length)
            await new Promise(requestAnimationFrame);
    }""")


def put(page, name, days=0, **fields):
    """Keep a text that is some days old, as another page would have."""
    time = timezone.now().timestamp() * 1000 - days * DAY
    value = json.dumps({"time": time, "entries": list(fields.items())})
    page.evaluate("([name, value]) => localStorage.setItem(name, value)", [name, value])


def test_form_that_is_only_opened_and_left_keeps_nothing(browser_of, editor):
    title = make_title()
    article = make_article(
        text=ODD, titles=[title], authors=[make_author(), make_author()], topics=[make_topic()]
    )
    add_block(article, PullQuoteBlock, text="Quoted\r\nquoted.")
    add_block(article, SpoilerStartBlock, title=title, season=2)
    page = open_form(browser_of(editor), change(article))
    for address in (change(article), ADD, change(article)):
        page.goto(address)
        page.locator("h1").first.click()
        if address != ADD:
            expect(text_of(page)).to_be_visible()
            text_of(page).click()
        page.evaluate(KEEP)
    page.reload()

    assert kept(page) == []
    expect(page.locator("[data-autosave-state]")).to_be_empty()


def test_text_that_is_typed_and_taken_back_is_kept_no_longer(browser_of, editor):
    page = open_form(browser_of(editor), change(make_article(headline="Stored")))
    type_headline(page, "Typed")
    page.evaluate(KEEP)
    assert len(kept(page)) == 1

    type_headline(page, "Stored")
    page.evaluate(KEEP)
    assert kept(page) == []


def test_text_of_another_tab_is_offered_only_when_that_is_gone(browser_of, editor):
    article = make_article()
    context = browser_of(editor)
    other = open_form(context, change(article))
    type_headline(other, "Typed in the other tab")
    other.evaluate(KEEP)

    page = open_form(context, change(article))
    settle(page)
    expect(offers(page)).to_have_count(0)
    assert len(kept(page)) == 1

    other.close()
    page.reload()
    expect(offers(page)).to_have_count(1)


def test_text_that_another_tab_saves_is_kept_no_longer(browser_of, editor):
    article = make_article()
    context = browser_of(editor)
    other = open_form(context, change(article))
    type_headline(other, "Typed in the other tab")
    other.evaluate(KEEP)
    page = open_form(context, ADD)
    type_headline(page, "Another article")
    page.evaluate(KEEP)
    assert len(kept(page)) == 2

    with other.expect_navigation():
        other.get_by_role("button", name="Save and continue editing").click()
    assert len(kept(page)) == 1
    with page.expect_navigation():
        page.get_by_role("button", name="Save and continue editing").click()
    assert kept(page) == []


def test_text_is_thrown_away_after_a_question(browser_of, editor):
    article = make_article()
    context = browser_of(editor)
    for headline in ("Older", "Newer"):
        page = open_form(context, change(article))
        type_headline(page, headline)
        crash(page)
    page = open_form(context, change(article))
    expect(offers(page)).to_have_count(2)

    offers(page).first.get_by_role("button", name="Throw it away").click()
    question = page.get_by_role("dialog", name="Throw away the text")
    question.get_by_role("button", name="Keep it").click()
    expect(question).to_have_count(0)
    expect(offers(page)).to_have_count(2)

    offers(page).first.get_by_role("button", name="Throw it away").click()
    question.get_by_role("button", name="Throw it away for good").click()
    expect(offers(page)).to_have_count(1)
    expect(offers(page).get_by_role("button", name="Bring it back")).to_be_focused()
    assert len(kept(page)) == 1
    bring_back(page)
    expect(page.get_by_label("Headline:")).to_have_value("Older")  # newest is first


def test_typing_goes_on_while_older_text_is_offered(browser_of, editor):
    article = make_article()
    context = browser_of(editor)
    page = open_form(context, change(article))
    type_headline(page, "Older")
    crash(page)
    page = open_form(context, change(article))
    expect(offers(page)).to_have_count(1)
    type_headline(page, "Typed before looking up")
    bring_back(page)

    expect(page.get_by_label("Headline:")).to_have_value("Older")
    expect(offers(page)).to_have_count(1)
    bring_back(page)
    expect(page.get_by_label("Headline:")).to_have_value("Typed before looking up")


def test_text_that_is_stored_by_now_is_not_offered(browser_of, editor):
    """The save came through, its answer did not."""
    article = make_article()
    context = browser_of(editor)
    page = open_form(context, change(article))
    type_headline(page, "Typed")
    add_text(page, "New.")
    crash(page)
    Article.objects.update(headline="Typed")
    add_block(article, TextBlock, html="<p>New.</p>")

    page = open_form(context, change(article))
    settle(page)
    expect(offers(page)).to_have_count(0)
    assert kept(page) == []


def test_text_of_blocks_deleted_meanwhile_is_brought_back(browser_of, editor):
    article = make_article(text="<p>Stored.</p>")
    add_block(article, PullQuoteBlock, text="Quoted.")
    context = browser_of(editor)
    page = open_form(context, change(article))
    text_of(page).click()
    page.keyboard.type("Typed. ")
    crash(page)
    TextBlock.objects.all().delete()
    PullQuoteBlock.objects.all().delete()

    page = open_form(context, change(article))
    bring_back(page)
    expect(text_of(page)).to_contain_text("Typed.")
    expect(page.locator("[name$='-0-text']").first).to_have_value("Quoted.")


def test_old_texts_are_dropped_whosever_they_are(browser_of, editor):
    article = make_article()
    page = open_form(browser_of(editor), "/admin/")
    mine = f"desk:text:{editor.pk}:{article.pk}:"
    for name in (mine, "desk:text:77:88:"):
        put(page, f"{name}young", days=29, headline="Young")
        put(page, f"{name}old", days=31, headline="Old")
    page.evaluate("localStorage.setItem('desk:text:77:88:broken', '{')")
    page.evaluate("localStorage.setItem('other:text:1:2:x', '{')")

    page.goto(change(article))
    expect(offers(page)).to_have_count(1)
    assert kept(page) == sorted([f"{mine}young", "desk:text:77:88:young"])
    assert page.evaluate("localStorage.getItem('other:text:1:2:x')") == "{"


def test_browser_without_room_says_so_and_asks_before_leaving(browser_of, editor):
    context = browser_of(editor)
    context.add_init_script(FULL)
    article = make_article()
    page = open_form(context, change(article))
    warning = page.locator("[data-autosave-state]")
    expect(warning).to_have_text("This browser can't keep your text: save often.")
    expect(page.get_by_role("status").filter(has_text="save often")).to_have_count(1)
    page.goto(change(article))  # nothing typed: nobody asks

    page.get_by_label("Headline:").click()
    page.keyboard.type("Typed ")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.close(run_before_unload=True)
    expect(page.get_by_label("Headline:")).to_be_visible()
    assert asked == ["beforeunload"]

    page.evaluate("window.full = false")
    page.evaluate(KEEP)
    expect(warning).to_contain_text("Kept in this browser at")
    assert len(kept(page)) == 1
    with page.expect_navigation():
        page.get_by_role("button", name="Save and continue editing").click()
    assert asked == ["beforeunload"]
    assert kept(page) == []


def test_saving_asks_nothing_where_nothing_can_be_kept(browser_of, editor):
    context = browser_of(editor)
    context.add_init_script(FULL)
    page = open_form(context, change(make_article()))
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_label("Headline:").click()
    page.keyboard.type("Typed ")
    with page.expect_navigation():
        page.get_by_role("button", name="Save and continue editing").click()

    assert asked == []
    assert "Typed" in Article.objects.get().headline


def test_form_works_where_storage_is_switched_off(browser_of, editor, expected_problems):
    expected_problems += ["Disabled"]  # the content editor's own
    context = browser_of(editor)
    context.add_init_script(DISABLED)
    page = open_form(context, change(make_article()))
    expect(page.locator("[data-autosave-state]")).to_contain_text("can't keep your text")
    type_headline(page, "Saved")
    with page.expect_navigation():
        page.get_by_role("button", name="Save and continue editing").click()

    assert Article.objects.get().headline == "Saved"


def test_offers_and_their_question_have_no_fault(browser_of, editor, faultless):
    article = make_article()
    context = browser_of(editor)
    page = open_form(context, "/admin/")
    for number in range(2):
        name = f"desk:text:{editor.pk}:{article.pk}:{number}"
        put(page, name, days=number, headline=f"Headline {number}")
    page.goto(change(article))
    expect(offers(page)).to_have_count(2)
    type_headline(page, "Typed")
    page.evaluate(KEEP)
    expect(page.locator("[data-autosave-state]")).to_contain_text("Kept in this browser")
    faultless(page)

    offers(page).first.get_by_role("button", name="Throw it away").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    faultless(page)
    page.keyboard.press("Escape")

    bring_back(page)
    faultless(page)
