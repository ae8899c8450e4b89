"""Steps in the article form that several browser tests share."""

from playwright.sync_api import expect

ADD = "/admin/articles/article/add/"
BLOCKS = ".order-machine .inline-related:not(.empty-form)"
KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('desk:text:')).sort()"
KEEP = "document.dispatchEvent(new Event('visibilitychange'))"
IN_ORDER = f"""[...document.querySelectorAll("{BLOCKS}")]
    .sort((a, b) => a.style.order - b.style.order)
    .map((block) => block.querySelector(".ProseMirror[contenteditable]").innerText.trim())"""


def change(article):
    return f"/admin/articles/article/{article.pk}/change/"


def open_form(context, address):
    page = context.new_page()
    page.goto(address)
    return page


def kept(page):
    """The names of the texts in the browser's storage, once the page's scripts have seen to it."""
    page.wait_for_load_state("load")
    return page.evaluate(KEPT)


def text_of(page):
    return page.locator(f"{BLOCKS} .ProseMirror[contenteditable]")


def add_text(page, text):
    """Add a text block at the end and type into it."""
    page.get_by_role("button", name="Add a block at the end").click()
    page.get_by_role("button", name="Text", exact=True).click()
    expect(text_of(page).last).to_be_focused()
    page.keyboard.type(text)


def type_headline(page, headline):
    page.get_by_label("Headline:").fill(headline)


def offers(page):
    return page.get_by_role("region", name="Text that was not saved").get_by_role("listitem")


def crash(page):
    """Keep what is typed, as every few seconds, and end the page without telling it."""
    page.evaluate(KEEP)
    assert kept(page) != []
    page.close()


def bring_back(page):
    offers(page).first.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_text("recovered and not saved yet")).to_be_visible()
