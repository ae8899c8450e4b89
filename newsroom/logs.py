"""A log filter that hides the secret part of addresses."""

import logging
import re

_prefixes: list[str] = []
_secret: re.Pattern[str] | None = None


def register_secret_paths(*prefixes: str) -> None:
    """Register paths after which the next part of an address is secret, such as "/share/".

    An app calls this in ``ready()``.
    """
    global _secret
    _prefixes.extend(prefixes)
    _secret = re.compile(rf"({'|'.join(map(re.escape, _prefixes))})[^/\s?#]+")


class HideTokens(logging.Filter):
    """Replace the secret part of each address in a log line by “…”."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record where it holds a secret; return True, so that it is logged."""
        message = record.getMessage()
        hidden = _secret.sub(r"\1…", message) if _secret else message
        if hidden != message:
            record.msg, record.args = hidden, None
        return True
