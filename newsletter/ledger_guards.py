"""The database's own guards on what proves an agreement, as a migration operation.

They hold against any code, the admin's and a shell's included:

- an event of the ledger comes in only at the end of the chain, never changes and never goes;
  on PostgreSQL the table can't be emptied either;
- evidence never changes, and goes only after the ledger says why: the person was erased, or the
  sign-up was never confirmed;
- a version of a policy or a wording that has taken effect never changes but for its withdrawal,
  once, and never goes.

The moment that counts is the database's own.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from newsroom import triggers as guards
from newsroom.triggers import DatabaseGuards

_EVENTS = "newsletter_consentevent"
_EVIDENCE = "newsletter_evidence"
_VERSIONS = {"policy": "newsletter_policyversion", "wording": "newsletter_wording"}
#: What may still be written beside a version that has taken effect.
_WITHDRAWAL = ("withdrawn_at", "withdrawn_by", "withdrawal_reason")

_GONE_BY_RIGHT = f"""EXISTS (
    SELECT 1 FROM {_EVENTS} AS told JOIN {_EVENTS} AS own ON own.number = OLD.event_id
    WHERE told.subject = own.subject AND told.number > own.number AND (
        told.kind = 'erased' OR (
            told.kind = 'lapsed' AND own.kind = 'requested'
            AND told.newsletter_id = own.newsletter_id AND NOT EXISTS (
                SELECT 1 FROM {_EVENTS} AS answer WHERE answer.subject = own.subject
                AND answer.newsletter_id = own.newsletter_id AND answer.kind = 'confirmed'
                AND answer.number > own.number AND answer.number < told.number
            )
        )
    )
)"""
_LAST = f"SELECT {{}} FROM {_EVENTS} ORDER BY number DESC LIMIT 1"

# Made of nothing but this module's own words.
# ruff: noqa: S608
_SQLITE_EVENT_FOLLOWS = f"""
    BEFORE INSERT ON {_EVENTS}
    BEGIN
        SELECT RAISE(ABORT, 'an event comes at the end of the chain')
        WHERE NEW.number <> coalesce(({_LAST.format("number")}), 0) + 1
        OR json_extract(NEW.document, '$.previous')
           IS NOT coalesce(({_LAST.format("digest")}), '');
    END"""
_SQLITE_EVIDENCE_STAYS = f"""
    BEFORE DELETE ON {_EVIDENCE} WHEN NOT {_GONE_BY_RIGHT}
    BEGIN SELECT RAISE(ABORT, 'evidence goes with the person only'); END"""
_SQLITE_IN_FORCE = "OLD.effective_from <= strftime('%Y-%m-%d %H:%M:%f', 'now')"

_POSTGRES = f"""
{guards.refusing_function("newsletter_refuse")}

CREATE FUNCTION newsletter_event_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last_number bigint;
    last_digest varchar;
BEGIN
    SELECT number, digest INTO last_number, last_digest FROM {_EVENTS}
    ORDER BY number DESC LIMIT 1;
    IF NEW.number <> coalesce(last_number, 0) + 1
    OR (NEW.document::json ->> 'previous') IS DISTINCT FROM coalesce(last_digest, '') THEN
        RAISE EXCEPTION 'an event comes at the end of the chain'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION newsletter_evidence_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT {_GONE_BY_RIGHT} THEN
        RAISE EXCEPTION 'evidence goes with the person only'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END
$$;

CREATE TRIGGER consent_event_follows BEFORE INSERT ON {_EVENTS} FOR EACH ROW
    EXECUTE FUNCTION newsletter_event_follows();
CREATE TRIGGER consent_events_stay BEFORE TRUNCATE ON {_EVENTS}
    EXECUTE FUNCTION newsletter_refuse('on record: it is never emptied');
CREATE TRIGGER evidence_stays BEFORE DELETE ON {_EVIDENCE} FOR EACH ROW
    EXECUTE FUNCTION newsletter_evidence_stays();
CREATE TRIGGER all_evidence_stays BEFORE TRUNCATE ON {_EVIDENCE}
    EXECUTE FUNCTION newsletter_refuse('evidence goes with the person only');
