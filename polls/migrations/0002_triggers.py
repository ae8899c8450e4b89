"""Create the triggers of the polls app.

They hold for all code, the admin and raw SQL included:

- a ballot can be inserted only while its poll is open, and names choices of that poll, each once,
  and no more than allowed; it cannot be changed, except for the decision about it, or deleted;
- once a poll has a ballot, its question, key, number of choices and choices cannot be changed;
  a wording can be, as a rewording on record says;
- decisions, rewordings and closing records cannot be changed or deleted, except that an account
  in them is set to NULL when it is deleted;
- a change of a row that the site's pages show changes the site version (``newsroom.page_cache``).

On PostgreSQL an incoming ballot takes a key-share lock on its poll: voters do not wait for one
another, but closing, which locks the row for update, waits for ballots that are not committed,
and lets none in afterwards. SQLite has one writer at a time.
"""

from django.db import migrations

from newsroom.triggers import CreateTriggers

SQLITE_GUARDS = [
    """
    CREATE TRIGGER ballot_insert_is_allowed BEFORE INSERT ON polls_ballot
    BEGIN
        SELECT RAISE(ABORT, 'the poll is not open') WHERE NOT EXISTS (
            SELECT 1 FROM polls_poll WHERE id = NEW.poll_id
            AND recorded_at IS NULL AND archived_at IS NULL
            AND (opens IS NULL OR opens <= NEW.cast_at)
            AND (closes IS NULL OR closes > NEW.cast_at)
        );
        -- "choices" is a list of primary keys, separated by commas.
        SELECT RAISE(ABORT, 'the ballot names something other than choices of its poll')
        WHERE length(NEW.choices) - length(replace(NEW.choices, ',', '')) + 1 <> (
            SELECT count(*) FROM polls_choice WHERE poll_id = NEW.poll_id
            AND instr(',' || NEW.choices || ',', ',' || id || ',')
        );
        SELECT RAISE(ABORT, 'the ballot names too many choices')
        WHERE length(NEW.choices) - length(replace(NEW.choices, ',', '')) + 1 > (
            SELECT max_choices FROM polls_poll WHERE id = NEW.poll_id
        );
    END
    """,
    # All columns except decision_id. A migration that adds a column replaces this trigger.
    """
    CREATE TRIGGER ballot_no_update
    BEFORE UPDATE OF id, poll_id, voter, choices, cast_at, network, held ON polls_ballot
    BEGIN SELECT RAISE(ABORT, 'a ballot cannot be changed'); END
    """,
    """
    CREATE TRIGGER ballot_no_delete BEFORE DELETE ON polls_ballot
    BEGIN SELECT RAISE(ABORT, 'a ballot cannot be deleted'); END
    """,
    """
    CREATE TRIGGER poll_no_update_with_ballots BEFORE UPDATE ON polls_poll
    WHEN (OLD.question <> NEW.question OR OLD.max_choices <> NEW.max_choices OR OLD.key <> NEW.key)
        AND EXISTS (SELECT 1 FROM polls_ballot WHERE poll_id = OLD.id)
    BEGIN
        SELECT RAISE(ABORT, 'a poll with ballots cannot be changed')
        WHERE OLD.max_choices <> NEW.max_choices OR OLD.key <> NEW.key
        OR NOT EXISTS (
            SELECT 1 FROM polls_rewording WHERE poll_id = OLD.id AND choice_id IS NULL
            AND before = OLD.question AND after = NEW.question
        );
    END
    """,
    """
    CREATE TRIGGER choice_no_insert_with_ballots BEFORE INSERT ON polls_choice
    WHEN EXISTS (SELECT 1 FROM polls_ballot WHERE poll_id = NEW.poll_id)
    BEGIN SELECT RAISE(ABORT, 'a poll with ballots cannot be changed'); END
    """,
    """
    CREATE TRIGGER choice_no_update_with_ballots BEFORE UPDATE ON polls_choice
    WHEN EXISTS (SELECT 1 FROM polls_ballot WHERE poll_id = OLD.poll_id)
    BEGIN
        SELECT RAISE(ABORT, 'a poll with ballots cannot be changed')
        WHERE OLD.poll_id <> NEW.poll_id OR OLD.id <> NEW.id OR OLD.position <> NEW.position
        OR (OLD.text <> NEW.text AND NOT EXISTS (
            SELECT 1 FROM polls_rewording WHERE poll_id = OLD.poll_id AND choice_id = OLD.id
            AND before = OLD.text AND after = NEW.text
        ));
    END
    """,
    """
    CREATE TRIGGER choice_no_delete_with_ballots BEFORE DELETE ON polls_choice
    WHEN EXISTS (SELECT 1 FROM polls_ballot WHERE poll_id = OLD.poll_id)
    BEGIN SELECT RAISE(ABORT, 'a poll with ballots cannot be changed'); END
    """,
]

