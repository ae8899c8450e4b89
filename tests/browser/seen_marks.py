"""Articles with spoiler boxes, and what a reader’s browser keeps of having seen them."""

import json

from tests.articles.factories import make_live

KEY = "newsroom.seen"
SHOW = "I’ve seen this: always show"
NAME = "The Paper Lighthouse"


def box(inside, season=None, episode=None, **more):
    parts = {"season": season, "episode": episode, **more}
    attributes = "".join(f' data-{name}="{value}"' for name, value in parts.items() if value)
    return f"<spoiler-box{attributes}>{inside}</spoiler-box>"


def write(title, *boxes, **fields):
    """Publish an article about a title; returns its address."""
    fields = {"titles": [title], "spoiler": "marked", **fields}
    text = "<p>Before.</p>" + "<p>Between.</p>".join(boxes) + "<p>After.</p>"
    return make_live(text=text, **fields).get_absolute_url()


def write_all_kinds(title):
    """An article with boxes on S1E3, S2E1, all of season 1, and the series."""
    return write(
        title,
        box("<p>In S1E3.</p>", 1, 3),
        box("<p>In S2E1.</p>", 2, 1),
        box("<p>In season 1.</p>", 1),
        box("<p>In all of it.</p>"),
    )


def see(page, address, summary=0):
    """Open a box of a page and say that it has been seen."""
    page.goto(address)
    page.locator("summary").nth(summary).click()
    page.get_by_label(SHOW).nth(summary).check()


def keep(page, *marks):
    """Put marks into the browser's storage, as lists of work, season and episode."""
    names = ("work", "season", "episode")
    marks = [dict(zip(names, mark, strict=True)) for mark in marks]
    store(page, json.dumps({"version": 1, "marks": marks}))


def store(page, text):
    page.goto("/")
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, text])


def stored(page):
    text = page.evaluate("(key) => localStorage.getItem(key)", KEY)
    return text and json.loads(text)["marks"]


def line(page):
    """The line at the top that says what was opened."""
    return page.locator(".spoiler-notice [role=status]")


def visible(page):
    """Return the visible text of boxes once all scripts have finished."""
    page.evaluate("new Promise((done) => setTimeout(done))")
    return [text for text in page.locator(".spoiler-body > p").all_inner_texts() if "In" in text]
