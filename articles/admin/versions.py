"""What can be compared and restored: an article's editions and saves, and its working copy.

In addresses they are ``e3``, ``r12`` and ``working``. Numbers count within the article, so an
address can't name a version of another.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404
from django.utils import timezone

from articles.admin.timeline import SOMEBODY
from articles.models import Article, Edition
from articles.publishing import snapshot as contents

WORKING = "working"
_KINDS = {"e": "Edition", "r": "Save"}
_NUMBERED = re.compile(r"(?P<kind>[er])(?P<number>0|[1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True)
class Version:
    """One text of an article, with who and when; ``at`` is None for the working copy."""

    name: str
    label: str
    content: contents.Content
    at: datetime | None = None
    by: str = ""
    edition: Edition | None = None

    @property
    def in_a_sentence(self) -> str:
        """“edition 3”, “the working copy”."""
        return self.label[:1].lower() + self.label[1:]


def label(name: str) -> str:
    """“Edition 3”, “Save 12”; "" for what names nothing."""
    if name == WORKING:
        return "The working copy"
    named = _NUMBERED.fullmatch(name)
    return f"{_KINDS[named['kind']]} {named['number']}" if named else ""


def find(article: Article, name: str) -> Version:
    """The version of an article that an address names; raises ``Http404`` for none."""
    if name == WORKING:
        return Version(WORKING, label(WORKING), contents.freeze(article))
    named = _NUMBERED.fullmatch(name)
    if named is None:
        raise Http404
    number = int(named["number"])
    if named["kind"] == "e":
        edition = article.editions.select_related("created_by").filter(number=number).first()
        if edition is None:
            raise Http404
        who = str(edition.created_by or SOMEBODY)
        return Version(name, label(name), edition.content, edition.live_from, who, edition)
    revision = article.revisions.select_related("saved_by").filter(number=number).first()
    if revision is None:
        raise Http404
    who = str(revision.saved_by or SOMEBODY)
    return Version(name, label(name), revision.content, revision.saved_at, who)


def usual(article: Article) -> str:
    """The name of what the working copy is most often compared with.

    What readers see; where they see nothing, what they saw last; a draft's save before last.
    """
    seen = article.editions.effective().filter(live_from__lte=timezone.now())
    number = seen.values_list("number", flat=True).first()
    if number is not None:
        return f"e{number}"
    before = article.revisions.values_list("number", flat=True)[1:2]
    return f"r{before[0]}" if before else WORKING
