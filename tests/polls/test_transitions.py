"""Closing, reopening, archiving, correcting and deciding, and the records that they leave."""

import hashlib
import json
from datetime import UTC
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from newsroom.canonical_json import digest
from newsroom.desk.transitions import TransitionRefused
from polls import closing_records, tally, transitions
from polls.models import Ballot, ClosingRecord, Decision, Poll
from tests.polls.factories import an_hour, make_ballot, make_closed, make_held, make_poll
from tests.triggers import drop_guards

pytestmark = pytest.mark.django_db


def audit():
    out = StringIO()
    call_command("audit_polls", stdout=out)
    return out.getvalue()


@pytest.fixture
def unguarded():
    """The database without its triggers, as somebody with a shell may leave it."""
    drop_guards("polls")


def test_closing_ends_voting_and_writes_a_record(django_user_model):
    editor = django_user_model.objects.create_user("editor")
    poll = make_poll("Yes", "No", question="More?", introduction="Tell us.")
    for text in ("Yes", "Yes", "No"):
        make_ballot(poll, text)

    record = transitions.close(poll, by=editor)

    poll.refresh_from_db()
    assert poll.state() == Poll.State.CLOSED
    assert (record.number, record.by, poll.recorded_at) == (1, editor, record.at)
    document = json.loads(record.document)
    yes, no = poll.choices.all()
    assert document["question"] == "More?"
    assert document["introduction"] == "Tell us."
    assert document["ballots"] == 3
    assert document["choices"] == [
        {"id": yes.pk, "text": "Yes", "votes": 2, "share": "66.7"},
        {"id": no.pk, "text": "No", "votes": 1, "share": "33.3"},
    ]
    assert document["closed"] == poll.closes.astimezone(UTC).isoformat()
    assert document["excluded"] == []
    assert record.digest == hashlib.sha256(record.document.encode()).hexdigest()


def test_record_says_how_many_were_not_counted_and_why():
    poll = make_poll()
    make_ballot(poll)
    office, script, unknown = (bytes([number]) * 16 for number in range(3))
    for network in (office, script, script, unknown):
        make_held(poll, network=network)
    transitions.decide(poll, office, Decision.Verdict.ACCEPTED, reason="A school")
    decision = transitions.decide(poll, script, Decision.Verdict.EXCLUDED, reason="A script")

    document = closing_records.parse(transitions.close(poll))

    assert document["ballots"] == 2
    assert document["excluded"] == [{"decision": decision.pk, "reason": "A script", "ballots": 2}]
    assert document["held_undecided"] == 1


def test_public_result_of_a_closed_poll_comes_from_its_record(client, unguarded):
    poll = make_closed("Yes", "No", votes=(3, 1))
    make_ballot(poll, "No")  # slipped in where nothing guards

    page = client.get(poll.get_absolute_url()).text

    assert "75.0</span>%" in page
    assert "4 votes</b> in all, the final result" in page


@pytest.mark.parametrize("fields", [{"closes": an_hour(ago=1)}, {"opens": an_hour(ahead=1)}])
def test_only_an_open_poll_is_closed(fields):
    with pytest.raises(TransitionRefused, match="isn't open"):
        transitions.close(make_poll(**fields))


def test_poll_is_reopened_and_closed_again_with_a_second_record(vote):
    poll = make_closed("Yes", "No", votes=(1, 1))

    transitions.reopen(poll, closes=an_hour(ahead=1))
    assert vote(poll, "Yes").status_code == 200
    transitions.close(poll)

    first, second = ClosingRecord.objects.order_by("number")
    assert (closing_records.result(first).ballots, closing_records.result(second).ballots) == (2, 3)
    assert closing_records.current(Poll.objects.get(pk=poll.pk)) == second


def test_reopening_writes_the_record_of_a_closing_that_has_none():
    poll = make_poll(opens=an_hour(ago=2), closes=an_hour(ago=1))

    transitions.reopen(poll)

    assert ClosingRecord.objects.get().poll == poll
    assert Poll.objects.get().state() == Poll.State.OPEN


def test_reopening_is_refused_where_it_makes_no_sense():
    archived = make_closed()
    transitions.archive(archived)
    cases = [
        (make_poll(), None, "isn't closed"),
        (make_closed(), an_hour(ago=1), "has passed"),
        (archived, None, "is archived"),
    ]
    for poll, closes, message in cases:
        with pytest.raises(TransitionRefused, match=message):
            transitions.reopen(poll, closes=closes)


