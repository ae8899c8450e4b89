"""The least that Django needs, for the floor of the pages' benchmark."""

import os

SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = os.environ["ALLOWED_HOSTS"].split(",")
ROOT_URLCONF = "tests.benchmarks.floor"
MIDDLEWARE = []
LOGGING_CONFIG = None
