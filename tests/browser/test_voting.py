"""Voting in a browser: by keyboard, with and without JavaScript, on shared pages."""

import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from playwright.sync_api import expect

from articles.blocks import PollBlock
from articles.publishing import publish as publishing
from polls import transitions, views
from polls.forms import BallotForm
from polls.models import Ballot, Poll
from tests.articles.factories import add_block, make_article
from tests.polls.factories import make_ballot, make_closed, make_poll

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["javascript", "no javascript"])
THANKS = "Thank you, your vote is in."


@pytest.fixture
def poll(live_server):
    return make_poll("Yes, more of it", "No, it should end", question="A second season?")


def publish_with(*polls, text="<p>Before the poll.</p>"):
    article = make_article(text=text)
    for poll in polls:
        add_block(article, PollBlock, poll=poll)
    return publishing.publish(article).get_absolute_url()


def tab_to(page, element):
    for _ in range(40):
        page.keyboard.press("Tab")
        if element.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError("Tab never reaches it")


@SCRIPTS
def test_vote_in_an_article_by_keyboard_alone(new_context, poll, scripts):
    address = publish_with(poll)
    context = new_context(java_script_enabled=scripts)
    page = context.new_page()
    page.goto(address)
    assert context.cookies() == []
    group = page.get_by_role("group", name="A second season?")
    expect(group).to_be_visible()

    tab_to(page, group.get_by_role("radio", name="Yes, more of it"))
    page.keyboard.press("ArrowDown")
    expect(group.get_by_role("radio", name="No, it should end")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status").filter(has_text=THANKS)).to_be_visible()
    line = page.locator(".result-bars li").filter(has_text="No, it should end")
    expect(line).to_contain_text("100.0%")
    expect(line).to_contain_text("1 vote")
    expect(line).to_contain_text("your vote")
    assert Ballot.objects.count() == 1
    assert [cookie["name"] for cookie in context.cookies()] == ["reader"]
    if scripts:
        expect(page).to_have_url(re.compile(re.escape(address) + "$"))
        expect(page.get_by_text("Before the poll.")).to_be_visible()
    else:
        expect(page).to_have_url(re.compile(r"/result/\?vote=counted"))
        page.get_by_role("link", name="Back to the article").click()
        expect(page).to_have_url(re.compile(re.escape(address) + "$"))


@SCRIPTS
def test_button_pressed_twice_is_one_vote(new_context, poll, scripts):
    page = new_context(java_script_enabled=scripts).new_page()
    page.goto(poll.get_absolute_url())
    page.get_by_role("radio", name="Yes, more of it").check()

    page.get_by_role("button", name="Vote").dblclick(no_wait_after=True)

    expect(page.locator(".result-bars")).to_be_visible()
    assert Ballot.objects.count() == 1


def test_form_sent_again_before_the_response_is_one_vote(new_page, poll, monkeypatch):
    page = new_page()
    page.goto(poll.get_absolute_url())
    page.get_by_role("radio", name="Yes, more of it").check()
    first, second = threading.Event(), threading.Event()

    def slow(*args):
        if first.is_set():
            second.set()
        else:
            first.set()
            second.wait(20)
        return BallotForm(*args)

    monkeypatch.setattr(views, "BallotForm", slow)
    # form.submit() runs no listener, so this is like a page without JavaScript.
    twice = "(form) => { form.submit(); setTimeout(() => form.submit(), 300) }"
    page.locator("[data-vote]").evaluate(twice)

    expect(page.locator(".result-bars")).to_be_visible()
    assert second.is_set()
    assert Ballot.objects.count() == 1


@SCRIPTS
def test_second_vote_gets_a_message(new_context, poll, scripts):
    context = new_context(java_script_enabled=scripts)
    page = context.new_page()
    page.goto(poll.get_absolute_url())
    other = context.new_page()
    other.goto(poll.get_absolute_url())
    for each, choice in ((page, "Yes"), (other, "No")):
        each.get_by_role("radio", name=choice).check()
        each.get_by_role("button", name="Vote").click()
        expect(each.locator(".result-bars")).to_be_visible()

    expect(other.get_by_role("status").filter(has_text="already voted")).to_be_visible()
    expect(other.locator(".result-bars li").filter(has_text="your vote")).to_contain_text("Yes")
    assert Ballot.objects.count() == 1


@SCRIPTS
def test_too_many_choices_are_refused_and_stay_selected(
    new_context, live_server, expected_problems, scripts
):
    expected_problems.append("status 400")
    poll = make_poll("A", "B", "C", max_choices=2)
    page = new_context(java_script_enabled=scripts).new_page()
    page.goto(publish_with(poll))
    for choice in "ABC":
        page.get_by_role("checkbox", name=choice).check()

    page.get_by_role("button", name="Vote").click()

    expect(page.get_by_role("alert")).to_contain_text("Choose up to 2 answers")
    for choice in "ABC":
        expect(page.get_by_role("checkbox", name=choice)).to_be_checked()
    page.get_by_role("checkbox", name="C").uncheck()
    page.get_by_role("button", name="Vote").click()
    expect(page.get_by_role("status").filter(has_text=THANKS)).to_be_visible()
    assert Ballot.objects.count() == 1


@SCRIPTS
def test_vote_in_a_poll_that_closed_while_the_page_was_open_is_refused(
    new_context, poll, expected_problems, scripts
):
    expected_problems.append("status 409")
    page = new_context(java_script_enabled=scripts).new_page()
    page.goto(publish_with(poll))
    page.get_by_role("radio", name="Yes, more of it").check()
    transitions.close(poll)

    page.get_by_role("button", name="Vote").click()

    expect(page.get_by_role("alert")).to_contain_text("Voting is over")
    expect(page.locator(".poll")).to_contain_text("Closed on")
    assert not Ballot.objects.exists()


def test_returning_voter_sees_the_result(new_context, poll):
    address = publish_with(poll)
    context = new_context()
    page = context.new_page()
    page.goto(address)
    page.get_by_role("radio", name="Yes, more of it").check()
    page.get_by_role("button", name="Vote").click()
    expect(page.locator(".result-bars")).to_be_visible()

    again = context.new_page()
    again.goto(address)
    expect(again.locator(".result-bars li").filter(has_text="your vote")).to_contain_text("Yes")
    expect(again.get_by_role("status").filter(has_text="You have voted")).to_be_visible()
    focused = "document.activeElement.closest('.poll') === null"
    assert again.evaluate(focused), "the focus was taken"


def test_heading_keeps_its_level_in_an_article(new_page, poll):
    page = new_page()
    page.goto(publish_with(poll))
    page.get_by_role("radio", name="Yes, more of it").check()
    page.get_by_role("button", name="Vote").click()

    expect(page.get_by_role("heading", level=2, name="A second season?")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_count(1)


def test_browser_requires_a_choice(new_page, poll):
    page = new_page()
    page.goto(poll.get_absolute_url())

    page.get_by_role("button", name="Vote").click()

    assert page.locator("input:invalid").count() == 2
    assert not Ballot.objects.exists()


def test_figures_are_updated_while_the_page_is_open(new_page, live_server):
    poll = make_poll("Yes", "No", result_visibility=Poll.ResultVisibility.ALWAYS)
    make_ballot(poll, "Yes")
    page = new_page()
    page.clock.install()
    page.goto(poll.get_absolute_url())
    expect(page.locator(".result-bars li").first).to_contain_text("100.0%")
    # The last count is cached for two seconds.
    make_ballot(poll, "No")

    def renewed():
        page.clock.run_for(10_000)
        return "50.0%" in page.locator(".result-bars li").first.inner_text()

    for _ in range(50):
        if renewed():
            break
    expect(page.locator(".result-bars li").nth(1)).to_contain_text("1 vote")
    expect(page.locator(".poll-total")).to_contain_text("2 votes")
    assert page.locator("[data-bar]").first.get_attribute("width") == "50.0%"


def test_form_is_submitted_normally_if_the_script_gets_no_response(
    new_page, poll, expected_problems
):
    expected_problems.append("request failed")
    page = new_page()
    page.goto(poll.get_absolute_url())
    page.get_by_role("radio", name="Yes, more of it").check()
    failed = []

    def fail_once(route):
        if failed or route.request.resource_type == "document":
            route.continue_()
        else:
            failed.append(route.request.url)
            route.abort()

    page.route("**/vote/**", fail_once)
    page.get_by_role("button", name="Vote").click()

    expect(page.get_by_role("status").filter(has_text=THANKS)).to_be_visible()
    assert failed
    assert Ballot.objects.count() == 1


@pytest.fixture
def elsewhere(live_server, own_origins):
    """Another site, with a form that sends a vote to this site when it is opened."""
    served = {}

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(served["html"].encode())

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    own_origins.add(address)
    yield address, served
    server.shutdown()
    server.server_close()


def test_page_of_another_site_cannot_vote_for_a_reader(
    new_context, live_server, poll, elsewhere, expected_problems
):
    expected_problems += ["status 403", r"favicon\.ico"]
    address, served = elsewhere
    choice = poll.choices.first().pk
    served["html"] = (
        f'<form method="post" action="{live_server.url}{poll.get_absolute_url()}vote/">'
        f'<input name="choice" value="{choice}"><button>Win a prize</button></form>'
    )
    context = new_context()
    page = context.new_page()
    page.goto(make_poll().get_absolute_url())
    page.get_by_role("radio").first.check()
    # Voting sets the reader's cookie, which the other site then tries to use.
    page.get_by_role("button", name="Vote").click()
    expect(page.locator(".result-bars")).to_be_visible()

    page.goto(address)
    page.get_by_role("button", name="Win a prize").click()

    expect(page.get_by_role("heading", name="This door stays closed")).to_be_visible()
    assert not poll.ballots.exists()


def test_poll_with_a_spoiler_warning_is_opened_and_voted_in_by_keyboard(new_page, live_server):
    poll = make_poll("Yes", "No", question="Does the keeper drown?", spoiler_warning="The end")
    page = new_page()
    page.goto(poll.get_absolute_url())
    assert "keeper" not in page.locator("body").inner_text()
    assert "keeper" not in page.locator("body").aria_snapshot()

    tab_to(page, page.locator("summary"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("radio").first)
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status").filter(has_text=THANKS)).to_be_visible()
    expect(page.locator(".result-bars")).to_be_visible()


def test_poll_pages_have_no_accessibility_violations_and_fit_the_screen(
    page, live_server, faultless
):
    open_poll = make_poll(
        "Yes", "No", "M" * 60, max_choices=2, result_visibility=Poll.ResultVisibility.ALWAYS
    )
    make_ballot(open_poll, "Yes")
    closed = make_closed("Yes", "No", votes=(2, 1))
    transitions.reword(closed, question="Better?", choices={}, reason="A typing error")
    with_warning = make_poll(spoiler_warning="The end")
    addresses = [
        "/polls/",
        *(poll.get_absolute_url() for poll in (open_poll, closed, with_warning)),
        publish_with(open_poll, closed, with_warning),
    ]
    for address in addresses:
        page.goto(address)
        for summary in page.locator("summary").all():
            summary.click()
        faultless(page, phone=320)

    page.goto(open_poll.get_absolute_url())
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Vote").click()
    expect(page.get_by_role("status").filter(has_text=THANKS)).to_be_visible()
    faultless(page, phone=320)


def test_click_targets_are_large_enough(new_page, poll):
    page = new_page(viewport={"width": 360, "height": 800})
    page.goto(poll.get_absolute_url())

    boxes = [each.bounding_box() for each in page.locator(".poll .form-check, .poll .button").all()]
    assert len(boxes) == 3
    assert all(min(box["width"], box["height"]) >= 44 for box in boxes)
