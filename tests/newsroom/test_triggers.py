"""Migration operations that create, drop and keep triggers."""

import re

import pytest
from django.apps import apps
from django.db import IntegrityError, NotSupportedError, connection, models
from django.db.migrations import AddField, AlterField, Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.writer import OperationWriter

from articles.models import Edition
from newsroom.triggers import CreateTriggers, DropTriggers, KeepTriggers
from tests.articles.factories import make_live
from tests.triggers import trigger_names, triggers

#: Columns that a trigger with a list of columns leaves out on purpose.
LEFT_OUT = {
    "articles_edition": {"live_from", "live_until", "created_by_id"},
    "polls_ballot": {"decision_id"},
    "polls_closingrecord": {"by_id"},
    "polls_decision": {"by_id"},
    "polls_rewording": {"by_id"},
    "newsletter_consentevent": set(),
}
SQLITE = "CREATE TRIGGER hub_no_delete BEFORE DELETE ON articles_hub BEGIN SELECT 1; END"
POSTGRESQL = [
    """
    -- A comment (with brackets) ON the first line.
    CREATE FUNCTION hub_check() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$
    """,
    """CREATE TRIGGER hub_no_delete BEFORE DELETE ON articles_hub FOR EACH ROW
        EXECUTE FUNCTION hub_check()""",
]


def apply(operations, *, backwards=False):
    """Apply the operations as a migration of the articles app does."""
    state = MigrationExecutor(connection).loader.project_state()
    migration = type("Test", (Migration,), {"operations": operations})("test", "articles")
    with connection.schema_editor(atomic=True) as editor:
        (migration.unapply if backwards else migration.apply)(state, editor)


@pytest.mark.django_db(transaction=True)
def test_create_and_drop_are_opposites():
    statements = {"sqlite": [SQLITE], "postgresql": POSTGRESQL}
    create, drop = CreateTriggers(**statements), DropTriggers(**statements)
    before = trigger_names()

    apply([create])
    assert trigger_names() - before == {"hub_no_delete"}
    apply([create], backwards=True)
    assert trigger_names() == before
    apply([create])
    apply([drop])
    assert trigger_names() == before
    apply([drop], backwards=True)
    assert trigger_names() - before == {"hub_no_delete"}
    apply([create], backwards=True)


@pytest.mark.parametrize("sql", ["UPDATE articles_hub SET name = ''", "CREATE TABLE x (y int)", ""])
def test_statement_that_cannot_be_reversed_is_refused(sql):
    with pytest.raises(ValueError, match="Not a statement"):
        CreateTriggers(postgresql=[sql])


def alter_edition():
    longer = models.CharField(max_length=500)
    more = models.CharField(max_length=10, default="x")
    return [AlterField("edition", "headline", longer), AddField("edition", "more", more)]


@pytest.mark.django_db(transaction=True)
def test_triggers_are_kept_where_a_table_is_altered_and_where_it_is_altered_back():
    edition = make_live()
    before = trigger_names()
    keep = KeepTriggers(alter_edition())

    apply([keep])
    try:
        assert trigger_names() == before
        with pytest.raises(IntegrityError, match="cannot be changed"):
            Edition.objects.filter(pk=edition.pk).update(headline="Changed")
    finally:
        apply([keep], backwards=True)
    assert trigger_names() == before
    with pytest.raises(IntegrityError, match="cannot be changed"):
        Edition.objects.filter(pk=edition.pk).update(headline="Changed")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL alters a table in place")
@pytest.mark.django_db(transaction=True)
def test_without_it_sqlite_loses_the_triggers_of_the_table():
    before = trigger_names()
    field = models.CharField(max_length=500)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'")
        definitions = [sql for (sql,) in cursor.fetchall()]

    apply([AlterField("edition", "headline", field)])
    lost = before - trigger_names()
    with connection.cursor() as cursor:
        for definition in definitions:
            if any(f"TRIGGER {name} " in definition for name in lost):
                cursor.execute(definition)
    apply([KeepTriggers([AlterField("edition", "headline", field)])], backwards=True)

    assert "edition_no_update" in lost
    assert trigger_names() == before


@pytest.mark.django_db(transaction=True)
def test_migration_that_keeps_triggers_has_to_be_atomic():
    state = MigrationExecutor(connection).loader.project_state()
    migration = type(
        "Test", (Migration,), {"operations": [KeepTriggers(alter_edition())], "atomic": False}
    )("test", "articles")

    with pytest.raises(NotSupportedError), connection.schema_editor(atomic=False) as editor:
        migration.apply(state, editor)


def test_operations_can_be_written_into_a_migration():
    for operation in (
        KeepTriggers(alter_edition()),
        CreateTriggers(sqlite=[SQLITE], postgresql=POSTGRESQL),
    ):
        text, imports = OperationWriter(operation, indentation=0).serialize()
        assert "import newsroom.triggers" in imports
        assert text.startswith(f"newsroom.triggers.{type(operation).__name__}(")
        assert operation.describe()


@pytest.mark.django_db
def test_triggers_with_a_list_of_columns_name_all_that_are_not_left_out_on_purpose():
    """A column that is added later is added to its table's trigger, or to the list above."""
    listed = {}
    for trigger in triggers():
        found = re.search(r"UPDATE\s+OF\s(.+?)\sON\s", trigger.definition, re.DOTALL)
        if found and trigger.name.endswith("_no_update"):
            listed[trigger.table] = {name.strip() for name in found[1].split(",")}
    columns = {
        model._meta.db_table: {field.column for field in model._meta.local_concrete_fields}
        for model in apps.get_models()
    }

    assert {"polls_decision", "polls_rewording", "newsletter_consentevent"} <= listed.keys()
    assert connection.vendor == "postgresql" or LEFT_OUT.keys() == listed.keys()
    for table, names_listed in listed.items():
        assert columns[table] - names_listed == LEFT_OUT[table], table
        assert names_listed <= columns[table], table