def test_archiving_closes_a_poll_and_takes_it_off_the_list(client, vote):
    poll = make_poll()

    transitions.archive(poll)

    assert vote(poll, "Yes").status_code == 409
    assert poll.question not in client.get("/polls/").text
    assert ClosingRecord.objects.get().poll == poll
    with pytest.raises(TransitionRefused, match="already"):
        transitions.archive(poll)
    transitions.unarchive(poll)
    assert poll.question in client.get("/polls/").text
    assert vote(poll, "Yes").status_code == 409
    with pytest.raises(TransitionRefused, match="isn't archived"):
        transitions.unarchive(poll)


def test_rewording_keeps_what_it_was_and_tells_readers(client, django_user_model):
    editor = django_user_model.objects.create_user("editor", first_name="Eva")
    poll = make_poll("Yess", "No", question="Moer?")
    make_ballot(poll, "Yess")
    yes = poll.choices.first()

    transitions.reword(
        poll, question="More?", choices={yes.pk: "Yes"}, reason="Two typing errors", by=editor
    )

    poll.refresh_from_db()
    assert (poll.question, str(poll.choices.first())) == ("More?", "Yes")
    told = {(row.before, row.after, row.by_name) for row in poll.rewordings.all()}
    assert told == {("Moer?", "More?", "Eva"), ("Yess", "Yes", "Eva")}
    page = client.get(poll.get_absolute_url()).text
    for words in ("The wording was corrected", "“Moer?”", "“Yess”", "Two typing errors"):
        assert words in page
    assert "Eva" not in page
    assert audit() == "1 poll recounted: everything agrees.\n"


def test_rewording_of_a_closed_poll_writes_another_record():
    poll = make_closed("Yes", "No", votes=(1, 0))

    transitions.reword(poll, question="Better?", choices={}, reason="A typing error")

    last = ClosingRecord.objects.first()
    assert last.number == 2
    assert closing_records.parse(last)["question"] == "Better?"


def test_rewording_to_the_same_words_is_refused():
    poll = make_poll()

    with pytest.raises(TransitionRefused, match="Nothing is worded differently"):
        transitions.reword(poll, question=poll.question, choices={}, reason="None")


def test_ballots_held_back_count_once_they_are_accepted():
    poll = make_poll()
    network = make_held(poll).network
    assert (tally.count(poll).ballots, tally.count(poll).waiting) == (0, 1)

    decision = transitions.decide(poll, network, "accepted", reason="A school")

    assert (decision.ballots_decided, tally.count(poll).ballots) == (1, 1)
    make_held(poll, network=network)
    assert tally.count(poll).waiting == 1, "what comes later is decided on later"


def test_decision_is_put_right_by_another_and_both_stay_on_record():
    poll = make_poll()
    network = make_held(poll).network
    first = transitions.decide(poll, network, "excluded", reason="A script")
    assert tally.count(poll).excluded == {first.pk: 1}

    transitions.decide(poll, network, "accepted", reason="It was a school", instead_of=first)

    assert tally.count(poll).ballots == 1
    assert [decision.reason for decision in Decision.objects.all()] == [
        "It was a school",
        "A script",
    ]
    with pytest.raises(TransitionRefused, match="in the meantime"):
        transitions.decide(poll, network, "accepted", reason="Again", instead_of=first)


def test_decision_on_a_closed_poll_writes_another_record(client):
    poll = make_poll("Yes", "No")
    network = make_held(poll, "No").network
    make_ballot(poll, "Yes")
    transitions.close(poll)
    assert "1 vote</b> in all" in client.get(poll.get_absolute_url()).text

    transitions.decide(poll, network, "accepted", reason="A school")

    assert "2 votes</b> in all" in client.get(poll.get_absolute_url()).text
    assert ClosingRecord.objects.count() == 2
    assert audit() == "1 poll recounted: everything agrees.\n"


# The audit


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


def test_audit_finds_a_ballot_that_was_added(unguarded):
    poll = make_closed("Yes", "No", votes=(1, 1))
    make_ballot(poll, "Yes")

    told = broken_audit()

    assert poll.slug in told
    assert "the ballots counted: record 1 says 2, the recount 3" in told


def test_audit_finds_a_ballot_that_was_taken_away(unguarded):
    poll = make_closed("Yes", "No", votes=(1, 1))
    Ballot.objects.first().delete()

    assert "the recount 1" in broken_audit()
    assert poll.ballots.count() == 1


def test_audit_finds_a_record_that_was_changed(unguarded):
    poll = make_closed("Yes", "No", votes=(1, 1))
    record = poll.records.get()
    changed = record.document.replace('"votes":1', '"votes":2', 1)
    ClosingRecord.objects.update(document=changed)

    assert "record 1 has been changed: its digest differs" in broken_audit()


def test_audit_finds_a_record_that_was_changed_with_its_digest(unguarded):
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


def test_audit_finds_ballots_that_are_none(unguarded):
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
