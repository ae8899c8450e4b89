"""``manage.py verify_consents`` finds the first broken link of the ledger."""

import io

import pytest
from django.core.management import CommandError, call_command, execute_from_command_line
from django.db import connections

from newsletter import erasure, ledger, subscriptions
from newsletter.management.commands import verify_consents
from newsletter.models import (
    ChainHead,
    ConsentEvent,
    Evidence,
    Message,
    PolicyVersion,
    Subscriber,
    Wording,
)
from newsroom.canonical_json import canonical, digest
from tests.newsletter.factories import (
    PRIVACY,
    TERMS,
    make_confirmed,
    make_newsletter,
    make_policy,
    make_requested,
    make_unsubscribed,
    make_wording,
)
from tests.triggers import drop_guards

pytestmark = pytest.mark.django_db


def verify(**options):
    """Return the command's output; a CommandError means exit status 1."""
    out = io.StringIO()
    call_command("verify_consents", stdout=out, stderr=out, **options)
    return out.getvalue()


def broken():
    """Return the command's message about the first broken link."""
    with pytest.raises(CommandError) as refusal:
        verify()
    return str(refusal.value)


@pytest.fixture
def newsletter():
    return make_newsletter(name="Sci-Fi Weekly")


@pytest.fixture
def unguarded(newsletter):
    """Six events without triggers: two confirmed sign-ups, one unsubscription, one more sign-up."""
    make_confirmed(newsletter, "ann@example.org")
    make_unsubscribed(newsletter, "ben@example.org")
    make_requested(newsletter, "cleo@example.org")
    assert "6 events: the chain holds." in verify()
    drop_guards("newsletter")


def test_empty_ledger_holds():
    assert verify() == "The ledger is empty.\n"


def test_valid_ledger_holds_and_its_last_digest_is_printed(newsletter):
    event, _ = make_requested(newsletter)

    told = f"1 event: the chain holds. Its last digest: {event.digest}\n"
    assert verify() == told


def test_ledger_holds_after_texts_and_newsletter_got_new_versions(newsletter):
    make_confirmed(newsletter)
    make_policy(TERMS, "<p>New.</p>")
    make_policy(PRIVACY, "<p>New.</p>")
    make_wording(newsletter, sentence="New.")
    newsletter.name, newsletter.slug = "Another", "another"
    newsletter.save()
    make_confirmed(newsletter)

    assert "4 events: the chain holds." in verify()


def test_ledger_holds_after_erasures_and_lapses(newsletter, later):
    erased = make_confirmed(newsletter).subscriber
    make_requested(newsletter)
    former = make_unsubscribed(newsletter).subscriber
    make_requested(newsletter, former.address)
    make_confirmed(newsletter)
    later(days=31)
    assert subscriptions.prune_unconfirmed() == 2
    erasure.erase(erased, by=ledger.READER, where=ledger.EventSource("settings"))

    kinds = list(ConsentEvent.objects.order_by("number").values_list("kind", flat=True)[9:])
    assert kinds == ["lapsed", "erased", "lapsed", "erased"]
    # Three events of the first person, two of the second.
    assert Evidence.objects.count() == 4
    assert "13 events: the chain holds." in verify()


def test_lapse_explains_no_missing_evidence_of_a_confirmed_request(newsletter, later):
    former = make_unsubscribed(newsletter).subscriber
    make_requested(newsletter, former.address)
    later(days=31)
    subscriptions.prune_unconfirmed()
    drop_guards("newsletter")
    Evidence.objects.filter(event=1).delete()

    with pytest.raises(CommandError, match=r"Event 1: its evidence is missing"):
        verify()


# Breaks


def event(number):
    return ConsentEvent.objects.filter(number=number)


def change_document():
    row = event(3).get()
    event(3).update(document=row.document.replace("/a/page/", "/b/page/"))


def change_document_and_digest():
    change_document()
    event(3).update(digest=digest(event(3).get().document))


def write(document):
    """Write an invalid document with a matching digest."""
    return lambda: event(3).update(document=document, digest=digest(document))


def remove(*numbers):
    Message.objects.all().delete()
    Evidence.objects.filter(event__in=numbers).delete()
    ConsentEvent.objects.filter(number__in=numbers)._raw_delete("default")


def altered(of, **changes):
    """Return an event's document with changes."""
    return canonical({**ledger.event_document(event(of).get()), **changes})


def forge_middle():
    document = altered(4, reason="forged")
    event(4).update(document=document, digest=digest(document))


def write_last(**changes):
    """Change the last event and its digest; no event follows that would reveal it."""
    document = altered(6, **changes)
    event(6).update(document=document, digest=digest(document))


def forge_at_the_end():
    document = altered(6, number=7, previous=event(6).get().digest, evidence=None)
    ConsentEvent.objects.create(
        number=7,
        kind="requested",
        at=event(6).get().at,
        subject=event(6).get().subject,
        newsletter=event(6).get().newsletter,
        document=document,
        digest=digest(document),
    )


