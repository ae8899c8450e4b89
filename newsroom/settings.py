"""Settings, read from the environment and from the file ``.env`` at the top level.

``.env.example`` lists every variable with its default. A missing or malformed value ends the
process with one sentence and exit status 1.
"""

import logging
import os
import random
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from csp.constants import NONCE, NONE, SELF
from environs import validate

from newsroom.environment import (
    BASE_DIR,
    TASKS_BACKENDS,
    development_key,
    directory,
    email,
    env,
    names,
    networks,
    origin,
    required,
    search,
    setting,
    tasks_backend,
    time_zone,
)
from newsroom.security.content_policy import admin_style_sources, frame_sources
from newsroom.text_editor import extensions

# Environment

DEVELOPMENT = setting("DEVELOPMENT", env.bool, False)
DEBUG = setting("DEBUG", env.bool, False)
PORT = setting("PORT", env.int, 8000)
LOCAL_DIR = setting("LOCAL_DIR", directory, Path("var"))

SITE_NAME = setting("SITE_NAME", env.str, "Newsroom")
SITE_TAGLINE = setting(
    "SITE_TAGLINE",
    env.str,
    "Series, film and games, told in full. Spoilers stay sealed until you open them.",
)
SITE_URL = required(
    "SITE_URL",
    origin,
    f"http://127.0.0.1:{PORT}" if DEVELOPMENT else None,
    "the site's public address, such as https://news.example",
)
ALLOWED_HOSTS = required(
    "ALLOWED_HOSTS",
    names,
    ["localhost", "127.0.0.1", "[::1]"] if DEVELOPMENT else [],
    "the host names that this site answers to",
)
SECRET_KEY = (
    development_key(LOCAL_DIR / "secret-key")
    if DEVELOPMENT and not os.environ.get("SECRET_KEY")
    else required("SECRET_KEY", env.str, None, "a long random value that only this site knows")
)
SECRET_KEY_FALLBACKS = setting("SECRET_KEY_FALLBACKS", names, [])
TRUSTED_PROXIES = setting("TRUSTED_PROXIES", networks, [])

# Application

INSTALLED_APPS = [
    "newsroom.apps.NewsroomConfig",
    "newsroom.apps.NewsroomAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "crispy_forms",
    "crispy_bootstrap5",
    "content_editor",
    "django_prose_editor",
    "js_asset",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "modelsearch",
    "polls.apps.PollsConfig",
    "newsletter.apps.NewsletterConfig",
    "articles.apps.ArticlesConfig",
]

MIDDLEWARE = [
    "newsroom.security.client_address.TrustedProxiesMiddleware",
    "newsroom.page_cache.middleware.SharedPagesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "newsroom.static_files.FilesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
]

ROOT_URLCONF = "newsroom.urls"
WSGI_APPLICATION = "newsroom.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "newsroom.context_processors.site",
                "articles.site.context_processors.hubs",
            ],
        },
    },
]

DJANGO_PROSE_EDITOR_EXTENSIONS = extensions

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Database and cache

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASE = setting("DATABASE_URL", env.dj_db_url, f"sqlite:///{quote(str(LOCAL_DIR))}/db.sqlite3")
DATABASE |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
if DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    if DATABASE["NAME"] != ":memory:":
        DATABASE["NAME"] = BASE_DIR / DATABASE["NAME"]
        DATABASE["NAME"].parent.mkdir(parents=True, exist_ok=True)
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,  # seconds that a writer waits for another
        # Deleted rows are overwritten, so that destroyed network keys cannot be recovered.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
        ),
    }
DATABASES = {"default": DATABASE}

CACHES = {
    "default": setting("CACHE_URL", env.dj_cache_url, "locmem://"),
    # Pages have a cache of their own, so that they do not displace other entries, such as the
    # counts of failed log-ins. A page has some 30 kB.
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 256},
    },
}

# Accounts

AUTH_USER_MODEL = "newsroom.User"
LOGIN_URL = "admin:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Language and time

LANGUAGE_CODE = setting("LANGUAGE_CODE", env.str, "en-gb")
TIME_ZONE = setting("TIME_ZONE", time_zone, "Europe/London")
USE_TZ = True

# Files

STATIC_URL = "static/"
STATIC_ROOT = setting("STATIC_ROOT", directory, LOCAL_DIR / "static")
MEDIA_URL = "media/"
MEDIA_ROOT = setting("MEDIA_ROOT", directory, LOCAL_DIR / "media")

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEVELOPMENT
            else "newsroom.static_files.StaticStorage"
        ),
    },
}
WHITENOISE_USE_FINDERS = DEVELOPMENT
WHITENOISE_AUTOREFRESH = DEVELOPMENT

