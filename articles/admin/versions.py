"""Versions of an article that can be compared: its editions, its saves and its working copy.

In addresses they are called ``e3``, ``r12`` and ``working``. Numbers count within the article, so
an address can't name a version of another article.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404
from django.utils import timezone

from articles.admin.timeline import FORMER_USER
from articles.models import Article, Edition
from articles.publishing import snapshot

WORKING = "working"
_KINDS = {"e": "Edition", "r": "Save"}
_NUMBERED = re.compile(r"(?P<kind>[er])(?P<number>0|[1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True)
class Version:
    """A version of an article's text; ``at`` is None for the working copy."""

    name: str
    label: str
    content: snapshot.Content
    at: datetime | None = None
    by: str = ""
    edition: Edition | None = None

    @property
    def label_in_sentence(self) -> str:
        """The label within a sentence: “edition 3”, “the working copy”."""
        return self.label[:1].lower() + self.label[1:]


def label(name: str) -> str:
    """Return the label of a name, such as “Edition 3”; "" if the name is malformed."""
    if name == WORKING:
        return "The working copy"
    named = _NUMBERED.fullmatch(name)
    return f"{_KINDS[named['kind']]} {named['number']}" if named else ""


def find(article: Article, name: str) -> Version:
    """Return the version that a name stands for; raise ``Http404`` if there is none."""
    if name == WORKING:
        return Version(WORKING, label(WORKING), snapshot.freeze(article))
    named = _NUMBERED.fullmatch(name)
    if named is None:
        raise Http404
    number = int(named["number"])
    if named["kind"] == "e":
        edition = article.editions.select_related("created_by").filter(number=number).first()
        if edition is None:
            raise Http404
        by = str(edition.created_by or FORMER_USER)
        return Version(name, label(name), edition.content, edition.live_from, by, edition)
    revision = article.revisions.select_related("saved_by").filter(number=number).first()
    if revision is None:
        raise Http404
    by = str(revision.saved_by or FORMER_USER)
    return Version(name, label(name), revision.content, revision.saved_at, by)


def default_old(article: Article) -> str:
    """Return the name of the version that the working copy is most often compared with.

    That is the edition that readers see or saw last; for a draft the save before the last one.
    """
    started = article.editions.not_cancelled().filter(live_from__lte=timezone.now())
    number = started.values_list("number", flat=True).first()
    if number is not None:
        return f"e{number}"
    previous = article.revisions.values_list("number", flat=True)[1:2]
    return f"r{previous[0]}" if previous else WORKING
