"""The database's own guards on polls, as a migration operation.

They hold against any code, the admin's and a shell's included:

- a ballot comes in only while its poll is open, and names choices of that poll, each once, and
  no more than allowed; it never changes but for the decision about it, and never goes;
- once a ballot is in, question, key and number of choices of its poll stay, and so do the
  choices; a wording changes only as a rewording on record says;
- decisions, rewordings and closing records never change and never go.

On PostgreSQL an incoming ballot takes a key-share lock on its poll: voters never wait for one
another, but closing, which takes the row's lock for update, waits for those that are on their
way and lets none in afterwards. On SQLite there is only ever one writer.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from newsroom import triggers as guards
from newsroom.triggers import DatabaseGuards

#: Tables whose rows stay as they are; the account behind one may go.
_ON_RECORD = ("polls_decision", "polls_rewording", "polls_closingrecord")
_BALLOT_COLUMNS = ("id", "poll_id", "voter", "choices", "cast_at", "network", "held")

_OPEN = """
    sealed_at IS NULL AND archived_at IS NULL
    AND (opens IS NULL OR opens <= NEW.cast_at) AND (closes IS NULL OR closes > NEW.cast_at)
"""
_NAMED = "length(NEW.choices) - length(replace(NEW.choices, ',', '')) + 1"


def _voted(poll: str) -> str:
    return f"EXISTS (SELECT 1 FROM polls_ballot WHERE poll_id = {poll})"


def _reworded(poll: str, choice: str, column: str) -> str:
    return f"""EXISTS (
        SELECT 1 FROM polls_rewording WHERE poll_id = {poll} AND choice_id {choice}
        AND before = OLD.{column} AND after = NEW.{column}
    )"""


_QUESTION_REWORDED = _reworded("OLD.id", "IS NULL", "question")
_CHOICE_REWORDED = _reworded("OLD.poll_id", "= OLD.id", "text")

# Made of nothing but this module's own words.
# ruff: noqa: S608
_SQLITE: dict[str, str] = {
    "ballot_allowed": f"""
        BEFORE INSERT ON polls_ballot
        BEGIN
            SELECT RAISE(ABORT, 'the poll is not open') WHERE NOT EXISTS (
                SELECT 1 FROM polls_poll WHERE id = NEW.poll_id AND {_OPEN}
            );
            SELECT RAISE(ABORT, 'not a choice of this poll') WHERE {_NAMED} <> (
                SELECT count(*) FROM polls_choice WHERE poll_id = NEW.poll_id
                AND instr(',' || NEW.choices || ',', ',' || id || ',')
            );
            SELECT RAISE(ABORT, 'too many choices') WHERE {_NAMED} > (
                SELECT max_choices FROM polls_poll WHERE id = NEW.poll_id
            );
        END""",
    "ballot_frozen": f"""
        BEFORE UPDATE OF {", ".join(_BALLOT_COLUMNS)} ON polls_ballot
        BEGIN SELECT RAISE(ABORT, 'a ballot never changes'); END""",
    "ballot_stays": """
        BEFORE DELETE ON polls_ballot
        BEGIN SELECT RAISE(ABORT, 'a ballot never goes'); END""",
    "poll_fixed": f"""
        BEFORE UPDATE ON polls_poll
        WHEN (OLD.question <> NEW.question OR OLD.max_choices <> NEW.max_choices
              OR OLD.key <> NEW.key) AND {_voted("OLD.id")}
        BEGIN
            SELECT RAISE(ABORT, 'the poll has ballots')
            WHERE OLD.max_choices <> NEW.max_choices OR OLD.key <> NEW.key
            OR NOT {_QUESTION_REWORDED};
        END""",
    "choice_added": f"""
        BEFORE INSERT ON polls_choice WHEN {_voted("NEW.poll_id")}
        BEGIN SELECT RAISE(ABORT, 'the poll has ballots'); END""",
    "choice_taken": f"""
        BEFORE DELETE ON polls_choice WHEN {_voted("OLD.poll_id")}
        BEGIN SELECT RAISE(ABORT, 'the poll has ballots'); END""",
    "choice_fixed": f"""
        BEFORE UPDATE ON polls_choice WHEN {_voted("OLD.poll_id")}
        BEGIN
            SELECT RAISE(ABORT, 'the poll has ballots')
            WHERE OLD.poll_id <> NEW.poll_id OR OLD.id <> NEW.id
            OR OLD.position <> NEW.position OR (OLD.text <> NEW.text
            AND NOT {_CHOICE_REWORDED});
        END""",
}

_POSTGRES = f"""
{guards.refusing_function("polls_refuse")}

CREATE FUNCTION polls_ballot_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    allowed integer;
    known integer;
