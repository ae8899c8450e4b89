"""The admin of newsletters: form, status panel, list and deletion."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter import subscriptions, version_states
from newsletter.admin.newsletter import NewsletterAdmin
from newsletter.admin.status import NewsletterStatus
from newsletter.consent_texts import current_consent_texts
from newsletter.models import Newsletter, SignUp
from tests.articles.factories import make_user
from tests.newsletter.admin_access import make_staff, page, rows
from tests.newsletter.factories import (
    PRIVACY,
    TERMS,
    make_confirmed,
    make_newsletter,
    make_policies,
    make_policy,
    make_requested,
    make_unsubscribed,
    make_wording,
)

pytestmark = pytest.mark.django_db

FORM = {
    "name": "Sci-Fi Weekly",
    "slug": "sci-fi-weekly",
    "strapline": "Get sci-fi news direct to your inbox",
    "description": "",
    "frequency": "Every Friday",
    "sender_name": "The desk",
    "sender_address": "desk@example.org",
    "is_open": "on",
}


@pytest.fixture
def desk(client):
    client.force_login(make_staff())
    return client


def loaded(newsletter, **fields):
    """Return the form's fields as a browser submits them."""
    sent = {name: getattr(newsletter, name) for name in FORM if name != "is_open"}
    return {**sent, **({"is_open": "on"} if newsletter.is_open else {}), **fields}


# The form


def test_newsletter_is_added_and_changed(desk):
    assert desk.post(page("newsletter", "add"), FORM).status_code == 302
    newsletter = Newsletter.objects.get()
    assert (newsletter.name, newsletter.is_open) == ("Sci-Fi Weekly", True)

    sent = loaded(newsletter, slug="sf", strapline="Another", is_open="")
    desk.post(page("newsletter", "change", newsletter.pk), sent)
    newsletter.refresh_from_db()
    assert (newsletter.slug, newsletter.strapline, newsletter.is_open) == ("sf", "Another", False)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "manage"),
        ("sender_name", "The desk\r\nBcc: x@example.org"),
        ("sender_address", "desk"),
        ("name", "A\nB"),
        ("strapline", ""),
    ],
)
def test_values_that_break_links_or_mail_are_refused(desk, field, value):
    response = desk.post(page("newsletter", "add"), {**FORM, field: value})

    assert response.context["adminform"].form.errors.keys() == {field}
    assert not Newsletter.objects.exists()


@pytest.mark.parametrize("make", [make_requested, make_confirmed, make_unsubscribed])
def test_slug_is_read_only_once_somebody_signed_up(desk, make):
    newsletter = make_newsletter(slug="first")
    assert 'name="slug"' in desk.get(page("newsletter", "change", newsletter.pk)).text
    make(newsletter)

    assert 'name="slug"' not in desk.get(page("newsletter", "change", newsletter.pk)).text
    desk.post(page("newsletter", "change", newsletter.pk), loaded(newsletter, slug="second"))
    newsletter.refresh_from_db()
    assert newsletter.slug == "first"


def test_slug_is_made_from_the_name_of_a_new_newsletter_only(desk):
    newsletter = make_newsletter()
    added = desk.get(page("newsletter", "add")).context["adminform"]
    changed = desk.get(page("newsletter", "change", newsletter.pk)).context["adminform"]

    assert [each["field"].name for each in added.prepopulated_fields] == ["slug"]
    assert changed.prepopulated_fields == []


# The status panel


def test_panel_says_what_is_missing_and_what_to_do(desk):
    newsletter = make_newsletter(ready=False, is_open=False)
    html = desk.get(page("newsletter", "change", newsletter.pk)).text

    for told in (
        "It is closed. To open it, tick",
        "No wording is in force.",
        "No version of the terms and conditions is in force.",
        "No version of the privacy policy is in force.",
    ):
        assert told in html
    assert f'href="{page("wording", "add", newsletter=newsletter.pk)}"' in html
    assert f'href="{page("policyversion", "add", document="terms")}"' in html
    assert f'href="{page("policyversion", "add", document="privacy")}"' in html


def test_panel_says_when_a_missing_version_takes_effect(desk):
    newsletter = make_newsletter(ready=False)
    make_wording(newsletter, effective_from=timezone.now() + timedelta(days=400))
    for document in (TERMS, PRIVACY):
        make_policy(document, effective_from=timezone.now() + timedelta(days=400))
    html = desk.get(page("newsletter", "change", newsletter.pk)).text

    assert html.count("is in force until ") == 3


def test_panel_says_what_readers_agree_to_once_nothing_is_missing(desk):
    newsletter = make_newsletter()
    make_confirmed(newsletter)
    make_requested(newsletter)
    html = desk.get(page("newsletter", "change", newsletter.pk)).text

    assert "Readers who sign up now agree to:" in html
    assert f"“We will send {newsletter} to this address.”" in html
    assert "Terms and conditions, version 1" in html
    assert "<strong>1</strong> confirmed; <strong>1</strong> waiting" in html


def everything_but(missing):
    """Make a newsletter that lacks one thing, or nothing."""
    newsletter = make_newsletter(ready=False, is_open=missing != "open")
    later = {"effective_from": timezone.now() + timedelta(days=1)}
    make_wording(newsletter, **(later if missing == "wording" else {}))
    for document in (TERMS, PRIVACY):
        make_policy(document, **(later if missing == document else {}))
    return newsletter


@pytest.mark.parametrize("missing", ["", "open", "wording", "terms", "privacy"])
def test_panel_agrees_with_the_public_page(missing):
    newsletter = everything_but(missing)
    status = NewsletterStatus.of(newsletter)

    assert len(status.missing) == bool(missing)
    assert bool(status.missing) is (newsletter.pk not in current_consent_texts([newsletter]))


