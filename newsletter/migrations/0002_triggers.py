"""Create the triggers of the newsletter app.

They hold for all code, the admin and raw SQL included:

- a consent event can be inserted only at the end of the chain, and cannot be changed or deleted;
  on PostgreSQL the table cannot be truncated either;
- evidence cannot be changed, and can be deleted only after the ledger says why: the person was
  erased, or the sign-up was never confirmed;
- a version of a policy or a wording that has taken effect cannot be deleted, nor changed, except
  that it can be withdrawn once, and that its author is set to NULL when the account is deleted;
- a change of a row that the site's pages show changes the site version (``newsroom.page_cache``).

Whether a version has taken effect is decided by the database's clock.
"""

from django.db import migrations

from newsroom.triggers import CreateTriggers

# Whether the ledger says that the evidence OLD may be deleted.
EVIDENCE_MAY_BE_DELETED = """EXISTS (
        SELECT 1 FROM newsletter_consentevent AS later
        JOIN newsletter_consentevent AS own ON own.number = OLD.event_id
        WHERE later.subject = own.subject AND later.number > own.number AND (
            later.kind = 'erased' OR (
                later.kind = 'lapsed' AND own.kind = 'requested'
                AND later.newsletter_id = own.newsletter_id AND NOT EXISTS (
                    SELECT 1 FROM newsletter_consentevent AS answer
                    WHERE answer.subject = own.subject
                    AND answer.newsletter_id = own.newsletter_id AND answer.kind = 'confirmed'
                    AND answer.number > own.number AND answer.number < later.number
                )
            )
        )
    )"""

SQLITE_CONSENT = [
    """
    CREATE TRIGGER consent_event_insert_at_end BEFORE INSERT ON newsletter_consentevent
    BEGIN
        SELECT RAISE(ABORT, 'a consent event can be added at the end of the chain only')
        WHERE NEW.number <> 1 + coalesce(
            (SELECT number FROM newsletter_consentevent ORDER BY number DESC LIMIT 1), 0
        )
        OR json_extract(NEW.document, '$.previous') IS NOT coalesce(
            (SELECT digest FROM newsletter_consentevent ORDER BY number DESC LIMIT 1), ''
        );
    END
    """,
    # All columns. A migration that adds a column replaces this trigger.
    """
    CREATE TRIGGER consent_event_no_update
    BEFORE UPDATE OF number, kind, at, subject, newsletter_id, document, digest
    ON newsletter_consentevent
    BEGIN SELECT RAISE(ABORT, 'a consent event cannot be changed'); END
    """,
    """
    CREATE TRIGGER consent_event_no_delete BEFORE DELETE ON newsletter_consentevent
    BEGIN SELECT RAISE(ABORT, 'a consent event cannot be deleted'); END
    """,
    """
    CREATE TRIGGER evidence_no_update BEFORE UPDATE ON newsletter_evidence
    BEGIN SELECT RAISE(ABORT, 'evidence cannot be changed'); END
    """,
    f"""
    CREATE TRIGGER evidence_no_early_delete BEFORE DELETE ON newsletter_evidence
    WHEN NOT {EVIDENCE_MAY_BE_DELETED}
    BEGIN SELECT RAISE(ABORT, 'evidence can be deleted with its person only'); END
    """,
]

