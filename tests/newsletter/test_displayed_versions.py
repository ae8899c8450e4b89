"""A consent is to the versions that the form displayed, whatever is published later."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter import data_export, ledger, links, tokens, version_states
from newsletter.consent_texts import DisplayedForm, Policies, current_consent_texts
from newsletter.models import ConsentEvent, PolicyVersion, SignUp
from newsletter.tokens import Purpose
from newsroom.canonical_json import canonical
from tests.articles.factories import make_user
from tests.newsletter.conftest import SHOWN
from tests.newsletter.factories import (
    PRIVACY,
    TERMS,
    ago,
    make_confirmed,
    make_newsletter,
    make_policy,
    make_wording,
    since,
)
from tests.tables import rows_by_table

pytestmark = pytest.mark.django_db


@pytest.fixture
def newsletter():
    """A newsletter whose versions have been in force for two days."""
    at = ago(days=2)
    for document in PolicyVersion.Document:
        make_policy(document, "<p>First.</p>", **since(at))
    newsletter = make_newsletter(ready=False, slug="first")
    make_wording(newsletter, sentence="First sentence.", button="First", **since(at))
    return newsletter


def shown_on(client, newsletter):
    """Return the signed field of a page."""
    return SHOWN.search(client.get(newsletter.get_absolute_url()).text)[1]


def publish_all(newsletter, **fields):
    """Publish a second version of every text, in force at once by default."""
    for document in PolicyVersion.Document:
        make_policy(document, "<p>Second.</p>", **fields)
    make_wording(newsletter, sentence="Second sentence.", button="Second", **fields)


def agreed(kind="requested"):
    """Return sentence, button and version numbers of the last event of a kind."""
    event = ConsentEvent.objects.filter(kind=kind).latest("number")
    said = ledger.event_document(event)["agreed"]
    numbers = {name: said[name]["version"] for name in ("wording", "terms", "privacy")}
    return said["sentence"], said["button"], numbers


FIRST = ("First sentence.", "First", {"wording": 1, "terms": 1, "privacy": 1})
SECOND = ("Second sentence.", "Second", {"wording": 2, "terms": 2, "privacy": 2})


def test_consent_is_to_the_displayed_versions_not_to_newer_ones(
    client, newsletter, sign_up, deliver
):
    shown = shown_on(client, newsletter)
    publish_all(newsletter)

    assert sign_up(newsletter, shown=shown).status_code == 302
    deliver()

    assert agreed() == FIRST


def test_consent_is_the_same_if_processed_after_a_new_version(newsletter, sign_up, deliver):
    sign_up(newsletter)
    publish_all(newsletter)
    deliver()

    assert agreed() == FIRST


def test_confirmation_repeats_the_requested_versions(client, newsletter, sign_up, deliver):
    sign_up(newsletter)
    deliver()
    publish_all(newsletter)

    asked = ConsentEvent.objects.get(kind="requested")
    client.post(links.confirm_url(asked))

    assert agreed("confirmed") == FIRST
    event = ConsentEvent.objects.get(kind="confirmed")
    assert ledger.event_document(event)["agreed"] == ledger.event_document(asked)["agreed"]
    assert ledger.event_document(event)["follows"] == asked.number


def test_next_reader_agrees_to_the_new_versions(newsletter, sign_up, deliver):
    publish_all(newsletter)
    sign_up(newsletter)
    deliver()

    assert agreed() == SECOND


def test_event_names_the_digest_of_each_text(newsletter, sign_up, deliver):
    sign_up(newsletter)
    deliver()

    said = ledger.event_document(ConsentEvent.objects.get())["agreed"]
    assert said["terms"]["sha256"] == PolicyVersion.objects.get(document=TERMS).sha256
    assert said["privacy"]["sha256"] == PolicyVersion.objects.get(document=PRIVACY).sha256
    assert said["wording"]["sha256"] == newsletter.wordings.get().sha256


# Outdated versions


def asks_again(client, newsletter, sign_up, shown, typed="ann@example.org"):
    """Submit a form whose versions can't be agreed to any more; return the answer."""
    answer = sign_up(newsletter, typed, shown=shown)
    assert answer.status_code == 409
    assert "What you agree to has changed since you opened this page." in answer.text
    assert f'value="{typed}"' in answer.text
    [checkbox] = re.findall(r"<input[^>]*name=\"agree\"[^>]*>", answer.text)
    assert "checked" not in checkbox
    assert "no-store" in answer["Cache-Control"]
    assert not SignUp.objects.exists()
    return answer


