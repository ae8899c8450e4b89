"""Create the function that changes the site version on PostgreSQL.

The triggers that call it are created by the apps whose tables show on pages; on SQLite each
trigger holds the statement itself.

A trigger runs when its transaction is about to commit, once, and updates a row that no other
transaction is writing, so no transaction waits for another.
"""

from django.db import migrations

from newsroom.triggers import CreateTriggers

FUNCTION = """
-- The argument is 'changed', or 'added' for a new row that carries its own date.
CREATE FUNCTION newsroom_change_site_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- '', 'added' or 'changed'; the setting ends with the transaction, and is reset with a
    -- savepoint, as the row is.
    done text := coalesce(current_setting('newsroom.site_version', true), '');
    is_change boolean := TG_ARGV[0] = 'changed';
    new_name text := replace(gen_random_uuid()::text, '-', '');
BEGIN
    IF done = 'changed' OR (done = 'added' AND NOT is_change) THEN
        RETURN NULL;
    END IF;
    PERFORM set_config('newsroom.site_version', TG_ARGV[0], true);
    UPDATE newsroom_siteversion
    SET name = new_name,
        changed_at = CASE WHEN is_change THEN clock_timestamp() ELSE changed_at END
    WHERE id = (SELECT id FROM newsroom_siteversion LIMIT 1 FOR UPDATE SKIP LOCKED);
    IF NOT FOUND THEN
        INSERT INTO newsroom_siteversion (name, changed_at) VALUES (new_name, clock_timestamp());
    END IF;
    RETURN NULL;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0001_initial")]

    operations = [CreateTriggers(postgresql=[FUNCTION])]
