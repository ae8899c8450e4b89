"""The form of a poll: what can be changed, until when, and how it explains refusals."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from polls import transitions
from polls.admin import poll_form
from polls.admin.poll import PollAdmin
from polls.admin.poll_form import ChoiceFormSet
from polls.models import Choice, Poll
from tests.articles.admin_forms import messages_of
from tests.articles.factories import make_user
from tests.polls.factories import an_hour, make_ballot, make_closed, make_poll

pytestmark = pytest.mark.django_db

ADD = "/admin/polls/poll/add/"


@pytest.fixture
def editor():
    return make_user(is_superuser=True)


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def change(poll):
    return reverse("admin:polls_poll_change", args=[poll.pk])


def choice_rows(*rows):
    """The form data of rows: text, position, choice if it exists, whether to delete it."""
    known = sum(len(row) > 2 and row[2] is not None for row in rows)
    data = {"choices-TOTAL_FORMS": len(rows), "choices-INITIAL_FORMS": known}
    for number, (text, place, choice, goes) in enumerate(
        (*row, None, None)[:4] if len(row) < 4 else row for row in rows
    ):
        data |= {
            f"choices-{number}-text": text,
            f"choices-{number}-position": "" if place is None else place,
            f"choices-{number}-id": choice.pk if choice else "",
        }
        data |= {f"choices-{number}-DELETE": "on"} if goes else {}
    return data


def form(*rows, **fields):
    """The form data of a poll."""
    rows = rows or (("Yes", None), ("No", None))
    own = {"question": "More?", "slug": "more", "max_choices": 1, "result_visibility": "always"}
    return {**own, "opens": "", "closes": "", **choice_rows(*rows), **fields}


def loaded(poll, **fields):
    """The form data of a stored poll."""
    rows = [(choice.text, choice.position, choice) for choice in poll.choices.all()]
    own = {
        name: getattr(poll, name)
        for name in ("question", "slug", "max_choices", "result_visibility")
    }
    return form(*rows, **{**own, **fields})


def moment(when):
    return timezone.localtime(when).strftime("%Y-%m-%dT%H:%M")


def errors(response):
    context = response.context
    told = [str(error) for errors in context["adminform"].form.errors.values() for error in errors]
    for formset in context["inline_admin_formsets"]:
        told += [str(error) for error in formset.formset.non_form_errors()]
        told += [
            str(error)
            for errors in formset.formset.errors
            for each in errors.values()
            for error in each
        ]
    return told


def order(poll):
    return [(choice.position, choice.text) for choice in poll.choices.all()]


# Adding a poll


def test_added_poll_has_its_creator_and_its_choices_in_order(desk, editor):
    response = desk.post(
        ADD, form(("C", None), ("A", 1), ("D", None), ("B", 2), ("", None), max_choices=3)
    )

    assert response.status_code == 302
    poll = Poll.objects.get()
    assert poll.created_by == editor
    assert poll.state() == Poll.State.OPEN
    assert order(poll) == [(1, "A"), (2, "B"), (3, "C"), (4, "D")]


@pytest.mark.parametrize(
    ("rows", "fields", "told"),
    [
        ([("Yes", None)], {}, "needs at least two choices"),
        ([], {"choices-TOTAL_FORMS": 0}, "needs at least two choices"),
        ([(f"No {n}", None) for n in range(21)], {}, "Remove 1 of them"),
        ([("Yes", None), (" yes ", None)], {}, "There is another choice"),
        ([("Yes", None), ("No", None)], {"max_choices": 3}, "but there are 2 choices"),
        ([], {"question": ""}, "required"),
    ],
)
def test_invalid_poll_is_refused_with_an_explanation(desk, rows, fields, told):
    response = desk.post(ADD, form(*rows, **fields) if rows else {**form(), **fields})

    assert response.status_code == 200
    assert any(told in error for error in errors(response)), errors(response)
    assert not Poll.objects.exists()


def test_twenty_choices_are_allowed(desk):
    desk.post(ADD, form(*[(f"No {n}", None) for n in range(20)]))

    assert Choice.objects.count() == 20


def test_closing_time_is_after_the_opening_time_and_in_the_future(desk):
    past, near, far = (moment(timezone.now() + timedelta(hours=hours)) for hours in (-1, 1, 2))

    for fields in ({"closes": past}, {"opens": far, "closes": near}):
        assert desk.post(ADD, form(**fields)).status_code == 200
    assert desk.post(ADD, form(opens=near, closes=far)).status_code == 302


# Before the first ballot


def test_choices_are_reordered_removed_and_added(desk):
    poll = make_poll("A", "B", "C", "D")
    a, b, c, d = poll.choices.all()

    desk.post(
        change(poll),
        loaded(poll)
        | choice_rows(("A", 3, a), ("B", 2, b), ("C", 3, c, True), ("D", 1, d), ("E", None)),
    )

    assert order(poll) == [(1, "D"), (2, "B"), (3, "A"), (4, "E")]
    assert [choice.pk for choice in poll.choices.all()][:3] == [d.pk, b.pk, a.pk]


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ({"A": 3}, "BCAD"),
        ({"C": 1}, "CABD"),
        ({"D": 2}, "ADBC"),
        ({"A": 4, "D": 1}, "DBCA"),
        ({"A": None}, "BCDA"),
    ],
)
def test_choice_moves_to_its_new_position(desk, places, expected):
    poll = make_poll(*"ABCD")
    rows = [(each.text, places.get(each.text, each.position), each) for each in poll.choices.all()]

    desk.post(change(poll), loaded(poll) | choice_rows(*rows))

    assert "".join(text for _, text in order(poll)) == expected


def test_choices_swap_their_texts(desk):
    poll = make_poll("A", "B", "C")
    a, b, c = poll.choices.all()

    response = desk.post(
        change(poll),
        loaded(poll) | choice_rows(("B", 1, a), ("A", 2, b), ("C", 3, c, True), ("c", None)),
    )

    assert response.status_code == 302
    assert order(poll) == [(1, "B"), (2, "A"), (3, "c")]


def test_swapping_texts_fails_without_the_form_s_own_save(desk, monkeypatch):
    poll = make_poll("A", "B")
    a, b = poll.choices.all()
    monkeypatch.setattr(ChoiceFormSet, "save", poll_form.forms.BaseInlineFormSet.save)

    response = desk.post(change(poll), loaded(poll) | choice_rows(("B", 1, a), ("A", 2, b)))

    assert "the database refused it" in messages_of(desk.get(response["Location"]))[0]
    assert [text for _, text in order(poll)] == ["A", "B"]


def test_unchanged_time_keeps_its_seconds(desk):
    opens = timezone.now().replace(second=17, microsecond=5) - timedelta(hours=2)
    closes = opens + timedelta(days=9)
    poll = make_poll(opens=opens, closes=closes)

    desk.post(
        change(poll),
        loaded(poll, opens=moment(opens), closes=moment(closes), result_visibility="always"),
    )

    poll.refresh_from_db()
    assert (poll.opens, poll.closes, poll.result_visibility) == (opens, closes, "always")


# After the first ballot or the closing


@pytest.fixture(params=["open", "closed", "over"])
def fixed(request):
    """A poll whose question is fixed: with a ballot, closed, or past its closing time."""
    if request.param == "closed":
        return make_closed(opens=an_hour(ago=2), slug="fixed")
    closes = an_hour(ago=1) if request.param == "over" else None
    poll = make_poll(opens=an_hour(ago=2), closes=closes, slug="fixed")
    if request.param == "open":
        make_ballot(poll)
    return poll


def test_fixed_fields_ignore_whatever_is_sent(desk, fixed):
    before = Poll.objects.values().get(pk=fixed.pk)
    choices = list(fixed.choices.values())
    yes, no = fixed.choices.all()
    sent = loaded(
        fixed,
        question="Other?",
        slug="other",
        max_choices=2,
        opens=moment(an_hour(ahead=1)),
        key="x",
        recorded_at="",
        archived_at="2020-01-01",
        created_by=1,
        introduction="New.",
    ) | choice_rows(("Never", 2, yes), ("No", 1, no, True), ("Third", 3))

    assert desk.post(change(fixed), sent).status_code == 302

    after = Poll.objects.values().get(pk=fixed.pk)
    assert {name for name in before if before[name] != after[name]} == {"introduction"}
    assert list(fixed.choices.values()) == choices
    sent = loaded(fixed, introduction="Newer.") | choice_rows()
    assert desk.post(change(fixed), sent).status_code == 302


def test_form_has_no_inputs_for_fixed_fields(desk, fixed):
    html = desk.get(change(fixed)).text

    for name in ("question", "slug", "max_choices", "opens", "choices-0-text", "choices-0-DELETE"):
        assert f'name="{name}"' not in html
    assert fixed.question in html
    assert "Correct the wording…" in html
    assert 'name="choices-MAX_NUM_FORMS" value="0"' in html
    closed = fixed.state() == Poll.State.CLOSED
    assert ('name="closes"' in html) is not closed


def test_form_does_not_reopen_a_closed_poll(desk):
    for poll in (make_closed(), make_poll(closes=an_hour(ago=1))):
        desk.post(change(poll), loaded(poll, closes=moment(an_hour(ahead=2))))
        poll.refresh_from_db()
        assert poll.state() == Poll.State.CLOSED


def test_closing_time_of_a_poll_with_ballots_can_move_but_not_to_the_past(desk):
    poll = make_poll()
    make_ballot(poll)

    response = desk.post(change(poll), loaded(poll, closes=moment(an_hour(ago=1))))
    assert any("close the poll now with the button" in error for error in errors(response))
    desk.post(change(poll), loaded(poll, closes=moment(an_hour(ahead=2))))
    poll.refresh_from_db()
    assert poll.closes > timezone.now()


def test_reopened_poll_without_ballots_can_be_rewritten(desk):
    poll = transitions.reopen(make_closed())

    desk.post(change(poll), loaded(poll, question="Once more?"))

    poll.refresh_from_db()
    assert poll.question == "Once more?"


def test_ballot_that_arrives_during_saving_is_reported(desk, monkeypatch):
    """The ballot is inserted after the form was validated, in spite of the lock."""
    poll = make_poll()
    save = PollAdmin.save_model

    def vote_first(self, request, obj, form, change):
        make_ballot(poll)
        save(self, request, obj, form, change)

    monkeypatch.setattr(PollAdmin, "save_model", vote_first)
    response = desk.post(change(poll), loaded(poll, question="Other?"), follow=True)

    assert "the database refused it" in messages_of(response)[0]
    poll.refresh_from_db()
    assert poll.question != "Other?"


def test_repeated_slug_is_refused_by_the_form_or_the_database(desk, monkeypatch):
    make_poll(slug="more")
    assert "already exists" in errors(desk.post(ADD, form()))[0]

    def refuse(*args):
        raise IntegrityError

    monkeypatch.setattr(PollAdmin, "save_model", refuse)
    response = desk.post(ADD, form(slug="other"), follow=True)
    assert "the database refused it" in messages_of(response)[0]


def test_poll_s_row_is_locked_while_it_is_saved(desk, monkeypatch):
    poll, locked = make_poll(), []
    select = type(Poll.objects.all()).select_for_update

    def note(queryset, *args, **kwargs):
        locked.append(queryset.model)
        return select(queryset, *args, **kwargs)

    monkeypatch.setattr("polls.models.poll.PollQuerySet.select_for_update", note)
    desk.get(change(poll))
    assert locked == []
    desk.post(change(poll), loaded(poll))
    assert locked == [Poll]


# Users who can only view


def test_user_with_view_permission_sees_choices_and_no_actions(client):
    client.force_login(make_user("Writers"))
    poll = make_poll("An answer", "Another")

    html = client.get(change(poll)).text

    assert "An answer" in html
    assert "Close now" not in html
    assert 'name="_save"' not in html
    assert client.post(change(poll), loaded(poll)).status_code == 403


def test_change_form_shows_the_status_of_a_poll(desk):
    poll = make_poll(closes=an_hour(ahead=3))
    make_ballot(poll)
    html = desk.get(change(poll)).text

    assert 'id="status-heading"' in html
    assert "<strong>1</strong> ballot counted so far" in html
    assert f'href="{poll.get_absolute_url()}"' in html
    assert reverse("admin:polls_poll_results", args=[poll.pk]) in html
    transitions = desk.get(change(poll)).context["transitions"]
    assert [transition.name for transition in transitions] == ["close", "reword", "archive"]


def test_slug_may_not_contain_what_the_spoiler_warning_hides(desk):
    hidden = {"question": "Is the keeper dead?", "spoiler_warning": "The ending of Lamp"}

    refused = desk.post(ADD, form(**hidden, slug="is-the-keeper-dead"))
    assert "it contains “keeper” from the question" in str(refused.context["errors"])
    assert not Poll.objects.exists()

    desk.post(ADD, form(**hidden, slug="the-ending-of-lamp"))
    desk.post(ADD, form(question="Is the keeper dead?", slug="is-the-keeper-dead"))
    assert Poll.objects.count() == 2
