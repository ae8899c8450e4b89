"""The WSGI application, for granian or any other WSGI server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

application = get_wsgi_application()

from newsletter import tasks  # noqa: E402  (once the applications are there)

tasks.resume()

# All that was imported stays for good: the collector need not look through it again and again,
# which shows in the slowest answers.
gc.collect()
gc.freeze()
# And what a page is made of goes with the page, without the collector, which need not look after
# every 700 new objects; more than a few thousand would be a pause that a reader notices.
gc.set_threshold(3_000, 20, 50)
