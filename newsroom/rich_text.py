"""Rich text: one allow-list for the editor in the admin and for the server.

The editor's extensions decide what can be written; the same list, through nh3, decides what
is stored. Nothing here keeps a style, an id or a class.
"""

import re
from collections.abc import Callable
from functools import cache
from html import escape, unescape
from typing import Any

import nh3
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django_prose_editor.config import allowlist_from_extensions
from django_prose_editor.fields import ProseEditorField, ProseEditorFormField

#: What a paragraph editor offers. Headings start at 2: the page's own is the first.
PROSE: dict[str, Any] = {
    "Bold": True,
    "Italic": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "HardBreak": True,
    "Link": {"enableTarget": False},
    "PastedStyles": True,
}
#: Longest stored text of one block, in characters; about 30,000 words.
MAX_LENGTH = 200_000
MAX_NESTING = 50
MAX_OPENED_AGAIN = 20_000

_ABSOLUTE = re.compile(r"(?:https?://[^/]|mailto:[^@]+@)", re.IGNORECASE)
_FORBIDDEN_IN_LINK = re.compile(r'[\x00-\x20\x7f-\x9f<>"\\]')
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*+)")
# HTML's formatting elements; a list of literals would fill the page.
_RUNS = frozenset("a b big code em font i nobr s small strike strong tt u".split())  # noqa: SIM905
# Without content, or ended by the next of their kind.
_NEVER_NESTED = frozenset({"br", "hr", "img", "input", "wbr", "p", "li"})
_EMPTY = re.compile(r"(?:<p>(?:\s|<br>)*+</p>\s*+)*+")


def safe_link(value: str) -> str | None:
    """Return the address if it is http, https, mailto or a path on this site, else None."""
    value = value.strip().replace(" ", "%20")
    if _FORBIDDEN_IN_LINK.search(value):
        return None
    if _ABSOLUTE.match(value) or (value.startswith("/") and not value.startswith("//")):
        return value
    return None


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    if (tag, name) == ("a", "href"):
        return safe_link(value)
    if (tag, name) == ("ol", "start"):
        return value if re.fullmatch(r"\d{1,4}", value) else None
    return None


def allow_list(
    extensions: dict[str, Any], keep: Callable[[str, str, str], str | None] | None = None
) -> dict[str, Any]:
    """Keyword arguments for ``nh3.Cleaner``.

    ``keep`` decides on attributes of an extension's own tags: it gets tag, attribute and
    value, and returns the value to store or None.
    """
    allowed = allowlist_from_extensions(extensions)
    allowed["attributes"]["a"] = {"href"}
    allowed["attributes"]["ol"] = {"start"}

    def attribute_filter(tag: str, name: str, value: str) -> str | None:
        kept = _keep_attribute(tag, name, value)
        return keep(tag, name, value) if kept is None and keep else kept

    return {
        **allowed,
        "attribute_filter": attribute_filter,
        "url_schemes": {"http", "https", "mailto"},
        "link_rel": None,
        "strip_comments": True,
    }


@cache
def _prose_cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(**allow_list(PROSE))


def sanitize_prose(html: str) -> str:
    """Reduce HTML to the plain paragraph editor's allow-list; the result is safe to print."""
    return empty_if_blank(_prose_cleaner().clean(html))


def empty_if_blank(html: str) -> str:
    """Return "" for HTML that holds nothing but empty paragraphs."""
    return "" if _EMPTY.fullmatch(html) else html


def plain_text(html: str) -> str:
    """The text of sanitised HTML, a line per paragraph, entities resolved."""
    broken = re.sub(r"<br>|</(?:p|h2|h3|li|blockquote)>", "\n", html)
    text = unescape(nh3.clean(broken, tags=set()))
    lines = (line.strip() for line in text.split("\n"))
    return "\n".join(filter(None, lines))


def too_much_to_parse(html: str) -> str | None:
    """Why a parser would take too long over a text, as a sentence; None if it would not.

    Reads every tag once. Two things cost a parser more than their length: elements deep in
    one another, and runs of bold and the like that stay open, which it opens again in every
    paragraph that follows.
    """
    if len(html) > MAX_LENGTH:
        return "This text is too long for one block; divide it."
    stack: list[str] = []
    running = opened_again = 0
    for closing, tag in _TAG.findall(html):
        name = tag.lower()
        if name not in _RUNS:
            opened_again += running
        if not closing and name not in _NEVER_NESTED:
            stack.append(name)
            running += name in _RUNS
        elif stack and stack[-1] == name:  # nothing but its own end ends an element for sure
            stack.pop()
            running -= name in _RUNS
        if len(stack) > MAX_NESTING or opened_again > MAX_OPENED_AGAIN:
            return "Lists and quotes stand too deep in one another. Paste this as plain text."
    return None


def _keep_of_extensions(tag: str, name: str, value: str) -> str | None:
    return None if tag in ("a", "ol") else value


class RichTextFormField(ProseEditorFormField):
    """The editor's form field.

    What fills the editor is sanitised too: a row may have been written past the form, and a
    browser's parser runs what it finds. Broken boxes stay as they were typed, to be mended.
    """

    def prepare_value(self, value: Any) -> Any:
        """The value to fill the editor with; what is too much to parse is shown as text."""
        if not isinstance(value, str):
            return value
        if too_much_to_parse(value):
            return escape(value)
        cleaner = nh3.Cleaner(**allow_list(self.config["extensions"], keep=_keep_of_extensions))
        return cleaner.clean(value)


class RichTextField(ProseEditorField):
    """A column of sanitised HTML with the matching editor in the admin."""

    def __init__(
        self,
        *args: Any,
        extensions: dict[str, Any] | None = None,
        sanitize: Callable[[str], str] = sanitize_prose,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("validators", [MaxLengthValidator(MAX_LENGTH)])
        super().__init__(*args, extensions=extensions or PROSE, sanitize=sanitize, **kwargs)

    def clean(self, value: Any, instance: Any) -> str:
        """Sanitise what is neither endless nor endlessly deep."""
        if isinstance(value, str) and (refusal := too_much_to_parse(value)):
            raise ValidationError(refusal)
        cleaned: str = super().clean(value, instance)
        if len(cleaned) > MAX_LENGTH:  # what is escaped grows
            raise ValidationError("This text is too long for one block; divide it.")
        return cleaned

    def formfield(self, **kwargs: Any) -> Any:
        """With :class:`RichTextFormField`."""
        return super().formfield(**{"form_class": RichTextFormField, **kwargs})
