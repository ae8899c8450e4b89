"""Closing records are written by the task, the command or the desk, and never by a page view."""

from datetime import UTC, timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks import task_backends

from polls import closing_records, transitions
from polls.models import ClosingRecord, Decision, Poll
from polls.tasks import resume, schedule_record, write_due_records
from tests.articles.factories import make_user
from tests.polls.factories import an_hour, make_ballot, make_closed, make_held, make_poll
from tests.read_only import WriteAttempted, read_only

pytestmark = pytest.mark.django_db

PAGES = ("poll", "result", "results", "vote")


@pytest.fixture
def tasks():
    """The tasks that were enqueued for later, oldest first."""
    backend = task_backends[settings.DEFERRED_TASKS]
    backend.clear()
    return backend.results


def address(poll, page):
    return reverse(f"polls:{page}", args=[poll.slug])


def read_every_page(client, poll):
    """Request each public address of a poll with GET and HEAD; returns the GET responses."""
    answers = {}
    for url in ("/polls/", *(address(poll, page) for page in PAGES)):
        client.head(url)
        answers[url] = client.get(url)
    return answers


def figures_in(answers, poll):
    """The figures in each response: id, votes and share of each choice, then the total."""
    result = answers[address(poll, "results")].json()["result"]
    shared, own = (
        answers[address(poll, page)].context["panel"].result for page in ("poll", "result")
    )
    return [
        [(choice["id"], choice["votes"], choice["share"]) for choice in result["choices"]]
        + [result["ballots"]],
        *(
            [(line.choice, line.votes, line.share) for line in page.lines] + [page.ballots]
            for page in (shared, own)
        ),
    ]


def test_record_has_the_number_of_uncounted_ballots_and_the_reasons():
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
    make_ballot(poll, "No")  # inserted without the triggers

    page = client.get(poll.get_absolute_url()).text

    assert "75.0</span>%" in page
    assert "4 votes</b> in all, the final result" in page


def test_task_writes_the_record_of_a_poll_that_closed_at_its_closing_time():
    poll = make_poll(closes=an_hour(ahead=1))
    make_ballot(poll)

    with time_machine.travel(poll.closes + timedelta(days=3), tick=False):
        assert write_due_records.call() == 1
        assert write_due_records.call() == 0

    record = ClosingRecord.objects.get()
    assert (record.by, record.by_name) == (None, "")
    assert closing_records.parse(record)["closed"] == poll.closes.astimezone(UTC).isoformat()
    assert closing_records.parse(record)["ballots"] == 1
    poll.refresh_from_db()
    assert poll.recorded_at == record.at


def test_record_is_due_once_a_poll_is_closed_and_until_it_is_written():
    due, archived = make_poll(closes=an_hour(ago=1)), make_poll(archived_at=an_hour(ago=1))
    make_poll()
    make_poll(opens=an_hour(ahead=1))
    make_poll(closes=an_hour(ahead=1))
    make_closed()

    assert set(Poll.objects.without_record()) == {due, archived}
    assert {record.poll for record in closing_records.write_due()} == {due, archived}
    assert not Poll.objects.without_record()


def test_task_is_scheduled_for_the_closing_time(tasks, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for poll in (make_poll(), make_poll(closes=an_hour(ago=1))):
            schedule_record(poll)
        assert not tasks
        closing = make_poll(closes=an_hour(ahead=1))
        schedule_record(closing)
        reopened = transitions.reopen(make_closed(), closes=an_hour(ahead=2))

    assert [(each.task.func, each.task.run_after) for each in tasks] == [
        (write_due_records.func, closing.closes),
        (write_due_records.func, reopened.closes),
    ]


def test_server_that_starts_writes_due_records_and_schedules_coming_ones(
    tasks, django_capture_on_commit_callbacks
):
    for closes in (None, an_hour(ago=1)):
        make_poll(closes=closes)
    coming = make_poll(closes=an_hour(ahead=1))

    with django_capture_on_commit_callbacks(execute=True):
        resume()

    assert {each.task.func for each in tasks} == {write_due_records.func}
    assert [each.task.run_after for each in tasks] == [None, coming.closes]


def test_server_with_a_worker_process_leaves_the_tasks_to_it(tasks, settings):
    make_poll(closes=an_hour(ahead=1))
    settings.DEFERRED_TASKS = "default"

    resume()

    assert not tasks


def test_saving_a_poll_at_the_desk_schedules_the_task(
    tasks, client, django_capture_on_commit_callbacks
):
    client.force_login(make_user(is_superuser=True))
    closes = an_hour(ahead=3).replace(second=0, microsecond=0)
    form = {
        "question": "More?",
        "slug": "more",
        "max_choices": 1,
        "result_visibility": "always",
        "opens": "",
        "closes": timezone.localtime(closes).strftime("%Y-%m-%dT%H:%M"),
        "choices-TOTAL_FORMS": 2,
        "choices-INITIAL_FORMS": 0,
        "choices-0-text": "Yes",
        "choices-1-text": "No",
    }

    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("admin:polls_poll_add"), form)

    assert Poll.objects.get().closes == closes
    assert [each.task.run_after for each in tasks] == [closes]


@pytest.mark.parametrize(
    "visibility", [Poll.ResultVisibility.ALWAYS, Poll.ResultVisibility.AFTER_VOTING]
)
def test_pages_of_a_closed_poll_write_nothing_and_show_the_figures_of_its_record(
    client, vote, visibility
):
    poll = make_poll("Yes", "No", "Maybe", closes=an_hour(ahead=1), result_visibility=visibility)
    for text in ("Yes", "No", "No"):
        make_ballot(poll, text)
    make_held(poll, "Yes")
    vote(poll, "No")

    with time_machine.travel(an_hour(ahead=2), tick=False):
        with read_only():
            counted = read_every_page(client, poll)
        assert not ClosingRecord.objects.exists()
        assert write_due_records.call() == 1
        with read_only():
            recorded = read_every_page(client, poll)

    yes, no, maybe = (choice.pk for choice in poll.choices.all())
    expected = [(yes, 1, "25.0"), (no, 3, "75.0"), (maybe, 0, "0.0"), 4]
    assert figures_in(counted, poll) == figures_in(recorded, poll) == [expected] * 3


def test_result_is_called_final_once_the_record_is_written(client):
    poll = make_poll(closes=an_hour(ago=1))

    def told():
        page = client.get(poll.get_absolute_url()).text
        result = client.get(address(poll, "results")).json()["result"]
        return "the final result" in page, result["final"]

    assert told() == (False, False)
    closing_records.write_due()
    assert told() == (True, True)


def test_page_of_a_poll_without_a_record_is_kept_for_two_seconds(client):
    poll = make_poll(closes=an_hour(ago=1))

    answer = client.get(poll.get_absolute_url())

    kept = dict(each.partition("=")[::2] for each in answer["Cache-Control"].split(", "))
    assert 1 <= int(kept["max-age"]) <= int(kept["s-maxage"]) <= 2


def test_context_that_refuses_writes_refuses_a_vote(client):
    poll = make_poll()
    form = {"choice": poll.choices.first().pk}
    again = client.post(address(poll, "vote"), form)["Location"]

    with read_only(), pytest.raises(WriteAttempted):
        client.post(again, form)
    with read_only(), pytest.raises(WriteAttempted):
        transitions.close(poll)
    assert Client().get(poll.get_absolute_url()).status_code == 200