POSTGRESQL_GUARDS = [
    """
    CREATE FUNCTION polls_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
    END
    $$
    """,
    """
    CREATE FUNCTION polls_check_ballot() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        allowed integer;
        known integer;
    BEGIN
        SELECT max_choices INTO allowed FROM polls_poll WHERE id = NEW.poll_id
        AND recorded_at IS NULL AND archived_at IS NULL
        AND (opens IS NULL OR opens <= NEW.cast_at) AND (closes IS NULL OR closes > NEW.cast_at)
        FOR KEY SHARE;
        IF allowed IS NULL THEN
            RAISE EXCEPTION 'the poll is not open'
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        -- "choices" is a list of primary keys, separated by commas.
        SELECT count(*) INTO known FROM polls_choice WHERE poll_id = NEW.poll_id
        AND strpos(',' || NEW.choices || ',', ',' || id || ',') > 0;
        IF known <> length(NEW.choices) - length(replace(NEW.choices, ',', '')) + 1 THEN
            RAISE EXCEPTION 'the ballot names something other than choices of its poll'
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF known > allowed THEN
            RAISE EXCEPTION 'the ballot names too many choices'
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END
    $$
    """,
    """
    -- Waits for ballots that are not committed yet, then looks whether the poll has any.
    CREATE FUNCTION polls_has_ballots(poll bigint) RETURNS boolean LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM 1 FROM polls_poll WHERE id = poll FOR UPDATE;
        RETURN EXISTS (SELECT 1 FROM polls_ballot WHERE poll_id = poll);
    END
    $$
    """,
    """
    CREATE FUNCTION polls_check_poll() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF polls_has_ballots(OLD.id) AND (
            OLD.max_choices <> NEW.max_choices OR OLD.key <> NEW.key
            OR NOT EXISTS (
                SELECT 1 FROM polls_rewording WHERE poll_id = OLD.id AND choice_id IS NULL
                AND before = OLD.question AND after = NEW.question
            )
        ) THEN
            RAISE EXCEPTION 'a poll with ballots cannot be changed'
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END
    $$
    """,
    """
    CREATE FUNCTION polls_check_choice() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        refused boolean := polls_has_ballots(
            CASE WHEN TG_OP = 'INSERT' THEN NEW.poll_id ELSE OLD.poll_id END
        );
    BEGIN
        IF refused AND TG_OP = 'UPDATE' THEN
            refused := OLD.poll_id <> NEW.poll_id OR OLD.id <> NEW.id
            OR OLD.position <> NEW.position
            OR (OLD.text <> NEW.text AND NOT EXISTS (
                SELECT 1 FROM polls_rewording WHERE poll_id = OLD.poll_id AND choice_id = OLD.id
                AND before = OLD.text AND after = NEW.text
            ));
        END IF;
        IF refused THEN
            RAISE EXCEPTION 'a poll with ballots cannot be changed'
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END
    $$
    """,
    """
    CREATE TRIGGER ballot_insert_is_allowed BEFORE INSERT ON polls_ballot FOR EACH ROW
        EXECUTE FUNCTION polls_check_ballot()
    """,
    # All columns except decision_id.
    """
    CREATE TRIGGER ballot_no_update BEFORE UPDATE ON polls_ballot FOR EACH ROW
        WHEN (
            ROW(OLD.id, OLD.poll_id, OLD.voter, OLD.choices, OLD.cast_at, OLD.network, OLD.held)
            IS DISTINCT FROM
            ROW(NEW.id, NEW.poll_id, NEW.voter, NEW.choices, NEW.cast_at, NEW.network, NEW.held)
        )
        EXECUTE FUNCTION polls_refuse('a ballot cannot be changed')
    """,
    """
    CREATE TRIGGER ballot_no_delete BEFORE DELETE ON polls_ballot FOR EACH ROW
        EXECUTE FUNCTION polls_refuse('a ballot cannot be deleted')
    """,
    """
    CREATE TRIGGER poll_no_update_with_ballots BEFORE UPDATE ON polls_poll FOR EACH ROW
        WHEN (
            OLD.question <> NEW.question OR OLD.max_choices <> NEW.max_choices
            OR OLD.key <> NEW.key
        )
        EXECUTE FUNCTION polls_check_poll()
    """,
    """
    CREATE TRIGGER choice_no_change_with_ballots
        BEFORE INSERT OR UPDATE OR DELETE ON polls_choice FOR EACH ROW
        EXECUTE FUNCTION polls_check_choice()
    """,
]

