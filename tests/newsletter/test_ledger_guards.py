"""The database's triggers and constraints protect the consent ledger."""

import hashlib
from datetime import UTC, timedelta

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations import AlterField, Migration
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from newsletter import erasure, ledger, subscriptions
from newsletter.models import (
    ChainHead,
    ConsentEvent,
    Evidence,
    PolicyVersion,
    Subscriber,
    Subscription,
    Wording,
)
from newsroom.canonical_json import canonical, digest
from newsroom.triggers import KeepTriggers
from tests.newsletter.factories import (
    TERMS,
    ago,
    ahead,
    make_confirmed,
    make_newsletter,
    make_policies,
    make_policy,
    make_requested,
    make_wording,
    since,
)
from tests.triggers import drop_guards, trigger_names

pytestmark = pytest.mark.django_db

# The names are this module's own.
# ruff: noqa: S608
EVENTS, EVIDENCE = "newsletter_consentevent", "newsletter_evidence"
POLICIES, WORDINGS = "newsletter_policyversion", "newsletter_wording"
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite knows no TRUNCATE"
)


@pytest.fixture(params=["guarded", "unguarded"])
def refused(request, db):
    """Return a context that expects a refusal with the triggers, and none without them."""
    if request.param == "guarded":
        return lambda: pytest.raises(IntegrityError)
    drop_guards("newsletter")
    return transaction.atomic


