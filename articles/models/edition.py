"""Editions: published snapshots of articles.

An edition is live between two moments, its window. Triggers refuse changes of anything but the
window, and windows of one article that overlap (``articles/migrations/0002_triggers.py``).
"""

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from modelsearch.backends import get_search_backend
from modelsearch.index import (
    FilterField,
    Indexed,
    SearchField,
    insert_or_update_object,
    remove_object,
)

from articles.models.addresses import address
from articles.models.article import Article, Spoiler
from articles.models.author import Author
from articles.models.hub import Hub
from articles.models.title import Title
from articles.models.topic import Topic
from articles.photos.models import Photo
from polls.models import Poll


def live_at(moment: datetime) -> Q:
    """Return the only definition of “live”: ``live_from <= moment < live_until``.

    The condition on ``first_published`` excludes nothing, because a constraint guarantees it. It
    makes SQLite use the index in the order of cards; otherwise it would sort all editions.
    """
    not_ended = Q(live_until__isnull=True) | Q(live_until__gt=moment)
    return Q(live_from__lte=moment, first_published__lte=moment) & not_ended


#: The condition for editions that were scheduled, and cancelled before they went live: their
#: window is empty.
CANCELLED = Q(live_until=models.F("live_from"))


class EditionQuerySet(models.QuerySet["Edition"]):
    """Filters by what readers see, and column selections."""

    def live(self, at: datetime | None = None) -> Self:
        """Return the editions that are live now or at another moment, without the long texts."""
        return self.filter(live_at(at or timezone.now())).defer("content", "safe_html")

    def not_cancelled(self) -> Self:
        """Return the editions that weren't cancelled before they went live."""
        return self.exclude(CANCELLED)

    def scheduled(self, at: datetime | None = None) -> Self:
        """Return the editions that will go live later."""
        return self.not_cancelled().filter(live_from__gt=at or timezone.now())

    def for_cards(self) -> Self:
        """Return what cards print; the newest first publication comes first."""
        cards = self.select_related("hub", "photo").defer_texts()
        return cards.order_by("-first_published", "-id")

    def defer_texts(self) -> Self:
        """Defer the columns with long texts."""
        return self.defer("content", "search_text", "safe_html")

    def search(self, query: str) -> Any:
        """Return modelsearch's results for editions with all words of a query, the best first.

        They can be sliced and counted like a queryset. The site's own index returns at most 1,001.
        """
        return get_search_backend().search(query, self, operator="and")

    def by_address(self, hub_slug: str, slug: str, at: datetime | None = None) -> Self:
        """Return the editions that are or were live at an address, newest first."""
        return (
            self.not_cancelled()
            .filter(hub__slug=hub_slug, slug=slug, live_from__lte=at or timezone.now())
            .order_by("-live_from", "-number")
        )


