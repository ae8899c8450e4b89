"""Prepared queries give what the plain querysets give, with the installed version of Django."""

import django
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Edition
from articles.site import views
from newsroom.models import SiteVersion
from newsroom.page_cache import site_version
from newsroom.page_cache.prepared_query import PreparedQuery
from tests.articles.factories import make_hub, make_live
from tests.polls.factories import an_hour, make_poll

pytestmark = pytest.mark.django_db

CHANGED = (
    f"Django {django.__version__} has changed what newsroom/page_cache/prepared_query.py relies"
    " on: {}. Adapt PreparedQuery, or use the plain queryset instead."
)


def run(query):
    """Return what a query gives, and the one statement that it executes."""
    try:
        with CaptureQueriesContext(connection) as captured:
            found = query()
    except Exception as error:  # noqa: BLE001  (a private part may fail in any way)
        pytest.fail(CHANGED.format(f"{type(error).__name__}: {error}"))
    [statement] = [each["sql"] for each in captured]
    return found, statement


def test_site_version_is_read_as_by_the_plain_queryset():
    make_live()
    make_poll(opens=an_hour(ago=1), closes=an_hour(ahead=1))
    SiteVersion.objects.all().delete()
    for name in ("a", "b"):
        SiteVersion.objects.create(name=name, changed_at=an_hour(ago=2))
    now = timezone.now()

    rows, statement = run(lambda: site_version._read_rows(now))
    expected, plain_statement = run(lambda: list(site_version._version_query(now)))

    assert statement == plain_statement, CHANGED.format("how a statement is compiled")
    assert rows == [list(row) for row in expected], CHANGED.format("how values are converted")
    assert [row[0] for row in rows] == ["a", "b"]
    assert any(rows[0][2:])


def test_edition_is_read_as_by_the_plain_queryset():
    edition = make_live(hub=make_hub())
    values = (edition.hub_id, edition.slug, timezone.now())

    [found], statement = run(lambda: views._live_at_address.objects(*values))
    [expected], plain_statement = run(lambda: list(views._live_at_address._make_queryset(*values)))

    assert statement == plain_statement, CHANGED.format("how a statement is compiled")
    assert found.get_deferred_fields() == expected.get_deferred_fields() != set()
    for field in Edition._meta.concrete_fields:
        if field.attname not in found.get_deferred_fields():
            own, plain = (vars(each)[field.attname] for each in (found, expected))
            assert (own, type(own)) == (plain, type(plain)), CHANGED.format("how rows are read")
    assert found == edition
    assert found._state.db == "default"


def test_other_values_give_other_rows():
    first, second = make_live(hub=make_hub()), make_live(hub=make_hub())
    now = timezone.now()

    for edition in (first, second):
        values = (edition.hub_id, edition.slug, now)
        assert views._live_at_address.objects(*values) == [edition]
    assert views._live_at_address.objects(first.hub_id, "none", now) == []


def test_value_that_is_no_parameter_of_the_query_is_refused():
    query = PreparedQuery(lambda name: SiteVersion.objects.all(), "a-name")

    with pytest.raises(ValueError, match="not among its parameters"):
        query("a")
