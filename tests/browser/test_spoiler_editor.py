"""The article form in a real browser: spoiler boxes, pasting, blocks and their order, lengths."""

import re

import pytest
from playwright.sync_api import expect

from articles.blocks import PullQuoteBlock, TextBlock
from articles.models import Article
from newsroom.desk.groups import EDITORS
from tests.articles.factories import add_block, make_article, make_title, make_user

BOX = '<spoiler-box data-season="1"><p>The keeper did it.</p></spoiler-box>'
SELECT_INTO_THE_BOX = """(editor) => {
    const [before, inside] = editor.querySelectorAll("p");
    getSelection().setBaseAndExtent(before.firstChild, 0, inside.firstChild, 4);
}"""
GOOGLE_DOCS = (
    '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-7d3f">'
    '<p dir="ltr" style="line-height:1.38;margin-top:0pt;">'
    '<span style="font-size:11pt;font-weight:400;font-style:normal;">Plain, </span>'
    '<span style="font-size:11pt;font-weight:700;font-style:normal;">bold</span>'
    '<span style="font-size:11pt;font-weight:400;font-style:italic;"> and slanted</span>'
    "</p></b>"
)


@pytest.fixture
def desk(browser_of):
    """A function that opens an article's form for an editor."""

    def desk(article):
        page = browser_of(make_user(EDITORS)).new_page()
        page.goto(f"/admin/articles/article/{article.pk}/change/")
        return page

    return desk


def text_of(page):
    """The text editor of the article's only text block."""
    return page.locator(
        ".order-machine .inline-related:not(.empty-form) .ProseMirror[contenteditable]"
    )


def add_text(page):
    """Add a text block at the end; the caret is in it then."""
    page.get_by_role("button", name="Add a block at the end").click()
    page.get_by_role("button", name="Text", exact=True).click()
    expect(text_of(page).last).to_be_focused()


def boxes(page):
    return page.locator(".ProseMirror[contenteditable] .spoiler-box")


def save(page):
    # The page that is left may say the same of the save before.
    with page.expect_navigation():
        page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator(".messagelist .success").last).to_contain_text("was changed successfully")


def stored():
    return TextBlock.objects.get().html