class Edition(Indexed, models.Model):
    """A published snapshot of an article.

    Every column but ``content`` is reader-safe: it contains nothing from inside a spoiler box.
    """

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    live_from = models.DateTimeField()
    live_until = models.DateTimeField(null=True, blank=True)
    first_published = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="editions"
    )

    hub = models.ForeignKey(Hub, on_delete=models.PROTECT, related_name="editions")
    slug = models.SlugField(max_length=120)
    headline = models.CharField(max_length=200)
    standfirst = models.TextField(blank=True)
    byline = models.TextField(blank=True)
    summary = models.TextField(blank=True)
    search_text = models.TextField(blank=True)
    safe_html = models.TextField(
        blank=True, help_text="The text as HTML for feeds, without spoilers."
    )
    photo = models.ForeignKey(Photo, null=True, on_delete=models.PROTECT, related_name="editions")
    photo_alt = models.CharField(max_length=250, blank=True)
    spoiler = models.CharField(max_length=10, choices=Spoiler.choices)
    lead = models.BooleanField(default=False)
    seo_title = models.CharField(max_length=120, blank=True)
    seo_description = models.CharField(max_length=300, blank=True)
    noindex = models.BooleanField(default=False)
    correction = models.TextField(blank=True, help_text="What this edition corrects, for readers.")
    titles = models.ManyToManyField(Title, through="EditionTitle", related_name="editions")
    topics = models.ManyToManyField(Topic, through="EditionTopic", related_name="editions")
    authors = models.ManyToManyField(Author, through="EditionAuthor", related_name="editions")

    content = models.JSONField()

    objects = EditionQuerySet.as_manager()

    search_fields = [
        SearchField("headline", boost=10),
        SearchField("standfirst", boost=4),
        SearchField("byline"),
        SearchField("search_text"),
        *map(FilterField, ("live_from", "live_until", "hub", "first_published")),
    ]
    #: ``save`` updates the index. modelsearch's signal would use the task queue, and an error in a
    #: task wouldn't undo the publication.
    search_auto_update = False

    class Meta:
        ordering = ["-live_from", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="edition_number_unique"),
            models.CheckConstraint(
                condition=Q(live_until__isnull=True) | Q(live_until__gte=models.F("live_from")),
                name="edition_window_ordered",
            ),
            models.CheckConstraint(
                condition=Q(live_from__gte=models.F("first_published")),
                name="edition_first_published_first",
            ),
        ]
        indexes = [
            models.Index(fields=["-first_published", "-id"], name="edition_newest"),
            models.Index(fields=["hub", "-first_published", "-id"], name="edition_hub_newest"),
            models.Index(fields=["hub", "slug"], name="edition_address"),
            models.Index(fields=["-live_from", "-number"], name="edition_latest"),
            models.Index(
                fields=["live_until"], condition=Q(live_until__isnull=False), name="edition_ends"
            ),
            models.Index(
                fields=["-first_published", "-id"],
                condition=Q(lead=True),
                name="edition_lead_newest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.headline} (edition {self.number})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with the entry in the search index, in one transaction.

        A scheduled edition is indexed at once; a search is limited to live editions.
        """
        is_new = self._state.adding
        is_over = self.live_until is not None and self.live_until <= timezone.now()
        with transaction.atomic(savepoint=False):
            super().save(*args, **kwargs)
            if is_over or self.is_cancelled:
                remove_object(self)
            elif is_new or settings.SEARCHES_ELSEWHERE:
                insert_or_update_object(self)

    def get_absolute_url(self) -> str:
        return address("article", self.hub.slug, self.slug)

    @classmethod
    def get_indexed_objects(cls) -> EditionQuerySet:
        """Return the editions that are live or will be."""
        is_over = CANCELLED | Q(live_until__lte=timezone.now())
        return cls.objects.exclude(is_over).defer("content", "safe_html")

    @property
    def has_spoilers(self) -> bool:
        """Whether readers see a spoiler flag."""
        return self.spoiler != Spoiler.NONE

    @property
    def updated(self) -> datetime | None:
        """When it went live, or None for the first edition."""
        return self.live_from if self.live_from > self.first_published else None

    @property
    def is_cancelled(self) -> bool:
        """Whether it was cancelled before it went live."""
        return self.live_until == self.live_from

    def window_state(self, at: datetime | None = None) -> str:
        """Return “cancelled”, “scheduled”, “live” or “past”."""
        moment = at or timezone.now()
        if self.is_cancelled:
            return "cancelled"
        if self.live_from > moment:
            return "scheduled"
        return "live" if self.live_until is None or self.live_until > moment else "past"


class EditionLink(models.Model):
    """Base class of the links from an edition to other objects, which can't be deleted then."""

    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["position"]


class EditionTitle(EditionLink):
    """A title that an edition is about."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="title_links")
    title = models.ForeignKey(Title, on_delete=models.PROTECT, related_name="edition_links")

    class Meta(EditionLink.Meta):
        constraints = [
            models.UniqueConstraint(fields=["title", "edition"], name="edition_title_unique")
        ]

    def __str__(self) -> str:
        return str(self.title)


class EditionTopic(EditionLink):
    """A topic of an edition."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="topic_links")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="edition_links")

    class Meta(EditionLink.Meta):
        constraints = [
            models.UniqueConstraint(fields=["topic", "edition"], name="edition_topic_unique")
        ]

    def __str__(self) -> str:
        return str(self.topic)


class EditionAuthor(EditionLink):
    """An author of an edition."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="author_links")
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="edition_links")

    class Meta(EditionLink.Meta):
        constraints = [
            models.UniqueConstraint(fields=["author", "edition"], name="edition_author_unique")
        ]

    def __str__(self) -> str:
        return str(self.author)


class EditionPhoto(EditionLink):
    """A photo of an edition: the lead photo or one in the text."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="photo_links")
    photo = models.ForeignKey(Photo, on_delete=models.PROTECT, related_name="edition_links")

    class Meta(EditionLink.Meta):
        constraints = [
            models.UniqueConstraint(fields=["photo", "edition"], name="edition_photo_unique")
        ]

    def __str__(self) -> str:
        return str(self.photo)


class EditionPoll(EditionLink):
    """A poll in an edition's text."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="poll_links")
    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="edition_links")

    class Meta(EditionLink.Meta):
        constraints = [
            models.UniqueConstraint(fields=["poll", "edition"], name="edition_poll_unique")
        ]

    def __str__(self) -> str:
        return str(self.poll)


class Withdrawal(models.Model):
    """Why an article was withdrawn: a reason for staff and a notice for readers."""

    edition = models.OneToOneField(Edition, on_delete=models.PROTECT, related_name="withdrawal")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="withdrawals"
    )
    reason = models.TextField(help_text="For staff.")
    notice = models.TextField(
        "public notice",
        blank=True,
        help_text="Shown to readers at the article's address, if there is one.",
    )

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.edition} withdrawn"