@pytest.mark.parametrize("what", ["terms", "privacy", "wording"])
def test_withdrawn_version_asks_again_and_keeps_the_address(client, newsletter, sign_up, what):
    shown = shown_on(client, newsletter)
    first = (
        newsletter.wordings.get() if what == "wording" else PolicyVersion.objects.get(document=what)
    )
    publish_all(newsletter)
    version_states.withdraw(first, by=make_user(), reason="A fault.")

    answer = asks_again(client, newsletter, sign_up, shown)

    # The form in the answer displays the current versions.
    assert "Second sentence." in answer.text
    again = SHOWN.search(answer.text)[1]
    assert sign_up(newsletter, shown=again).status_code == 302


@pytest.mark.parametrize("what", ["terms", "privacy", "wording"])
def test_replaced_version_is_accepted_for_exactly_a_day(
    client, newsletter, sign_up, time_machine, what
):
    shown = shown_on(client, newsletter)
    replaced = timezone.now()
    time_machine.move_to(replaced, tick=False)
    if what == "wording":
        make_wording(newsletter)
    else:
        make_policy(what)
    pair = DisplayedForm.from_token(shown)

    day = replaced + timedelta(days=1)
    assert pair.consent_texts(newsletter).can_be_agreed_to(day)
    assert not pair.consent_texts(newsletter).can_be_agreed_to(day + timedelta(microseconds=1))

    time_machine.move_to(day - timedelta(seconds=10), tick=False)
    assert sign_up(newsletter, shown=shown).status_code == 302
    SignUp.objects.all().delete()
    time_machine.move_to(day + timedelta(seconds=1), tick=False)
    asks_again(client, newsletter, sign_up, shown)


def test_day_counts_from_the_first_version_that_replaced_it(client, newsletter, sign_up, later):
    """A third version an hour ago doesn't start the day again."""
    shown = shown_on(client, newsletter)
    publish_all(newsletter)
    later(hours=23)
    publish_all(newsletter)
    later(hours=2)

    asks_again(client, newsletter, sign_up, shown)


def test_version_whose_only_successor_was_withdrawn_is_in_force(client, newsletter, sign_up, later):
    shown = shown_on(client, newsletter)
    second = make_policy(TERMS)
    later(hours=1)
    version_states.withdraw(second, by=make_user(), reason="A fault.")
    later(days=3)

    assert sign_up(newsletter, shown=shown).status_code == 302


def test_scheduled_version_can_not_be_agreed_to(newsletter, sign_up):
    coming = make_policy(TERMS, effective_from=timezone.now() + timedelta(days=1))
    texts = current_consent_texts([newsletter])[newsletter.pk]
    shown = DisplayedForm.create(texts, "/", "list")
    forged = DisplayedForm(
        newsletter.pk, shown.wording, coming.pk, shown.privacy, "/", "list", shown.rendered_at
    ).token()

    assert sign_up(newsletter, shown=forged).status_code == 409
    assert not SignUp.objects.exists()


# Forged and foreign fields


def fields(newsletter, **changes):
    shown = DisplayedForm.create(current_consent_texts([newsletter])[newsletter.pk], "/", "list")
    values = {name: getattr(shown, name) for name in DisplayedForm.__slots__}
    return list({**values, **changes}.values())


def foreign_fields(newsletter):
    other = make_newsletter(ready=False)
    wording = make_wording(other)
    privacy = PolicyVersion.objects.get(document=PRIVACY)
    return {
        "nothing": "",
        "nonsense": "x",
        "unsigned": canonical({"terms": 1}),
        "another's form": DisplayedForm.create(
            current_consent_texts([other])[other.pk], "/", "list"
        ).token(),
        "another's wording": tokens.make(Purpose.FORM, fields(newsletter, wording=wording.pk)),
        "no such version": tokens.make(Purpose.FORM, fields(newsletter, terms=4711)),
        "another purpose": tokens.make(Purpose.POLICIES, fields(newsletter)),
        "privacy as terms": tokens.make(Purpose.FORM, fields(newsletter, terms=privacy.pk)),
    }


@pytest.mark.parametrize(
    "kind",
    [
        "nothing",
        "nonsense",
        "unsigned",
        "another's form",
        "another's wording",
        "no such version",
        "another purpose",
        "privacy as terms",
    ],
)
def test_forged_or_foreign_field_asks_again(client, newsletter, sign_up, kind):
    asks_again(client, newsletter, sign_up, foreign_fields(newsletter)[kind])


def test_missing_field_asks_again(newsletter, sign_up):
    assert sign_up(newsletter, shown=None).status_code == 409
    assert not SignUp.objects.exists()


def test_returned_address_is_escaped(client, newsletter, sign_up):
    typed = '"><script>alert(1)</script>@example.org'
    answer = sign_up(newsletter, typed, shown="x")

    assert answer.status_code == 409
    assert "<script>alert" not in answer.text


# Proof


