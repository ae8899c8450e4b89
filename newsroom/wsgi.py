"""The WSGI application, for granian or any other WSGI server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

application = get_wsgi_application()

from newsroom import startup  # noqa: E402  (after the apps are loaded)

startup.run()

# Modules and classes stay for the life of the process: without them the garbage collector has
# less to search, which shortens the longest response times.
gc.collect()
gc.freeze()
# The objects of a page are freed by their reference counts, so the collector may run less often
# than after every 700 new objects; above a few thousand, one run would delay a response visibly.
gc.set_threshold(3_000, 20, 50)
