"""
A real Chromium against the live server.

A page reports what a reader's browser would complain about: script errors,
failed requests, breaches of the content policy, and requests to anywhere but
the site. A test fails at its end when there were any. What a test provokes on
purpose it announces in `expected_problems`, a list of regular expressions;
another origin that it means to visit it adds to `own_origins`.
"""

import itertools
import os
import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
from django.test import Client
from playwright.sync_api import Error, expect, sync_playwright

# Playwright's synchronous calls run inside an event loop, where Django refuses its own.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # No name leads out of this machine.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
#: Milliseconds for what a busy machine of two cores may take; a quick one never waits for it.
WAIT = 20_000
expect.set_options(timeout=WAIT)
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
#: Telling of what is in order takes most of axe's time. Stylesheets and sounds need not be
#: loaded first: only rules on turned screens and on sounds that start by themselves want them.
#: Fonts must: the name of an icon that is not drawn yet is a text to axe, and may be a pale one.
FAULTS = """async (tags) => {
    await Promise.all([...document.fonts].map((font) => font.load()));
    const options = {runOnly: tags, resultTypes: ["violations"], preload: false};
    return (await axe.run(options)).violations;
}"""
REPORT_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
    reportViolation(`${event.effectiveDirective} forbids ${event.blockedURI} ${event.sample}`))
"""

# Colours fade from one theme to the other, and axe would measure what is between. The content
# policy forbids style elements; a sheet that a script makes is no matter of its.
NO_MOTION = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`*, ::before, ::after {
        transition: none !important; animation: none !important;
    }`);
    document.adoptedStyleSheets = [sheet];
}"""
OPEN_ALL = "document.querySelectorAll('details').forEach((each) => (each.open = true))"


def find_chromium():
    """The path of a Chromium that is already there, or None."""
    candidates = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]
    return next((path for name in candidates if name and (path := shutil.which(name))), None)


def origin(url):
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class Watch:
    """Collects what goes wrong in a browser context."""

    def __init__(self, context, own_origins):
        self.problems = []
        self.own_origins = own_origins
        context.expose_binding("reportViolation", self.on_violation)
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("console", self.on_console)
        context.on("weberror", lambda error: self.add("script error", error.error))
        context.on("request", self.on_request)
        context.on("requestfailed", self.on_failure)
        context.on("response", self.on_response)

    def add(self, kind, text):
        self.problems.append(f"{kind}: {text}")

    def on_violation(self, source, text):
        self.add("content policy", f"{text} at {source['frame'].url}")

    def on_console(self, message):
        # A failed load is reported by its request or response.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.add("console", message.text)

    def on_request(self, request):
        leaves_the_browser = request.url.startswith(("http:", "https:", "ws:", "wss:"))
        if leaves_the_browser and origin(request.url) not in self.own_origins:
            self.add("request elsewhere", request.url)

    def on_failure(self, request):
        # Leaving a page and starting a download abort what is under way.
        if request.failure != "net::ERR_ABORTED":
            self.add("request failed", f"{request.url} {request.failure}")

    def on_response(self, response):
        request = response.request
        is_page = request.is_navigation_request() and request.frame.parent_frame is None
        if response.status >= (500 if is_page else 400):
            self.add(f"status {response.status}", response.url)


@pytest.fixture(scope="session")
def browser():
    """One Chromium for the whole run of this worker."""
    executable = find_chromium()
    if executable is None:
        reason = "no Chromium: set CHROMIUM or put chromium on PATH"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def expected_problems():
    """Regular expressions for the problems that this test provokes."""
    return []


@pytest.fixture
def own_origins(live_server):
    """The origins that pages may talk to."""
    return {origin(live_server.url)}


@pytest.fixture
def new_context(browser, live_server, settings, own_origins, expected_problems):
    """A function that opens a browser context: a visitor with cookies of their own."""
    settings.SITE_URL = live_server.url
    opened = []

    def new_context(**options):
        context = browser.new_context(**({"base_url": live_server.url} | options))
        context.set_default_timeout(WAIT)
        with_scripts = options.get("java_script_enabled", True)
        opened.append((context, Watch(context, own_origins), with_scripts))
        return context

    yield new_context
    problems = []
    for context, watch, with_scripts in opened:
        # Without JavaScript no event is on its way, and a timer may never ring.
        if with_scripts:
            settle(context)
        context.close()
        problems += watch.problems
    unexpected = [
        problem
        for problem in problems
        if not any(re.search(pattern, problem) for pattern in expected_problems)
    ]
    if unexpected:
        pytest.fail("The browser complained:\n" + "\n".join(unexpected), pytrace=False)


def settle(context):
    """Let every page finish loading and deliver the events that are still on their way."""
    for page in context.pages:
        try:
            page.wait_for_load_state("load")
            page.evaluate("new Promise((done) => setTimeout(done))")
        except Error:  # crashed, or closed by itself: there is nothing left to hear
            continue


@pytest.fixture
def new_page(new_context):
    """A function that opens a page of a new visitor; takes Playwright's context options."""
    return lambda **options: new_context(**options).new_page()


@pytest.fixture
def page(new_page):
    """The page of one visitor."""
    return new_page()


@pytest.fixture
def browser_of(live_server, new_context):
    """
    A function that opens the browser of a member of staff, who is logged in.

    Its `log_in` logs somebody else in.
    """

    def browser_of(user, **options):
        context = new_context(**options)

        def log_in(user):
            client = Client()  # its own: logging in again would end the session of another
            client.force_login(user)
            session = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])

        context.log_in = log_in
        log_in(user)
        return context

    return browser_of


@pytest.fixture
def axe():
    """
    A function that returns the accessibility faults of a page: WCAG 2.2 AA and best practice.

    Its script is evaluated by the browser's debugger, which a content policy does not bind.
    """

    def axe(page):
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE.read_text())
        return [
            f"{fault['id']} ({fault['impact']}): {node['target']} {node['html']}"
            for fault in page.evaluate(FAULTS, AXE_TAGS)
            for node in fault["nodes"]
        ]

    return axe


@pytest.fixture
def faultless(axe):
    """A function that holds a page to axe's rules in both themes on a phone and on a desk."""

    def faultless(page, *, phone=360, opened=False):
        """
        It may not be wider than the screen either.

        ``phone``: its width in pixels; ``opened``: whether all that folds is opened first.
        """
        faults = []
        page.evaluate(NO_MOTION)
        if opened:
            page.evaluate(OPEN_ALL)
        for theme, width in itertools.product(("light", "dark"), (phone, 1280)):
            page.emulate_media(color_scheme=theme)
            page.set_viewport_size({"width": width, "height": 900})
            faults += [f"{theme}, {width} px: {fault}" for fault in axe(page)]
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                faults.append(f"{theme}: {wide} px wide on {width}")
        assert faults == [], "\n".join([page.url, *faults])

    return faultless
