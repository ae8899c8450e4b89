"""Frozen content as plain lines to read and compare: words, not HTML."""

from collections.abc import Mapping
from typing import Any

from articles.blocks.base import Line
from articles.models.article import Spoiler
from articles.models.title import Title

LEAD_PHOTO = "Lead photo"
CORRECTIONS = "Corrections"


def lead_picture(content: Mapping[str, Any]) -> str:
    """Return the name of the lead photo's file, "" for none."""
    return str(content["photo"]["name"]) if content["photo"] else ""


def field_lines(content: Mapping[str, Any]) -> list[Line]:
    """Return a line for each field around the body, in the form's order."""
    photo = content["photo"]
    lines = [
        Line("Headline", content["headline"]),
        Line("Standfirst", content["standfirst"]),
        Line("Hub", content["hub"]["name"] if content["hub"] else ""),
        Line("Slug", content["slug"]),
        Line("Spoiler flag", Spoiler(content["spoiler"]).label),
        Line(LEAD_PHOTO, _named(photo["alt"], photo["credit"]) if photo else ""),
        Line("Caption of the lead photo", photo["caption"] if photo else ""),
        Line(
            "Bylines", "\n".join(_named(each["name"], each["role"]) for each in content["bylines"])
        ),
        Line("Titles", "\n".join(map(_title, content["titles"]))),
        Line("Topics", "\n".join(topic["name"] for topic in content["topics"])),
        Line("Lead story", "Yes" if content["lead"] else "No"),
        Line("SEO title", content["seo_title"]),
        Line("SEO description", content["seo_description"]),
        # Content frozen before this field existed does not have it.
        Line("Hide from search engines", "Yes" if content.get("noindex") else "No"),
    ]
    if "corrections" in content:
        notes = (correction["note"] for correction in content["corrections"])
        lines.append(Line(CORRECTIONS, "\n".join(notes)))
    return lines


def _named(name: str, more: str) -> str:
    return f"{name} ({more})" if more else name


def _title(title: Mapping[str, Any]) -> str:
    details = ", ".join(
        str(each) for each in (Title.Kind(title["kind"]).label, title["year"]) if each
    )
    offers = ", ".join(f"{offer['service']} [{offer['url']}]" for offer in title["availability"])
    return _named(title["name"], details) + (f" – {offers}" if offers else "")
