"""Newsletters at the desk, in a browser: written, looked after, proved; without fault to axe."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import expect

from newsletter import erasure, ledger, subscriptions, version_states
from newsletter.ledger import EventSource
from newsletter.models import ConsentEvent, Newsletter, PolicyVersion, Subscriber
from tests.newsletter.admin_access import AUDIENCE_ONLY, make_staff
from tests.newsletter.admin_access import page as address
from tests.newsletter.factories import (
    forget_messages,
    make_confirmed,
    make_newsletter,
    make_policy,
    make_requested,
    make_unsubscribed,
    make_wording,
    states,
)

TEXT = (
    '<h2>Who we are</h2><p>We write about <strong>series</strong>, see <a href="/x/">this</a>.</p>'
    "<ul><li><p>Be kind.</p></li><li><p>Spoil nothing.</p></li></ul>"
    "<h3>More</h3><ol><li><p>One</p></li></ol>"
    "<blockquote><p>Quoted.</p></blockquote>"
)
PAYLOAD = '"><script>window.planted = 1</script><img src=x onerror="window.planted = 2">'
LONG = "somebody.with.a.very.long.name.indeed@a-rather-long-domain-name.example.org"


@pytest.fixture
def member(live_server):
    """Somebody of the audience desk, who may do everything with newsletters."""
    return make_staff(first_name="Ada", last_name="Lovelace")


@pytest.fixture
def desk(browser_of, member):
    return browser_of(member).new_page()


@pytest.fixture
def newsletter(live_server, member):
    """With readers of every kind, versions in every state, and 90 days of history."""
    now = timezone.now()
    with time_machine.travel(now - timedelta(days=90)):
        newsletter = make_newsletter(name="Sci-Fi Weekly", slug="sci-fi-weekly")
    for day in (80, 40, 20, 3):
        with time_machine.travel(now - timedelta(days=day)):
            make_confirmed(newsletter)
            make_unsubscribed(newsletter)
            make_requested(newsletter)
    wrong = make_policy(body=TEXT, summary="Wrong.", created_by=member)
    make_policy(body=TEXT, summary="Shorter.", created_by=member)
    version_states.withdraw(wrong, by=member, reason="A typing mistake.")
    make_policy(body=TEXT, effective_from=now + timedelta(days=9))
    make_wording(newsletter, sentence="Newsroom will send Sci-Fi Weekly here every Friday.")
    make_wording(newsletter, effective_from=now + timedelta(days=9))
    make_confirmed(newsletter, LONG)
    make_requested(make_newsletter(name="Games"), LONG)
    suppressed = make_confirmed(newsletter).subscriber
    subscriptions.suppress(suppressed, by=member, reason="Complained to the host.")
    gone = make_confirmed(newsletter).subscriber
    erasure.erase(gone, by=ledger.READER, where=EventSource("settings"))
    make_newsletter(name="Not yet", ready=False, is_open=False)
    forget_messages()
    return newsletter


def subscriber():
    return Subscriber.objects.get(address=LONG)


def event(**which):
    return ConsentEvent.objects.filter(**which).order_by("number").last()


def version(number):
    return PolicyVersion.objects.get(document="terms", number=number)


# What is done


def test_newsletter_comes_into_the_world(desk):
    """From nothing to a box: newsletter, wording, terms and privacy policy, each led to."""
    desk.goto(address("newsletter", "add"))
    desk.get_by_label("Name:", exact=True).press_sequentially("Sci-Fi Weekly")
    expect(desk.get_by_label("Slug:")).to_have_value("sci-fi-weekly")
    desk.get_by_label("Strapline:").fill("Get sci-fi news direct to your inbox")
    desk.get_by_label("How often:").fill("Every Friday")
    desk.get_by_label("Sender name:").fill("The desk")
    desk.get_by_label("Sender address:").fill("desk@example.org")
    desk.get_by_role("button", name="Save and continue editing").click()
    panel = desk.get_by_role("region", name="Can readers sign up?")
    expect(panel).to_contain_text("No wording is in force.")

    panel.get_by_role("link", name="Write the wording").click()
    desk.get_by_label("Sentence at the form:").fill("We send it every Friday.")
    desk.get_by_role("button", name="Save and continue editing").click()
    expect(desk.get_by_text("In force since", exact=False)).to_be_visible()
    form = address("newsletter", "change", Newsletter.objects.get().pk)
    for name in ("terms and conditions", "privacy policy"):
        desk.goto(form)
        desk.get_by_role("link", name=f"Write the {name}").click()
        text = desk.locator(".ProseMirror[contenteditable]")
        text.click()
        desk.keyboard.type("Be kind. ")
        desk.keyboard.press("Control+b")
        desk.keyboard.type("Always.")
        desk.get_by_role("button", name="Save", exact=True).click()
        expect(desk.locator(".messagelist .success")).to_contain_text("was added successfully")

    desk.goto(form)
    expect(panel).to_contain_text("Readers who sign up now agree to:")
    assert version(1).body == "<p>Be kind. <strong>Always.</strong></p>"
    desk.goto("/newsletters/sci-fi-weekly/")
    expect(desk.get_by_role("button", name="Sign up")).to_be_visible()


def test_next_version_begins_with_the_present_one_and_is_corrected_until_it_counts(
    desk, newsletter
):
    desk.goto(address("policyversion", "change", version(3).pk))
    expect(desk.get_by_role("heading", name="Who we are")).to_be_visible()
    assert desk.locator(".ProseMirror").count() == 0
    desk.goto(address("policyversion", "change", version(4).pk))
    text = desk.locator(".ProseMirror[contenteditable]")
    expect(text).to_contain_text("Spoil nothing.")
    text.get_by_text("Who we are").click()
    desk.keyboard.press("End")
    desk.keyboard.type(" now")
    desk.get_by_role("button", name="Save and continue editing").click()

    expect(desk.locator(".messagelist .success")).to_contain_text("was changed successfully")
    assert version(4).body == TEXT.replace("Who we are", "Who we are now")


def test_version_is_withdrawn_with_the_keyboard_alone(desk, newsletter):
    desk.goto(address("policyversion", "change", version(3).pk))
    desk.get_by_role("link", name="Withdraw…").focus()
    desk.keyboard.press("Enter")
    desk.get_by_label("Reason:").focus()
    desk.keyboard.type("Nobody asked the lawyers.")
    desk.keyboard.press("Tab")
    expect(desk.get_by_role("button", name="Withdraw", exact=True)).to_be_focused()
    desk.keyboard.press("Enter")

    expect(desk.locator(".messagelist .success")).to_contain_text("is withdrawn")
    expect(desk.get_by_text("by Ada Lovelace: Nobody asked the lawyers.")).to_be_visible()


def test_reader_who_telephones_is_unsubscribed_without_javascript(browser_of, member, newsletter):
    page = browser_of(member, java_script_enabled=False).new_page()
    page.goto(address("subscriber", "changelist"))
    page.locator("#searchbar").fill(LONG.upper())
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=LONG).click()
    page.get_by_role("link", name="Unsubscribe on request…").click()
    page.get_by_label("Sci-Fi Weekly: Confirmed").check()
    page.get_by_label("Reason:").fill("Asked by telephone.")
    page.get_by_role("button", name="Unsubscribe on request").click()

    expect(page.locator(".messagelist .success")).to_contain_text("is unsubscribed from Sci-Fi")
    expect(page.get_by_text("Ada Lovelace: Asked by telephone.")).to_be_visible()
    assert states()[LONG] == {"Games": "waiting", "Sci-Fi Weekly": "unsubscribed"}


def test_person_gets_all_data_and_is_erased(desk, newsletter):
    desk.goto(address("subscriber", "change", subscriber().pk))
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Download all data").click()
    assert json.loads(Path(download.value.path()).read_text())["address"] == LONG
    desk.get_by_role("link", name="Erase…").click()
    expect(desk.get_by_text("This can't be undone.")).to_be_visible()
    desk.get_by_label("Reason:").fill(f"{LONG} asked")
    desk.get_by_role("button", name="Erase").click()
    expect(desk.get_by_text("Leave the address out", exact=False)).to_be_visible()
    desk.get_by_label("Reason:").fill("Asked by letter.")
    desk.get_by_role("button", name="Erase").click()

    expect(desk.locator(".messagelist .success")).to_contain_text("is erased, as event")
    expect(desk.get_by_text(LONG)).to_have_count(0)
    assert not Subscriber.objects.filter(address=LONG).exists()


def test_files_come_by_a_button(desk, newsletter):
    desk.goto(address("newsletter", "numbers", newsletter.pk))
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Confirmed subscribers (CSV)").click()
    assert download.value.suggested_filename == "sci-fi-weekly-subscribers.csv"
    assert LONG in Path(download.value.path()).read_text("utf-8-sig")

    desk.goto(address("consentevent", "change", event(kind="confirmed").pk))
    with desk.expect_download() as download:
        desk.get_by_role("link", name="Download the proof").click()
    assert json.loads(Path(download.value.path()).read_text())["texts"].keys() == {
        "wording",
        "terms",
        "privacy",
    }


def test_nothing_that_is_planted_runs(desk, member, newsletter):
    """Were it markup anywhere, the policy would forbid it, and that alone fails this test."""
    fields = ("name", "strapline", "description", "frequency", "sender_name")
    Newsletter.objects.filter(pk=newsletter.pk).update(**dict.fromkeys(fields, PAYLOAD[:80]))
    make_policy(body=f"<p>Harmless.</p>{PAYLOAD}", summary=PAYLOAD)
    coming = make_policy(
        body=f"<p>Harmless.</p>{PAYLOAD}", effective_from=timezone.now() + timedelta(days=20)
    )
    wording = make_wording(newsletter, sentence=PAYLOAD, button=PAYLOAD[:40])
    person = make_confirmed(newsletter).subscriber
    subscriptions.suppress(person, by=member, reason=PAYLOAD)
    pages = [
        address("newsletter", "changelist"),
        address("newsletter", "change", newsletter.pk),
        address("newsletter", "numbers", newsletter.pk),
        address("policyversion", "changelist"),
        address("policyversion", "change", version(5).pk),
        address("policyversion", "change", coming.pk),
        address("policyversion", "transition", version(5).pk, "withdraw"),
        address("wording", "change", wording.pk),
        address("subscriber", "changelist"),
        address("subscriber", "change", person.pk),
        address("subscriber", "transition", person.pk, "lift"),
        address("subscriber", "transition", person.pk, "unsubscribe"),
        address("consentevent", "changelist"),
        address("consentevent", "change", event(kind="suppressed").pk),
        address("consentevent", "change", event(kind="confirmed").pk),
    ]
    dialogs = []
    desk.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for path in pages:
        assert desk.goto(path).status == 200, path
        desk.wait_for_load_state("load")
        assert desk.evaluate("window.planted") is None, path
    assert dialogs == []


# What it looks like

PAGES = {
    "newsletters": lambda letter: address("newsletter", "changelist"),
    "new newsletter": lambda letter: address("newsletter", "add"),
    "newsletter": lambda letter: address("newsletter", "change", letter.pk),
    "newsletter without anything": lambda letter: address(
        "newsletter", "change", Newsletter.objects.get(name="Not yet").pk
    ),
    "newsletter that stays": lambda letter: address("newsletter", "delete", letter.pk),
    "numbers": lambda letter: address("newsletter", "numbers", letter.pk),
    "all numbers": lambda letter: address("newsletter", "numbers", letter.pk, all=""),
    "versions": lambda letter: address("policyversion", "changelist"),
    "new version": lambda letter: address("policyversion", "add", document="terms"),
    "version in force": lambda letter: address("policyversion", "change", version(3).pk),
    "version to come": lambda letter: address("policyversion", "change", version(4).pk),
    "withdrawn version": lambda letter: address("policyversion", "change", version(2).pk),
    "withdrawing": lambda letter: address("policyversion", "transition", version(3).pk, "withdraw"),
    "wordings": lambda letter: address("wording", "changelist"),
    "new wording": lambda letter: address("wording", "add", newsletter=letter.pk),
    "wording": lambda letter: address("wording", "change", letter.wordings.first().pk),
    "subscribers": lambda letter: address("subscriber", "changelist"),
    "subscriber": lambda letter: address("subscriber", "change", subscriber().pk),
    "suppressed subscriber": lambda letter: address(
        "subscriber", "change", Subscriber.objects.get(suppression__isnull=False).pk
    ),
    "unsubscribing": lambda letter: address(
        "subscriber", "transition", subscriber().pk, "unsubscribe"
    ),
    "resending": lambda letter: address("subscriber", "transition", subscriber().pk, "resend"),
    "erasing": lambda letter: address("subscriber", "transition", subscriber().pk, "erase"),
    "ledger": lambda letter: address("consentevent", "changelist"),
    "evidence": lambda letter: address("consentevent", "change", event(kind="confirmed").pk),
    "evidence that is gone": lambda letter: address(
        "consentevent", "change", event(subject=event(kind="erased").subject, kind="confirmed").pk
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_page_is_without_fault_to_axe_and_fits_a_phone(desk, newsletter, faultless, name):
    assert desk.goto(PAGES[name](newsletter)).status == 200

    faultless(desk, opened=True)


@pytest.mark.parametrize("name", ["subscribers", "subscriber", "evidence"])
def test_page_with_less_on_it_is_without_fault_too(browser_of, newsletter, faultless, name):
    desk = browser_of(make_staff(without=AUDIENCE_ONLY)).new_page()
    desk.goto(PAGES[name](newsletter))

    faultless(desk, opened=True)


@pytest.mark.parametrize("name", ["new version", "unsubscribing", "erasing"])
def test_page_with_faults_of_the_writers_is_without_fault_too(desk, newsletter, faultless, name):
    desk.goto(PAGES[name](newsletter))
    if name == "new version":
        desk.get_by_label("Takes effect on:").fill("2020-01-01T10:00")
    desk.locator("#content-main form[method=post]").evaluate("(form) => form.noValidate = true")
    desk.locator(".submit-row input.default").click()
    expect(desk.locator(".errornote")).to_be_visible()

    faultless(desk, opened=True)
