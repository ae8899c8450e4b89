"""The HTML of a spoiler box, as readers get it."""

from typing import Any

from django.template.loader import render_to_string

from articles.blocks.scope import Scope
from newsroom.page_cache import cached_for_version


def open_box(scope: Scope) -> str:
    """Return the HTML before the content of a box."""
    return cached_for_version(("articles.box", scope), lambda: _render_opening(scope))


def close_box() -> str:
    """Return the HTML after the content of a box."""
    return cached_for_version(
        "articles.box_end", lambda: render_to_string("includes/spoiler_close.html")
    )


def _render_opening(scope: Scope) -> str:
    box: dict[str, Any] = {"label": str(scope)}
    if scope.takes_mark:
        # With an editor's label the title's name is not printed: it may say too much.
        name = "" if scope.label else scope.name
        box |= {
            "work": scope.work,
            "name": name,
            "season": scope.season,
            "episode": scope.episode,
        }
    return render_to_string("includes/spoiler_open.html", {"box": box})
