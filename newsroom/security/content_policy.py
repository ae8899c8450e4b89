"""Sources that the Content-Security-Policy allows: hashes of the admin's styles, and frames.

Three packages insert ``style`` elements into the admin: django-prose-editor (Tiptap),
django-content-editor and Django itself (in the change list). Each element is allowed by the hash
of its text, which is read from the installed package, so that an upgrade needs no change here;
the browser tests fail if that stops working. The admin's import map is allowed by a nonce.
"""

import base64
import hashlib
import re
from importlib.resources import files

# The values that django-content-editor puts into its style element, in English; in another
# language the element is blocked, and with it only the labels “Hide” and “Show”.
_CONTENT_EDITOR_VALUES = {
    'window.gettext("Hide")': "Hide",
    'window.gettext("Show")': "Show",
    "ContentEditor.messages.forDeletion": "marked for deletion",
}


#: Origins whose pages may be embedded; apps add to it in ``ready()``.
frame_sources: list[str] = []


def allow_frames(*origins: str) -> None:
    """Allow the site's pages to embed frames from these origins."""
    frame_sources.extend(origin for origin in origins if origin not in frame_sources)


def _read(package: str, path: str) -> str:
    return files(package).joinpath(path).read_text("utf-8")


def _only_match(pattern: str, text: str, package: str) -> str:
    """Return the group “css” of a match; raise LookupError if there is none."""
    found = re.search(pattern, text, re.DOTALL)
    if found is None:
        raise LookupError(f"The style element of {package} was not found.")
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
    return re.sub(r"\$\{([^}]*)\}", lambda match: _CONTENT_EDITOR_VALUES[match[1]], css)


def _change_list_style() -> str:
    template = _read("django.contrib.admin", "templates/admin/change_list.html")
    return _only_match(r"<style>(?P<css>.*?)</style>", template, "django.contrib.admin")


def hash_source(text: str) -> str:
    """Return the source expression that allows an inline element with exactly this text."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def admin_style_sources(regions: list[str]) -> list[str]:
    """Return source expressions for ``style-src``; ``regions`` are keys of content regions."""
    styles = (_tiptap_style(), _content_editor_style(regions), _change_list_style())
    return [hash_source(css) for css in styles]
