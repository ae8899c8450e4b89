"""Migration operations for database triggers.

The SQL of the triggers stands in the migrations themselves, so that a migration does the same
whatever the code has become. Three operations are enough:

- :class:`CreateTriggers` creates triggers, and drops them when the migration is reversed;
- :class:`DropTriggers` is its opposite; with ``CreateTriggers`` after it, it replaces a trigger;
- :class:`KeepTriggers` runs operations that alter tables which have triggers.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import NotSupportedError
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation

#: How a statement begins, and the statement that takes it back; None: it is not taken back.
_REVERSES: dict[str, str | None] = {
    r"CREATE (?:CONSTRAINT )?TRIGGER (?P<name>\w+)\s.*?\sON\s+(?P<table>[\w.]+)": (
        "DROP TRIGGER IF EXISTS {name} ON {table}"
    ),
    r"CREATE FUNCTION (?P<name>\w+\([^)]*\))": "DROP FUNCTION IF EXISTS {name}",
    r"ALTER TABLE (?P<table>[\w.]+)\s+ADD CONSTRAINT (?P<name>\w+)": (
        "ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}"
    ),
    r"CREATE EXTENSION IF NOT EXISTS ": None,  # others may use it
}
_COMMENTS = r"\s*(?:--[^\n]*\s*)*"


def _reverse(statement: str) -> str | None:
    """Return the statement that takes one back."""
    for beginning, reverse in _REVERSES.items():
        if found := re.match(_COMMENTS + beginning, statement, re.DOTALL):
            return reverse and reverse.format(**found.groupdict())
    raise ValueError(f"Not a statement that CreateTriggers can reverse:\n{statement}")


class CreateTriggers(Operation):
    """Create triggers, and on PostgreSQL the functions and constraints that belong to them.

    Each argument is a list with one statement in each string: ``CREATE TRIGGER`` for SQLite;
    ``CREATE FUNCTION``, ``CREATE [CONSTRAINT] TRIGGER``, ``ALTER TABLE … ADD CONSTRAINT`` and
    ``CREATE EXTENSION IF NOT EXISTS`` for PostgreSQL. The statements are executed in their
    order; the migration is reversed by dropping, in the opposite order, what they create. A “%”
    stands for itself. Raises ValueError for any other statement.
    """

    reversible = True

    def __init__(self, *, sqlite: Sequence[str] = (), postgresql: Sequence[str] = ()) -> None:
        self.statements = {"sqlite": [*sqlite], "postgresql": [*postgresql]}
        self._reverses = {
            "sqlite": [_without_table(each) for each in _reverse_all(sqlite)],
            "postgresql": _reverse_all(postgresql),
        }

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Do nothing: triggers are no part of the models' state."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        """Create the triggers."""
        _execute(schema_editor, self.statements)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        """Drop the triggers."""
        _execute(schema_editor, self._reverses)

    def describe(self) -> str:
        return "Create database triggers"


class DropTriggers(CreateTriggers):
    """Drop triggers; the arguments are the statements that created them, see `CreateTriggers`."""

    def database_forwards(self, *args: Any) -> None:
        """Drop the triggers."""
        super().database_backwards(*args)

    def database_backwards(self, *args: Any) -> None:
        """Create the triggers."""
        super().database_forwards(*args)

    def describe(self) -> str:
        return "Drop database triggers"


class KeepTriggers(SeparateDatabaseAndState):
    """Run operations that alter tables with triggers; the triggers are as before afterwards.

    A migration that alters the column of a table with triggers says::

        operations = [KeepTriggers([migrations.AlterField("edition", "headline", …)])]

    Without it, SQLite copies the altered table to a new one and loses its triggers, and refuses
    to do so where a trigger of another table names it; PostgreSQL refuses to alter a column that
    a trigger names. So the triggers (on SQLite all, on PostgreSQL those of the tables that the
    operations name) are dropped first and created again from the definitions that the database
    had stored.

    Not for operations that rename a table or a column, which need no such care, nor for those
    that remove a column that a trigger names, which need `DropTriggers` and `CreateTriggers`.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        super().__init__(database_operations=operations, state_operations=operations)

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        """Return what the class is called with."""
        return type(self).__name__, [self.database_operations], {}

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        """Run the operations without the triggers."""
        with _dropped_triggers(schema_editor, self._tables(app_label, from_state)):
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        """Reverse the operations without the triggers."""
        with _dropped_triggers(schema_editor, self._tables(app_label, from_state)):
            super().database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        operations = "; ".join(each.describe() for each in self.database_operations)
        return f"{operations} (triggers are kept)"

    def _tables(self, app_label: str, state: Any) -> list[str]:
        """Return the tables that the operations name."""
        models = {
            name for each in self.database_operations if (name := getattr(each, "model_name", ""))
        }
        return [state.apps.get_model(app_label, model)._meta.db_table for model in sorted(models)]


@contextmanager
def _dropped_triggers(schema_editor: BaseDatabaseSchemaEditor, tables: list[str]) -> Iterator[None]:
    if not schema_editor.connection.in_atomic_block:
        # A failure would leave the tables without their triggers.
        raise NotSupportedError("KeepTriggers needs a migration that is atomic.")
    triggers = _triggers(schema_editor, tables)
    for name, table, _ in triggers:
        where = "" if schema_editor.connection.vendor == "sqlite" else f" ON {table}"
        schema_editor.execute(f"DROP TRIGGER {name}{where}")
    yield
    for _, _, definition in triggers:
        schema_editor.execute(definition, params=None)


def _triggers(
    schema_editor: BaseDatabaseSchemaEditor, tables: list[str]
) -> list[tuple[str, str, str]]:
    """Return the name, table and definition of the triggers, as the database has stored them."""
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "sqlite":
            cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT tgname, relname, pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger"
                " JOIN pg_class ON pg_class.oid = tgrelid"
                " WHERE NOT tgisinternal AND relname = ANY(%s) AND pg_table_is_visible(tgrelid)",
                [tables],
            )
        return list(cursor.fetchall())


def _reverse_all(statements: Sequence[str]) -> list[str]:
    return [reverse for each in reversed(statements) if (reverse := _reverse(each))]


def _without_table(reverse: str) -> str:
    """Return SQLite's form of a statement that drops a trigger."""
    return reverse.partition(" ON ")[0]


def _execute(schema_editor: BaseDatabaseSchemaEditor, statements: dict[str, list[str]]) -> None:
    for statement in statements.get(schema_editor.connection.vendor, ()):
        schema_editor.execute(statement, params=None)
