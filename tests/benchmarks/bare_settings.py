"""The site's settings without its middleware, for the floor of the votes' benchmark."""

from newsroom.settings import *  # noqa: F403  (all of them, as Django reads settings)

MIDDLEWARE = []
ROOT_URLCONF = "tests.benchmarks.bare"
