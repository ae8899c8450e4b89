"""The database's own guards on editions, as a migration operation.

An edition never changes but for its window, and two windows of one article never overlap:
promises that hold against any code, the admin's and a shell's included.

A later migration that alters ``Edition`` ends with ``GuardEditions()`` again (see
``newsroom.triggers``); the tests fail without it.
"""

from collections.abc import Iterator
from typing import Any

from newsroom.triggers import DatabaseGuards

#: The columns that may change: the window, and who made an edition when that account goes.
MUTABLE = ("live_from", "live_until", "created_by_id")

_TRIGGERS = ("edition_frozen", "edition_windows_apart_insert", "edition_windows_apart_update")

# Half-open windows overlap where each begins before the other ends; an empty one never does.
_SQLITE_OVERLAP = """
CREATE TRIGGER edition_windows_apart_{event} BEFORE {clause} ON articles_edition
WHEN NEW.live_until IS NULL OR NEW.live_from < NEW.live_until
BEGIN
    SELECT RAISE(ABORT, 'editions of one article overlap') WHERE EXISTS (
        SELECT 1 FROM articles_edition AS other
        WHERE other.article_id = NEW.article_id AND other.id IS NOT NEW.id
        AND (other.live_until IS NULL OR other.live_from < other.live_until)
        AND (NEW.live_until IS NULL OR other.live_from < NEW.live_until)
        AND (other.live_until IS NULL OR NEW.live_from < other.live_until)
    );
END
"""

_SQLITE_FROZEN = """
CREATE TRIGGER edition_frozen BEFORE UPDATE OF {columns} ON articles_edition
BEGIN
    SELECT RAISE(ABORT, 'an edition never changes, only its window');
END
"""

_POSTGRES = """
CREATE EXTENSION IF NOT EXISTS btree_gist;

ALTER TABLE articles_edition ADD CONSTRAINT edition_windows_apart
    EXCLUDE USING gist (article_id WITH =, tstzrange(live_from, live_until) WITH &&);

CREATE FUNCTION articles_edition_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an edition never changes, only its window'
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE TRIGGER edition_frozen BEFORE UPDATE ON articles_edition FOR EACH ROW
    WHEN ((to_jsonb(OLD) - ARRAY[{mutable}]) IS DISTINCT FROM (to_jsonb(NEW) - ARRAY[{mutable}]))
    EXECUTE FUNCTION articles_edition_frozen();
"""

_POSTGRES_UNDO = """
DROP TRIGGER IF EXISTS edition_frozen ON articles_edition;
DROP FUNCTION IF EXISTS articles_edition_frozen();
ALTER TABLE articles_edition DROP CONSTRAINT IF EXISTS edition_windows_apart;
"""


class GuardEditions(DatabaseGuards):
    """Put the guards up, replacing those that stand."""

    description = "Guard editions against change and overlap"

    def create(self, vendor: str, state: Any) -> Iterator[str]:
        """What is frozen is every column of the migration's day but the mutable ones."""
        if vendor == "postgresql":
            yield _POSTGRES.format(mutable=", ".join(f"'{name}'" for name in MUTABLE))
        elif vendor == "sqlite":
            fields = state.apps.get_model("articles", "Edition")._meta.local_concrete_fields
            frozen = [field.column for field in fields if field.column not in MUTABLE]
            yield _SQLITE_FROZEN.format(columns=", ".join(frozen))
            yield _SQLITE_OVERLAP.format(event="insert", clause="INSERT")
            yield _SQLITE_OVERLAP.format(event="update", clause="UPDATE OF live_from, live_until")

    def drop(self, vendor: str) -> Iterator[str]:
        """The extension stays, others may use it."""
        if vendor == "postgresql":
            yield _POSTGRES_UNDO
        elif vendor == "sqlite":
            yield from (f"DROP TRIGGER IF EXISTS {name}" for name in _TRIGGERS)