CHANGED = "its document has been changed: the digest differs"
COLUMNS = "its columns differ from its document"
DOES_NOT_FOLLOW = "it doesn't follow the event before it"
BREAKS = {
    "document": (change_document, f"Event 3: {CHANGED}."),
    "document and digest": (change_document_and_digest, f"Event 4: {DOES_NOT_FOLLOW}."),
    "digest": (lambda: event(3).update(digest="0" * 64), f"Event 3: {CHANGED}."),
    "no JSON": (write("{"), "Event 3: its document can't be read."),
    "no document": (write("[]"), "Event 3: its document can't be read."),
    "nothing in it": (write("{}"), "Event 3: its document can't be read."),
    "kind": (lambda: event(2).update(kind="unsubscribed"), f"Event 2: {COLUMNS}."),
    "moment": (lambda: event(2).update(at="2020-01-01T00:00:00Z"), f"Event 2: {COLUMNS}."),
    "subject": (
        lambda: event(2).update(subject=event(3).get().subject),
        f"Event 2: {COLUMNS}.",
    ),
    "newsletter": (lambda: event(2).update(newsletter=make_newsletter()), f"Event 2: {COLUMNS}."),
    "no newsletter": (lambda: event(2).update(newsletter=None), f"Event 2: {COLUMNS}."),
    "first removed": (lambda: remove(1), "Event 2: the event before it, number 1, is missing."),
    "removed": (lambda: remove(3), "Event 4: the event before it, number 3, is missing."),
    "last removed": (
        lambda: remove(5, 6),
        "Event 5: it is missing; the chain had 6 events.",
    ),
    "all removed": (
        lambda: remove(1, 2, 3, 4, 5, 6),
        "Event 1: it is missing; the chain had 6 events.",
    ),
    "evidence": (
        lambda: Evidence.objects.filter(pk=4).update(document='{"address":"eve@example.org"}'),
        "Event 4: its evidence has been changed: the digest differs.",
    ),
    "salt": (
        lambda: Evidence.objects.filter(pk=4).update(salt=b"0" * 16),
        "Event 4: its evidence has been changed: the digest differs.",
    ),
    "evidence removed": (
        lambda: Evidence.objects.filter(pk=4).delete(),
        "Event 4: its evidence is missing, and nobody was erased.",
    ),
    "evidence added": (
        lambda: Evidence.objects.create(event_id=5, salt=b"0" * 16, document="{}"),
        "Event 5: its evidence has been changed: the digest differs.",
    ),
    "terms": (
        lambda: PolicyVersion.objects.filter(document=TERMS).update(body="<p>Worse.</p>"),
        "Event 1: version 1 of the terms is not the text that was agreed to.",
    ),
    "moment of the policy": (
        lambda: PolicyVersion.objects.filter(document=PRIVACY).update(
            effective_from="2100-01-01T00:00:00Z"
        ),
        "Event 1: version 1 of the privacy is not the text that was agreed to.",
    ),
    "policy removed": (
        lambda: PolicyVersion.objects.filter(document=TERMS).delete(),
        "Event 1: version 1 of the terms is not the text that was agreed to.",
    ),
    "wording": (
        lambda: Wording.objects.update(sentence="We send what we like."),
        "Event 1: version 1 of the wording is not the text that was agreed to.",
    ),
    "forged": (forge_middle, f"Event 5: {DOES_NOT_FOLLOW}."),
    "last one rewritten": (
        lambda: write_last(reason="rewritten"),
        "Event 7: the end of the chain is not the one that was recorded.",
    ),
    "forged at the end": (
        forge_at_the_end,
        "Event 8: the end of the chain is not the one that was recorded.",
    ),
}


@pytest.mark.parametrize("kind", BREAKS)
def test_first_broken_link_is_named(unguarded, kind):
    plant, told = BREAKS[kind]
    plant()

    assert broken() == told


def test_first_of_two_broken_links_is_named(unguarded):
    Evidence.objects.filter(pk=6).delete()
    change_document()

    assert broken() == f"Event 3: {CHANGED}."


def test_erasure_explains_no_missing_evidence_of_others(unguarded):
    ann = ConsentEvent.objects.get(number=1).subject
    with_ann = Subscriber.objects.get(subject=ann)
    erasure.erase(with_ann, by=ledger.READER, where=ledger.EventSource("settings"))
    assert "7 events: the chain holds." in verify()
    Evidence.objects.filter(pk=3).delete()

    assert broken() == "Event 3: its evidence is missing, and nobody was erased."


# A rewritten end of the chain


def rewind():
    """Delete the last events and move the end of the chain back."""
    remove(5, 6)
    ChainHead.objects.update(number=4, digest=event(4).get().digest)


def test_recorded_digest_reveals_a_rewritten_end(unguarded):
    noted = event(6).get().digest
    assert "the chain holds" in verify(includes=noted)
    assert "the chain holds" in verify(includes=event(2).get().digest)
    rewind()

    assert "4 events: the chain holds." in verify()
    with pytest.raises(CommandError, match="No event has the digest"):
        verify(includes=noted)


def test_empty_ledger_has_no_recorded_digest():
    with pytest.raises(CommandError, match="No event has the digest"):
        verify(includes="0" * 64)


# Output


def test_progress_is_printed(newsletter, monkeypatch):
    for _ in range(2):
        make_confirmed(newsletter)
    make_requested(newsletter)
    monkeypatch.setattr(verify_consents, "PROGRESS_INTERVAL", 2)

    assert verify().splitlines()[:-1] == ["2 of 5 events", "4 of 5 events"]


def test_exit_status_is_1_for_a_broken_chain_and_0_for_a_whole_one(unguarded, capsys, monkeypatch):
    # It would end the test's transaction.
    monkeypatch.setattr(connections, "close_all", lambda: None)
    command = ["manage.py", "verify_consents"]
    execute_from_command_line(command)  # returns, so that the process ends with 0
    remove(3)

    with pytest.raises(SystemExit) as end:
        execute_from_command_line(command)

    assert end.value.code == 1
    assert "Event 4: the event before it, number 3, is missing." in capsys.readouterr().err
