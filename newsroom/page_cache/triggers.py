"""Triggers that change the site version, as a migration operation.

Every change of a row that pages show changes the site version
(``newsroom.page_cache.site_version``), whoever makes it: the admin, a command, a shell, a bulk
update, raw SQL.

On PostgreSQL the triggers run when a transaction is about to commit, once, and update a row that
no other transaction is writing, so no transaction waits for another. SQLite has one writer.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from newsroom.triggers import DatabaseGuards

_EVENTS = ("INSERT", "UPDATE", "DELETE")

_SQLITE = """
CREATE TRIGGER {name} AFTER {event} ON {table}
BEGIN
    INSERT INTO newsroom_siteversion (id, name, changed_at)
    VALUES (1, lower(hex(randomblob(16))), strftime('%Y-%m-%d %H:%M:%f', 'now'))
    ON CONFLICT (id) DO UPDATE SET name = excluded.name{and_when};
END
"""
_AND_WHEN = ", changed_at = excluded.changed_at"

# The setting lasts as long as the transaction and goes back with a savepoint, as the row does.
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION newsroom_renew() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    done text := coalesce(current_setting('newsroom.renewed', true), '');
    changes boolean := TG_ARGV[0] = 'changes';
    renewed text := replace(gen_random_uuid()::text, '-', '');
BEGIN
    IF done = 'changed' OR (done = 'added' AND NOT changes) THEN
        RETURN NULL;
    END IF;
    PERFORM set_config(
        'newsroom.renewed', CASE WHEN changes THEN 'changed' ELSE 'added' END, true
    );
    UPDATE newsroom_siteversion
    SET name = renewed,
        changed_at = CASE WHEN changes THEN clock_timestamp() ELSE changed_at END
    WHERE id = (SELECT id FROM newsroom_siteversion LIMIT 1 FOR UPDATE SKIP LOCKED);
    IF NOT FOUND THEN
        INSERT INTO newsroom_siteversion (name, changed_at) VALUES (renewed, clock_timestamp());
    END IF;
    RETURN NULL;
END
$$;
"""

_POSTGRES = """
CREATE CONSTRAINT TRIGGER {name} AFTER {event} ON {table}
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newsroom_renew('{what}')
"""


def trigger_name(table: str, event: str) -> str:
    """The name of the trigger that renews the pages at an event on a table."""
    return f"{table}_renews_{event.lower()}"


class InvalidationTriggers(DatabaseGuards):
    """Renew the pages whenever one of these tables changes, replacing what stands.

    ``dated``: tables whose new rows bring a moment of their own, which pages show as their last
    modification; all other changes are one by the clock.
    """

    description = "Renew the site's pages with what they show"

    def __init__(self, tables: Sequence[str], dated: Sequence[str] = ()) -> None:
        self.tables = [*tables]
        self.dated = [*dated]

    def _triggers(self) -> Iterator[tuple[str, str, bool]]:
        for table in (*self.tables, *self.dated):
            for event in _EVENTS:
                yield table, event, not (event == "INSERT" and table in self.dated)

    def create(self, vendor: str, state: Any) -> Iterator[str]:
        """A trigger for each table and event."""
        if vendor == "postgresql":
            yield _POSTGRES_FUNCTION
        for table, event, changes in self._triggers():
            names = {"name": trigger_name(table, event), "event": event, "table": table}
            if vendor == "postgresql":
                yield _POSTGRES.format(**names, what="changes" if changes else "adds")
            elif vendor == "sqlite":
                yield _SQLITE.format(**names, and_when=_AND_WHEN if changes else "")

    def drop(self, vendor: str) -> Iterator[str]:
        """The function stays, other apps use it."""
        for table, event, _ in self._triggers():
            where = f" ON {table}" if vendor == "postgresql" else ""
            yield f"DROP TRIGGER IF EXISTS {trigger_name(table, event)}{where}"
