"""A reader's page without scripts, in print, on a small screen, by keyboard, and its size."""

import gzip

import pytest
from playwright.sync_api import expect

from articles.blocks import AdvertSlotBlock, PhotoBlock, PullQuoteBlock, TextBlock
from articles.models import Article, Edition
from articles.publishing import publish as publishing
from newsroom.static_files import minify_css
from tests.articles.factories import (
    add_block,
    make_article,
    make_author,
    make_hub,
    make_photo,
    make_title,
    make_topic,
)

SPOILER = "The keeper lit it himself."
LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung"
MOST_REQUESTS = 4
MOST_BYTES = 16 * 1024
LEAST_TARGET = 24


@pytest.fixture
def demo(live_server, fill_demo):
    """The demo newsroom; returns the edition of its main article."""
    fill_demo()
    return Edition.objects.live().get(headline__icontains="all of us are dead")


@pytest.fixture
def edition(live_server):
    """A small live article with a box, in a hub with a colour."""
    title = make_title(name="The Paper Lighthouse")
    title.availability.create(service="Streamer", url="https://streamer.example/")
    article = make_article(
        hub=make_hub(name="Sci-Fi", slug="sci-fi", accent="amber"),
        headline="Who lit the Paper Lighthouse?",
        standfirst="Twelve nights and one lamp.",
        spoiler="marked",
        titles=[title],
        authors=[make_author(name="Ada", role="Editor")],
        topics=[make_topic(name="Endings")],
        photo=make_photo(caption="A lamp."),
        text='<p>Nobody knew it, says <a href="/">a page</a> of ours.</p>'
        f'<spoiler-box data-season="1"><p>{SPOILER}</p></spoiler-box>'
        "<p>So much for now.</p>",
    )
    make_hub(name="Games", slug="games")
    return publishing.publish(article, by=None)


# Without scripts, and on paper


@pytest.fixture
def plain_page(new_page):
    """The page of a browser without scripts."""
    page = new_page(java_script_enabled=False)
    yield page
    page.close()  # or the harness would wait for a timer in it, and none runs there


def test_box_opens_and_closes_without_scripts(plain_page, edition):
    page = plain_page
    page.goto(edition.get_absolute_url())
    secret, summary = page.get_by_text(SPOILER), page.locator("summary")
    expect(page.get_by_role("heading", level=1)).to_have_text(edition.headline)
    expect(page.get_by_text("So much for now.")).to_be_visible()
    expect(secret).to_be_hidden()

    summary.press("Enter")
    expect(secret).to_be_visible()
    summary.press("Enter")
    expect(secret).to_be_hidden()

    summary.click()
    expect(secret).to_be_visible()
    summary.click()
    expect(secret).to_be_hidden()


def test_front_leads_to_the_article_without_scripts(plain_page, edition):
    page = plain_page
    page.goto("/")
    page.get_by_role("navigation", name="Hubs", exact=True).get_by_text("Sci-Fi").click()

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("link", name=edition.headline).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(edition.headline)


def test_closed_box_stays_closed_on_paper(page, edition):
    page.goto(edition.get_absolute_url())
    page.emulate_media(media="print")

    expect(page.get_by_text("So much for now.")).to_be_visible()
    expect(page.locator("summary")).to_contain_text("The Paper Lighthouse, season 1")
    expect(page.get_by_text(SPOILER)).to_be_hidden()