def run(sql, *values):
    """Run raw SQL; return the number of changed rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


def attempt(refused, sql, *values):
    """Run a statement that must change a row, or be refused."""
    with refused(), transaction.atomic():
        assert run(sql, *values)


def stored(moment):
    """Return a time as a parameter of raw SQL for this database."""
    if connection.vendor == "sqlite":
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    return moment


# The chain


@pytest.mark.parametrize(
    "change",
    [
        "number = 9",
        "kind = 'erased'",
        "at = '2020-01-01 00:00:00'",
        "subject = '00000000000000000000000000000000'",
        "newsletter_id = NULL",
        "document = '{}'",
        "digest = 'x'",
        "document = document",
    ],
)
def test_event_never_changes(refused, change):
    append()

    attempt(refused, f"UPDATE {EVENTS} SET {change} WHERE number = 1")


def append(**fields):
    """Append an event without evidence."""
    with transaction.atomic():
        subject = Subscriber().subject
        return ledger.append(
            ledger.Kind.UNSUBSCRIBED,
            subject,
            by=ledger.READER,
            where=ledger.EventSource("x"),
            **fields,
        )


@pytest.mark.parametrize("which", [1, 2])
def test_event_never_goes(refused, which):
    append()
    append()

    attempt(refused, f"DELETE FROM {EVENTS} WHERE number = %s", which)


@on_postgresql
@pytest.mark.parametrize("table", [EVENTS, EVIDENCE])
def test_ledger_is_never_emptied(refused, table):
    make_requested(make_newsletter())
    with connection.cursor() as cursor:  # what waits for the transaction's end would stop it too
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with refused(), transaction.atomic():
        run(f"TRUNCATE {table} CASCADE")


def insert(number, previous, text="forged"):
    document = canonical({"previous": previous, "text": text})
    return (
        f"INSERT INTO {EVENTS} (number, kind, at, subject, document, digest)"
        " VALUES (%s, 'confirmed', '2026-01-01 00:00:00',"
        " '12345678123456781234567812345678', %s, %s)",
        number,
        document,
        digest(document),
    )


@pytest.mark.parametrize("number", [0, 4, 9])
def test_event_with_a_number_that_is_not_next_does_not_come_in(refused, number):
    append()

    attempt(refused, *insert(number, append().digest))


@pytest.mark.parametrize("previous", ["", "0" * 64, "first", None])
def test_event_that_does_not_name_the_one_before_does_not_come_in(refused, previous):
    first = append()
    append()

    attempt(refused, *insert(3, first.digest if previous == "first" else previous))


def test_first_event_names_none_before_it(refused):
    attempt(refused, *insert(1, "0" * 64))


def test_event_comes_in_at_the_end_of_the_chain():
    """The triggers accept a valid event."""
    run(*insert(1, "", "one"))
    run(*insert(2, ConsentEvent.objects.get(number=1).digest, "two"))

    assert ConsentEvent.objects.count() == 2


# Evidence


@pytest.mark.parametrize("change", ["document = '{}'", "salt = '\\x00'", "event_id = 2"])
def test_evidence_never_changes(refused, change):
    make_requested(make_newsletter())
    append()

    attempt(refused, f"UPDATE {EVIDENCE} SET {change} WHERE event_id = 1")


def test_evidence_does_not_go_while_the_person_is_here(refused):
    make_confirmed(make_newsletter())

    attempt(refused, f"DELETE FROM {EVIDENCE} WHERE event_id = 1")


def test_evidence_does_not_go_because_somebody_else_was_erased(refused):
    newsletter = make_newsletter()
    make_confirmed(newsletter)
    other = make_confirmed(newsletter).subscriber
    erasure.erase(other, by=ledger.READER, where=ledger.EventSource("settings"))

    attempt(refused, f"DELETE FROM {EVIDENCE} WHERE event_id = 1")


def erased_without_its_evidence(subject):
    """Append the event of an erasure only."""
    with transaction.atomic():
        ledger.append(ledger.Kind.ERASED, subject, by=ledger.READER, where=ledger.EventSource("x"))


def test_evidence_goes_once_the_ledger_says_that_the_person_was_erased():
    subscription = make_confirmed(make_newsletter())
    erased_without_its_evidence(subscription.subscriber.subject)

    assert run(f"DELETE FROM {EVIDENCE}") == 2


def test_evidence_of_what_came_after_the_erasure_stays(refused):
    newsletter = make_newsletter()
    event, _ = make_requested(newsletter)
    erased_without_its_evidence(event.subject)
    subscriptions.confirm(event, evidence={"client": "192.0.2.1"})

    attempt(refused, f"DELETE FROM {EVIDENCE} WHERE event_id = 3")


def lapsed(subject, newsletter):
    with transaction.atomic():
        ledger.append(
            ledger.Kind.LAPSED,
            subject,
            by=ledger.SYSTEM,
            where=ledger.EventSource("prune"),
            newsletter=newsletter,
        )


def test_evidence_of_a_request_goes_once_the_ledger_says_that_it_lapsed():
    newsletter = make_newsletter()
    event, _ = make_requested(newsletter)
    lapsed(event.subject, newsletter)

    assert run(f"DELETE FROM {EVIDENCE}") == 1


@pytest.mark.parametrize("what", ["confirmed", "answered", "other newsletter"])
def test_lapsing_takes_no_other_evidence(refused, what):
    newsletter, other = make_newsletter(), make_newsletter()
    subscription = make_confirmed(newsletter)
    subject = subscription.subscriber.subject
    lapsed(subject, other if what == "other newsletter" else newsletter)
    number = 2 if what == "confirmed" else 1

    attempt(refused, f"DELETE FROM {EVIDENCE} WHERE event_id = %s", number)


# Versions


def version(table, at):
    """Make a version that takes effect at a time."""
    created = min(at, timezone.now())
    fields = {"created_at": created, "effective_from": at}
    if table == POLICIES:
        return make_policy(TERMS, **fields)
    return make_wording(make_newsletter(ready=False), **fields)


#: The columns of a version, each with another value.
CHANGES = {
    POLICIES: {
        "number": 7,
        "document": "privacy",
        "body": "<p>Sell your data.</p>",
        "summary": "Nothing much",
        "effective_from": stored(ahead(days=1)),
        "created_at": stored(ago(days=9)),
        "id": 4711,
    },
    WORDINGS: {
        "number": 7,
        "sentence": "We will send you what we like.",
        "button": "OK",
        "effective_from": stored(ahead(days=1)),
        "created_at": stored(ago(days=9)),
        "id": 4711,
    },
}
EACH_COLUMN = [(table, column) for table, columns in CHANGES.items() for column in columns]


def test_each_column_of_a_version_is_held():
    """A new column must be listed above, or excluded here on purpose."""
    left_out = {"withdrawn_at", "withdrawn_by", "withdrawal_reason", "created_by_id"}
    for model, table in ((PolicyVersion, POLICIES), (Wording, WORDINGS)):
        columns = {field.column for field in model._meta.local_concrete_fields} - left_out
        assert columns - {"newsletter_id"} == CHANGES[table].keys()


@pytest.mark.parametrize(("table", "column"), EACH_COLUMN)
def test_version_that_has_taken_effect_never_changes(refused, table, column):
    row = version(table, ago(minutes=1))

    sql = f"UPDATE {table} SET {column} = %s WHERE id = %s"
    attempt(refused, sql, CHANGES[table][column], row.pk)


@pytest.mark.parametrize(("table", "column"), EACH_COLUMN)
def test_version_to_come_may_change(table, column):
    row = version(table, ahead(hours=1))

    sql = f"UPDATE {table} SET {column} = %s WHERE id = %s"
    assert run(sql, CHANGES[table][column], row.pk) == 1


def test_wording_stays_with_its_newsletter(refused):
    row = version(WORDINGS, ago(minutes=1))
    other = make_newsletter(ready=False)

    attempt(refused, f"UPDATE {WORDINGS} SET newsletter_id = %s WHERE id = %s", other.pk, row.pk)


@pytest.mark.parametrize("table", [POLICIES, WORDINGS])
def test_version_that_has_taken_effect_never_goes(refused, table):
    row = version(table, ago(minutes=1))

    attempt(refused, f"DELETE FROM {table} WHERE id = %s", row.pk)


@pytest.mark.parametrize("table", [POLICIES, WORDINGS])
def test_version_to_come_may_go(table):
    row = version(table, ahead(hours=1))

    assert run(f"DELETE FROM {table} WHERE id = %s", row.pk) == 1


@pytest.mark.parametrize("table", [POLICIES, WORDINGS])
def test_version_is_fixed_from_the_moment_it_takes_effect(refused, table):
    """The trigger uses the database's clock, so the version's time is moved."""
    row = version(table, ahead(hours=1))
    moment = timezone.now() - timedelta(seconds=1)
    sql = f"UPDATE {table} SET created_at = %s, effective_from = %s WHERE id = %s"
    assert run(sql, stored(moment), stored(moment), row.pk) == 1

    attempt(refused, f"UPDATE {table} SET number = 8 WHERE id = %s", row.pk)


WITHDRAWN = "withdrawn_at = %s, withdrawn_by = 'Edda', withdrawal_reason = 'A fault'"


@pytest.mark.parametrize("change", ["at", "by", "reason", "back"])
@pytest.mark.parametrize("table", [POLICIES, WORDINGS])
def test_withdrawal_is_written_once(refused, table, change):
    row = version(table, ago(minutes=1))
    assert run(f"UPDATE {table} SET {WITHDRAWN} WHERE id = %s", stored(ago(seconds=1)), row.pk)

    column, value = {
        "at": ("withdrawn_at", stored(ago(days=1))),
        "by": ("withdrawn_by", "Somebody else"),
        "reason": ("withdrawal_reason", "Another"),
        "back": ("withdrawn_at", None),
    }[change]
    attempt(refused, f"UPDATE {table} SET {column} = %s WHERE id = %s", value, row.pk)


def test_account_of_who_wrote_a_version_may_go(django_user_model):
    editor = django_user_model.objects.create_user("editor")
    row = make_policy(created_by=editor, **since(ago(minutes=1)))

    editor.delete()

    row.refresh_from_db()
    assert row.created_by is None


# Migrations


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("model", "name", "field"),
    [
        ("consentevent", "kind", models.CharField(max_length=40)),
        ("evidence", "document", models.TextField(default="")),
        ("policyversion", "summary", models.TextField(max_length=2000, blank=True)),
        ("wording", "button", models.CharField(max_length=80)),
    ],
)
def test_migration_that_keeps_triggers_alters_a_table_with_triggers(model, name, field):
    operations = [KeepTriggers([AlterField(model, name, field)])]
    migration = type("Longer", (Migration,), {"operations": operations})("longer", "newsletter")
    before = MigrationExecutor(connection).loader.project_state()
    newsletter = make_newsletter(ready=False)
    make_wording(newsletter, **since(ago(minutes=1)))
    for document in PolicyVersion.Document:
        make_policy(document, **since(ago(minutes=1)))
    make_confirmed(newsletter)
    existing = trigger_names()

    def all_refused():
        for change in (
            f"UPDATE {EVENTS} SET kind = 'erased'",
            f"DELETE FROM {EVENTS}",
            f"UPDATE {EVIDENCE} SET document = '{{}}'",
            f"DELETE FROM {EVIDENCE}",
            f"UPDATE {POLICIES} SET summary = 'x'",
            f"DELETE FROM {POLICIES}",
            f"UPDATE {WORDINGS} SET button = 'x'",
            f"DELETE FROM {WORDINGS}",
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                run(change)
        with pytest.raises(IntegrityError), transaction.atomic():
            run(*insert(9, ""))

    try:
        with connection.schema_editor(atomic=True) as editor:
            migration.apply(before.clone(), editor)
        assert trigger_names() == existing
        all_refused()
    finally:
        with connection.schema_editor(atomic=True) as editor:
            migration.unapply(before.clone(), editor)
    all_refused()


@pytest.mark.django_db(transaction=True)
def test_guards_go_with_their_migration_and_come_back_with_it():
    append()
    change = f"UPDATE {EVENTS} SET kind = kind"
    loader = MigrationExecutor(connection).loader
    guards = loader.get_migration("newsletter", "0002_triggers")
    before = loader.project_state(("newsletter", "0001_initial"))

    with connection.schema_editor(atomic=True) as editor:
        guards.unapply(before.clone(), editor)
    try:
        assert run(change) == 1
    finally:
        with connection.schema_editor(atomic=True) as editor:
            guards.apply(before.clone(), editor)
    with pytest.raises(IntegrityError), transaction.atomic():
        run(change)


# Constraints


@pytest.mark.parametrize(
    ("name", "columns", "statement"),
    [
        (
            "subscription_once",
            "newsletter_subscription.subscriber_id, newsletter_subscription.newsletter_id",
            lambda row: Subscription.objects.create(
                subscriber=row.subscriber,
                newsletter=row.newsletter,
                state="waiting",
                requested_at=timezone.now(),
            ),
        ),
        (
            "subscription_confirmed_at",
            "",
            lambda row: Subscription.objects.filter(pk=row.pk).update(confirmed_at=None),
        ),
        ("policyversion_not_backdated", "", lambda row: make_policy(effective_from=ago(hours=1))),
        (
            "wording_not_backdated",
            "",
            lambda row: make_wording(row.newsletter, effective_from=ago(hours=1)),
        ),
        (
            "policy_version_number",
            "newsletter_policyversion.document, newsletter_policyversion.number",
            lambda row: make_policy(number=1),
        ),
        (
            "wording_number",
            "newsletter_wording.newsletter_id, newsletter_wording.number",
            lambda row: make_wording(row.newsletter, number=1),
        ),
        (
            "newsletter_subscriber_address_key",
            "newsletter_subscriber.address_key",
            lambda row: Subscriber.objects.create(address="ANN@example.org"),
        ),
        ("newsletter_consentevent_digest", "newsletter_consentevent.digest", lambda row: twice()),
    ],
)
def test_constraint_refuses(name, columns, statement):
    row = make_confirmed(make_newsletter(), "ann@example.org")
    said = columns if columns and connection.vendor == "sqlite" else name

    with pytest.raises(IntegrityError, match=said), transaction.atomic():
        statement(row)


def twice():
    """Insert an event with an existing digest at the end of the chain."""
    first = ConsentEvent.objects.get(number=1)
    sql, number, document, _ = insert(3, ConsentEvent.objects.get(number=2).digest)
    run(sql, number, document, first.digest)


def test_policies_and_wordings_are_numbered_one_after_the_other_each_for_itself():
    make_policies()
    one, other = make_newsletter(), make_newsletter()
    make_wording(one)
    make_policy(TERMS)

    numbers = [(row.document, row.number) for row in PolicyVersion.objects.order_by("pk")]
    assert numbers == [("terms", 1), ("privacy", 1), ("terms", 2)]
    assert [row.number for row in one.wordings.order_by("pk")] == [1, 2]
    assert [row.number for row in other.wordings.all()] == [1]


def test_salted_evidence_digest_is_what_the_event_names():
    event, _ = make_requested(make_newsletter())
    evidence = Evidence.objects.get(event=event)

    made = hashlib.sha256(bytes(evidence.salt) + evidence.document.encode()).hexdigest()

    assert ledger.event_document(event)["evidence"] == made
    assert ChainHead.objects.get().digest == event.digest
