"""What the Content-Security-Policy has to let through for the admin, and not a byte more.

Three style elements are made by packages, not by files: Tiptap's, django-content-editor's and
one of Django's own change list. Each is allowed by the hash of its text, which is read from
the installed package, so that an upgrade brings its own hash along; the browser tests fail
where that no longer works. The admin's import map is allowed by a nonce (``articles.admin``).
"""

import base64
import hashlib
import re
from importlib.resources import files

# What the content editor's style is filled with; other languages only lose "(Hide)" labels.
_CONTENT_EDITOR_WORDS = {
    'window.gettext("Hide")': "Hide",
    'window.gettext("Show")': "Show",
    "ContentEditor.messages.forDeletion": "marked for deletion",
}


#: Origins whose pages may be framed; apps add to it in ``ready()``.
frame_sources: list[str] = []


def allow_frames(*origins: str) -> None:
    """Allow pages to embed frames from these origins."""
    frame_sources.extend(origin for origin in origins if origin not in frame_sources)


def _read(package: str, path: str) -> str:
    return files(package).joinpath(path).read_text("utf-8")


def _only_match(pattern: str, text: str, what: str) -> str:
    found = re.search(pattern, text, re.DOTALL)
    if found is None:
        raise LookupError(f"{what}: its style element was not found")
    return found["css"]


def _tiptap_style() -> str:
    script = _read("django_prose_editor", "static/django_prose_editor/editor.js")
    literal = _only_match(
        r"""=(?P<quote>[`"'])(?P<css>\.ProseMirror \{(?:\\.|(?!(?P=quote)).)*)(?P=quote)""",
        script,
        "django-prose-editor",
    )
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] == "n" else match[1], literal)


def _content_editor_style(regions: list[str]) -> str:
    script = _read("content_editor", "static/content_editor/index.js")
    template = _only_match(
        r"style\.textContent = `(?P<css>.*?)`\s*document\.head\.append",
        script,
        "django-content-editor",
    )
    selectors = ", ".join(f'[data-region="{key}"]' for key in regions)
    css = re.sub(
        r'\$\{ContentEditor\.declaredRegions.*?\.join\(", "\)\}',
        lambda _: selectors,
        template,
        flags=re.DOTALL,
    )
    return re.sub(r"\$\{([^}]*)\}", lambda match: _CONTENT_EDITOR_WORDS[match[1]], css)


def _change_list_style() -> str:
    template = _read("django.contrib.admin", "templates/admin/change_list.html")
    return _only_match(r"<style>(?P<css>.*?)</style>", template, "django.contrib.admin")


def hash_source(text: str) -> str:
    """The source expression that allows an inline element with exactly this text."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def admin_style_sources(regions: list[str]) -> list[str]:
    """Source expressions for ``style-src``; ``regions`` are the content editor's keys."""
    styles = (_tiptap_style(), _content_editor_style(regions), _change_list_style())
    return [hash_source(css) for css in styles]