PALE_ON_PAPER = """() => {
    const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const onWhite = (colour) => {
        const [r, g, b] = colour.match(/[\\d.]+/g).map((part) => linear(part / 255));
        return 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05);
    };
    const hasText = ({ nodeType, data }) => nodeType === Node.TEXT_NODE && data.trim();
    return [...document.querySelectorAll("body *")]
        .filter((element) => [...element.childNodes].some(hasText) && element.checkVisibility())
        .filter((element) => onWhite(getComputedStyle(element).color) < 4.5)
        .map((element) => `${element.tagName} ${element.className}: ${element.textContent}`);
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_text_on_paper_is_dark_on_white(new_page, edition, theme):
    """Browsers leave out backgrounds when printing: no text may count on one."""
    page = new_page(color_scheme=theme)
    for path in ("/", edition.get_absolute_url(), "/sci-fi/"):
        page.goto(path)
        page.emulate_media(media="print", color_scheme=theme)

        expect(page.locator("main")).to_contain_text(edition.headline)
        assert page.evaluate(PALE_ON_PAPER) == [], path
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert background == "rgb(255, 255, 255)"


# On a small screen


@pytest.fixture
def long_words(live_server):
    """A newsroom of endless words; returns the addresses of every kind of page."""
    hub = make_hub(name=LONG, slug="hub", description=LONG)
    title = make_title(name=LONG, slug="title", original_name=LONG, description=LONG)
    title.availability.create(service=LONG, url="https://example.com/")
    author = make_author(name=LONG, slug="author", role=LONG, biography=LONG)
    topic = make_topic(name=LONG, slug="topic", description=LONG)
    for number in range(3):
        article = make_article(
            hub=hub,
            headline=f"{LONG} {number}",
            slug=f"article-{number}",
            standfirst=LONG,
            spoiler="marked",
            titles=[title],
            authors=[author],
            topics=[topic],
            photo=make_photo(caption=LONG, credit=LONG) if number else None,
            text=f'<p>{LONG} <a href="/">{LONG}</a></p><h2>{LONG}</h2><ul><li>{LONG}</li></ul>'
            f'<spoiler-box data-label="{LONG}"><p>{LONG}</p></spoiler-box>',
        )
        add_block(article, PullQuoteBlock, text=LONG, attribution=LONG)
        add_block(article, PhotoBlock, photo=make_photo(caption=LONG, credit=LONG))
        for size in AdvertSlotBlock.Size:
            add_block(article, AdvertSlotBlock, name="slot", size=size)
        publishing.publish(article, by=None)
    gone = publishing.publish(make_article(hub=hub, slug="gone", headline=LONG), by=None)
    publishing.withdraw(gone.article, by=None, reason="Wrong.", notice=LONG)
    make_hub(name=f"{LONG} 2", slug="empty")
    return [
        "/",
        "/hub/",
        "/empty/",
        "/hub/article-0/",
        "/hub/article-1/",
        "/titles/title/",
        "/topics/topic/",
        "/authors/author/",
        "/hub/gone/",
        "/nowhere/",
    ]


def test_no_page_scrolls_sideways_at_320_pixels(new_page, long_words):
    page = new_page(viewport={"width": 320, "height": 640})
    for path in long_words:
        page.goto(path)
        for summary in page.locator("summary").all():
            summary.click()

        assert page.evaluate("getComputedStyle(document.documentElement).overflowX") == "visible"
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 320, f"{path} is {width} pixels wide: " + page.evaluate(
            """() => [...document.querySelectorAll("body *")]
                .filter((element) => element.getBoundingClientRect().right > innerWidth)
                .map((element) => element.outerHTML.slice(0, 120)).join("\\n")"""
        )


def test_each_page_has_one_heading_of_the_first_level(page, long_words):
    for path in long_words:
        page.goto(path)

        assert page.locator("h1").count() == 1, path


SMALL_TARGETS = """(least) => {
    const isInText = (link) => getComputedStyle(link).display === "inline" &&
        link.parentElement.textContent.trim() !== link.textContent.trim();
    // A link may cover all of the card that it stands in.
    const areaOf = (link) => link.closest(".story-headline") &&
        getComputedStyle(link, "::after").position === "absolute" ? link.closest(".story") : link;
    return [...document.querySelectorAll("a, button, input, select, textarea, summary")]
        .filter((control) => control.checkVisibility() && !control.matches(".skip-link"))
        .filter((control) => !isInText(control))
        .map((control) => [control, areaOf(control).getBoundingClientRect()])
        .filter(([, { width, height }]) => width < least || height < least)
        .map(([control, { width, height }]) =>
            `${Math.round(width)} x ${Math.round(height)}: ${control.outerHTML}`);
}"""


def test_targets_are_large_enough_to_be_hit(page, demo):
    for path in ("/", demo.hub.get_absolute_url(), demo.get_absolute_url()):
        page.goto(path)
        assert page.get_by_role("link").count() > 10

        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(SMALL_TARGETS, LEAST_TARGET) == [], (path, width)


# Motion


def test_nothing_moves_where_motion_is_not_wanted(new_page, edition):
    durations = """() => [...document.querySelectorAll("*")]
        .flatMap((element) => [null, "::before", "::after"]
            .map((part) => getComputedStyle(element, part)))
        .map(({ transitionDuration, animationName }) => [transitionDuration, animationName])
        .filter(([duration, name]) => /[1-9]/.test(duration) || name !== "none").length"""
    for motion, wanted in (("no-preference", True), ("reduce", False)):
        page = new_page(reduced_motion=motion)
        page.goto(edition.get_absolute_url())
        page.locator("summary").hover()

        assert (page.evaluate(durations) > 0) == wanted, motion
        if not wanted:
            assert page.evaluate("document.getAnimations().length") == 0


def test_nothing_jumps_while_the_page_loads(new_page, demo):
    page = new_page(viewport={"width": 1280, "height": 720})
    page.goto(demo.get_absolute_url())
    pictures_there = page.locator("main img")
    assert pictures_there.count() >= 2
    for picture in pictures_there.all():
        picture.scroll_into_view_if_needed()
        picture.evaluate("(picture) => picture.decode()")
    shift = page.evaluate(
        """() => new Promise((done) => {
            let sum = 0;
            const add = (list) => {
                for (const { value } of list.getEntries()) sum += value;
            };
            const observer = new PerformanceObserver(add);
            observer.observe({ type: "layout-shift", buffered: true });
            requestAnimationFrame(() => setTimeout(() => done(sum)));
        })"""
    )

    assert shift < 0.01


def test_a_jump_would_be_seen(page, edition):
    page.goto(edition.get_absolute_url())
    shift = page.evaluate(
        """() => new Promise((done) => {
            const observer = new PerformanceObserver((list) => done(list.getEntries()[0].value));
            observer.observe({ type: "layout-shift", buffered: true });
            const block = document.createElement("p");
            block.append("Something late. ".repeat(400));
            requestAnimationFrame(() => requestAnimationFrame(() =>
                document.querySelector("main").prepend(block)));
            setTimeout(() => done(0), 5000);
        })"""
    )

    assert shift > 0.01


# The keyboard

LOOK = """() => {
    const look = (part) => {
        const { outlineStyle, outlineWidth, boxShadow } =
            getComputedStyle(document.activeElement, part);
        return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 ? "outline" : boxShadow;
    };
    const { tagName, textContent } = document.activeElement;
    const seen = [look(null), look("::after")].some((found) => found !== "none");
    return { what: `${tagName} ${textContent.trim()}`, seen };
}"""


def test_focus_is_seen_wherever_it_goes(page, edition):
    for path in ("/", edition.get_absolute_url()):
        page.goto(path)
        stops = page.locator("a[href], summary").count()
        assert stops > 5
        for _ in range(stops):
            page.keyboard.press("Tab")
            focused = page.evaluate(LOOK)
            assert not focused["what"].startswith("BODY"), "the keyboard stops short"
            assert focused["seen"], focused["what"]


def test_skip_link_leads_past_the_masthead(page, edition):
    page.goto(edition.get_absolute_url())
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).not_to_be_in_viewport()

    page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("main .kicker a")).to_be_focused()


# Weight


def as_served(response):
    """A response's body as production sends it: its style sheets are minified."""
    is_style_sheet = response.request.resource_type == "stylesheet"
    return minify_css(response.body()) if is_style_sheet else response.body()


def test_main_article_is_light(page, demo):
    loaded = []
    page.on("response", lambda response: loaded.append(response))
    page.goto(demo.get_absolute_url())
    page.wait_for_load_state("networkidle")
    assert Article.objects.get(pk=demo.article_id).titles.exists()
    assert TextBlock.objects.filter(parent=demo.article_id).count() >= 2

    others = [response for response in loaded if response.request.resource_type != "image"]
    assert len(others) <= MOST_REQUESTS, [response.url for response in others]
    weighed = [
        response
        for response in others
        if response.request.resource_type in ("document", "stylesheet", "script")
    ]
    assert {"document", "stylesheet"} <= {each.request.resource_type for each in weighed}
    size = sum(len(gzip.compress(as_served(response))) for response in weighed)
    assert size <= MOST_BYTES, f"{size} bytes"
