"""Fixtures of the seal's tests."""

import pytest


@pytest.fixture
def world(db):
    """A newsroom with a planted word in every place where a spoiler may stand."""
    # Imported late: pytest may read this file before Django is set up.
    from tests.seal.world import make_world

    return make_world()
