"""Create the triggers of the articles app.

- An edition cannot be changed, except for the time for which it is live, and two editions of one
  article cannot be live at the same time.
- A change of a row that the site's pages show changes the site version (``newsroom.page_cache``).
"""

from django.db import migrations

from newsroom.triggers import CreateTriggers

SQLITE_EDITIONS = [
    # All columns except live_from, live_until and created_by_id (set to NULL when the account is
    # deleted). A migration that adds a column to editions replaces this trigger.
    """
    CREATE TRIGGER edition_no_update BEFORE UPDATE OF
        id, article_id, number, first_published, created_at, hub_id, slug, headline, standfirst,
        byline, summary, search_text, safe_html, photo_id, photo_alt, spoiler, lead, seo_title,
        seo_description, noindex, correction, content
    ON articles_edition
    BEGIN
        SELECT RAISE(ABORT, 'an edition cannot be changed, except for when it is live');
    END
    """,
    # Two half-open periods overlap where each begins before the other ends; an empty one overlaps
    # with none.
    *(
        f"""
        CREATE TRIGGER edition_no_overlap_on_{name} BEFORE {event} ON articles_edition
        WHEN NEW.live_until IS NULL OR NEW.live_from < NEW.live_until
        BEGIN
            SELECT RAISE(ABORT, 'two editions of one article cannot be live at the same time')
            WHERE EXISTS (
                SELECT 1 FROM articles_edition AS other
                WHERE other.article_id = NEW.article_id AND other.id IS NOT NEW.id
                AND (other.live_until IS NULL OR other.live_from < other.live_until)
                AND (NEW.live_until IS NULL OR other.live_from < NEW.live_until)
                AND (other.live_until IS NULL OR NEW.live_from < other.live_until)
            );
        END
        """
        for name, event in (("insert", "INSERT"), ("update", "UPDATE OF live_from, live_until"))
    ),
]

POSTGRESQL_EDITIONS = [
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    """
    ALTER TABLE articles_edition ADD CONSTRAINT edition_no_overlap
        EXCLUDE USING gist (article_id WITH =, tstzrange(live_from, live_until) WITH &&)
    """,
    """
    CREATE FUNCTION articles_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
    END
    $$
    """,
    # created_by_id is set to NULL when the account is deleted.
    """
    CREATE TRIGGER edition_no_update BEFORE UPDATE ON articles_edition FOR EACH ROW
        WHEN ((to_jsonb(OLD) - ARRAY['live_from', 'live_until', 'created_by_id'])
            IS DISTINCT FROM (to_jsonb(NEW) - ARRAY['live_from', 'live_until', 'created_by_id']))
        EXECUTE FUNCTION articles_refuse('an edition cannot be changed, except for when it is live')
    """,
]

# Every change of a row in these tables changes the site version and its date.
TABLES = [
    "articles_hub",
    "articles_title",
    "articles_availability",
    "articles_topic",
    "articles_author",
    "articles_photo",
    "articles_withdrawal",
]
# So it does in these, except that a new row leaves the date: editions carry dates of their own.
DATED_TABLES = [
    "articles_edition",
    "articles_editiontitle",
    "articles_editiontopic",
    "articles_editionauthor",
]
EVENTS = [
    *((table, event, True) for table in TABLES for event in ("insert", "update", "delete")),
    *((table, event, True) for table in DATED_TABLES for event in ("update", "delete")),
    *((table, "insert", False) for table in DATED_TABLES),
]

SQLITE_SITE_VERSION = [
    f"""
    CREATE TRIGGER {table}_{event}_changes_site_version AFTER {event.upper()} ON {table}
    BEGIN
        INSERT INTO newsroom_siteversion (id, name, changed_at)
        VALUES (1, lower(hex(randomblob(16))), strftime('%Y-%m-%d %H:%M:%f', 'now'))
        ON CONFLICT (id) DO UPDATE SET name = excluded.name
            {", changed_at = excluded.changed_at" if is_change else ""};
    END
    """
    for table, event, is_change in EVENTS
]
POSTGRESQL_SITE_VERSION = [
    f"""
    CREATE CONSTRAINT TRIGGER {table}_{event}_changes_site_version AFTER {event.upper()} ON {table}
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        EXECUTE FUNCTION newsroom_change_site_version('{"changed" if is_change else "added"}')
    """
    for table, event, is_change in EVENTS
]


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0002_triggers"), ("articles", "0001_initial")]

    operations = [
        CreateTriggers(sqlite=SQLITE_EDITIONS, postgresql=POSTGRESQL_EDITIONS),
        CreateTriggers(sqlite=SQLITE_SITE_VERSION, postgresql=POSTGRESQL_SITE_VERSION),
    ]