def test_panel_shows_the_version_that_is_in_force(desk):
    newsletter = make_newsletter()
    make_policy(TERMS, "<p>Newer.</p>")
    withdrawn = make_policy(TERMS, "<p>Wrong.</p>")
    version_states.withdraw(withdrawn, by=make_user(), reason="Wrong.")
    make_wording(newsletter, sentence="The second sentence.")

    told = [str(version) for version in NewsletterStatus.of(newsletter).in_force]

    assert told == [
        f"Wording 2 of {newsletter}",
        "Terms and conditions, version 2",
        "Privacy policy, version 1",
    ]


def test_panel_shows_stored_values_beside_an_invalid_form(desk):
    newsletter = make_newsletter()
    sent = loaded(newsletter, name="", is_open="")
    html = desk.post(page("newsletter", "change", newsletter.pk), sent).text

    assert "Readers who sign up now agree to:" in html


def test_wordings_are_listed_with_a_link_to_add_one(desk):
    newsletter = make_newsletter()
    second = make_wording(newsletter, sentence="The second sentence.")
    html = desk.get(page("newsletter", "change", newsletter.pk)).text

    assert page("wording", "change", second.pk) in html
    assert html.index("Wording 2</a>, from") < html.index("Wording 1</a>, from")
    assert f'href="{page("wording", "add", newsletter=newsletter.pk)}"' in html
    assert "Write the next wording" in html


def test_view_permission_alone_gets_no_links_to_other_forms(client):
    newsletter = make_newsletter()
    client.force_login(make_staff(only=["view_newsletter"]))
    html = client.get(page("newsletter", "change", newsletter.pk)).text

    assert "Readers who sign up now agree to:" in html
    for model in ("wording", "policyversion", "subscriber"):
        assert f"/admin/newsletter/{model}/" not in html


# The list


def test_list_shows_wording_and_numbers(desk):
    newsletter = make_newsletter(name="One")
    make_newsletter(name="Two", ready=False)
    make_confirmed(newsletter)
    suppressed = make_confirmed(newsletter)
    subscriptions.suppress(suppressed.subscriber, by=make_user(), reason="Complained.")
    make_requested(newsletter)
    make_unsubscribed(newsletter)

    one, two = rows(desk, "newsletter")

    assert (one.wording, one.confirmed, one.waiting) == (1, 1, 1)
    assert (two.wording, two.confirmed, two.waiting) == (None, 0, 0)
    assert rows(desk, "newsletter", is_open__exact=0) == []


def test_list_takes_the_same_queries_for_1_and_3_rows(desk):
    counts = []
    for number in (1, 2):
        for _ in range(number):
            make_confirmed(make_newsletter())
        with CaptureQueriesContext(connection) as captured:
            assert len(rows(desk, "newsletter")) == Newsletter.objects.count()
        counts.append(len(captured))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "lookup", ["subscriptions__subscriber__address__startswith", "events__document__contains"]
)
def test_list_can_not_be_filtered_by_subscribers(desk, lookup):
    make_confirmed(make_newsletter())

    assert desk.get(page("newsletter", "changelist"), {lookup: "r"}).status_code == 400


# Deleting


def delete(desk, newsletter):
    """Delete it on its page, then with the list's action; yield both answers."""
    chosen = {"action": "delete_selected", "_selected_action": newsletter.pk, "index": 0}
    yield desk.post(page("newsletter", "delete", newsletter.pk), {"post": "yes"})
    yield desk.post(page("newsletter", "changelist"), {**chosen, "post": "yes"})


def test_unused_newsletter_is_deleted(desk):
    newsletter = make_newsletter(ready=False)

    desk.post(page("newsletter", "delete", newsletter.pk), {"post": "yes"})

    assert not Newsletter.objects.exists()


@pytest.mark.parametrize("make", [make_requested, make_unsubscribed])
def test_newsletter_with_subscribers_is_not_deleted_and_the_page_says_why(desk, make):
    newsletter = make_newsletter()
    make(newsletter, "reader@example.org")

    for response in delete(desk, newsletter):
        assert "Readers signed up to it, and the ledger keeps the proof. Close it" in response.text
        assert "reader@example.org" not in response.text
    assert Newsletter.objects.exists()


def test_newsletter_with_wordings_is_not_deleted_and_the_page_says_why(desk):
    newsletter = make_newsletter()

    for response in delete(desk, newsletter):
        assert "It has wordings." in response.text
    assert Newsletter.objects.exists()


def test_newsletter_used_during_its_deletion_is_kept(desk, monkeypatch):
    newsletter = make_newsletter(ready=False)
    make_policies()
    look = NewsletterAdmin.get_deleted_objects

    def look_then_write(*args):
        found = look(*args)
        make_wording(newsletter)
        return found

    monkeypatch.setattr(NewsletterAdmin, "get_deleted_objects", look_then_write)
    response = desk.post(page("newsletter", "delete", newsletter.pk), {"post": "yes"})

    assert response.status_code == 403
    assert Newsletter.objects.exists()


def test_queued_sign_ups_are_deleted_with_an_unused_newsletter(desk):
    newsletter = make_newsletter(ready=False)
    now = timezone.now()
    SignUp.objects.create(
        newsletter=newsletter, received_at=now, due_at=now, network=b"n" * 16, document="{}"
    )

    desk.post(page("newsletter", "delete", newsletter.pk), {"post": "yes"})

    assert not Newsletter.objects.exists()


def test_every_protected_relation_has_a_message():
    """A new relation in this app needs a message in ``newsletter.admin.newsletter``."""
    own = {
        relation.name
        for relation in Newsletter._meta.related_objects
        if relation.related_model._meta.app_label == "newsletter"
    }

    assert own == {"wordings", "subscriptions", "events", "sign_ups"}
