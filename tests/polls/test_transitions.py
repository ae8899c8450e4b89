"""Transitions of polls, rewordings and decisions, with the records that they write."""

import hashlib
import json
from datetime import UTC

import pytest

from newsroom.desk.transitions import TransitionRefused
from polls import closing_records, tally, transitions
from polls.models import ClosingRecord, Decision, Poll
from tests.polls.factories import an_hour, make_ballot, make_closed, make_held, make_poll

pytestmark = pytest.mark.django_db


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


def test_reopening_writes_the_record_that_is_due():
    poll = make_poll(opens=an_hour(ago=2), closes=an_hour(ago=1))

    transitions.reopen(poll)

    assert ClosingRecord.objects.get().poll == poll
    assert Poll.objects.get().state() == Poll.State.OPEN


def test_invalid_reopening_is_refused():
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


def test_rewording_keeps_the_old_wording_and_shows_it_to_readers(client, django_user_model):
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
    assert not list(closing_records.audit(Poll.objects.get()))


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


def test_held_ballots_count_once_they_are_accepted():
    poll = make_poll()
    network = make_held(poll).network
    assert (tally.count(poll).ballots, tally.count(poll).waiting) == (0, 1)

    decision = transitions.decide(poll, network, "accepted", reason="A school")

    assert (decision.ballots_decided, tally.count(poll).ballots) == (1, 1)
    make_held(poll, network=network)
    assert tally.count(poll).waiting == 1, "what comes later is decided on later"


def test_decision_can_be_replaced_and_both_stay_on_record():
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
    assert not list(closing_records.audit(Poll.objects.get()))
