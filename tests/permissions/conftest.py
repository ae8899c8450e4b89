"""Fixtures of the tests of permissions."""

import pytest


@pytest.fixture(scope="module")
def rows_of_world(django_db_setup, django_db_blocker, tmp_path_factory):
    """The rows of the world, made once for a module."""
    # Imported late: pytest may read this file before Django is set up.
    from tests.permissions.world import make_world
    from tests.shared_rows import shared_rows

    with shared_rows(make_world, django_db_blocker, tmp_path_factory.mktemp("world")) as rows:
        yield rows


@pytest.fixture
def world(rows_of_world, db, settings):
    """Everything twice: a writer's own, and a colleague's."""
    return rows_of_world.for_one_test(settings)


@pytest.fixture
def walker(world):
    """A walker for one of the world's people, by name."""
    from tests.permissions.walking import Walker

    return lambda name, **options: Walker(world.people[name], **options)


@pytest.fixture
def writer(walker):
    """The writer, whose own the world's own side is."""
    return walker("writer")
