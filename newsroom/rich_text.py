"""Rich text: one list of extensions for the editor in the admin and for the server.

The extensions decide what can be written in the editor; the allow-list that is made of them
decides, through nh3, what is stored. It keeps no style, id or class.
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

#: The editor's extensions. Headings begin at level 2, because the page's title is level 1.
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
#: The most characters of a stored text; about 30,000 words.
MAX_LENGTH = 200_000
#: The deepest nesting of elements, and the most formatting elements that a parser reopens.
MAX_NESTING = 50
MAX_REOPENED = 20_000

_ABSOLUTE = re.compile(r"(?:https?://[^/]|mailto:[^@]+@)", re.IGNORECASE)
_FORBIDDEN_IN_LINK = re.compile(r'[\x00-\x20\x7f-\x9f<>"\\]')
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*+)")
# HTML's formatting elements, which a parser reopens in the next paragraph if they are not closed.
_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())  # noqa: SIM905
# Void elements, and elements that the next one of their name ends.
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
    """Return the keyword arguments of ``nh3.Cleaner`` for the editor's extensions.

    ``keep`` decides about attributes of an extension's own elements: it gets tag, attribute and
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
    """Return HTML reduced to the allow-list of ``PROSE``; the result is safe to print."""
    return empty_if_blank(_prose_cleaner().clean(html))


def empty_if_blank(html: str) -> str:
    """Return "" for HTML that has only empty paragraphs, else the HTML."""
    return "" if _EMPTY.fullmatch(html) else html


def plain_text(html: str) -> str:
    """Return the text of sanitised HTML: a line for each paragraph, entities resolved."""
    broken = re.sub(r"<br>|</(?:p|h2|h3|li|blockquote)>", "\n", html)
    text = unescape(nh3.clean(broken, tags=set()))
    lines = (line.strip() for line in text.split("\n"))
    return "\n".join(filter(None, lines))


def too_much_to_parse(html: str) -> str | None:
    """Return why a parser would take too long for a text, as a sentence, or None.

    It reads every tag once. Two things take a parser more time than their length suggests:
    deeply nested elements, and formatting elements such as bold that are not closed, which it
    reopens in every paragraph that follows.
    """
    if len(html) > MAX_LENGTH:
        return "This text is too long for one block; divide it."
    stack: list[str] = []
    open_formatting = reopened = 0
    for closing, tag in _TAG.findall(html):
        name = tag.lower()
        if name not in _FORMATTING:
            reopened += open_formatting
        if not closing and name not in _NEVER_NESTED:
            stack.append(name)
            open_formatting += name in _FORMATTING
        elif stack and stack[-1] == name:  # other end tags may not end it
            stack.pop()
            open_formatting -= name in _FORMATTING
        if len(stack) > MAX_NESTING or reopened > MAX_REOPENED:
            return "Lists and quotes are nested too deeply. Paste this as plain text."
    return None


def _keep_of_extensions(tag: str, name: str, value: str) -> str | None:
    return None if tag in ("a", "ol") else value


class RichTextFormField(ProseEditorFormField):
    """The editor's form field.

    The initial value is sanitised too, because a row may have been written without the form, and
    the browser would run its scripts. Broken spoiler boxes stay as they are, to be corrected.
    """

    def prepare_value(self, value: Any) -> Any:
        """Return the initial value of the editor; text that takes too long to parse is escaped."""
        if not isinstance(value, str):
            return value
        if too_much_to_parse(value):
            return escape(value)
        cleaner = nh3.Cleaner(**allow_list(self.config["extensions"], keep=_keep_of_extensions))
        return cleaner.clean(value)


class RichTextField(ProseEditorField):
    """A model field for sanitised HTML, with the matching editor in the admin."""

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
        """Return the sanitised value; raise ValidationError if it takes too long to parse."""
        if isinstance(value, str) and (refusal := too_much_to_parse(value)):
            raise ValidationError(refusal)
        cleaned: str = super().clean(value, instance)
        if len(cleaned) > MAX_LENGTH:  # escaping makes it longer
            raise ValidationError("This text is too long for one block; divide it.")
        return cleaned

    def formfield(self, **kwargs: Any) -> Any:
        """Return a :class:`RichTextFormField`."""
        return super().formfield(**{"form_class": RichTextFormField, **kwargs})
