"""The database's own guards on editions.

An edition never changes but for its window, and two windows of one article never overlap:
promises that hold against any code, the admin's and a shell's included.
"""

from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations

FROZEN = (
    "article_id",
    "number",
    "first_published",
    "created_at",
    "hub_id",
    "slug",
    "headline",
    "standfirst",
    "byline",
    "summary",
    "search_text",
    "photo_id",
    "photo_alt",
    "spoiler",
    "lead",
    "seo_title",
    "seo_description",
    "content",
)

# Half-open windows overlap where each begins before the other ends; an empty one never does.
SQLITE_OVERLAP = """
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

SQLITE_FROZEN = f"""
CREATE TRIGGER edition_frozen BEFORE UPDATE OF {", ".join(FROZEN)} ON articles_edition
BEGIN
    SELECT RAISE(ABORT, 'an edition never changes, only its window');
END
"""

POSTGRES = f"""
ALTER TABLE articles_edition ADD CONSTRAINT edition_windows_apart
    EXCLUDE USING gist (article_id WITH =, tstzrange(live_from, live_until) WITH &&);

CREATE FUNCTION articles_edition_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an edition never changes, only its window'
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE TRIGGER edition_frozen BEFORE UPDATE ON articles_edition FOR EACH ROW
    WHEN (({", ".join(f"OLD.{name}" for name in FROZEN)})
        IS DISTINCT FROM ({", ".join(f"NEW.{name}" for name in FROZEN)}))
    EXECUTE FUNCTION articles_edition_frozen();
"""

POSTGRES_UNDO = """
DROP TRIGGER edition_frozen ON articles_edition;
DROP FUNCTION articles_edition_frozen();
ALTER TABLE articles_edition DROP CONSTRAINT edition_windows_apart;
"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES)
    elif schema_editor.connection.vendor == "sqlite":
        for event, clause in (("insert", "INSERT"), ("update", "UPDATE OF live_from, live_until")):
            schema_editor.execute(SQLITE_OVERLAP.format(event=event, clause=clause))
        schema_editor.execute(SQLITE_FROZEN)


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES_UNDO)
    elif schema_editor.connection.vendor == "sqlite":
        for name in ("windows_apart_insert", "windows_apart_update", "frozen"):
            schema_editor.execute(f"DROP TRIGGER edition_{name}")


class Migration(migrations.Migration):
    dependencies = [("articles", "0002_links")]

    operations = [
        BtreeGistExtension(),
        migrations.RunPython(guard, unguard),
    ]
