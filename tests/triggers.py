"""Triggers in the database: list them, drop them, and create them again as they were."""

from contextlib import contextmanager
from typing import NamedTuple

from django.db import connection


class Trigger(NamedTuple):
    """A trigger as the database has stored it."""

    name: str
    table: str
    definition: str

    @property
    def is_guard(self):
        """Whether it refuses changes, rather than to change the site version."""
        return not self.name.endswith("_changes_site_version")


def triggers():
    """Return all triggers."""
    if connection.vendor == "sqlite":
        sql = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
    else:
        sql = (
            "SELECT tgname, tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger"
            " WHERE NOT tgisinternal"
        )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return sorted(Trigger(*row) for row in cursor.fetchall())


def trigger_names():
    """Return the names of all triggers; PostgreSQL rewords a definition when a column changes."""
    return {each.name for each in triggers()}


def drop_triggers(*names):
    """Drop the triggers of these names; return them."""
    dropped = [each for each in triggers() if each.name in names]
    assert {each.name for each in dropped} == set(names)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # It refuses while checks wait for the end of the transaction.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        for name, table, _ in dropped:
            where = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {name}{where}")
    return dropped


def create_triggers(dropped):
    """Create triggers that ``drop_triggers`` or ``drop_guards`` returned."""
    with connection.cursor() as cursor:
        for trigger in dropped:
            cursor.execute(trigger.definition)


def guards(app):
    """Return the names of the triggers that refuse changes of an app's tables."""
    return [each.name for each in triggers() if each.table.startswith(f"{app}_") and each.is_guard]


def drop_guards(app):
    """Drop the triggers that refuse changes of an app's tables; return them."""
    return drop_triggers(*guards(app))


@contextmanager
def without_triggers(*names):
    """Run the block without these triggers."""
    dropped = drop_triggers(*names)
    try:
        yield
    finally:
        create_triggers(dropped)
