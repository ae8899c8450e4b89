"""The site's settings with a second database, a small one, and a plain list of its articles."""

from newsroom.settings import *  # noqa: F403  (all of them, as Django reads settings)
from newsroom.settings import DATABASE, DATABASES, env

DATABASES["small"] = DATABASE | env.dj_db_url("SMALL_DATABASE_URL")
ROOT_URLCONF = "tests.benchmarks.plain"
