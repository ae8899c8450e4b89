"""Every row of the database, for tests that look for what must, or must not, be there."""

from django.db import connection


def rows_by_table():
    """Pairs of a table's name and all of its rows."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            # The names are the database's own.
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            yield table, cursor.fetchall()
