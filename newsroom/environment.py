"""Functions that read settings from the environment.

Each parses one kind of value. A malformed value ends the process with one sentence.
"""

import ipaddress
import os
import secrets
import tempfile
import zoneinfo
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

from environs import Env, EnvError

T = TypeVar("T")

BASE_DIR = Path(__file__).resolve().parent.parent

TASKS_BACKENDS = {
    "immediate": "django_tasks.backends.immediate.ImmediateBackend",
    "database": "django_tasks_db.DatabaseBackend",
}

#: The search servers that modelsearch supports, and the package of each one's client.
SEARCH_CLIENTS = {
    "elasticsearch7": "elasticsearch",
    "elasticsearch8": "elasticsearch",
    "elasticsearch9": "elasticsearch",
    "opensearch2": "opensearchpy",
    "opensearch3": "opensearchpy",
}

env = Env()
if "PYTEST_VERSION" not in os.environ:
    env.read_env(BASE_DIR / ".env", recurse=False)


def stop(reason: str) -> NoReturn:
    """End the process with one sentence on stderr and exit status 1."""
    raise SystemExit(f"newsroom: {reason} (see .env.example)")


def setting(name: str, parse: Callable[..., T], default: Any = None) -> T:
    """Return the environment variable ``name``, parsed by ``parse``, or ``default``.

    An empty value counts as not set, as in Compose files. A malformed value ends the process;
    the message does not repeat the value, which may hold a password.
    """
    if not os.environ.get(name, "").strip():
        os.environ.pop(name, None)
    try:
        return parse(name, default)
    except (EnvError, ValueError) as error:
        reason = error if isinstance(error, EnvError) else f"{name} is malformed"
        stop(" ".join(str(reason).split()))


def required(name: str, parse: Callable[..., T | None], default: Any, meaning: str) -> T:
    """Return what ``setting`` does; a missing value ends the process. ``meaning`` explains it."""
    return setting(name, parse, default) or stop(f"{name} is not set: {meaning}")


def names(name: str, default: Any) -> list[str]:
    """Return the parts of a comma-separated list, without spaces around them."""
    return [item for item in env.list(name, default, subcast=str.strip) if item]


def networks(name: str, default: Any) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Parse a comma-separated list of IP addresses and networks in CIDR notation."""
    return [ipaddress.ip_network(item) for item in names(name, default)]


def origin(name: str, default: Any) -> str | None:
    """Parse an http or https address without path and query; return it without a slash."""
    value: str | None = env.str(name, default)
    if value is None:
        return None
    parts = urlsplit(value.strip().removesuffix("/"))
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise EnvError(f'Environment variable "{name}" invalid: Not an http or https address.')
    if parts.path or parts.query or parts.fragment or parts.port == 0:
        raise EnvError(f'Environment variable "{name}" invalid: Scheme and host only, no path.')
    return parts.geturl()


def time_zone(name: str, default: Any) -> str:
    """Parse the name of a time zone in the IANA database."""
    value = env.str(name, default)
    try:
        return zoneinfo.ZoneInfo(value).key
    except (zoneinfo.ZoneInfoNotFoundError, OSError) as error:
        raise EnvError(f'Environment variable "{name}" invalid: Not a time zone.') from error


def email(name: str, default: Any) -> dict[str, Any]:
    """Return Django's EMAIL_* settings for a URL such as smtp+tls://user:password@host:587."""
    values: dict[str, Any] = env.dj_email_url(name, default)
    if "EMAIL_BACKEND" not in values:
        raise EnvError(f'Environment variable "{name}" invalid: Not a valid email URL.')
    return values


def tasks_backend(name: str, default: Any) -> str:
    """Parse one of the keys of ``TASKS_BACKENDS``."""
    value: str = env.str(name, default)
    if value not in TASKS_BACKENDS:
        known = " or ".join(TASKS_BACKENDS)
        raise EnvError(f'Environment variable "{name}" invalid: Neither {known}.')
    return value


def search(name: str, default: Any, *, database_backend: str) -> dict[str, Any]:
    """Return modelsearch's settings of a backend for a URL.

    Either “database:”, for ``database_backend``, or “elasticsearch9+https://host:9200/prefix”,
    whose prefix, which is optional, begins the names of the indexes.
    """
    parts = urlsplit(env.str(name, default).strip())
    if parts.scheme == "database":
        return {"BACKEND": database_backend}
    product, _, scheme = parts.scheme.partition("+")
    if product not in SEARCH_CLIENTS or scheme not in {"http", "https"} or not parts.hostname:
        known = ", ".join(f"{each}+https://" for each in SEARCH_CLIENTS)
        raise EnvError(f'Environment variable "{name}" invalid: Neither database: nor {known}.')
    if find_spec(SEARCH_CLIENTS[product]) is None:
        raise EnvError(
            f'Environment variable "{name}" invalid: '
            f"The package {SEARCH_CLIENTS[product]} is not installed."
        )
    return {
        "BACKEND": f"modelsearch.backends.{product}",
        "URLS": [f"{scheme}://{parts.netloc}"],
        "INDEX_PREFIX": parts.path.strip("/"),
    }


def directory(name: str, default: Path) -> Path:
    """Parse a directory; a relative path starts at the top of the project."""
    return BASE_DIR / env.path(name, default)


def development_key(path: Path) -> str:
    """Return the key in a file, which is made on first use and readable for its owner only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(64))
        with suppress(FileExistsError):  # another process has made the file first; its key is used
            os.link(draft, path)
        os.unlink(draft)
    return path.read_text()
