"""Fixtures of the seal's tests."""

import pytest


@pytest.fixture(scope="module")
def rows_of_world(django_db_setup, django_db_blocker, tmp_path_factory):
    """The rows of the world, made once for a module."""
    # Imported late: pytest may read this file before Django is set up.
    from tests.seal.world import make_world
    from tests.shared_rows import shared_rows

    with shared_rows(make_world, django_db_blocker, tmp_path_factory.mktemp("world")) as rows:
        yield rows


@pytest.fixture
def world(rows_of_world, db, settings):
    """A newsroom with a planted word in every place where a spoiler may stand."""
    return rows_of_world.for_one_test(settings)