POSTGRESQL_CONSENT = [
    """
    CREATE FUNCTION newsletter_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
    END
    $$
    """,
    """
    CREATE FUNCTION newsletter_check_consent_event() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        last_number bigint;
        last_digest varchar;
    BEGIN
        SELECT number, digest INTO last_number, last_digest
        FROM newsletter_consentevent ORDER BY number DESC LIMIT 1;
        IF NEW.number <> coalesce(last_number, 0) + 1
        OR (NEW.document::json ->> 'previous') IS DISTINCT FROM coalesce(last_digest, '') THEN
            RAISE EXCEPTION 'a consent event can be added at the end of the chain only'
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END
    $$
    """,
    f"""
    CREATE FUNCTION newsletter_check_evidence_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT {EVIDENCE_MAY_BE_DELETED} THEN
            RAISE EXCEPTION 'evidence can be deleted with its person only'
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END
    $$
    """,
    """
    CREATE TRIGGER consent_event_insert_at_end BEFORE INSERT ON newsletter_consentevent
        FOR EACH ROW EXECUTE FUNCTION newsletter_check_consent_event()
    """,
    """
    CREATE TRIGGER consent_event_no_update
        BEFORE UPDATE OF number, kind, at, subject, newsletter_id, document, digest
        ON newsletter_consentevent FOR EACH ROW
        EXECUTE FUNCTION newsletter_refuse('a consent event cannot be changed')
    """,
    """
    CREATE TRIGGER consent_event_no_delete BEFORE DELETE ON newsletter_consentevent
        FOR EACH ROW EXECUTE FUNCTION newsletter_refuse('a consent event cannot be deleted')
    """,
    """
    CREATE TRIGGER consent_event_no_truncate BEFORE TRUNCATE ON newsletter_consentevent
        EXECUTE FUNCTION newsletter_refuse('a consent event cannot be deleted')
    """,
    """
    CREATE TRIGGER evidence_no_update BEFORE UPDATE ON newsletter_evidence
        FOR EACH ROW EXECUTE FUNCTION newsletter_refuse('evidence cannot be changed')
    """,
    """
    CREATE TRIGGER evidence_no_early_delete BEFORE DELETE ON newsletter_evidence
        FOR EACH ROW EXECUTE FUNCTION newsletter_check_evidence_deletion()
    """,
    """
    CREATE TRIGGER evidence_no_truncate BEFORE TRUNCATE ON newsletter_evidence
        EXECUTE FUNCTION newsletter_refuse('evidence can be deleted with its person only')
    """,
]

# All columns except created_by_id, which is set to NULL when the account is deleted, and those
# of the withdrawal. A migration that adds a column to one replaces its trigger.
VERSIONS = {
    "newsletter_policyversion": [
        "id",
        "number",
        "effective_from",
        "created_at",
        "document",
        "body",
        "summary",
    ],
    "newsletter_wording": [
        "id",
        "number",
        "effective_from",
        "created_at",
        "newsletter_id",
        "sentence",
        "button",
    ],
}
WITHDRAWAL = ["withdrawn_at", "withdrawn_by", "withdrawal_reason"]


def changed(columns, differs):
    """Return a condition: one of the columns changes."""
    return " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in columns)


SQLITE_VERSIONS = [
    statement
    for table, columns in VERSIONS.items()
    for statement in (
        f"""
        CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
        WHEN OLD.effective_from <= strftime('%Y-%m-%d %H:%M:%f', 'now') AND (
            {changed(columns, "IS NOT")}
            OR (OLD.withdrawn_at IS NOT NULL AND ({changed(WITHDRAWAL, "IS NOT")}))
        )
        BEGIN SELECT RAISE(ABORT, 'a version that has taken effect cannot be changed'); END
        """,
        f"""
        CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
        WHEN OLD.effective_from <= strftime('%Y-%m-%d %H:%M:%f', 'now')
        BEGIN SELECT RAISE(ABORT, 'a version that has taken effect cannot be deleted'); END
        """,
    )
]
POSTGRESQL_VERSIONS = [
    statement
    for table, columns in VERSIONS.items()
    for statement in (
        f"""
        CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW
            WHEN (OLD.effective_from <= now() AND (
                {changed(columns, "IS DISTINCT FROM")}
                OR (OLD.withdrawn_at IS NOT NULL AND ({changed(WITHDRAWAL, "IS DISTINCT FROM")}))
            ))
            EXECUTE FUNCTION
                newsletter_refuse('a version that has taken effect cannot be changed')
        """,
        f"""
        CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW
            WHEN (OLD.effective_from <= now())
            EXECUTE FUNCTION
                newsletter_refuse('a version that has taken effect cannot be deleted')
        """,
    )
]

# Every change of a row in these tables changes the site version and its date.
EVENTS = [
    (table, event)
    for table in ("newsletter_newsletter", "newsletter_policyversion", "newsletter_wording")
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
    dependencies = [("newsroom", "0002_triggers"), ("newsletter", "0001_initial")]

    operations = [
        CreateTriggers(sqlite=SQLITE_CONSENT, postgresql=POSTGRESQL_CONSENT),
        CreateTriggers(sqlite=SQLITE_VERSIONS, postgresql=POSTGRESQL_VERSIONS),
        CreateTriggers(sqlite=SQLITE_SITE_VERSION, postgresql=POSTGRESQL_SITE_VERSION),
    ]