def test_box_is_made_filled_and_left_with_the_keyboard_alone(desk):
    title = make_title(name="The Paper Lighthouse")
    page = desk(make_article(text=None, titles=[title]))

    add_text(page)
    page.keyboard.type("The keeper did it.")
    page.keyboard.press("Control+Alt+x")
    expect(page.get_by_role("dialog", name="Spoiler box")).to_be_visible()
    for key in ("Tab", "Tab", "2", "Tab", "5"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Spoiler box")).to_be_hidden()
    expect(boxes(page).locator(".spoiler-box__summary")).to_have_text(
        "Spoilers: The Paper Lighthouse, season 2 episode 5"
    )

    expect(text_of(page)).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # on an empty paragraph: leaves the box
    page.keyboard.type("Everybody may read this.")
    save(page)

    assert stored() == (
        '<spoiler-box data-season="2" data-episode="5"><p>The keeper did it.</p></spoiler-box>'
        "<p>Everybody may read this.</p>"
    )


def test_box_is_edited(desk):
    page = desk(make_article(text=BOX))

    page.get_by_role("button", name="Edit the spoiler box").click()
    dialogue = page.get_by_role("dialog", name="Spoiler box")
    expect(dialogue.get_by_label("Season")).to_have_value("1")
    dialogue.get_by_label("Season").fill("3")
    dialogue.get_by_label("Episode").fill("4")
    dialogue.get_by_role("button", name="Update the box").click()
    expect(boxes(page).locator(".spoiler-box__summary")).to_have_text(
        "Spoilers: season 3 episode 4"
    )
    save(page)

    assert 'data-season="3" data-episode="4"' in stored()


def test_cancelled_dialogue_changes_nothing(desk):
    page = desk(make_article(text=BOX))

    page.get_by_role("button", name="Edit the spoiler box").click()
    dialogue = page.get_by_role("dialog", name="Spoiler box")
    dialogue.get_by_label("Season").fill("3")
    dialogue.get_by_role("button", name="Cancel").click()
    expect(dialogue).to_be_hidden()
    expect(boxes(page).locator(".spoiler-box__summary")).to_have_text("Spoilers: season 1")
    save(page)

    assert stored() == BOX


def test_removed_box_keeps_its_text_and_undo_brings_the_box_back(desk):
    page = desk(make_article(text=BOX))

    page.get_by_role("button", name="Remove the spoiler box").click()
    expect(boxes(page)).to_have_count(0)
    expect(text_of(page)).to_have_text("The keeper did it.")
    page.keyboard.press("Control+z")
    expect(boxes(page)).to_have_count(1)
    save(page)
    assert stored() == BOX

    page.get_by_role("button", name="Remove the spoiler box").click()
    save(page)
    assert stored() == "<p>The keeper did it.</p>"


def test_dialogue_offers_the_forms_titles_and_finds_others(desk):
    chosen = make_title(name="Chosen Just Now")
    other = make_title(name="Some Other Work")
    page = desk(make_article(text="<p>The keeper did it.</p>"))

    page.get_by_role("button", name="Add another Title").click()
    page.locator("#id_title_links-0-title + .select2-container").click()
    page.locator(".select2-search__field").last.fill("Chosen")
    page.locator(".select2-results__option", has_text="Chosen Just Now").click()

    text_of(page).click()
    page.get_by_role("button", name="Spoiler box", exact=True).click()
    dialogue = page.get_by_role("dialog", name="Spoiler box")
    offered = dialogue.get_by_label("Which title does it give away?")
    expect(offered.locator("option")).to_have_text(["The article's first title", "Chosen Just Now"])
    expect(dialogue.locator(".spoiler-dialog__preview")).to_contain_text(
        "Spoilers: Chosen Just Now"
    )

    search = dialogue.get_by_label("Search another title…")
    search.fill("Nobody's work")
    expect(dialogue.get_by_role("status")).to_have_text("No title found.")
    search.fill("Some Other")
    expect(dialogue.get_by_role("status")).to_contain_text("1 title added")
    search.press("Enter")
    expect(offered).to_have_value(str(other.pk))
    dialogue.get_by_role("button", name="Put in a box").click()
    expect(boxes(page).locator(".spoiler-box__summary")).to_have_text("Spoilers: Some Other Work")
    save(page)

    assert stored() == (
        f'<spoiler-box data-title="{other.pk}"><p>The keeper did it.</p></spoiler-box>'
    )
    assert list(Article.objects.get().titles.all()) == [chosen]


def test_own_label_stands_in_for_title_and_numbers(desk):
    page = desk(make_article(text="<p>The keeper did it.</p>"))

    text_of(page).click()
    page.keyboard.press("Control+Alt+x")
    dialogue = page.get_by_role("dialog", name="Spoiler box")
    dialogue.get_by_label("Season").fill("2")
    dialogue.get_by_label("Own label").fill('The "secret" of the lamp')
    expect(dialogue.locator(".spoiler-dialog__preview")).to_have_text(
        'Readers will see: Spoilers: The "secret" of the lamp'
    )
    dialogue.get_by_role("button", name="Put in a box").click()
    expect(boxes(page).locator(".spoiler-box__summary")).to_have_text(
        'Spoilers: The "secret" of the lamp'
    )
    save(page)

    assert 'data-label="The &quot;secret&quot; of the lamp"' in stored()
    expect(boxes(page).locator(".spoiler-box__summary")).to_have_text(
        'Spoilers: The "secret" of the lamp'
    )


def test_pasted_google_docs_text_keeps_bold_and_italic_and_no_more(desk):
    page = desk(make_article(text=None))

    add_text(page)
    page.keyboard.type("Before.")
    page.keyboard.press("Enter")
    text_of(page).evaluate(
        """(element, html) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/html", html);
            const how = { clipboardData, bubbles: true, cancelable: true };
            element.dispatchEvent(new ClipboardEvent("paste", how));
        }""",
        GOOGLE_DOCS,
    )
    expect(text_of(page).locator("p").nth(1)).to_have_text("Plain, bold and slanted")
    save(page)

    assert stored() == "<p>Before.</p><p>Plain, <strong>bold</strong><em> and slanted</em></p>"


def test_box_in_an_unflagged_article_raises_its_flag_and_says_so(desk):
    page = desk(make_article(text=BOX))
    expect(page.get_by_label("Spoiler flag:")).to_have_value("none")

    page.get_by_role("button", name="Save and continue editing").click()

    expect(page.locator(".messagelist .info")).to_have_text(
        "The text has a spoiler box, so the spoiler flag was set to “Marked in the text”."
    )
    expect(page.get_by_label("Spoiler flag:")).to_have_value("marked")
    assert Article.objects.get().spoiler == "marked"


def test_lengths_are_counted_while_typing(desk):
    page = desk(make_article(seo_title="Four"))
    count = page.locator("#id_seo_title_length")
    expect(count).to_be_hidden()

    page.locator("fieldset summary", has_text="Search engines").click()
    expect(count).to_have_text("4 of about 60 characters")
    page.get_by_label("SEO title").fill("x" * 60)
    expect(count).to_have_text("60 of about 60 characters")
    expect(count).not_to_have_class(re.compile("length-hint--over"))
    page.get_by_label("SEO title").press_sequentially("yz")
    expect(count).to_have_text("62 of about 60 characters: 2 more than will surely be shown")
    expect(count).to_have_class(re.compile("length-hint--over"))

    page.get_by_label("SEO description").fill("One sentence.")
    expect(page.locator("#id_seo_description_length")).to_have_text("13 of about 155 characters")


# Blocks


@pytest.fixture
def three_blocks():
    article = make_article(text="<p>First.</p>")
    add_block(article, PullQuoteBlock, text="Second.")
    add_block(article, TextBlock, html="<p>Third.</p>")
    return article


def headings(page):
    return page.locator(".order-machine .inline-related:not(.empty-form) > h3")


def saved_order(article):
    rows = [
        *TextBlock.objects.filter(parent=article).values_list("ordering", "html"),
        *PullQuoteBlock.objects.filter(parent=article).values_list("ordering", "text"),
    ]
    return [re.sub("<.*?>", "", text) for _, text in sorted(rows)]


def test_blocks_are_put_in_another_order_by_dragging(desk, three_blocks):
    page = desk(three_blocks)
    quote = headings(page).filter(has_text="Pull quote")
    assert saved_order(three_blocks) == ["First.", "Second.", "Third."]
    # An editor that appears meanwhile would move the place where the block is dropped.
    expect(text_of(page).last).to_be_visible()
    expect(quote).to_have_attribute("draggable", "true")

    quote.drag_to(headings(page).first, target_position={"x": 120, "y": 4})
    save(page)

    assert saved_order(three_blocks) == ["Second.", "First.", "Third."]


def test_blocks_are_put_in_another_order_by_buttons(desk, three_blocks):
    page = desk(three_blocks)
    last = page.locator(".inline-related:not(.empty-form)", has_text="Third.")

    last.get_by_role("button", name="Move Text up").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="block")).to_have_text("Text is block 2 of 3")
    expect(last.get_by_role("button", name="Move Text up")).to_be_focused()
    save(page)
    assert saved_order(three_blocks) == ["First.", "Third.", "Second."]

    page.get_by_role("button", name="Move Pull quote up").click()
    page.get_by_role("button", name="Move Pull quote up").click()
    page.get_by_role("button", name="Move Pull quote up").click()  # it's the first by now
    save(page)
    assert saved_order(three_blocks) == ["Second.", "First.", "Third."]


