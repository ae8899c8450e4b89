"""JSON in a canonical form, so that equal documents have equal digests."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

Document = Mapping[str, Any]


def canonical(document: Document) -> str:
    """Return a document as JSON with sorted keys and without spaces."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, as hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
