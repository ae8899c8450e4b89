"""A context in which the database takes no write."""

import contextlib

from django.db import connection

#: First words of the statements that write, or lock rows in order to write.
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "TRUNCATE", "MERGE", "COPY")


class WriteAttempted(Exception):
    """A statement would have written to the database."""


@contextlib.contextmanager
def read_only():
    """Raise WriteAttempted for each statement that writes to the default database."""

    def refuse_writes(execute, sql, params, many, context):
        statement = sql.strip().upper()
        if statement.startswith(WRITES) or " FOR UPDATE" in statement:
            raise WriteAttempted(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse_writes):
        yield