def test_block_is_added_with_the_keyboard_alone(desk, three_blocks):
    page = desk(three_blocks)

    quote = page.locator(".inline-related:not(.empty-form)", has_text="Pull quote")
    quote.get_by_role("button", name="Add a block here").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Text", exact=True)).to_be_focused()
    page.keyboard.press("Space")
    expect(text_of(page)).to_have_count(3)
    expect(text_of(page).and_(page.locator(":focus"))).to_have_count(1)
    page.keyboard.type("Between.")
    save(page)

    assert saved_order(three_blocks) == ["First.", "Between.", "Second.", "Third."]


def test_enter_in_a_field_saves_and_takes_no_step(desk):
    article = make_article()
    page = desk(article)

    page.get_by_label("Headline:").fill("Another headline")
    page.get_by_label("Headline:").press("Enter")
    expect(page.locator(".messagelist .success").last).to_contain_text("was changed successfully")

    article.refresh_from_db()
    assert (article.headline, article.stage) == ("Another headline", Article.Stage.DRAFT)
    expect(page).to_have_url(re.compile(rf"/{article.pk}/change/"))


def test_selection_that_cuts_through_a_box_cannot_be_overtyped(desk):
    page = desk(make_article(text=f"<p>Before the end.</p>{BOX}"))
    text = text_of(page)
    text.click()
    text.evaluate(SELECT_INTO_THE_BOX)
    page.wait_for_function(
        """() => {
            const { doc, selection } = document
                .querySelector(".ProseMirror[contenteditable]").editor.state;
            return doc.textBetween(selection.from, selection.to, "|") === "Before the end.|The ";
        }"""
    )

    page.keyboard.type("x")
    page.keyboard.press("Delete")

    expect(page.get_by_text("This would cut a spoiler box in two.")).to_be_visible()
    save(page)
    assert stored() == f"<p>Before the end.</p>{BOX}"