def test_proof_has_the_same_bytes_after_everything_has_changed(newsletter, later):
    make_confirmed(newsletter)
    event = ConsentEvent.objects.get(kind="confirmed")

    def proof():
        return json.dumps(
            data_export.consent_proof(ConsentEvent.objects.get(pk=event.pk)), indent=2
        )

    before = proof()
    for text in ("First.", "First sentence.", "192.0.2.1", event.digest):
        assert text in before

    later(days=1)
    publish_all(newsletter)
    newsletter.name, newsletter.slug, newsletter.strapline = "Another", "another", "Other"
    newsletter.is_open = False
    newsletter.save()
    version_states.withdraw(
        PolicyVersion.objects.get(document=TERMS, number=1), by=make_user(), reason="A fault."
    )
    later(days=3000)
    publish_all(newsletter)
    make_confirmed(make_newsletter())

    assert proof() == before


def test_digests_in_a_proof_can_be_made_again_from_it(newsletter):
    make_confirmed(newsletter)
    proof = json.loads(
        json.dumps(data_export.consent_proof(ConsentEvent.objects.get(kind="confirmed")))
    )

    for told in proof["events"]:
        document = json.loads(told["document"])
        assert ledger.digest(told["document"]) == told["digest"]
        salt = bytes.fromhex(told["evidence"]["salt"])
        assert ledger.evidence_digest(salt, told["evidence"]["text"]) == document["evidence"]
        for name, text in proof["texts"].items():
            body = {key: value for key, value in text.items() if key != "sha256"}
            assert ledger.digest(canonical(body)) == text["sha256"]
            assert document["agreed"][name]["sha256"] == text["sha256"]


# On the subscriber's own page


@pytest.fixture
def page(newsletter):
    """The path of the own page of a subscriber to another newsletter."""
    other = make_newsletter(ready=False, slug="other")
    make_wording(other, **since(ago(days=2)))
    subscriber = make_confirmed(other, "ann@example.org").subscriber
    return links.manage_url(subscriber).removeprefix("http://testserver")


def fields_on(html):
    """Return the signed fields of a page, in their order."""
    return SHOWN.findall(html)


def test_subscribing_records_the_displayed_versions(client, newsletter, page):
    [shown] = fields_on(client.get(page).text)
    publish_all(newsletter)

    client.post(f"{page}on/first/", {"shown": shown, "agree": "on"})

    assert agreed("confirmed") == FIRST


def test_page_asks_again_for_what_was_withdrawn(client, newsletter, page):
    [shown] = fields_on(client.get(page).text)
    first = newsletter.wordings.get()
    publish_all(newsletter)
    version_states.withdraw(first, by=make_user(), reason="A fault.")
    before = ConsentEvent.objects.count()

    answer = client.post(f"{page}on/first/", {"shown": shown, "agree": "on"}, follow=True)

    assert "Please read it again." in answer.text
    assert "Second sentence." in answer.text
    assert ConsentEvent.objects.count() == before


def test_new_policies_are_agreed_to_in_the_displayed_versions(client, newsletter, page):
    make_policy(TERMS, "<p>Second.</p>")
    assert "The terms have changed" in client.get(page).text
    shown = Policies.in_force().token()
    make_policy(TERMS, "<p>Third.</p>")

    answer = client.post(f"{page}agree/", {"shown": shown, "agree": "on"}, follow=True)

    said = ledger.event_document(ConsentEvent.objects.get(kind="agreed_again"))["agreed"]
    assert (said["terms"]["version"], said["privacy"]["version"]) == (2, 1)
    assert "your agreement has been recorded" in answer.text
    assert "The terms have changed" in answer.text  # there is a third version now


@pytest.mark.parametrize("what", ["withdrawn", "old", "forged", "foreign", "nothing"])
def test_outdated_policies_are_asked_for_again(client, newsletter, page, later, what):
    second = make_policy(TERMS, "<p>Second.</p>")
    shown = Policies.in_force().token()
    if what in {"withdrawn", "old"}:
        make_policy(TERMS, "<p>Third.</p>")
    if what == "withdrawn":
        version_states.withdraw(second, by=make_user(), reason="A fault.")
    if what == "old":
        later(days=1, seconds=1)
    shown = {
        "forged": f"x{shown}",
        "foreign": fields_on(client.get(page).text)[-1],
        "nothing": "",
    }.get(what, shown)

    answer = client.post(f"{page}agree/", {"shown": shown, "agree": "on"}, follow=True)

    assert "Please read it again." in answer.text
    assert not ConsentEvent.objects.filter(kind="agreed_again").exists()


def test_unticked_checkbox_is_no_consent(client, newsletter, page):
    make_policy(TERMS)
    before = dict(rows_by_table())

    again, on = fields_on(client.get(page).text)
    answers = [
        client.post(f"{page}agree/", {"shown": again}),
        client.post(f"{page}on/first/", {"shown": on}),
    ]

    for answer in answers:
        assert answer.status_code == 400
        assert "Tick the box if you agree." in answer.text
    assert dict(rows_by_table()) == before
