"""The admin of polls in a browser: editing, reviewing and copying results, accessibility."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from newsroom.desk.groups import EDITORS
from polls import transitions
from polls.models import Poll
from tests.articles.factories import make_user
from tests.polls.factories import make_ballot, make_held, make_poll

OFFICE, SCRIPT = b"\x0f" * 16, b"\x5c" * 16


@pytest.fixture
def editor(live_server):
    return make_user(EDITORS, first_name="Ada", last_name="Lovelace")


@pytest.fixture
def desk(browser_of, editor):
    """A browser page with an editor logged in."""
    return browser_of(editor).new_page()


@pytest.fixture
def poll(live_server, editor):
    """A poll that was closed, reopened and reworded, with held ballots, some of them decided on."""
    now = timezone.now()
    poll = make_poll("Yes", "No", "I would rather they stayed in the library for a season")
    for hours in range(30):
        make_ballot(poll, "Yes" if hours % 3 else "No", cast_at=now - timedelta(hours=hours))
    make_held(poll, "No", network=OFFICE)
    for _ in range(4):
        make_held(poll, "No", network=SCRIPT, cast_at=now - timedelta(hours=20))
    transitions.decide(poll, SCRIPT, "excluded", reason="One script.", by=editor)
    transitions.close(poll, by=editor)
    transitions.reword(poll, question="Worded otherwise?", choices={}, reason="A typo.", by=editor)
    return Poll.objects.get(pk=poll.pk)


def address(name, *arguments, **query):
    return reverse(f"admin:polls_poll_{name}", args=arguments, query=query)


def test_poll_is_added_with_its_choices_in_order(desk, editor):
    desk.goto(address("add"))
    # Typed key by key, since the script makes the slug from key presses.
    desk.get_by_label("Question:").press_sequentially("Should there be a third season?")
    expect(desk.get_by_label("Slug:")).to_have_value("should-there-be-a-third-season")
    texts = desk.get_by_role("textbox", name="Text")
    for number, text in enumerate(("Yes", "No", "Perhaps", "Never")):
        texts.nth(number).fill(text)
    desk.get_by_text("Add another Choice").click()
    texts.nth(4).fill("First")
    desk.get_by_role("spinbutton", name="Place").nth(4).fill("1")
    desk.get_by_label("Choices per ballot:").fill("6")
    desk.get_by_role("button", name="Save", exact=True).click()

    expect(desk.get_by_text("there are 5 choices", exact=False)).to_be_visible()
    desk.get_by_label("Choices per ballot:").fill("2")
    desk.get_by_role("button", name="Save and continue editing").click()

    expect(desk.get_by_text("was added successfully")).to_be_visible()
    expect(desk.get_by_text("Open", exact=True)).to_be_visible()
    poll = Poll.objects.get()
    assert [str(choice) for choice in poll.choices.all()] == [
        "First",
        "Yes",
        "No",
        "Perhaps",
        "Never",
    ]
    assert poll.created_by == editor


def test_poll_is_closed_reopened_and_archived_at_the_desk(desk, live_server):
    poll = make_poll("Yes", "No", question="A third season?")
    make_ballot(poll, "Yes")
    desk.goto(address("change", poll.pk))
    expect(desk.get_by_label("Question:")).to_have_count(0)
    desk.get_by_role("link", name="Correct the wording…").click()
    desk.get_by_label("Question:").fill("A fourth season?")
    desk.get_by_label("Reason:").fill("It is the fourth.")
    desk.get_by_role("button", name="Correct the wording").click()
    expect(desk.get_by_text("has a new wording", exact=False)).to_be_visible()

    desk.get_by_role("link", name="Close now…").click()
    desk.get_by_role("button", name="Close now").click()
    expect(desk.get_by_text("is closed, and record 1 is written", exact=False)).to_be_visible()
    desk.get_by_role("link", name="Results", exact=True).click()
    expect(desk.get_by_role("link", name="closing record 1")).to_be_visible()
    desk.get_by_role("link", name="Recount all ballots").click()
    expect(desk.get_by_role("status")).to_contain_text("The recount agrees")


def test_held_ballots_are_decided_on(desk, poll):
    desk.goto(address("results", poll.pk))
    desk.get_by_role("link", name="review them").click()
    desk.get_by_role("link", name=re.compile("Decide.*0f0f0f0f")).click()
    expect(desk.get_by_role("heading", name="What the result would be")).to_be_visible()
    desk.get_by_role("radio", name="Accepted: they count").check()
    desk.get_by_label("Reason:").fill("The town hall.")
    desk.get_by_role("button", name="Decide").click()

    expect(desk.get_by_text("1 ballot of network 0f0f0f0f: accepted.")).to_be_visible()
    expect(desk.get_by_text("The town hall.")).to_be_visible()
    assert poll.records.first().number == 3


def test_figure_is_selected_on_focus(desk, poll):
    selected = "String(getSelection()) || document.activeElement.value.slice("
    selected += "document.activeElement.selectionStart, document.activeElement.selectionEnd)"
    desk.goto(address("results", poll.pk))
    share = desk.get_by_label("Share of “Yes”")
    share.click()
    assert desk.evaluate(selected) == "66.7 per cent"
    desk.keyboard.press("Tab")
    assert desk.evaluate(selected) == "66.7 per cent (20 of 30 votes) chose “Yes”"


def test_button_downloads_a_file(desk, poll):
    desk.goto(address("results", poll.pk))
    for name, file in (("Results (CSV)", "results"), ("All ballots (CSV)", "ballots")):
        with desk.expect_download() as download:
            desk.get_by_role("button", name=name).click()
        assert download.value.suggested_filename == f"{poll.slug}-{file}.csv"


def test_everything_works_without_javascript(browser_of, editor, poll):
    page = browser_of(editor, java_script_enabled=False).new_page()
    page.goto(address("results", poll.pk))
    page.get_by_text("The same as a table").click()
    expect(page.get_by_role("columnheader", name="Of these held back")).to_be_visible()
    page.goto(address("add"))
    page.get_by_label("Question:").fill("More?")
    page.get_by_label("Slug:").fill("more")
    page.locator("#id_choices-0-text").fill("Yes")
    page.locator("#id_choices-1-text").fill("No")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added successfully")).to_be_visible()


PAGES = {
    "list": lambda poll: address("changelist"),
    "add": lambda poll: address("add"),
    "form": lambda poll: address("change", poll.pk),
    "new": lambda poll: address("change", make_poll().pk),
    "results": lambda poll: address("results", poll.pk, recount=""),
    "review": lambda poll: address("review", poll.pk),
    "decide": lambda poll: address("decide", poll.pk, OFFICE.hex()),
    "decide again": lambda poll: address("decide_again", poll.pk, poll.decisions.get().pk),
    "reopen": lambda poll: address("transition", poll.pk, "reopen"),
    "reword": lambda poll: address("transition", poll.pk, "reword"),
    "desk": lambda poll: reverse("admin:index"),
}


@pytest.mark.parametrize("name", PAGES)
def test_page_has_no_accessibility_violations_and_fits_a_phone(desk, poll, faultless, name):
    desk.goto(PAGES[name](poll))
    faultless(desk, opened=True)
