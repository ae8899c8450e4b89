"""The admin's results page: figures and their source, sentences to copy, votes over time."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from newsroom.desk.charts import HEIGHT, MAX_BARS
from polls import transitions
from polls.admin.figures import get_figures
from polls.admin.over_time import ballots_over_time
from polls.models import Ballot, Poll
from tests.articles.factories import make_user
from tests.permissions.walking import table_digests
from tests.polls.factories import make_ballot, make_closed, make_held, make_poll
from tests.triggers import drop_guards

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def desk(client):
    client.force_login(make_user("Editors", first_name="Ada", last_name="Lovelace"))
    return client


def results(poll):
    return reverse("admin:polls_poll_results", args=[poll.pk])


# Figures


def test_figures_of_an_open_poll_are_counted_now(desk):
    poll = make_poll("Yes", "No")
    for text in ("Yes", "Yes", "No"):
        make_ballot(poll, text)
    html = desk.get(results(poll)).text

    assert "<strong>3 votes</strong> in all, counted" in html
    assert "66.7%" in html
    assert 'value="66.7 per cent"' in html
    assert "66.7 per cent (2 of 3 votes) chose “Yes”" in html
    make_ballot(poll, "No")
    assert "<strong>4 votes</strong>" in desk.get(results(poll)).text


def test_figures_of_a_closed_poll_come_from_its_record(desk):
    poll = make_closed("Yes", "No", votes=(835, 165))
    html = desk.get(results(poll)).text

    assert 'from <a href="#records">closing record 1</a>' in html
    assert "83.5 per cent (835 of 1,000 votes) chose “Yes”" in html
    record = poll.records.get()
    assert record.digest in html


def test_page_says_that_shares_of_several_choices_are_of_voters(desk):
    poll = make_poll("A", "B", "C", max_choices=2)
    make_ballot(poll, "A", "B")
    make_ballot(poll, "A")
    html = desk.get(results(poll)).text

    assert "100 per cent (2 of 2 voters) chose “A”" in html
    assert "percentages are of voters" in html


def test_uncounted_ballots_are_listed_with_the_reason(desk):
    poll = make_poll()
    make_ballot(poll)
    make_held(poll)
    for number in (2, 3):
        make_held(poll, network=bytes([number]) * 16)
        transitions.decide(poll, bytes([number]) * 16, "excluded", reason=f"Script {number}.")
    html = desk.get(results(poll)).text

    assert "<strong>1</strong> held back" in html
    assert "<strong>1</strong> excluded: Script 2." in html
    figures = get_figures(poll)
    assert (figures.result.ballots, figures.waiting) == (1, 1)
    assert sum(exclusion.ballots for exclusion in figures.exclusions) == 2


def test_poll_without_ballots_has_no_figures_to_copy(desk):
    html = desk.get(results(make_poll())).text

    assert "<strong>0 votes</strong>" in html
    assert "Figures to copy" not in html
    assert "Ballots per" not in html


def test_results_page_writes_no_record_that_is_due(desk):
    poll = make_poll(closes=NOON)
    before = table_digests()
    desk.get("/admin/")
    desk.get(results(poll), {"recount": ""})
    desk.get(reverse("admin:polls_poll_change", args=[poll.pk]))

    assert table_digests() == before
    assert "isn't written yet" in desk.get(results(poll)).text


def test_page_makes_the_same_number_of_queries_for_any_number_of_choices_and_ballots(desk):
    counts = []
    for texts, votes in ((("A", "B"), 1), ([f"No {n}" for n in range(20)], 9)):
        poll = make_closed(*texts, votes=[votes] * len(texts))
        transitions.reword(poll, question=f"{poll.question}?", choices={}, reason="x")
        with CaptureQueriesContext(connection) as captured:
            desk.get(results(poll), {"recount": ""})
        counts.append(len(captured))

    assert counts[0] == counts[1]


# Records


def test_downloaded_record_has_the_digest_on_the_page(desk):
    poll = make_closed("Yes", "No", votes=(2, 1), slug="more")
    record = poll.records.get()

    response = desk.get(reverse("admin:polls_poll_record", args=[poll.pk, 1]))

    assert hashlib.sha256(response.content).hexdigest() == record.digest
    assert json.loads(response.content)["ballots"] == 3
    assert response["Content-Disposition"] == 'attachment; filename="more-record-1.json"'
    assert "no-store" in response["Cache-Control"]
    assert desk.get(reverse("admin:polls_poll_record", args=[poll.pk, 2])).status_code == 404


def test_recount_reports_a_deleted_ballot(desk):
    poll = make_closed(votes=(2, 1))
    make_closed(votes=(9, 9))
    assert "The recount agrees" not in desk.get(results(poll)).text
    assert "The recount agrees" in desk.get(results(poll), {"recount": ""}).text

    drop_guards("polls")
    Ballot.objects.filter(pk=poll.ballots.first().pk).delete()
    html = desk.get(results(poll), {"recount": ""}).text
    assert "The recount differs" in html
    assert "the ballots counted" in html


def test_corrections_of_the_wording_are_listed(desk):
    poll = make_closed("Yez", "No")
    yes = poll.choices.first()
    transitions.reword(poll, question="Now?", choices={yes.pk: "Yes"}, reason="Typos.")
    html = desk.get(results(poll)).text

    assert "“Yez” was changed to <strong>“Yes”</strong>" in html
    assert "was changed to <strong>“Now?”</strong>" in html
    assert html.count("Typos.") == 2


# Votes over time


def cast(poll, *moments, held=False):
    for moment in moments:
        make_ballot(poll, cast_at=moment, held=held)


@pytest.fixture
def summer(settings):
    """A time in summer, with London's time zone."""
    settings.TIME_ZONE = "Europe/London"
    with time_machine.travel(NOON + 800 * 24 * HOUR, tick=False):
        yield