BEGIN
    SELECT max_choices INTO allowed FROM polls_poll
    WHERE id = NEW.poll_id AND {_OPEN} FOR KEY SHARE;
    IF allowed IS NULL THEN
        RAISE EXCEPTION 'the poll is not open' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    SELECT count(*) INTO known FROM polls_choice WHERE poll_id = NEW.poll_id
    AND strpos(',' || NEW.choices || ',', ',' || id || ',') > 0;
    IF known <> {_NAMED} OR known > allowed THEN
        RAISE EXCEPTION 'not a ballot of this poll'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;

-- Waits for the ballots that are on their way, then looks whether there are any.
CREATE FUNCTION polls_has_ballots(wanted bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM polls_poll WHERE id = wanted FOR UPDATE;
    RETURN {_voted("wanted")};
END
$$;

CREATE FUNCTION polls_poll_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF polls_has_ballots(OLD.id) AND (
        OLD.max_choices <> NEW.max_choices OR OLD.key <> NEW.key
        OR NOT {_QUESTION_REWORDED}
    ) THEN
        RAISE EXCEPTION 'the poll has ballots' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION polls_choice_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fixed boolean := polls_has_ballots(
        CASE WHEN TG_OP = 'INSERT' THEN NEW.poll_id ELSE OLD.poll_id END
    );
BEGIN
    IF fixed AND TG_OP = 'UPDATE' THEN
        fixed := OLD.poll_id <> NEW.poll_id OR OLD.id <> NEW.id OR OLD.position <> NEW.position
        OR (OLD.text <> NEW.text AND NOT
            {_CHOICE_REWORDED});
    END IF;
    IF fixed THEN
        RAISE EXCEPTION 'the poll has ballots' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;

CREATE TRIGGER ballot_allowed BEFORE INSERT ON polls_ballot FOR EACH ROW
    EXECUTE FUNCTION polls_ballot_allowed();
CREATE TRIGGER ballot_frozen BEFORE UPDATE ON polls_ballot FOR EACH ROW
    WHEN (ROW({", ".join(f"OLD.{name}" for name in _BALLOT_COLUMNS)})
          IS DISTINCT FROM ROW({", ".join(f"NEW.{name}" for name in _BALLOT_COLUMNS)}))
    EXECUTE FUNCTION polls_refuse('a ballot never changes');
CREATE TRIGGER ballot_stays BEFORE DELETE ON polls_ballot FOR EACH ROW
    EXECUTE FUNCTION polls_refuse('a ballot never goes');
CREATE TRIGGER poll_fixed BEFORE UPDATE ON polls_poll FOR EACH ROW
    WHEN (OLD.question <> NEW.question OR OLD.max_choices <> NEW.max_choices OR OLD.key <> NEW.key)
    EXECUTE FUNCTION polls_poll_fixed();
CREATE TRIGGER choice_fixed BEFORE INSERT OR UPDATE OR DELETE ON polls_choice FOR EACH ROW
    EXECUTE FUNCTION polls_choice_fixed();
"""

_POSTGRES_TRIGGERS = {
    "polls_ballot": ("ballot_allowed", "ballot_frozen", "ballot_stays"),
    "polls_poll": ("poll_fixed",),
    "polls_choice": ("choice_fixed",),
}
_POSTGRES_FUNCTIONS = (
    "polls_ballot_allowed()",
    "polls_poll_fixed()",
    "polls_choice_fixed()",
    "polls_has_ballots(bigint)",
    "polls_refuse()",
)


class GuardBallots(DatabaseGuards):
    """Put the guards up, replacing those that stand.

    A later migration that alters one of the tables begins with ``DropTriggers(GuardBallots())`` and
    ends with this again.
    """

    description = "Guard ballots, and what they were cast on"

    def create(self, vendor: str, state: Any) -> Iterable[str]:
        """One statement a guard, or all of them."""
        if vendor == "postgresql":
            yield _POSTGRES
        elif vendor == "sqlite":
            for name, body in _SQLITE.items():
                yield f"CREATE TRIGGER {name} {body}"
        for table in _ON_RECORD:
            columns = [
                field.column
                for field in state.apps.get_model(*table.split("_"))._meta.local_concrete_fields
                if field.column != "by_id"
            ]
            yield from guards.on_record(vendor, table, columns, "polls_refuse")

    def drop(self, vendor: str) -> Iterator[str]:
        """What ``create`` put up, where it stands."""
        if vendor == "postgresql":
            for table, names in _POSTGRES_TRIGGERS.items():
                yield from (f"DROP TRIGGER IF EXISTS {name} ON {table}" for name in names)
            yield from guards.off_record(vendor, _ON_RECORD)
            yield from (f"DROP FUNCTION IF EXISTS {name}" for name in _POSTGRES_FUNCTIONS)
        elif vendor == "sqlite":
            yield from (f"DROP TRIGGER IF EXISTS {name}" for name in _SQLITE)
            yield from guards.off_record(vendor, _ON_RECORD)
