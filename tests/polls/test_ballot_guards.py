"""The triggers and constraints on polls and ballots refuse invalid changes by any code."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations import AlterField, Migration
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from newsroom.triggers import KeepTriggers
from polls import transitions
from polls.models import Ballot, Choice, ClosingRecord, Decision, Poll, Rewording
from tests.polls.factories import an_hour, make_ballot, make_closed, make_held, make_poll
from tests.triggers import drop_guards, trigger_names

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["guarded", "unguarded"])
def refused(request, db):
    """A context that expects a refusal; without the triggers it expects success."""
    if request.param == "guarded":
        return lambda: pytest.raises(IntegrityError)
    drop_guards("polls")
    return transaction.atomic


def attempt(refused, statement):
    with refused(), transaction.atomic():
        statement()


@pytest.mark.parametrize(
    "fields",
    [
        {"opens": an_hour(ahead=1)},
        {"closes": an_hour(ago=1)},
        {"recorded_at": an_hour(ago=1)},
        {"archived_at": an_hour(ago=1)},
        {"closes": an_hour(ahead=1), "recorded_at": an_hour(ago=1)},
    ],
)
def test_ballot_is_refused_while_the_poll_is_not_open(refused, fields):
    poll = make_poll(**fields)

    attempt(refused, lambda: make_ballot(poll))


def test_opening_and_closing_are_exact_to_the_microsecond():
    opens, closes = an_hour(ago=2), an_hour(ago=1)
    poll = make_poll(opens=opens, closes=closes)
    tick = timedelta(microseconds=1)

    make_ballot(poll, cast_at=opens)
    make_ballot(poll, cast_at=closes - tick)
    for moment in (opens - tick, closes):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_ballot(poll, cast_at=moment)


@pytest.mark.parametrize(
    "choices",
    ["{other}", "{yes},{other}", "{yes},{yes}", "{yes},{no},{maybe}", "", "{yes},", "0", "x"],
)
def test_ballot_with_invalid_choices_is_refused(refused, choices):
    poll = make_poll("Yes", "No", "Maybe", max_choices=2)
    keys = {choice.text.lower(): choice.pk for choice in poll.choices.all()}
    keys["other"] = make_poll().choices.first().pk

    attempt(refused, lambda: make_ballot(poll, choices=choices.format(**keys)))


def test_choice_key_that_is_part_of_another_key_is_not_mistaken_for_it():
    poll = make_poll("One", "Eleven")
    one, eleven = poll.choices.all()
    Choice.objects.filter(pk=one.pk).update(id=11)
    Choice.objects.filter(pk=eleven.pk).update(id=111)

    make_ballot(poll, choices="111")
    for wrong in ("1", "1111", "11,1"):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_ballot(poll, choices=wrong)


@pytest.mark.parametrize(
    "change",
    [
        {"choices": "1"},
        {"voter": b"2" * 16},
        {"network": b"2" * 16},
        {"held": True},
        {"cast_at": timezone.now()},
    ],
)
def test_change_of_a_ballot_is_refused(refused, change):
    ballot = make_ballot(make_poll())

    attempt(refused, lambda: Ballot.objects.filter(pk=ballot.pk).update(**change))


def test_deletion_of_a_ballot_is_refused(refused):
    ballot = make_ballot(make_poll())

    attempt(refused, ballot.delete)


def test_question_key_and_number_of_choices_are_fixed_after_the_first_ballot(refused):
    poll = make_poll()
    Poll.objects.filter(pk=poll.pk).update(question="Early?", max_choices=2)
    make_ballot(poll)

    attempt(refused, lambda: Poll.objects.filter(pk=poll.pk).update(question="Late?"))
    attempt(refused, lambda: Poll.objects.filter(pk=poll.pk).update(max_choices=1))
    attempt(refused, lambda: Poll.objects.filter(pk=poll.pk).update(key=b"k" * 32))


def test_choices_are_fixed_after_the_first_ballot(refused):
    poll = make_poll("Yes", "No", "Maybe")
    choice = poll.choices.last()
    Choice.objects.filter(pk=choice.pk).update(text="Perhaps", position=9)
    make_ballot(poll)
    chosen = Choice.objects.filter(pk=choice.pk)

    attempt(refused, lambda: chosen.update(text="Never"))
    attempt(refused, lambda: chosen.update(position=0))
    attempt(refused, lambda: chosen.update(poll=make_poll()))
    attempt(refused, lambda: Choice.objects.create(poll=poll, text="New"))
    attempt(refused, choice.delete)


def test_other_fields_of_a_poll_change_after_the_first_ballot():
    poll = make_poll()
    make_ballot(poll)
    poll.introduction, poll.closes, poll.result_visibility = (
        "More",
        an_hour(ahead=1),
        Poll.ResultVisibility.ALWAYS,
    )

    poll.save()


@pytest.mark.parametrize("kind", [ClosingRecord, Decision, Rewording])
def test_change_and_deletion_of_a_record_are_refused(refused, kind):
    poll = make_poll()
    held = make_held(poll)
    transitions.decide(poll, held.network, "accepted", reason="An office")
    transitions.reword(poll, question="Better?", choices={}, reason="A typo")
    transitions.close(poll)
    row = kind.objects.get()

    attempt(refused, lambda: kind.objects.filter(pk=row.pk).update(by_name="Somebody else"))
    Ballot.objects.update(decision=None)  # else the foreign key would refuse the deletion
    attempt(refused, row.delete)


def test_account_named_on_a_record_can_be_deleted(django_user_model):
    editor = django_user_model.objects.create_user("editor", first_name="Eva", last_name="Editor")
    poll = make_poll()
    transitions.close(poll, by=editor)

    editor.delete()

    record = ClosingRecord.objects.get()
    assert (record.by, record.by_name) == (None, "Eva Editor")


def test_poll_with_ballots_or_a_record_is_not_deleted():
    with_ballots, with_record, unused = make_poll(), make_closed(), make_poll()
    make_ballot(with_ballots)

    for poll in (with_ballots, with_record):
        with pytest.raises(IntegrityError), transaction.atomic():
            poll.delete()
    unused.delete()

    assert set(Poll.objects.all()) == {with_ballots, with_record}


def test_decision_on_a_ballot_that_is_not_held_is_refused():
    poll = make_poll()
    decision = transitions.decide(poll, make_held(poll).network, "excluded", reason="A script")
    counted = make_ballot(poll)

    with pytest.raises(IntegrityError), transaction.atomic():
        Ballot.objects.filter(pk=counted.pk).update(decision=decision)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("model", ["poll", "choice", "ballot", "decision", "closingrecord"])
def test_migration_that_keeps_triggers_alters_a_table_with_triggers(model):
    name = {"poll": "question", "choice": "text", "ballot": "choices"}.get(model, "by_name")
    longer = models.CharField(max_length=500)
    operations = [KeepTriggers([AlterField(model, name, longer)])]
    migration = type("Longer", (Migration,), {"operations": operations})("longer", "polls")
    before = MigrationExecutor(connection).loader.project_state()
    poll = make_poll()
    ballot = make_ballot(poll)
    existing = trigger_names()

    try:
        with connection.schema_editor(atomic=True) as editor:
            migration.apply(before.clone(), editor)
        assert trigger_names() == existing
        with pytest.raises(IntegrityError):
            Ballot.objects.filter(pk=ballot.pk).update(held=True)
        with pytest.raises(IntegrityError):
            Poll.objects.filter(pk=poll.pk).update(question="Late?")
    finally:
        with connection.schema_editor(atomic=True) as editor:
            migration.unapply(before.clone(), editor)
    with pytest.raises(IntegrityError):
        Ballot.objects.filter(pk=ballot.pk).update(held=True)


@pytest.mark.parametrize(
    ("name", "columns", "statement"),
    [
        (
            "poll_opens_before_it_closes",
            "",
            lambda poll: Poll.objects.update(opens=an_hour(ahead=2), closes=an_hour(ahead=1)),
        ),
        ("poll_max_choices", "", lambda poll: Poll.objects.update(max_choices=0)),
        ("poll_max_choices", "", lambda poll: Poll.objects.update(max_choices=21)),
        (
            "choice_unique",
            "polls_choice.poll_id, polls_choice.text",
            lambda poll: Choice.objects.create(poll=poll, text="Yes"),
        ),
        (
            "closing_record_number",
            "polls_closingrecord.poll_id, polls_closingrecord.number",
            lambda poll: [
                ClosingRecord.objects.create(poll=poll, number=1, at=timezone.now())
                for _ in range(2)
            ],
        ),
    ],
)
def test_constraint_refuses_what_the_form_refuses(name, columns, statement):
    poll = make_poll("Yes", "No")
    said = columns if columns and connection.vendor == "sqlite" else name

    with pytest.raises(IntegrityError, match=said), transaction.atomic():
        statement(poll)
