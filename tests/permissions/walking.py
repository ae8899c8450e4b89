"""Sends requests as a user and reports their outcomes."""

import hashlib
from contextlib import contextmanager
from http.cookies import SimpleCookie
from unittest import mock
from urllib.parse import urlsplit

from django.db import connection, transaction
from django.template.response import SimpleTemplateResponse
from django.test import Client
from django.urls import reverse

from tests.tables import rows_by_table

#: Methods whose responses are rendered; for others only the outcome is tested.
READING = ("GET", "POST")
READS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA", "EXPLAIN")


def table_digests():
    """Return a digest of all rows for each table."""
    digests = {}
    for table, rows in rows_by_table():
        lines = sorted(map(repr, rows))
        digests[table] = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return digests


@contextmanager
def _noting_writes(noted):
    def note(execute, sql, params, many, context):
        if not sql.lstrip("( ").upper().startswith(READS):
            noted.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield


class Walker:
    """A user's browser. The changes of each request are rolled back after it."""

    def __init__(self, user, **options):
        self.user = user
        self.client = Client(**options)
        if user is not None:
            self.client.force_login(user)
        self.cookies = self.client.cookies.output(header="", sep=";")
        self.before = table_digests()

    def send(self, method, address, data=None, *, rendered=True, look=None):
        """Return the response and the names of the tables that changed, and roll back.

        ``look`` is called before all is undone, if anything has changed.
        """
        self.client.cookies = SimpleCookie(self.cookies)
        noted = []
        send = getattr(self.client, method.lower())
        body = self._body(method, data)
        page = mock.patch.object(SimpleTemplateResponse, "rendered_content", "")
        with transaction.atomic():
            with _noting_writes(noted):
                if rendered:
                    response = send(address, **body)
                else:
                    with page:
                        response = send(address, **body)
            changed = self._changed() if noted else []
            if look is not None and changed:
                look()
            transaction.set_rollback(True)
        return response, changed

    @staticmethod
    def _body(method, data):
        if method in {"POST", "GET"}:
            return {"data": data or {}}
        return {}

    def _changed(self):
        after = table_digests()
        return sorted(table for table in after if after[table] != self.before.get(table))


def outcome_of(response, changed):
    """Return the outcome as the table names it."""
    status = response.status_code
    if changed:
        return "done" if status in (200, 302) else f"{status}, though it changed {changed}"
    if status in (301, 302):
        path = urlsplit(response["Location"]).path
        kinds = {reverse("admin:login"): "login", reverse("admin:index"): "index"}
        return kinds.get(path, "away")
    return "ok" if status == 200 else str(status)
