"""The admin of terms, privacy policy and wordings: editable until they take effect."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from newsletter.admin.policies import PolicyVersionAdmin
from newsletter.consent_texts import Policies
from newsletter.models import PolicyVersion
from tests.articles.admin_forms import messages_of
from tests.newsletter.admin_access import make_staff, page
from tests.newsletter.factories import (
    PRIVACY,
    TERMS,
    make_newsletter,
    make_policies,
    make_policy,
    make_wording,
)

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def editor():
    return make_staff(first_name="Edda", last_name="Torial")


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def ahead(hours=1):
    return (timezone.now() + hours * HOUR).replace(second=0, microsecond=0)


def moment(when):
    return timezone.localtime(when).strftime("%Y-%m-%dT%H:%M")


def form(**fields):
    sent = {"document": "terms", "body": "<p>New.</p>", "summary": "", "effective_from": ""}
    return {**sent, **fields}


def wording_form(newsletter, **fields):
    sent = {"newsletter": newsletter.pk, "sentence": "We write.", "button": "Sign up"}
    return {**sent, "effective_from": "", **fields}


def errors(response):
    assert response.status_code == 200
    found = response.context["adminform"].form.errors
    return {name: " ".join(map(str, each)) for name, each in found.items()}


def coming(document=TERMS, **fields):
    return make_policy(document, effective_from=ahead(), **fields)


def values(version):
    return type(version).objects.values().get(pk=version.pk)


def fixed(kind):
    """A version that has taken effect."""
    return make_policy() if kind == "policyversion" else make_newsletter().wordings.get()


# Publishing


def test_version_is_in_force_as_soon_as_it_is_saved(desk, editor):
    make_policies()

    response = desk.post(page("policyversion", "add"), form(summary="Shorter."))

    assert response.status_code == 302
    terms = Policies.in_force().terms
    assert (terms.number, terms.body, terms.summary) == (2, "<p>New.</p>", "Shorter.")
    assert terms.created_by == editor
    assert "<p>New.</p>" in desk.get(reverse("newsletter:terms")).text


def test_version_takes_effect_at_the_chosen_time(desk):
    make_policies()
    begins = ahead(hours=2)

    desk.post(page("policyversion", "add"), form(effective_from=moment(begins)))

    assert Policies.in_force().terms.number == 1
    with time_machine.travel(begins, tick=False):
        assert Policies.in_force().terms.number == 2


@pytest.mark.parametrize("hours", [-1, 0])
def test_past_time_is_refused(desk, hours):
    response = desk.post(page("policyversion", "add"), form(effective_from=moment(ahead(hours))))

    assert "That time has passed" in errors(response)["effective_from"]
    assert not PolicyVersion.objects.exists()


@pytest.mark.parametrize("hours", [None, 2, 5])
def test_version_takes_effect_after_those_before_it(desk, hours):
    make_policies()
    make_policy(TERMS, effective_from=ahead(5))
    begins = "" if hours is None else moment(ahead(hours))

    response = desk.post(page("policyversion", "add"), form(effective_from=begins))

    assert "Version 2 takes effect on" in errors(response)["effective_from"]
    assert PolicyVersion.objects.filter(document=TERMS).count() == 2
    desk.post(page("policyversion", "add"), form(effective_from=moment(ahead(6))))
    desk.post(page("policyversion", "add"), form(document="privacy"))
    assert PolicyVersion.objects.filter(document=TERMS).count() == 3
    assert PolicyVersion.objects.filter(document=PRIVACY).count() == 2


def test_text_is_sanitised(desk):
    desk.post(
        page("policyversion", "add"),
        form(body='<h2 style="x">A</h2><script>alert(1)</script><p onclick="x">B</p>'),
    )

    assert PolicyVersion.objects.get().body == "<h2>A</h2><p>B</p>"


@pytest.mark.parametrize("body", ["", "<p></p>", "<p> &nbsp;<br></p><h2></h2>", "<img src=x>"])
def test_version_needs_a_text(desk, body):
    assert "body" in errors(desk.post(page("policyversion", "add"), form(body=body)))
    assert not PolicyVersion.objects.exists()


def test_text_that_is_too_long_to_parse_is_refused(desk):
    response = desk.post(page("policyversion", "add"), form(body="<b>" * 30_000))

    assert "Paste this as plain text" in errors(response)["body"]


def test_new_version_copies_the_text_in_force(desk):
    make_policy(TERMS, "<p>Those of today.</p>", summary="Old news.")
    coming(body="<p>Those of tomorrow.</p>")
    newsletter = make_newsletter(ready=False)
    make_wording(newsletter, sentence="As of today.", button="Get it")

    policy = desk.get(page("policyversion", "add", document="terms"))
    wording = desk.get(page("wording", "add", newsletter=newsletter.pk))

    initial = policy.context["adminform"].form.initial
    assert initial == {"document": "terms", "body": "<p>Those of today.</p>"}
    initial = wording.context["adminform"].form.initial
    assert (initial["sentence"], initial["button"]) == ("As of today.", "Get it")
    assert int(initial["newsletter"]) == newsletter.pk


@pytest.mark.parametrize("value", ["", "x", "-1", "²", "9" * 30, "terms'"])
def test_form_with_an_invalid_series_is_empty(desk, value):
    make_policies()
    for model, name in (("policyversion", "document"), ("wording", "newsletter")):
        response = desk.get(page(model, "add", **{name: value}))
        assert response.status_code == 200
        assert "body" not in response.context["adminform"].form.initial


def test_wording_is_written_for_a_newsletter(desk, editor):
    newsletter = make_newsletter()
    other = make_newsletter()

    desk.post(page("wording", "add"), wording_form(newsletter, sentence="Every Friday."))

    wording = newsletter.wordings.first()
    assert (wording.number, wording.sentence, wording.created_by) == (2, "Every Friday.", editor)
    assert other.wordings.count() == 1
    assert "sentence" in errors(
        desk.post(page("wording", "add"), wording_form(newsletter, sentence="Two\nlines"))
    )


def test_two_who_publish_at_once_get_two_numbers_or_a_message(desk, monkeypatch):
    """Save another version after the number was computed."""
    make_policy()
    save = PolicyVersionAdmin.save_model

    def take_the_number(self, request, obj, form, change):
        obj.number = 1
        save(self, request, obj, form, change)

    monkeypatch.setattr(PolicyVersionAdmin, "save_model", take_the_number)
    response = desk.post(page("policyversion", "add"), form(), follow=True)

    assert "the database refused it" in messages_of(response)[0]
    assert PolicyVersion.objects.count() == 1


# Before it takes effect


def test_scheduled_version_is_changed(desk):
    make_policies()
    version = coming(body="<p>Old.</p>")
    later = ahead(9)

    desk.post(
        page("policyversion", "change", version.pk),
        form(body="<p>Better.</p>", document="privacy", effective_from=moment(later)),
    )

    version.refresh_from_db()
    assert (version.body, version.effective_from) == ("<p>Better.</p>", later)
    assert (version.document, version.number) == ("terms", 2)


def test_scheduled_version_is_put_in_force_now(desk):
    make_policies()
    version = coming()

    desk.post(page("policyversion", "change", version.pk), form(body="<p>Now.</p>"))

    assert Policies.in_force().terms == version


def test_unchanged_time_keeps_its_seconds(desk):
    begins = ahead(5) + timedelta(seconds=17, microseconds=5)
    version = make_policy(effective_from=begins)

    desk.post(page("policyversion", "change", version.pk), form(effective_from=moment(begins)))

    version.refresh_from_db()
    assert (version.effective_from, version.body) == (begins, "<p>New.</p>")


def test_scheduled_version_stays_before_the_next_one(desk):
    version = make_policy(effective_from=ahead(2))
    make_policy(effective_from=ahead(4))

    response = desk.post(
        page("policyversion", "change", version.pk), form(effective_from=moment(ahead(5)))
    )

    assert "Choose an earlier time" in errors(response)["effective_from"]


def test_invalid_form_keeps_its_editor_and_shows_stored_values(desk):
    version = coming()

    response = desk.post(page("policyversion", "change", version.pk), form(body=""))

    assert errors(response).keys() == {"body"}
    assert 'name="body"' in response.text
    assert 'name="_save"' in response.text
    assert "Takes effect on" in response.text


@pytest.mark.parametrize("by_its_page", [True, False])
def test_scheduled_version_is_deleted(desk, by_its_page):
    version = coming()
    if by_its_page:
        desk.post(page("policyversion", "delete", version.pk), {"post": "yes"})
    else:
        chosen = {"action": "delete_selected", "_selected_action": version.pk, "post": "yes"}
        desk.post(page("policyversion", "changelist"), chosen)

    assert not PolicyVersion.objects.exists()


# After it took effect


@pytest.mark.parametrize("kind", ["policyversion", "wording"])
def test_effective_version_is_read_only(desk, kind):
    version = fixed(kind)
    html = desk.get(page(kind, "change", version.pk)).text

    for name in ("body", "summary", "document", "newsletter", "sentence", "effective_from"):
        assert f'name="{name}"' not in html
    for button in ("_save", "_continue", "_addanother"):
        assert f'name="{button}"' not in html
    assert version.sha256 in html
    assert "It can't be changed any more, because readers may have agreed to it." in html
    assert (version.safe_body if kind == "policyversion" else version.sentence) in html


@pytest.mark.parametrize("kind", ["policyversion", "wording"])
def test_no_submitted_form_changes_an_effective_version(desk, kind):
    version = fixed(kind)
    before = values(version)
    sent = form(effective_from=moment(ahead()), withdrawn_at="2020-01-01", number=9)
    sent |= {"sentence": "Other.", "button": "Other", "newsletter": make_newsletter().pk}

    response = desk.post(page(kind, "change", version.pk), sent, follow=True)

    assert "it has taken effect and can't be changed" in messages_of(response)[0]
    assert values(version) == before
    assert not LogEntry.objects.exists()


def test_version_that_takes_effect_during_editing_is_not_changed(desk, monkeypatch):
    version = coming()
    before = values(version)
    save = PolicyVersionAdmin.save_model

    def too_late(self, request, obj, form, change):
        # The trigger uses the database's clock, so the stored time is set back instead.
        PolicyVersion.objects.filter(pk=obj.pk).update(
            created_at=timezone.now() - 2 * HOUR, effective_from=timezone.now() - HOUR
        )
        save(self, request, obj, form, change)

    monkeypatch.setattr(PolicyVersionAdmin, "save_model", too_late)
    sent = form(effective_from=moment(version.effective_from))
    response = desk.post(page("policyversion", "change", version.pk), sent, follow=True)

    assert "the database refused it" in messages_of(response)[0]
    assert values(version) == before


@pytest.mark.parametrize("kind", ["policyversion", "wording"])
def test_effective_version_is_not_deleted_and_the_list_says_why(desk, kind):
    version = fixed(kind)
    address = page(kind, "delete", version.pk)

    assert desk.get(address).status_code == 403
    assert desk.post(address, {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": version.pk, "post": "yes"}
    response = desk.post(page(kind, "changelist"), chosen)
    assert "Withdraw it instead." in response.text
    assert type(version).objects.filter(pk=version.pk).exists()
    assert "deletelink" not in desk.get(page(kind, "change", version.pk)).text


def test_view_permission_shows_the_text_without_markup(client):
    version = coming(body="<p>Be <strong>kind</strong>.</p>")
    client.force_login(make_staff(only=["view_policyversion"]))
    html = client.get(page("policyversion", "change", version.pk)).text

    assert "<p>Be <strong>kind</strong>.</p>" in html
    assert client.post(page("policyversion", "change", version.pk), form()).status_code == 403


def test_public_page_is_linked_once_it_exists(desk):
    now, then = make_policy(), coming()

    assert 'href="/terms/1/"' in desk.get(page("policyversion", "change", now.pk)).text
    assert "/terms/2/" not in desk.get(page("policyversion", "change", then.pk)).text