"""
_POSTGRES_TRIGGERS = {
    _EVENTS: ("consent_event_follows", "consent_events_stay"),
    _EVIDENCE: ("evidence_frozen", "evidence_stays", "all_evidence_stays"),
    **{table: (f"{name}_frozen", f"{name}_stays") for name, table in _VERSIONS.items()},
}
_SQLITE_TRIGGERS = (
    "consent_event_follows",
    "evidence_frozen",
    "evidence_stays",
    *(f"{name}_{what}" for name in _VERSIONS for what in ("frozen", "stays")),
)
_POSTGRES_FUNCTIONS = (
    "newsletter_refuse()",
    "newsletter_event_follows()",
    "newsletter_evidence_stays()",
)


class GuardConsents(DatabaseGuards):
    """Put the guards up, replacing those that stand.

    A later migration that alters one of the tables begins with
    ``DropTriggers(GuardConsents())`` and ends with this again.
    """

    description = "Guard the consent ledger, its evidence and what was agreed to"

    def create(self, vendor: str, state: Any) -> Iterable[str]:
        """One statement a guard, or several of them."""
        if vendor == "postgresql":
            yield _POSTGRES
        elif vendor == "sqlite":
            yield f"CREATE TRIGGER consent_event_follows {_SQLITE_EVENT_FOLLOWS}"
            yield f"CREATE TRIGGER evidence_stays {_SQLITE_EVIDENCE_STAYS}"
        yield from guards.on_record(vendor, _EVENTS, _columns(state, _EVENTS), "newsletter_refuse")
        yield _refuse(
            vendor, "evidence_frozen", f"BEFORE UPDATE ON {_EVIDENCE}", "evidence never changes"
        )
        for name, table in _VERSIONS.items():
            yield from _versions(vendor, name, table, _columns(state, table))

    def drop(self, vendor: str) -> Iterator[str]:
        """What ``create`` put up, where it stands."""
        if vendor == "postgresql":
            for table, names in _POSTGRES_TRIGGERS.items():
                yield from (f"DROP TRIGGER IF EXISTS {name} ON {table}" for name in names)
        elif vendor == "sqlite":
            yield from (f"DROP TRIGGER IF EXISTS {name}" for name in _SQLITE_TRIGGERS)
        yield from guards.off_record(vendor, (_EVENTS,))
        if vendor == "postgresql":
            yield from (f"DROP FUNCTION IF EXISTS {name}" for name in _POSTGRES_FUNCTIONS)


def _columns(state: Any, table: str) -> list[str]:
    model = state.apps.get_model(*table.split("_"))
    return [field.column for field in model._meta.local_concrete_fields]


def _refuse(vendor: str, name: str, begun: str, why: str, when: str = "") -> str:
    """A trigger that refuses; ``begun`` says when it is asked, ``when`` on which condition."""
    condition = f" WHEN ({when})" if when else ""
    if vendor == "postgresql":
        body = f"FOR EACH ROW{condition} EXECUTE FUNCTION newsletter_refuse('{why}')"
    else:
        body = f"{condition} BEGIN SELECT RAISE(ABORT, '{why}'); END"
    return f"CREATE TRIGGER {name} {begun} {body}"


def _versions(vendor: str, name: str, table: str, columns: list[str]) -> Iterator[str]:
    in_force = _SQLITE_IN_FORCE if vendor == "sqlite" else "OLD.effective_from <= now()"
    fixed = [column for column in columns if column not in (*_WITHDRAWAL, "created_by_id")]
    differs = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
    changed = " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in fixed)
    again = " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in _WITHDRAWAL)
    yield _refuse(
        vendor,
        f"{name}_frozen",
        f"BEFORE UPDATE ON {table}",
        "a version that has taken effect never changes",
        f"{in_force} AND ({changed} OR (OLD.withdrawn_at IS NOT NULL AND ({again})))",
    )
    yield _refuse(
        vendor,
        f"{name}_stays",
        f"BEFORE DELETE ON {table}",
        "a version that has taken effect never goes",
        in_force,
    )
