"""Where a photo is used, as far as one user may know.

Titles and authors are public. An article is named to users who may open it; for others it is only
counted, since its headline may not be public yet.
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

#: Uses that are named in each group; the rest are counted.
MAX_NAMED = 40


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a photo; ``url`` is "" if the user can't open it."""

    name: str
    url: str

    def __str__(self) -> str:
        return format_html('<a href="{}">{}</a>', self.url, self.name) if self.url else self.name


@dataclass(frozen=True, slots=True)
class UseGroup:
    """Uses of one kind: some by name, the number of others, and of those the user can't see."""

    name: str
    uses: list[Use]
    more: int = 0
    hidden: int = 0
    hidden_kind: str = "article"

    def __bool__(self) -> bool:
        return bool(self.uses or self.more or self.hidden)

    @property
    def remarks(self) -> list[str]:
        """Sentences such as “and 40 more” and “and 2 articles of colleagues”."""
        remarks = [f"and {self.more} more"] if self.more else []
        if self.hidden:
            plural = "" if self.hidden == 1 else "s"
            remarks.append(f"and {self.hidden} {self.hidden_kind}{plural} of colleagues")
        return remarks


def _url(item: Model, user: User) -> str:
    model = item._meta.model_name
    if not (user.has_perm(f"articles.view_{model}") or user.has_perm(f"articles.change_{model}")):
        return ""
    return reverse(f"admin:articles_{model}_change", args=[item.pk])


def _visible_articles(user: User) -> "QuerySet[Article]":
    if user.has_perm("articles.view_article") or user.has_perm("articles.change_article"):
        return Article.objects.editable_by(user)
    return Article.objects.none()


def _public_uses(name: str, found: "QuerySet[Any]", user: User) -> UseGroup:
    """Return the uses by titles or authors (two queries)."""
    count = found.count()
    uses = [Use(str(item), _url(item, user)) for item in found[:MAX_NAMED]]
    return UseGroup(name, uses, more=count - len(uses))


def _article_uses(
    name: str, found: "QuerySet[Any]", user: User, *, article: str, kind: str = "article"
) -> UseGroup:
    """Return the uses by articles or editions (two queries).

    ``article`` is the lookup of the article whose permissions count.
    """
    visible = Exists(_visible_articles(user).filter(pk=OuterRef(article)))
    counted = found.order_by().annotate(is_visible=visible)
    counts = counted.aggregate(all=Count("pk"), visible=Count("pk", filter=Q(is_visible=True)))
    uses = [Use(_name(item), _url(item, user)) for item in found.filter(visible)[:MAX_NAMED]]
    return UseGroup(
        name,
        uses,
        more=counts["visible"] - len(uses),
        hidden=counts["all"] - counts["visible"],
        hidden_kind=kind,
    )


def _name(item: Article | Edition) -> str:
    if isinstance(item, Article):
        return item.headline
    state = item.window_state()
    return f"{item.headline} – edition {item.number}, {state}"


def find_uses(photo: Photo, user: User) -> list[UseGroup]:
    """Return the uses of a photo that a user may know of (twelve queries)."""
    editions = Edition.objects.filter(photo_links__photo=photo).defer_texts()
    in_text = Article.objects.filter(pk__in=photo.blocks.values("parent"))
    posters = Article.objects.filter(pk__in=photo.videos.values("parent"))
    groups = (
        _article_uses("Lead photo of", photo.articles.all(), user, article="pk"),
        _article_uses("In the text of", in_text, user, article="pk"),
        _article_uses("Picture of a video in", posters, user, article="pk"),
        _public_uses("Titles", photo.titles.all(), user),
        _public_uses("Authors", photo.authors.all(), user),
        _article_uses("Editions", editions, user, article="article", kind="edition"),
    )
    return [group for group in groups if group]


def as_nested_lists(groups: Iterable[UseGroup]) -> list[Any]:
    """Return the groups as Django's page prints what keeps a row from being deleted."""
    lines: list[Any] = []
    for group in groups:
        lines += [capfirst(group.name), [*map(str, group.uses), *group.remarks]]
    return lines