@pytest.mark.parametrize(
    ("hours", "unit", "bars"),
    [
        (0, "hour", 1),
        (59, "hour", 60),
        (60, "three hours", 21),
        (24 * 7, "three hours", 57),
        (24 * 14, "six hours", 57),
        (24 * 29, "twelve hours", 59),
        (24 * 50, "day", 51),
        (24 * 365, "week", 53),
        (24 * 700, "four weeks", 26),
    ],
)
def test_chart_has_a_limited_number_of_bars_with_all_ballots(summer, hours, unit, bars):
    poll = make_poll(opens=NOON)
    cast(poll, NOON, NOON + HOUR * hours / 2, NOON + HOUR * hours)

    picture = ballots_over_time(poll)

    assert (picture.unit, len(picture.bars)) == (unit, bars)
    assert len(picture.bars) <= MAX_BARS
    assert sum(bar.number for bar in picture.bars) == 3
    assert picture.bars[0].number
    assert picture.bars[-1].number


def test_days_are_of_the_site_s_time_zone_also_when_clocks_change(settings):
    settings.TIME_ZONE = "Europe/London"
    # Summer time ends in London on 25 October 2026 at 01:00 UTC.
    evening = datetime(2026, 10, 23, 23, 30, tzinfo=UTC)  # the 24th in London
    late = datetime(2026, 10, 25, 23, 30, tzinfo=UTC)  # still the 25th
    with time_machine.travel(late + 100 * 24 * HOUR, tick=False):
        poll = make_poll(opens=evening)
        cast(poll, evening, late, late + 30 * 24 * HOUR)
        picture = ballots_over_time(poll)
        named = [picture.label_of(bar) for bar in picture.bars if bar.number]
        assert {timezone.localtime(bar.begins).hour for bar in picture.bars} == {0}

    assert picture.unit == "day"
    assert named == ["24 Oct 2026", "25 Oct 2026", "24 Nov 2026"]


def test_bars_are_proportional_with_held_ballots_on_top(summer):
    poll = make_poll(opens=NOON)
    cast(poll, NOON, NOON, NOON)
    cast(poll, NOON, held=True)
    cast(poll, NOON + HOUR)

    first, second = ballots_over_time(poll).bars

    assert (ballots_over_time(poll).top, ballots_over_time(poll).half) == (4, 2)
    assert (first.number, first.marked) == (4, 1)
    assert float(first.height) == HEIGHT * 3 / 4
    assert (float(first.marked_y), float(first.marked_height)) == (0, HEIGHT / 4)
    assert float(second.y) == HEIGHT * 3 / 4


def test_chart_has_a_text_alternative_and_a_table(desk, settings):
    settings.TIME_ZONE = "Europe/London"
    poll = make_poll(opens=NOON)
    cast(poll, NOON, NOON, NOON + 3 * HOUR)
    html = desk.get(results(poll)).text

    assert (
        "Ballots per hour from 15 Jun 2026, 13:00 to 15 Jun 2026, 16:00. "
        "Most in the hour of 15 Jun 2026, 13:00: 2 ballots."
    ) in html
    assert html.count('<th scope="row">15 Jun 2026') == 4
    assert "style=" not in html


def test_database_groups_the_ballots_of_the_chart(summer):
    poll = make_poll(opens=NOON)
    counts = []
    for _ in range(2):
        cast(poll, *[NOON + HOUR * n for n in range(20)])
        with CaptureQueriesContext(connection) as captured:
            ballots_over_time(poll)
        counts.append(len(captured))

    assert counts == [1, 1]


# Escaping

PAYLOAD = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def test_markup_is_escaped_on_every_page_and_in_every_message(desk):
    poll = make_poll(PAYLOAD, "No", question=PAYLOAD, introduction=PAYLOAD, spoiler_warning=PAYLOAD)
    make_ballot(poll, PAYLOAD)
    make_held(poll, PAYLOAD)
    make_held(poll, network=b"\2" * 16)
    transitions.decide(poll, b"\2" * 16, "excluded", reason=PAYLOAD)
    transitions.reword(poll, question=PAYLOAD + "?", choices={}, reason=PAYLOAD)
    pages = [results(poll), results(poll) + "?recount"]
    names = ("change", "history", "review")
    pages += [reverse(f"admin:polls_poll_{name}", args=[poll.pk]) for name in names]
    pages.append(reverse("admin:polls_poll_decide", args=[poll.pk, "01" * 16]))
    again = [poll.pk, poll.decisions.get().pk]
    pages.append(reverse("admin:polls_poll_decide_again", args=again))
    steps = [
        reverse("admin:polls_poll_transition", args=[poll.pk, name])
        for name in ("close", "reopen", "reword", "archive", "unarchive")
    ]
    pages += ["/admin/", "/admin/polls/poll/", *steps]
    answers = {"question": PAYLOAD, "reason": PAYLOAD, "verdict": "excluded"}
    answers |= {f"choice_{choice.pk}": f"{choice.text}!" for choice in poll.choices.all()}

    replies = [desk.post(page, answers, follow=True) for page in (pages[5], *steps)]

    gotten = [desk.get(page, follow=True) for page in pages]
    for response in (*replies, *gotten):
        assert response.status_code == 200
        assert "<script>alert" not in response.text
        assert "<img src=x" not in response.text
    assert Poll.objects.get().rewordings.count() > 1