PHOTO_MAX_BYTES = setting("PHOTO_MAX_BYTES", env.int, 25_000_000)
PHOTO_MAX_PIXELS = setting("PHOTO_MAX_PIXELS", env.int, 50_000_000)

# The widths of each aspect ratio are in ``articles.photos.renditions``. Renditions are made after
# a photo's row is saved, not, as the package would, when its file is.
PICTURES = {
    "PICTURE_CLASS": "articles.photos.renditions.Rendition",
    "PROCESSOR": "pictures.tasks.noop",
    "FILE_TYPES": ["AVIF"],
    "PIXEL_DENSITIES": [1],
    "USE_PLACEHOLDERS": False,
}

# Polls

POLL_BALLOTS_PER_NETWORK = setting(
    "POLL_BALLOTS_PER_NETWORK", partial(env.int, validate=validate.Range(min=1)), 30
)

# Newsletters

SIGN_UPS_PER_NETWORK = setting(
    "SIGN_UPS_PER_NETWORK", partial(env.int, validate=validate.Range(min=1)), 20
)
SIGN_UPS_IN_ALL = setting("SIGN_UPS_IN_ALL", partial(env.int, validate=validate.Range(min=1)), 1000)
ERASURES_FILE = setting("ERASURES_FILE", directory, LOCAL_DIR / "erasures")

# Search

DATABASE_SEARCH = "articles.search.backend"
SEARCH = setting("SEARCH_URL", partial(search, database_backend=DATABASE_SEARCH), "database:")
MODELSEARCH_BACKENDS = {"default": SEARCH}
SEARCHES_ELSEWHERE = SEARCH["BACKEND"] != DATABASE_SEARCH

# Background work

TASKS_BACKEND = setting("TASKS_BACKEND", tasks_backend, "immediate")
TASKS: dict[str, dict[str, Any]] = {"default": {"BACKEND": TASKS_BACKENDS[TASKS_BACKEND]}}
# Without a worker process, a thread of the serving process sends mail, after a random pause: the
# time of an answer must not tell whether mail was sent.
DEFERRED_TASKS = "default" if TASKS_BACKEND == "database" else "thread"
if DEFERRED_TASKS == "thread":
    TASKS["thread"] = {
        "BACKEND": "newsroom.thread_backend.ThreadBackend",
        "OPTIONS": {"PAUSE": partial(random.uniform, 0.5, 3)},
    }

# The form of a long article has some eight fields for each block, and up to three bytes for each
# character. With Django's limits of 1,000 fields and 2.5 MB, saving an article of about 150 blocks
# would be answered with 400, and its text would be lost.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000_000

# Mail

EMAIL = setting("EMAIL_URL", email, "console:" if DEVELOPMENT else "smtp://localhost:25?timeout=10")
globals().update(EMAIL)
DEFAULT_FROM_EMAIL = setting(
    "DEFAULT_FROM_EMAIL", env.str, f"{SITE_NAME} <newsroom@{urlsplit(SITE_URL).hostname}>"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Transport and browser security

SECURE_SSL_REDIRECT = not DEVELOPMENT
SESSION_COOKIE_SECURE = not DEVELOPMENT
CSRF_COOKIE_SECURE = not DEVELOPMENT
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

SECURE_HSTS_SECONDS = setting(
    "SECURE_HSTS_SECONDS", env.int, 0 if DEVELOPMENT else 365 * 24 * 60 * 60
)
# Both affect other sites of the domain and are hard to revoke, so the site's owner chooses them;
# the deployment checks that want everybody to set them are silenced.
SECURE_HSTS_INCLUDE_SUBDOMAINS = setting("SECURE_HSTS_INCLUDE_SUBDOMAINS", env.bool, False)
SECURE_HSTS_PRELOAD = setting("SECURE_HSTS_PRELOAD", env.bool, False)
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
# TrustedProxiesMiddleware removes the header from all requests but those of TRUSTED_PROXIES.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],  # sent only where a page uses one
        "style-src": [SELF, *admin_style_sources(["body"])],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": frame_sources,  # video players, which are loaded after a click
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

# Log

LOG_LEVEL = setting("LOG_LEVEL", env.log_level, logging.INFO)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"tokens": {"()": "newsroom.logs.HideTokens"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["tokens"]},
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        # Its warnings name the address of every 404, which may contain a reader's token.
        "django.request": {"level": "ERROR"},
        # It logs two lines for every task that succeeds.
        "django_tasks": {"level": "WARNING"},
    },
}
