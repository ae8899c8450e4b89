"""Fixtures of the tests of permissions."""

import pytest


@pytest.fixture
def world(db):
    """Everything twice: a writer's own, and a colleague's."""
    # Imported late: pytest may read this file before Django is set up.
    from tests.permissions.world import make_world

    return make_world()


@pytest.fixture
def walker(world):
    """A walker for one of the world's people, by name."""
    from tests.permissions.walking import Walker

    return lambda name, **options: Walker(world.people[name], **options)


@pytest.fixture
def writer(walker):
    """The writer, whose own the world's own side is."""
    return walker("writer")
