"""A video is a picture that leads to it, until the reader asks for the player."""

import re

import pytest
from playwright.sync_api import expect

from articles.blocks import VideoBlock
from articles.publishing import publish as publishing
from tests.articles.factories import add_block, make_article, make_photo

KEY = "abc_DEF-123"
PAGE = f"https://www.youtube.com/watch?v={KEY}"
PLAYER = f"https://www.youtube-nocookie.com/embed/{KEY}?autoplay=1"
LONG = "WWWWWWWW " * 16


@pytest.fixture
def elsewhere(new_context, own_origins):
    """A visitor's context where the other sites are stubs; with it, the addresses it asked for."""
    asked = []
    for site in ("https://www.youtube-nocookie.com", "https://www.youtube.com"):
        own_origins.add(site)

    def answer(route):
        asked.append(route.request.url)
        body = "<!doctype html><html lang=en><title>Player</title><main><h1>Stub</h1></main>"
        route.fulfill(body=body, content_type="text/html")

    def open_context(**options):
        context = new_context(**options)
        context.route(re.compile("^https://"), answer)
        return context, asked

    return open_context


@pytest.fixture
def address(live_server):
    article = make_article(text="<p>Before.</p>")
    add_block(article, VideoBlock, url=PAGE, name="The trailer", photo=make_photo())
    add_block(article, VideoBlock, url="https://vimeo.com/123456", name="A plain one")
    return publishing.publish(article, by=None).get_absolute_url()


def video(page):
    return page.get_by_role("link", name="The trailer")


def test_player_comes_with_the_click_and_nothing_before(elsewhere, address):
    context, asked = elsewhere()
    page = context.new_page()
    page.goto(address)
    page.wait_for_load_state("networkidle")
    video(page).hover()
    assert asked == []
    assert page.locator("iframe").count() == 0
    before = page.get_by_role("link", name="A plain one").bounding_box()

    video(page).click()

    frame = page.locator("iframe")
    expect(frame).to_have_attribute("src", PLAYER)
    expect(frame).to_have_attribute("title", "Video: The trailer")
    expect(frame).to_have_attribute("referrerpolicy", "strict-origin-when-cross-origin")
    assert "fullscreen" in frame.get_attribute("allow")
    assert frame.evaluate("(frame) => frame.allowFullscreen")
    expect(page.frame_locator("iframe").get_by_role("heading")).to_have_text("Stub")
    assert asked == [PLAYER]
    assert page.get_by_role("link", name="A plain one").bounding_box() == before
    assert context.cookies() == []


def test_keyboard_starts_the_player_and_goes_into_it(elsewhere, address):
    context, asked = elsewhere()
    page = context.new_page()
    page.goto(address)
    video(page).focus()
    page.keyboard.press("Enter")

    expect(page.locator("iframe")).to_be_focused()
    expect(page.frame_locator("iframe").get_by_role("heading")).to_have_text("Stub")
    assert asked == [PLAYER]


@pytest.mark.parametrize("key", ["Control", "Shift", "Alt", "Meta"])
def test_click_that_means_more_stays_one_on_a_link(elsewhere, address, key):
    context, _ = elsewhere()
    page = context.new_page()
    page.goto(address)
    page.evaluate(
        """() => addEventListener("click", (event) => {
            window.taken = event.defaultPrevented;
            event.preventDefault();
        })"""
    )

    video(page).click(modifiers=[key])
    assert page.evaluate("window.taken") is False
    assert page.locator("iframe").count() == 0

    video(page).click()
    assert page.evaluate("window.taken") is True


def test_without_scripts_it_is_a_link_to_the_page_of_the_video(elsewhere, address):
    context, asked = elsewhere(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert asked == []
    video(page).click()

    page.wait_for_url(PAGE)
    assert asked == [PAGE]
    page.close()  # or the harness would wait for a timer in it, and none runs there


def test_long_name_at_320_pixels_moves_nothing_when_the_player_comes(elsewhere, live_server):
    article = make_article(text=None)
    add_block(article, VideoBlock, url=PAGE, name=LONG)
    address = publishing.publish(article, by=None).get_absolute_url()
    context, _ = elsewhere(viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    area = page.locator(".video-link").bounding_box()
    assert area["height"] > area["width"] * 9 / 16 + 1

    page.locator(".video-link").click()

    assert page.locator("iframe").bounding_box()["height"] == pytest.approx(area["height"], abs=1)


def test_video_has_no_fault_before_and_after(elsewhere, address, faultless):
    context, _ = elsewhere()
    page = context.new_page()
    page.goto(address)
    faultless(page)

    video(page).click()
    expect(page.locator("iframe")).to_be_focused()
    faultless(page)


def test_paper_shows_name_and_address(elsewhere, address):
    context, _ = elsewhere()
    page = context.new_page()
    page.goto(address)
    page.emulate_media(media="print")

    expect(page.get_by_text("The trailer")).to_be_visible()
    expect(page.locator(".video img")).to_be_hidden()
    told = page.locator(".video figcaption a").first
    assert PAGE in told.evaluate("(link) => getComputedStyle(link, '::after').content")
