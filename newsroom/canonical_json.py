"""Documents that something is proved with: JSON that is the same for the same content."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

Document = Mapping[str, Any]


def canonical(document: Document) -> str:
    """A document as JSON with sorted keys and no spaces."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(text: str) -> str:
    """SHA-256 of a text's UTF-8, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
