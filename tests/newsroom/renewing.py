"""The triggers that renew pages, as the migrations put them up."""

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from newsroom.page_cache.triggers import InvalidationTriggers


def renewing(app):
    """The operation by which the last of an app's migrations that does so puts its triggers up."""
    migrations = MigrationLoader(connection).disk_migrations
    operations = [
        operation
        for key in sorted(migrations)
        if key[0] == app
        for operation in migrations[key].operations
    ]
    return [each for each in operations if isinstance(each, InvalidationTriggers)][-1]


def renew_again(app):
    """Put them up, whatever of them stands."""
    with connection.schema_editor() as editor:
        renewing(app).database_forwards(app, editor, None, None)
