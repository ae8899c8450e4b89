"""Results and ballots as CSV files: complete, streamed, logged and safe in a spreadsheet."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.urls import reverse

from polls import transitions
from tests.articles.factories import make_user
from tests.polls.factories import make_ballot, make_closed, make_held, make_poll

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_user("Editors"))
    return client


def address(poll, what):
    return reverse(f"admin:polls_poll_{what}_csv", args=[poll.pk])


def download(desk, poll, what):
    response = desk.post(address(poll, what))
    assert response.streaming
    content = response.getvalue()
    assert content.startswith("\ufeff".encode())
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))), response


def test_results_file_has_choices_total_and_uncounted_ballots(desk):
    poll = make_poll("Yes", "No", slug="more")
    for text in ("Yes", "Yes", "No"):
        make_ballot(poll, text)
    make_held(poll)
    make_held(poll, network=b"\2" * 16)
    transitions.decide(poll, b"\2" * 16, "excluded", reason="One script.")

    rows, response = download(desk, poll, "results")

    assert rows == [
        ["choice", "votes", "share, %"],
        ["Yes", "2", "66.7"],
        ["No", "1", "33.3"],
        ["Total, votes", "3", ""],
        ["Excluded: One script.", "1", ""],
        ["Held back, not decided on", "1", ""],
    ]
    assert response["Content-Disposition"] == 'attachment; filename="more-results.csv"'
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]


def test_results_file_of_a_closed_poll_has_the_figures_of_its_record(desk):
    rows, _ = download(desk, make_closed("Yes", "No", votes=(835, 165)), "results")

    assert rows[1:4] == [
        ["Yes", "835", "83.5"],
        ["No", "165", "16.5"],
        ["Total, votes", "1000", ""],
    ]


def test_ballots_file_has_times_to_the_minute_and_no_voter(desk):
    poll = make_poll("A", "B", "C", max_choices=2)
    at = datetime(2026, 6, 15, 12, 34, 56, 789, tzinfo=UTC)
    ballots = [
        make_ballot(poll, "A", "C", cast_at=at),
        make_held(poll, "B", cast_at=at, network=b"\1" * 16),
        make_held(poll, "B", cast_at=at, network=b"\2" * 16),
        make_held(poll, "C", cast_at=at, network=b"\3" * 16),
    ]
    transitions.decide(poll, b"\2" * 16, "excluded", reason="One script.")
    transitions.decide(poll, b"\3" * 16, "accepted", reason="A school.")

    rows, response = download(desk, poll, "ballots")

    minute = "2026-06-15 12:34"
    assert rows == [
        ["cast at (UTC)", "choices", "state", "reason"],
        [minute, "A; C", "counted", ""],
        [minute, "B", "held", ""],
        [minute, "B", "excluded", "One script."],
        [minute, "C", "counted", "A school."],
    ]
    content = str(rows)
    assert not [b for b in ballots if b.voter.hex() in content or b.network.hex() in content]
    assert response["Content-Disposition"].endswith('-ballots.csv"')


def test_text_in_a_file_is_never_a_formula(desk):
    poll = make_poll("=1+1", "-2", question="=3", slug="formula")
    make_ballot(poll, "=1+1")
    make_held(poll, "-2")
    transitions.decide(poll, b"\1" * 16, "excluded", reason="@SUM(A1)")

    for what in ("results", "ballots"):
        rows, _ = download(desk, poll, what)
        cells = [cell for row in rows for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
        assert "'=1+1" in cells


def test_download_is_a_post_that_is_logged(desk):
    poll = make_closed()
    for what in ("results", "ballots"):
        assert desk.get(address(poll, what)).status_code == 405
        assert not LogEntry.objects.exists()
        download(desk, poll, what)
        assert str(LogEntry.objects.get().change_message) == f"Downloaded: {what} (CSV)."
        LogEntry.objects.all().delete()


@pytest.mark.parametrize("what", ["results", "ballots"])
def test_download_requires_the_export_permission(client, what):
    poll = make_closed()
    user = make_user()
    others = Permission.objects.filter(content_type__app_label="polls")
    user.user_permissions.set(others.exclude(codename="export_poll"))
    client.force_login(user)

    assert client.post(address(poll, what)).status_code == 403
    assert (
        address(poll, what)
        not in client.get(reverse("admin:polls_poll_results", args=[poll.pk])).text
    )