# Tables of records and their columns, except by_id, which is set to NULL when the account is
# deleted. A migration that adds a column to one replaces its trigger.
RECORDS = {
    "polls_decision": "id, by_name, at, poll_id, network, verdict, reason, ballots_decided",
    "polls_rewording": "id, by_name, at, poll_id, choice_id, before, after, reason",
    "polls_closingrecord": "id, by_name, at, poll_id, number, document, digest",
}
SQLITE_RECORDS = [
    statement
    for table, columns in RECORDS.items()
    for statement in (
        f"""
        CREATE TRIGGER {table}_no_update BEFORE UPDATE OF {columns} ON {table}
        BEGIN SELECT RAISE(ABORT, 'a record cannot be changed'); END
        """,
        f"""
        CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
        BEGIN SELECT RAISE(ABORT, 'a record cannot be deleted'); END
        """,
    )
]
POSTGRESQL_RECORDS = [
    statement
    for table, columns in RECORDS.items()
    for statement in (
        f"""
        CREATE TRIGGER {table}_no_update BEFORE UPDATE OF {columns} ON {table} FOR EACH ROW
            EXECUTE FUNCTION polls_refuse('a record cannot be changed')
        """,
        f"""
        CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW
            EXECUTE FUNCTION polls_refuse('a record cannot be deleted')
        """,
    )
]

# Every change of a row in these tables changes the site version and its date.
EVENTS = [
    (table, event)
    for table in ("polls_poll", "polls_choice", "polls_closingrecord", "polls_rewording")
    for event in ("insert", "update", "delete")
]
SQLITE_SITE_VERSION = [
    f"""
    CREATE TRIGGER {table}_{event}_changes_site_version AFTER {event.upper()} ON {table}
    BEGIN
        INSERT INTO newsroom_siteversion (id, name, changed_at)
        VALUES (1, lower(hex(randomblob(16))), strftime('%Y-%m-%d %H:%M:%f', 'now'))
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, changed_at = excluded.changed_at;
    END
    """
    for table, event in EVENTS
]
POSTGRESQL_SITE_VERSION = [
    f"""
    CREATE CONSTRAINT TRIGGER {table}_{event}_changes_site_version AFTER {event.upper()} ON {table}
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        EXECUTE FUNCTION newsroom_change_site_version('changed')
    """
    for table, event in EVENTS
]


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0002_triggers"), ("polls", "0001_initial")]

    operations = [
        CreateTriggers(sqlite=SQLITE_GUARDS, postgresql=POSTGRESQL_GUARDS),
        CreateTriggers(sqlite=SQLITE_RECORDS, postgresql=POSTGRESQL_RECORDS),
        CreateTriggers(sqlite=SQLITE_SITE_VERSION, postgresql=POSTGRESQL_SITE_VERSION),
    ]
