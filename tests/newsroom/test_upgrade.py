"""A database of version 0.2.0, which the demo filled, is migrated to the newest version."""

from html import unescape

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from articles.models import Edition
from newsletter.models import Newsletter
from newsroom.models import User
from newsroom.page_cache import site_version
from polls.models import Poll
from tests import stored_database
from tests.triggers import trigger_names

OWN_APPS = ("newsroom", "articles", "polls", "newsletter")


def columns():
    """Each table with its columns."""
    with connection.cursor() as cursor:
        return {
            table: {
                column.name
                for column in connection.introspection.get_table_description(cursor, table)
            }
            for table in connection.introspection.table_names(cursor)
        }


def forget():
    """Forget what this process has cached of a database."""
    ContentType.objects.clear_cache()
    caches["pages"].clear()
    site_version.invalidate()


@pytest.fixture
def new(transactional_db):
    """The tables and triggers of a database that all migrations have made."""
    return {"columns": columns(), "triggers": trigger_names()}


@pytest.fixture
def upgraded(new, tmp_path):
    """The stored database, migrated to the newest version."""
    with stored_database.in_use(connection, tmp_path):
        forget()
        call_command("migrate", verbosity=0)
        yield
    forget()


def test_tables_and_triggers_are_those_of_a_new_database(upgraded, new):
    executor = MigrationExecutor(connection)

    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    assert columns() == new["columns"]
    assert trigger_names() == new["triggers"]


def test_every_row_can_be_read_and_keeps_to_its_constraints(upgraded):
    for label in OWN_APPS:
        for model in apps.get_app_config(label).get_models():
            rows = list(model._base_manager.all())
            assert rows, model
            for row in rows:
                str(row)
                row.validate_constraints()


def test_stored_accounts_have_no_password(upgraded):
    assert User.objects.exists()
    assert not any(user.has_usable_password() for user in User.objects.all())


def test_pages_are_shown(upgraded):
    edition = Edition.objects.live().first()
    poll, newsletter = Poll.objects.first(), Newsletter.objects.first()
    shown = ((edition, edition.headline), (edition.hub, edition.headline))
    shown += ((poll, poll.question), (newsletter, newsletter.name))

    assert Client().get("/").status_code == 200
    for row, text in shown:
        response = Client().get(row.get_absolute_url())
        assert response.status_code == 200, row
        assert text in unescape(response.text), row
