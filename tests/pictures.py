"""
Take the pictures of ``docs/pictures`` anew, from the demo.

    python -m tests.pictures

The demo is filled and served in a temporary directory; a Chromium takes the pictures.
"""

import io
import os
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.conftest import ARGUMENTS, WAIT, find_chromium
from tests.serving import free_port, until

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
WIDTH = 1280
COLOURS = 128


@contextmanager
def demo():
    """A served demo; gives its address and the editor's password."""
    with tempfile.TemporaryDirectory() as directory:
        port = free_port()
        environment = os.environ | {
            "DEVELOPMENT": "true",
            "LOCAL_DIR": directory,
            "PORT": str(port),
            "DATABASE_URL": "",
        }

        def manage(*arguments):
            command = [sys.executable, "manage.py", *arguments]
            return subprocess.run(
                command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
            ).stdout

        manage("migrate", "--verbosity", "0")
        [password] = re.findall(r"^  editor +(\S+)", manage("demo"), re.MULTILINE)
        command = [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"]
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        address = f"http://127.0.0.1:{port}"
        try:
            until(lambda: answers(address), "the demo's first answer")
            yield address, password
        finally:
            server.terminate()
            server.wait()


def answers(address):
    try:
        with urllib.request.urlopen(address):  # noqa: S310 - our own server
            return True
    except urllib.error.URLError:
        return False


def save(name, png):
    """Save a screenshot with few colours, which texts and lines need no more of."""
    with Image.open(io.BytesIO(png)) as picture:
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(PICTURES / f"{name}.png", optimize=True)


def photograph(name, png):
    """Save a screenshot with photos in it as a JPEG."""
    with Image.open(io.BytesIO(png)) as picture:
        picture.convert("RGB").save(PICTURES / f"{name}.jpg", quality=72, optimize=True)


class Desk:
    """The pages of somebody who is logged in."""

    def __init__(self, page):
        self.page = page

    def log_in(self, password):
        self.page.goto("/admin/login/")
        self.page.get_by_label("Username").fill("editor")
        self.page.get_by_label("Password").fill(password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/admin/")

    def open(self, path):
        self.page.goto(path)
        self.page.wait_for_load_state("networkidle")

    def open_article(self, words):
        self.open("/admin/articles/article/")
        self.page.get_by_role("link", name=words).first.click()
        self.page.wait_for_load_state("networkidle")

    def part(self, top, bottom=None, *, left=300, margin=12):
        """A screenshot from one element to another, right of the navigation."""
        top.scroll_into_view_if_needed()
        first, last = top.bounding_box(), (bottom or top).bounding_box()
        scrolled = self.page.evaluate("scrollY")
        y = first["y"] + scrolled - margin
        height = last["y"] + last["height"] + scrolled + margin - y
        clip = {"x": left, "y": y, "width": WIDTH - left, "height": height}
        return self.page.screenshot(full_page=True, clip=clip)


def take_article(page):
    """An article with a closed spoiler box, as readers get it."""
    page.goto("/sci-fi/all-of-us-are-dead-second-season-poll/")
    page.wait_for_load_state("networkidle")
    photograph("article", page.screenshot())
    box = page.locator("summary").first
    box.scroll_into_view_if_needed()
    y = box.bounding_box()["y"] + page.evaluate("scrollY") - 140
    clip = {"x": 0, "y": y, "width": WIDTH, "height": 420}
    save("closed-box", page.screenshot(full_page=True, clip=clip))


def take_editing(desk):
    """The article form: its status, a block with a spoiler box, its buttons."""
    page = desk.page
    desk.open_article("All of Us Are Dead")
    fieldset = page.get_by_label("Headline:")
    save("status", desk.part(page.get_by_text("What readers see").first, fieldset))
    block = page.locator(".inline-related", has_text="Spoilers: All of Us Are Dead")
    save("spoiler-box", desk.part(block.first))
    text = block.locator(".ProseMirror[contenteditable] p").first
    text.click(click_count=3)
    page.keyboard.press("Control+Alt+x")
    dialogue = page.locator("dialog[open]")
    dialogue.wait_for()
    save("spoiler-dialogue", dialogue.screenshot())
    page.keyboard.press("Escape")
    buttons = page.get_by_role("button", name="Save and publish now").last
    save("buttons", desk.part(buttons, page.get_by_role("button", name="Save and preview").last))


def take_desk(desk):
    """Take the pictures of the dashboard, history, photos, polls and consent events."""
    page = desk.page
    desk.open("/admin/")
    save("dashboard", page.screenshot(clip={"x": 0, "y": 0, "width": 660, "height": 480}))
    desk.open_article("Hold your breath")
    page.get_by_role("link", name="History", exact=True).last.click()
    page.wait_for_load_state("networkidle")
    title = page.get_by_role("heading", name="History")
    save("history", desk.part(title, page.get_by_text("Edition 1").first, margin=40))
    page.get_by_role("link", name="What it changed").first.click()
    page.wait_for_load_state("networkidle")
    save("comparison", page.screenshot(clip={"x": 300, "y": 84, "width": 980, "height": 520}))
    desk.open("/admin/articles/photo/1/change/")
    photograph(
        "focal-point", page.screenshot(clip={"x": 300, "y": 84, "width": 980, "height": 690})
    )
    desk.open("/admin/polls/poll/")
    page.get_by_role("link", name="second season").first.click()
    page.get_by_role("link", name="Results").first.click()
    page.wait_for_load_state("networkidle")
    save("results", page.screenshot(clip={"x": 300, "y": 84, "width": 980, "height": 600}))
    desk.open("/admin/newsletter/newsletter/")
    page.get_by_role("link", name="Sci-Fi").first.click()
    page.wait_for_load_state("networkidle")
    save("newsletter", page.screenshot(clip={"x": 300, "y": 84, "width": 980, "height": 520}))
    desk.open("/admin/newsletter/consentevent/")
    save("consent-events", page.screenshot(clip={"x": 300, "y": 84, "width": 980, "height": 420}))


def main():
    """Take them all."""
    chromium = find_chromium() or sys.exit("No Chromium: set CHROMIUM or put chromium on PATH.")
    PICTURES.mkdir(exist_ok=True)
    with demo() as (address, password), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        context = browser.new_context(
            base_url=address, viewport={"width": WIDTH, "height": 800}, color_scheme="light"
        )
        context.set_default_timeout(WAIT)
        page = context.new_page()
        take_article(page)
        desk = Desk(page)
        desk.log_in(password)
        take_editing(desk)
        take_desk(desk)
        browser.close()


if __name__ == "__main__":
    main()
