"""The database's own guards, as a migration operation: promises that hold against any code.

SQLite rebuilds a table that a migration alters, forgets its triggers, and refuses where those of
another table name it. A later migration that alters a guarded table therefore begins with
:class:`DropTriggers` and ends with the guards again.
"""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation


class DatabaseGuards(Operation):
    """Put guards up, replacing those that stand. A subclass names them for each database.

    The SQL is executed as it is: a “%” in it stands for itself.
    """

    reversible = True

    #: What Django prints of the operation.
    description: ClassVar[str]

    def create(self, vendor: str, state: Any) -> Iterable[str]:
        """The statements that put the guards up where none stand.

        ``vendor`` is “sqlite” or “postgresql”; ``state`` has the models as of the migration.
        """
        raise NotImplementedError

    def drop(self, vendor: str) -> Iterable[str]:
        """The statements that take down what stands of them, be it nothing."""
        raise NotImplementedError

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models' state is not touched."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        """Drop what stands and create it anew."""
        vendor = schema_editor.connection.vendor
        _execute(schema_editor, self.drop(vendor))
        _execute(schema_editor, self.create(vendor, to_state))

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        """Take the guards down."""
        _execute(schema_editor, self.drop(schema_editor.connection.vendor))

    def describe(self) -> str:
        return self.description


class DropTriggers(Operation):
    """Take guards down, for the operations that follow; the migration ends with putting them up."""

    reversible = True

    def __init__(self, guards: DatabaseGuards) -> None:
        self.guards = guards

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models' state is not touched."""

    def database_forwards(self, *args: Any) -> None:
        """Drop them."""
        self.guards.database_backwards(*args)

    def database_backwards(self, *args: Any) -> None:
        """Put them up as of the state before, which is the one that is gone back to."""
        self.guards.database_forwards(*args)

    def describe(self) -> str:
        return f"{self.guards.description}: taken down"


def _execute(schema_editor: BaseDatabaseSchemaEditor, statements: Iterable[str]) -> None:
    for statement in statements:
        schema_editor.execute(statement, params=None)


def refusing_function(name: str) -> str:
    """PostgreSQL's half of a trigger that refuses: a function that gets the reason as argument."""
    return f"""CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END
$$;"""


def on_record(vendor: str, table: str, columns: Iterable[str], function: str) -> Iterator[str]:
    """Statements after which a table's rows never change, in these columns, and never go.

    ``function``: the name of PostgreSQL's :func:`refusing_function`.
    """
    frozen = f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OF {', '.join(columns)} ON {table}"
    stays = f"CREATE TRIGGER {table}_stays BEFORE DELETE ON {table}"
    for begun, why in ((frozen, "it never changes"), (stays, "it never goes")):
        if vendor == "postgresql":
            yield f"{begun} FOR EACH ROW EXECUTE FUNCTION {function}('on record: {why}')"
        elif vendor == "sqlite":
            yield f"{begun} BEGIN SELECT RAISE(ABORT, 'on record: {why}'); END"


def off_record(vendor: str, tables: Iterable[str]) -> Iterator[str]:
    """The statements that take back :func:`on_record`."""
    for table in tables:
        where = f" ON {table}" if vendor == "postgresql" else ""
        yield f"DROP TRIGGER IF EXISTS {table}_frozen{where}"
        yield f"DROP TRIGGER IF EXISTS {table}_stays{where}"
