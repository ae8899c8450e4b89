"""Each admin address gives each role, with each method, the outcome in the table."""

from dataclasses import dataclass

import pytest
from django.db import connection

from articles.models import Article
from tests.permissions import table
from tests.permissions.addresses import find_addresses, undeclared, vanished
from tests.permissions.payloads import Target
from tests.permissions.walking import READING, Walker, outcome_of, table_digests
from tests.permissions.world import HIDDEN_WORD

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Role:
    """A user of the world, a column of the table, and whose articles are requested."""

    name: str
    column: str
    side: str = "foreign"

    def __str__(self):
        return f"{self.name}, {self.side}"


ROLES = (
    Role("anonymous", "out"),
    Role("inactive", "out"),
    Role("outsider", "out"),
    Role("bare", "bare"),
    Role("writer", "own", "own"),
    Role("writer", "foreign"),
    Role("viewer", "view"),
    Role("editor", "editor"),
    Role("superuser", "super"),
)
MAY_NOT_KNOW = {"out", "bare", "own", "foreign"}
DECLARED = table.read()


def told(response):
    """Return whether a response contains a colleague's unpublished text."""
    body = b"" if response.streaming else response.content
    return HIDDEN_WORD.lower() in (body.decode() + response.get("Location", "")).lower()


def walk(world, role, declared=DECLARED, only=None):
    """Send each declared request; return a line for each wrong outcome.

    ``only`` restricts the requests to keys with these prefixes.
    """
    walker, turn = Walker(world.people[role.name]), table.COLUMNS.index(role.column)
    addresses, wrong = find_addresses(), []
    for number, key in enumerate(declared):
        if only is not None and not key.startswith(only):
            continue
        target = Target(world, addresses[key.partition("[")[0]], key, getattr(world, role.side))
        for method, row in table.outcomes(declared, key, number + turn).items():
            if row[role.column] != "=":
                wrong += _try(walker, target, method, role, row[role.column])
    return wrong


def _try(walker, target, method, role, expected):
    data = target.data(walker.user) if method == "POST" else None
    # Pages for roles that may see everything are rendered in other tests.
    rendered = method in READING and role.column in MAY_NOT_KNOW
    response, changed = walker.send(method, target.address, data, rendered=rendered)
    outcome = outcome_of(response, changed)
    what = f"{method} {target.key} as {role}"
    if expected.endswith("!") and not changed:
        mended = outcome == expected[:-1]
        return [f"{what}: {outcome}, as it ought to be. Take the “!” away."] if mended else []
    if outcome != expected:
        return [f"{what}: {outcome}, declared is {expected}"]
    if role.column in MAY_NOT_KNOW and told(response):
        return [f"{what}: tells of a colleague's unpublished text"]
    return []


def test_exactly_the_existing_addresses_are_declared():
    missing, gone = undeclared(DECLARED), vanished(DECLARED)

    assert not missing, "Say in tests/permissions/table.py who may do what at: " + ", ".join(
        missing
    )
    assert not gone, "Declared, but not there any more: " + ", ".join(gone)


@pytest.mark.parametrize("role", ROLES, ids=str)
def test_each_role_gets_the_declared_outcomes(world, role):
    wrong = walk(world, role)

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_request_without_a_csrf_token_is_refused(world, walker, method):
    someone, addresses = walker("superuser", enforce_csrf_checks=True), find_addresses()
    for key in DECLARED:
        target = Target(world, addresses[key.partition("[")[0]], key, world.foreign)
        data = target.data(someone.user) if method == "POST" else None
        response, changed = someone.send(method, target.address, data, rendered=False)
        assert (response.status_code, changed) == (403, []), key


def test_login_requires_a_csrf_token(walker):
    response, _ = walker("anonymous", enforce_csrf_checks=True).send("POST", "/admin/login/", {})

    assert response.status_code == 403


def test_change_in_any_table_is_detected(world):
    before = table_digests()
    assert table_digests() == before
    Article.objects.filter(pk=world.foreign.article.pk).update(lead=True)
    after = table_digests()

    assert [name for name in after if after[name] != before[name]] == ["articles_article"]
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    assert set(before) == tables
