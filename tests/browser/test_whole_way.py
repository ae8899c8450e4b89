"""From an empty form to a reader with an open spoiler box, all by what people see and press."""

import re
import secrets

from playwright.sync_api import expect

from articles.blocks import TextBlock
from articles.models import Article, Edition
from newsroom.desk.groups import EDITORS, WRITERS
from tests.articles.factories import make_author, make_hub, make_title, make_user

PASSWORD = secrets.token_urlsafe()
SPOILER = "The kite was the signal all along."
NAMED = "Spoilers: The Paper Lighthouse, season 1 episode 12"


def log_in(page, user):
    page.goto("/admin/")
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("tr.model-article").first).to_be_visible()


def choose(page, field, term):
    """Pick the one row that a Select2 field finds for a term."""
    page.locator(f"#{field} + .select2-container").click()
    page.locator(".select2-search__field").last.fill(term)
    page.locator(".select2-results__option", has_text=term).click()
    expect(page.locator(f"#{field} option:checked")).to_contain_text(term)


def write_article(page):
    page.goto("/admin/")
    page.locator("tr.model-article").first.get_by_role("link", name="Articles").click()
    page.get_by_role("link", name="Add article").click()
    page.get_by_label("Headline:").press_sequentially("Who lit the Paper Lighthouse?")
    expect(page.get_by_label("Slug:")).to_have_value("who-lit-the-paper-lighthouse")
    page.get_by_label("Standfirst:").fill("Twelve nights, one lamp and a great many letters.")
    choose(page, "id_hub", "Sci-Fi")
    page.get_by_role("button", name="Add another Byline").click()
    choose(page, "id_bylines-0-author", "Ada Placeholder")
    page.get_by_role("button", name="Add another Title").click()
    choose(page, "id_title_links-0-title", "The Paper Lighthouse")


def write_text(page):
    """Type three paragraphs into a new text block, and put the last two in a spoiler box."""
    page.get_by_role("button", name="Add a block at the end").click()
    page.locator(".plugin-buttons").get_by_role("button", name="Text", exact=True).click()
    text = page.locator(
        ".order-machine .inline-related:not(.empty-form) .ProseMirror[contenteditable]"
    )
    expect(text).to_be_focused()
    for paragraph in ("Nobody saw it coming.", SPOILER):
        page.keyboard.type(paragraph)
        page.keyboard.press("Enter")
    page.keyboard.type("Then the keeper waved.")
    expect(text.locator("p")).to_have_count(3)
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Shift+Home")
    page.get_by_role("button", name="Spoiler box").click()
    dialogue = page.get_by_role("dialog", name="Spoiler box")
    dialogue.get_by_label("Which title does it give away?").select_option("The Paper Lighthouse")
    dialogue.get_by_label("Season").fill("1")
    dialogue.get_by_label("Episode").fill("12")
    dialogue.get_by_role("button", name="Put in a box").click()
    box = text.get_by_role("group", name=NAMED)
    expect(box.locator("p")).to_have_text([SPOILER, "Then the keeper waved."])


def publish(page):
    page.locator("tr.model-article").first.get_by_role("link", name="Articles").click()
    page.get_by_role("link", name="In review", exact=True).click()
    page.get_by_role("link", name="Who lit the Paper Lighthouse?").click()
    page.get_by_role("button", name="Save and publish now").click()
    expect(page.get_by_role("heading", name="Publish this text now?")).to_be_visible()
    assert not Edition.objects.exists(), "the question alone published it"
    page.get_by_role("button", name="Publish now").click()
    expect(page.locator(".messagelist .success").last).to_have_text(
        "Who lit the Paper Lighthouse? is published: edition 1 is live."
    )


def read(page):
    """Find the article from the home page, and open and close the box by keyboard."""
    page.goto("/")
    page.get_by_role("link", name="Who lit the Paper Lighthouse?").click()
    expect(page).to_have_url(re.compile(r"/sci-fi/who-lit-the-paper-lighthouse/$"))
    expect(page.get_by_text("Nobody saw it coming.")).to_be_visible()
    summary = page.locator("summary")
    expect(summary).to_contain_text("The Paper Lighthouse, season 1 episode 12")
    assert_hidden(page)

    press_tab_until_focused(page, summary)
    page.keyboard.press("Enter")
    expect(page.get_by_text(SPOILER)).to_be_visible()
    assert SPOILER in page.locator("main").aria_snapshot()
    page.keyboard.press("Enter")
    expect(page.get_by_text(SPOILER)).to_be_hidden()
    assert_hidden(page)


def assert_hidden(page):
    assert SPOILER in page.content(), "nothing there that could be hidden"
    assert SPOILER not in page.inner_text("body")
    assert SPOILER not in page.locator("body").aria_snapshot()


def press_tab_until_focused(page, element):
    for _ in range(40):
        page.keyboard.press("Tab")
        if element.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError("Tab never reaches the box")


def test_article_goes_from_a_writer_through_an_editor_to_a_reader(live_server, new_context):
    hub = make_hub(name="Sci-Fi", slug="sci-fi")
    title = make_title(name="The Paper Lighthouse", slug="the-paper-lighthouse")
    author = make_author(name="Ada Placeholder", slug="ada-placeholder")
    for number in range(3):  # others, so that the searches have something to leave out
        make_hub(name=f"Other hub {number}")
        make_title(name=f"Other title {number}")
        make_author(name=f"Somebody else {number}")
    writer = make_user(WRITERS, username="writer", password=PASSWORD)
    editor = make_user(EDITORS, username="editor", password=PASSWORD)

    page = new_context().new_page()
    log_in(page, writer)
    write_article(page)
    write_text(page)
    page.get_by_role("button", name="Save and submit for review").click()
    expect(page.locator(".messagelist .success").last).to_contain_text("is in review now")

    article = Article.objects.get()
    assert (article.stage, article.created_by) == (Article.Stage.IN_REVIEW, writer)
    assert (article.hub, article.slug) == (hub, "who-lit-the-paper-lighthouse")
    assert [*article.authors.all(), *article.titles.all()] == [author, title]
    assert (
        f'<spoiler-box data-title="{title.pk}" data-season="1" data-episode="12">'
        f"<p>{SPOILER}</p><p>Then the keeper waved.</p></spoiler-box>"
    ) in TextBlock.objects.get().html

    page = new_context().new_page()
    log_in(page, editor)
    publish(page)
    assert Edition.objects.live().get().created_by == editor

    reader = new_context()
    read(reader.new_page())
    assert reader.cookies() == []
    assert reader.storage_state()["origins"] == []
