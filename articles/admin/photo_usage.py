"""Where a photo is used, told to one member of staff.

Titles and authors are public. An article is named to those who may open it and only counted
for others: its headline may be news.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst

from articles.models import Article, Edition
from articles.photos.models import Photo
from newsroom.models import User

#: Places that are named in each group; the rest are counted.
NAMED = 40


@dataclass(frozen=True, slots=True)
class Place:
    """One use; ``url`` is empty where this member of staff can't open it."""

    name: str
    url: str

    def __str__(self) -> str:
        return format_html('<a href="{}">{}</a>', self.url, self.name) if self.url else self.name


@dataclass(frozen=True, slots=True)
class Group:
    """Uses of one kind: those named, how many more there are, how many are not for these eyes."""

    name: str
    places: list[Place]
    more: int = 0
    hidden: int = 0
    hidden_kind: str = "article"

    def __bool__(self) -> bool:
        return bool(self.places or self.more or self.hidden)

    @property
    def remarks(self) -> list[str]:
        """“and 40 more”, “and 2 articles of colleagues”."""
        told = [f"and {self.more} more"] if self.more else []
        if self.hidden:
            plural = "" if self.hidden == 1 else "s"
            told.append(f"and {self.hidden} {self.hidden_kind}{plural} of colleagues")
        return told


def _url(item: Model, user: User) -> str:
    model = item._meta.model_name
    if not (user.has_perm(f"articles.view_{model}") or user.has_perm(f"articles.change_{model}")):
        return ""
    return reverse(f"admin:articles_{model}_change", args=[item.pk])


def _reachable(user: User) -> "QuerySet[Article]":
    if user.has_perm("articles.view_article") or user.has_perm("articles.change_article"):
        return Article.objects.editable_by(user)
    return Article.objects.none()


def _public(name: str, found: "QuerySet[Any]", user: User) -> Group:
    """Titles or authors (two queries)."""
    count = found.count()
    places = [Place(str(item), _url(item, user)) for item in found[:NAMED]]
    return Group(name, places, more=count - len(places))


def _of_articles(
    name: str, found: "QuerySet[Any]", user: User, *, article: str, kind: str = "article"
) -> Group:
    """Articles or editions, whose column ``article`` decides who may know of them (two queries)."""
    reachable = Exists(_reachable(user).filter(pk=OuterRef(article)))
    counted = found.order_by().annotate(may_know=reachable)
    counts = counted.aggregate(all=Count("pk"), known=Count("pk", filter=Q(may_know=True)))
    places = [Place(_name(item), _url(item, user)) for item in found.filter(reachable)[:NAMED]]
    return Group(
        name,
        places,
        more=counts["known"] - len(places),
        hidden=counts["all"] - counts["known"],
        hidden_kind=kind,
    )


def _name(item: Article | Edition) -> str:
    if isinstance(item, Article):
        return item.headline
    state = item.window_state()
    return f"{item.headline} – edition {item.number}, {state}"


def usage(photo: Photo, user: User) -> list[Group]:
    """The groups that are not empty, in the order of how near they are to readers.

    Twelve queries, however many uses there are.
    """
    editions = Edition.objects.filter(photo_links__photo=photo).without_texts()
    in_text = Article.objects.filter(pk__in=photo.blocks.values("parent"))
    posters = Article.objects.filter(pk__in=photo.videos.values("parent"))
    groups = (
        _of_articles("Lead photo of", photo.articles.all(), user, article="pk"),
        _of_articles("In the text of", in_text, user, article="pk"),
        _of_articles("Picture of a video in", posters, user, article="pk"),
        _public("Titles", photo.titles.all(), user),
        _public("Authors", photo.authors.all(), user),
        _of_articles("What readers get or got", editions, user, article="article", kind="edition"),
    )
    return [group for group in groups if group]


def as_lines(groups: Iterable[Group]) -> list[Any]:
    """For the admin's own page of what stands in the way of deleting: nested lists of HTML."""
    lines: list[Any] = []
    for group in groups:
        lines += [capfirst(group.name), [*map(str, group.places), *group.remarks]]
    return lines
