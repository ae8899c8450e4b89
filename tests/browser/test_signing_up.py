"""Signing up in a browser: in an article, with the keyboard only, with and without JavaScript."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from articles.blocks import SignUpBlock
from articles.publishing import publish as publishing
from newsletter import sign_ups
from newsletter.models import ConsentEvent, SignUp, Subscription, Wording
from newsletter.tasks import deliver
from tests.articles.factories import add_block, make_article, make_hub
from tests.newsletter.factories import (
    make_confirmed,
    make_newsletter,
    make_policy,
    make_requested,
    make_unsubscribed,
)

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["javascript", "no javascript"])
ADDRESS = "reader@example.org"


@pytest.fixture(autouse=True)
def _quick_reader(monkeypatch):
    """A test fills in the form faster than any reader."""
    monkeypatch.setattr(sign_ups, "MIN_FILL_SECONDS", 0)


@pytest.fixture
def letter(live_server):
    return make_newsletter(
        name="Sci-Fi Weekly", slug="sci-fi", strapline="Get sci-fi news direct to your inbox"
    )


@pytest.fixture
def article(letter):
    article = make_article(text="<p>Before the box.</p>")
    add_block(article, SignUpBlock, newsletter=letter)
    return publishing.publish(article).get_absolute_url()


def box_of(page):
    return page.get_by_role("region", name="Get sci-fi news direct to your inbox")


def link_in(message, part):
    return re.search(rf"https?://[^\s]*{part}[^\s]*", message.body)[0]


def tab_to(page, element):
    for _ in range(40):
        page.keyboard.press("Tab")
        if element.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError("Tab never reaches it")


@SCRIPTS
def test_sign_up_in_the_article_confirm_and_unsubscribe_by_keyboard_alone(
    new_context, article, letter, scripts
):
    context = new_context(java_script_enabled=scripts)
    page = context.new_page()
    page.goto(article)
    box = box_of(page)
    expect(box.get_by_role("checkbox")).not_to_be_checked()
    tab_to(page, box.get_by_label("E-mail address"))
    page.keyboard.type(ADDRESS)
    tab_to(page, box.get_by_role("checkbox"))
    page.keyboard.press("Space")
    tab_to(page, box.get_by_role("button", name="Sign up"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Now check your inbox")).to_be_visible()
    if scripts:
        expect(page).to_have_url(re.compile(re.escape(article) + "$"))
        expect(page.get_by_text("Before the box.")).to_be_visible()
        expect(page.get_by_role("heading", name="Now check your inbox")).to_be_focused()
    else:
        page.get_by_role("link", name="Back to where you were").click()
        expect(page).to_have_url(re.compile(re.escape(article) + "$"))

    deliver.call()
    page.goto(link_in(mail.outbox[0], "/confirm/"))
    assert Subscription.objects.get().state == "waiting"
    tab_to(page, page.get_by_role("button", name="Confirm"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="You are subscribed to Sci-Fi Weekly")).to_be_visible()
    assert Subscription.objects.get().state == "confirmed"

    deliver.call()
    page.goto(link_in(mail.outbox[1], "/unsubscribe/"))
    assert Subscription.objects.get().state == "confirmed"
    tab_to(page, page.get_by_role("button", name="Unsubscribe"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="You are unsubscribed")).to_be_visible()
    kinds = list(ConsentEvent.objects.order_by("number").values_list("kind", flat=True))
    assert kinds == ["requested", "confirmed", "unsubscribed"]
    assert context.cookies() == []


def test_what_is_wrong_is_said_in_place_beside_its_field(page, article, expected_problems):
    expected_problems.append("^status 400")
    page.goto(article)
    box = box_of(page)
    # Switch off the browser's validation.
    box.locator("form").evaluate("(form) => { form.noValidate = true }")
    box.get_by_label("E-mail address").fill("reader@")
    box.get_by_role("button", name="Sign up").click()

    field = box.get_by_label("E-mail address")
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(re.compile("Enter a complete e-mail address"))
    expect(box.get_by_role("checkbox")).to_have_accessible_description(re.compile("Tick the box"))
    expect(field).to_have_value("reader@")
    expect(page).to_have_url(re.compile(re.escape(article) + "$"))
    field.fill(ADDRESS)
    box.get_by_role("checkbox").check()
    box.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="Now check your inbox")).to_be_visible()
    assert SignUp.objects.get().outcome == "queued"


@SCRIPTS
def test_newer_terms_are_asked_about_again(new_page, article, letter, scripts, expected_problems):
    expected_problems.append("^status 409")
    page = new_page(java_script_enabled=scripts)
    page.goto(article)
    box = box_of(page)
    box.get_by_label("E-mail address").fill(ADDRESS)
    box.get_by_role("checkbox").check()
    make_policy(body="<p>Be kinder.</p>")
    wording = Wording.objects.get()
    wording.withdrawn_at = wording.effective_from
    wording.save()
    Wording.objects.create(newsletter=letter, sentence="Worded anew.")
    box.get_by_role("button", name="Sign up").click()

    expect(page.get_by_role("alert")).to_contain_text("has changed since")
    expect(box_of(page).get_by_role("checkbox")).not_to_be_checked()
    expect(box_of(page).get_by_label("E-mail address")).to_have_value(ADDRESS)
    expect(page.get_by_text("Worded anew.")).to_be_visible()
    assert not SignUp.objects.exists()
    box_of(page).get_by_role("checkbox").check()
    box_of(page).get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="Now check your inbox")).to_be_visible()


def test_field_against_machines_is_out_of_everybody_s_way(page, article):
    page.goto(article)
    box = box_of(page)
    expect(box.get_by_role("textbox")).to_have_count(1)
    trap = box.locator("[name=homepage]")
    left = trap.evaluate("(field) => field.getBoundingClientRect().right")
    assert left < 0


def fail_for_scripts(route, request):
    if request.resource_type == "fetch":
        route.abort()
    else:
        route.continue_()


def test_form_goes_its_own_way_where_the_answer_can_t_be_fetched(page, article, expected_problems):
    expected_problems.append("^request failed")
    page.goto(article)
    box = box_of(page)
    box.get_by_label("E-mail address").fill(ADDRESS)
    box.get_by_role("checkbox").check()
    page.route("**/sign-up/", fail_for_scripts)

    box.get_by_role("button", name="Sign up").click()

    expect(page).to_have_url(re.compile("/requested/"))


def pages_to_look_at(letter):
    from newsletter import links
    from newsletter.tokens import Purpose

    make_newsletter()
    asked, _ = make_requested(letter)
    confirmed, left = make_confirmed(letter).subscriber, make_unsubscribed(letter).subscriber
    first = ConsentEvent.objects.filter(subject=confirmed.subject).earliest("number")
    gone, subscription = make_requested(letter)
    subscription.subscriber.delete()
    change = confirmed.address_changes.create(address="other@example.org", created_at=first.at)
    make_policy(body="<p>Be kinder.</p>", summary="Kinder.")
    own = links.manage_url(confirmed)
    return [
        "/newsletters/",
        letter.get_absolute_url(),
        f"{letter.get_absolute_url()}requested/?from=/",
        links.confirm_url(asked),
        links.confirm_url(first),
        links.confirm_url(gone),
        links.unsubscribe_url(confirmed, letter),
        links.unsubscribe_url(left, letter),
        links.address_change_url(change, Purpose.CHANGE_AT_OLD),
        links.address_change_url(change, Purpose.CHANGE_AT_NEW),
        own,
        f"{own}?done=on",
        f"{own}erase/",
        f"{own}x",
        "/terms/",
        "/terms/1/",
        "/privacy/",
        make_hub(newsletter=letter).get_absolute_url(),
    ]


def test_no_page_has_a_fault(page, letter, faultless):
    for path in pages_to_look_at(letter):
        page.goto(path)
        for details in page.locator("details").all():
            details.locator("summary").click()
        faultless(page)
