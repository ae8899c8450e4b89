"""Extensions of the text editor: this project's own, and those that apps register.

``DJANGO_PROSE_EDITOR_EXTENSIONS`` is the list below, which apps add to while they are loaded.
"""

from typing import Any

from django_prose_editor.config import html_tags
from js_asset import static_lazy

extensions: list[dict[str, Any]] = []


def register_extension(
    name: str, *, script: str, elements: dict[str, list[str]] | None = None
) -> None:
    """Register an extension of the editor by its name in JavaScript.

    ``script`` is the path of its static file; ``elements`` maps each element that it writes to
    the element's attributes. An app calls this in ``ready()``.
    """
    processor = html_tags(list(elements or ()), elements or {})
    extensions.append({"js": [static_lazy(script)], "extensions": {name: processor}})


# Keeps bold and italic of pasted text, whose style attributes the content policy blocks.
register_extension("PastedStyles", script="newsroom/pasted-styles.js")
