"""Transitions of polls in the admin: their permissions, confirmation pages and records."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from polls import transitions
from polls.admin.transitions import TRANSITIONS
from polls.models import Choice, ClosingRecord, Poll, Rewording
from tests.articles.admin_forms import messages_of
from tests.articles.factories import make_user
from tests.polls.factories import an_hour, make_ballot, make_closed, make_poll

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return make_user("Editors", first_name="Ada", last_name="Lovelace")


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def transition(poll, name):
    return reverse("admin:polls_poll_transition", args=[poll.pk, name])


def take(desk, poll, name, **answers):
    response = desk.post(transition(poll, name), answers, follow=True)
    poll.refresh_from_db()
    return response


def wordings(poll, **changes):
    texts = {f"choice_{choice.pk}": choice.text for choice in poll.choices.all()}
    return {"question": poll.question, "reason": "A typing error.", **texts, **changes}


def test_poll_is_closed_reopened_archived_and_unarchived(desk, editor):
    poll = make_poll()
    make_ballot(poll)

    page = desk.get(transition(poll, "close"))
    assert "Readers can no longer vote." in page.text
    response = take(desk, poll, "close", versions=page.context["versions"])
    assert "is closed, and record 1 is written" in messages_of(response)[0]
    assert (poll.state(), poll.records.get().by) == (Poll.State.CLOSED, editor)

    response = take(desk, poll, "reopen", closes="2090-01-01T10:00")
    assert "until 1 January 2090, 10:00" in messages_of(response)[0]
    assert (poll.state(), poll.closes.year) == (Poll.State.OPEN, 2090)

    response = take(desk, poll, "archive")
    assert "no longer listed" in messages_of(response)[0]
    assert poll not in Poll.objects.listed()
    assert poll.state() == Poll.State.CLOSED
    assert desk.get(poll.get_absolute_url()).status_code == 200

    take(desk, poll, "unarchive")
    assert poll in Poll.objects.listed().closed()
    told = [str(line) for line in LogEntry.objects.values_list("change_message", flat=True)]
    assert len(told) == 4
    assert "Close now: it is closed, and record 1 is written." in told


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (make_poll, ["close", "archive"]),
        (lambda: make_poll(opens=an_hour(ahead=1)), ["archive"]),
        (make_closed, ["reopen", "reword", "archive"]),
        (lambda: make_poll(closes=an_hour(ago=1)), ["record", "reopen", "reword", "archive"]),
        (lambda: transitions.archive(make_poll()), ["reword", "unarchive"]),
    ],
)
def test_available_transitions_are_offered(desk, make, expected):
    poll = make()
    page = desk.get(reverse("admin:polls_poll_change", args=[poll.pk]))

    assert [each.name for each in page.context["transitions"]] == expected
    for name in expected:
        assert transition(poll, name) in page.text


def test_new_poll_offers_no_transitions(desk):
    page = desk.get("/admin/polls/poll/add/")

    assert page.context["status"] is None
    assert 'id="status-heading"' not in page.text


@pytest.mark.parametrize("name", TRANSITIONS)
def test_unavailable_transition_is_refused_with_a_message(desk, name):
    closed, open_ = make_closed(), make_poll()
    poll = {"close": closed, "archive": transitions.archive(closed)}.get(name, open_)
    state, texts = poll.state(), wordings(poll)

    response = take(desk, poll, name, **texts)

    assert len(messages_of(response)) == 1
    assert poll.state() == state
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("name", TRANSITIONS)
def test_transition_requires_its_permission(client, name):
    one = TRANSITIONS[name].permission.partition(".")[2]
    user = make_user()
    others = Permission.objects.filter(content_type__app_label="polls").exclude(codename=one)
    user.user_permissions.set(others)
    client.force_login(user)
    poll = make_closed()

    assert client.get(transition(poll, name)).status_code == 403
    assert client.post(transition(poll, name), wordings(poll)).status_code == 403
    client.force_login(make_user("Writers"))
    assert client.post(transition(poll, name), wordings(poll)).status_code == 403
    client.force_login(make_user())
    assert client.post(transition(poll, name), wordings(poll)).status_code == 404


def test_poll_is_not_reopened_until_a_time_in_the_past(desk):
    poll = make_closed()
    response = desk.post(transition(poll, "reopen"), {"closes": "2001-01-01T10:00"})

    assert "That moment has passed." in response.text
    poll.refresh_from_db()
    assert poll.state() == Poll.State.CLOSED


def test_record_of_a_poll_that_closed_at_its_closing_time_is_written_at_the_desk(desk):
    poll = make_poll(closes=timezone.now() + timedelta(minutes=5), result_visibility="staff_only")
    make_ballot(poll)
    with time_machine.travel(an_hour(ahead=1)):
        desk.get(reverse("admin:polls_poll_results", args=[poll.pk]))
        assert not ClosingRecord.objects.exists()
        response = take(desk, poll, "record")

    assert "has its closing record, number 1" in messages_of(response)[0]
    assert poll.recorded_at is not None


# Corrections of the wording


def test_correction_keeps_the_old_wording_on_record(desk, editor):
    poll = make_poll("Yez", "No", question="Mor?")
    make_ballot(poll)
    yes, _ = poll.choices.all()
    page = desk.get(transition(poll, "reword"))
    assert 'value="Yez"' in page.text

    changes = {"question": "More?", f"choice_{yes.pk}": "Yes", "reason": "Two typos."}
    response = take(desk, poll, "reword", **wordings(poll, **changes))

    assert "(2 corrected)" in messages_of(response)[0]
    assert (poll.question, str(poll.choices.first())) == ("More?", "Yes")
    assert set(Rewording.objects.values_list("before", "after", "reason", "by")) == {
        ("Mor?", "More?", "Two typos.", editor.pk),
        ("Yez", "Yes", "Two typos.", editor.pk),
    }


@pytest.mark.parametrize("text", ["No", "no ", ""])
def test_choice_is_not_reworded_to_another_choice(desk, text):
    poll = make_poll("Yes", "No")
    make_ballot(poll)
    yes, no = poll.choices.all()

    for other in ("No", "Never"):
        changes = {f"choice_{yes.pk}": text, f"choice_{no.pk}": other}
        response = desk.post(transition(poll, "reword"), wordings(poll, **changes))
        assert response.context["form"].errors.keys() == {f"choice_{yes.pk}"}
    assert [str(choice) for choice in poll.choices.all()] == ["Yes", "No"]


def test_correction_requires_a_reason(desk):
    poll = make_closed()
    response = desk.post(transition(poll, "reword"), wordings(poll, question="New?", reason=" "))

    assert "reason" in response.context["form"].errors


def test_correction_after_somebody_else_s_is_asked_for_again(desk):
    poll = make_closed()
    page = desk.get(transition(poll, "reword"))
    transitions.reword(poll, question="Theirs?", choices={}, reason="x")

    answers = wordings(poll, question="Mine?", versions=page.context["versions"])
    response = desk.post(transition(poll, "reword"), answers)

    assert "changed since" in messages_of(response)[0]
    assert Poll.objects.get().question == "Theirs?"


def test_choice_of_another_poll_is_not_corrected(desk):
    poll, other = make_closed(), make_poll("Here", "There")
    there = other.choices.first()

    take(desk, poll, "reword", **wordings(poll, question="New?", **{f"choice_{there.pk}": "Gone"}))

    assert not Choice.objects.filter(text="Gone").exists()


@pytest.mark.parametrize("name", TRANSITIONS)
def test_refusal_by_the_database_is_reported(desk, monkeypatch, name):
    def refuse(*args, **kwargs):
        raise IntegrityError("guard")

    for where in ("close", "reopen", "archive", "unarchive", "reword"):
        monkeypatch.setattr(f"polls.transitions.{where}", refuse)
    monkeypatch.setattr("polls.closing_records.ensure", refuse)
    poll = make_poll()
    response = desk.post(transition(poll, name), wordings(poll), follow=True)

    assert "The database refused it" in messages_of(response)[0]
