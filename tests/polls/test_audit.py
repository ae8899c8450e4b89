"""``manage.py audit_polls`` recounts all polls and reports every difference."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from newsroom.canonical_json import digest
from polls import transitions
from polls.models import Ballot, ClosingRecord
from tests.polls.factories import an_hour, make_ballot, make_closed, make_held, make_poll

pytestmark = pytest.mark.django_db


def audit():
    out = StringIO()
    call_command("audit_polls", stdout=out)
    return out.getvalue()


def test_audit_recounts_every_poll_and_writes_what_is_due():
    make_closed("Yes", "No", votes=(3, 2))
    make_poll()
    due = make_poll(opens=an_hour(ago=2), closes=an_hour(ago=1))

    assert audit() == "Records written: 1.\n3 polls recounted: everything agrees.\n"
    assert due.records.exists()
    assert audit() == "3 polls recounted: everything agrees.\n"


def broken_audit():
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("audit_polls", stdout=out, stderr=err)
    assert caught.value.returncode == 1
    return out.getvalue() + str(caught.value)


def test_audit_finds_an_added_ballot(unguarded):
    poll = make_closed("Yes", "No", votes=(1, 1))
    make_ballot(poll, "Yes")

    told = broken_audit()

    assert poll.slug in told
    assert "the ballots counted: record 1 says 2, the recount 3" in told


def test_audit_finds_a_deleted_ballot(unguarded):
    poll = make_closed("Yes", "No", votes=(1, 1))
    Ballot.objects.first().delete()

    assert "the recount 1" in broken_audit()
    assert poll.ballots.count() == 1


def test_audit_finds_a_changed_record(unguarded):
    poll = make_closed("Yes", "No", votes=(1, 1))
    record = poll.records.get()
    changed = record.document.replace('"votes":1', '"votes":2', 1)
    ClosingRecord.objects.update(document=changed)

    assert "record 1 has been changed: its digest differs" in broken_audit()


def test_audit_finds_a_changed_record_with_a_new_digest(unguarded):
    poll = make_closed("Yes", "No", votes=(1, 1))
    changed = poll.records.get().document.replace('"votes":1', '"votes":2', 1)
    ClosingRecord.objects.update(document=changed, digest=digest(changed))

    assert "the votes" in broken_audit()


def test_audit_finds_a_missing_record(unguarded):
    first, second = make_closed(), make_closed()
    transitions.reopen(second)
    transitions.close(second)
    first.records.all().delete()
    second.records.filter(number=1).delete()

    told = broken_audit()

    assert f"{first.slug}: it is closed and has no record" in told
    assert f"{second.slug}: record 1 is missing" in told


def test_audit_finds_invalid_ballots(unguarded):
    poll, other = make_poll("Yes", "No"), make_poll()
    yes = poll.choices.first().pk
    make_ballot(poll, choices=str(other.choices.first().pk))
    make_ballot(poll, choices=f"{yes},{yes}")
    closed = make_closed()
    make_ballot(closed, cast_at=an_hour(ahead=1))
    held = make_held(poll)
    decision = transitions.decide(other, make_held(other).network, "accepted", reason="A school")
    Ballot.objects.filter(pk=held.pk).update(decision=decision)

    told = broken_audit()

    for words in (
        "which are not all choices of the poll",
        "which is more than a ballot may",
        "1 ballots were cast after closing",
        "1 ballots were decided on with those of another poll",
    ):
        assert words in told
