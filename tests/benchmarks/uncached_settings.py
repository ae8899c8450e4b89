"""The site's settings without the cache of pages: each is made anew."""

from newsroom.settings import *  # noqa: F403  (all of them, as Django reads settings)
from newsroom.settings import CACHES

for alias in CACHES.keys() & {"pages", "shared_pages"}:
    CACHES[alias] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
