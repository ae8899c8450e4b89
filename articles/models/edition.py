"""Editions: what readers get.

An edition is an immutable snapshot of an article with the window in which it is live. The
database refuses a change of anything but the window, and windows of one article that
overlap (the triggers in ``articles/migrations/0002_triggers.py``).
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
from articles.models.taxonomy import Author, Hub, Title, Topic
from articles.photos.models import Photo
from polls.models import Poll


def live_at(moment: datetime) -> Q:
    """The one definition of “visible”: ``live_from <= moment < live_until``.

    That it was first published before says nothing new (the database sees to it), but leads
    SQLite to the index in whose order cards are printed: without it, it sorts every edition.
    """
    not_ended = Q(live_until__isnull=True) | Q(live_until__gt=moment)
    return Q(live_from__lte=moment, first_published__lte=moment) & not_ended


#: Scheduled and taken back before it went live: a window without a moment in it.
CANCELLED = Q(live_until=models.F("live_from"))


class EditionQuerySet(models.QuerySet["Edition"]):
    """Editions by what readers see of them."""

    def live(self, at: datetime | None = None) -> Self:
        """Those that readers see now or, given a past moment, saw then; without the long texts."""
        return self.filter(live_at(at or timezone.now())).defer("content", "safe_html")

    def effective(self) -> Self:
        """Those that were not cancelled before they began."""
        return self.exclude(CANCELLED)

    def scheduled(self, at: datetime | None = None) -> Self:
        """Those that will go live by themselves."""
        return self.effective().filter(live_from__gt=at or timezone.now())

    def for_cards(self) -> Self:
        """With what a card prints, newest first publication first."""
        cards = self.select_related("hub", "photo").without_texts()
        return cards.order_by("-first_published", "-id")

    def without_texts(self) -> Self:
        """With all columns but the long ones, which are read when they are asked for."""
        return self.defer("content", "search_text", "safe_html")

    def search(self, query: str) -> Any:
        """Those of them with all words of a query, the best first, as modelsearch's results.

        They are sliced and counted like a queryset; the site's own index finds a thousand and one.
        """
        return get_search_backend().search(query, self, operator="and")

    def had_address(self, hub_slug: str, slug: str, at: datetime | None = None) -> Self:
        """Those that have been live at an address, newest first."""
        return (
            self.effective()
            .filter(hub__slug=hub_slug, slug=slug, live_from__lte=at or timezone.now())
            .order_by("-live_from", "-number")
        )


class Edition(Indexed, models.Model):
    """One published snapshot of one article.

    Every column but ``content`` is reader-safe: made without anything inside a spoiler box.
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
        blank=True, help_text="The text for channels, as articles.blocks.feed_html writes it."
    )
    photo = models.ForeignKey(Photo, null=True, on_delete=models.PROTECT, related_name="editions")
    photo_alt = models.CharField(max_length=250, blank=True)
    spoiler = models.CharField(max_length=10, choices=Spoiler.choices)
    lead = models.BooleanField(default=False)
    seo_title = models.CharField(max_length=120, blank=True)
    seo_description = models.CharField(max_length=300, blank=True)
    noindex = models.BooleanField(default=False)
    correction = models.TextField(
        blank=True, help_text="What this edition put right, for the public."
    )
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
    #: ``save`` keeps the index. modelsearch's signal would leave that to the tasks' backend:
    #: another process, or one that hides what failed.
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
        """With its entry in the site's search, in the same transaction.

        From the beginning, whenever it goes live: what isn't live is left out by who searches.
        """
        is_new = self._state.adding
        over = self.live_until is not None and self.live_until <= timezone.now()
        with transaction.atomic(savepoint=False):
            super().save(*args, **kwargs)
            if over or self.is_cancelled:
                remove_object(self)
            elif is_new or settings.SEARCHES_ELSEWHERE:
                insert_or_update_object(self)

    def get_absolute_url(self) -> str:
        return address("article", self.hub.slug, self.slug)

    @classmethod
    def get_indexed_objects(cls) -> EditionQuerySet:
        """Those that readers see now or may see later."""
        over = CANCELLED | Q(live_until__lte=timezone.now())
        return cls.objects.exclude(over).defer("content", "safe_html")

    @property
    def has_spoilers(self) -> bool:
        """Whether readers are to be told that something is given away."""
        return self.spoiler != Spoiler.NONE

    @property
    def updated(self) -> datetime | None:
        """When readers got a newer text than the first, or None."""
        return self.live_from if self.live_from > self.first_published else None

    @property
    def is_cancelled(self) -> bool:
        """Whether it was scheduled and never went live."""
        return self.live_until == self.live_from

    def window_state(self, at: datetime | None = None) -> str:
        """“cancelled”, “scheduled”, “live” or “past”."""
        moment = at or timezone.now()
        if self.is_cancelled:
            return "cancelled"
        if self.live_from > moment:
            return "scheduled"
        return "live" if self.live_until is None or self.live_until > moment else "past"


class EditionLink(models.Model):
    """A frozen link from an edition; what it names can't be deleted."""

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
    """A topic that an edition is filed under."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="topic_links")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="edition_links")

    class Meta(EditionLink.Meta):
        constraints = [
            models.UniqueConstraint(fields=["topic", "edition"], name="edition_topic_unique")
        ]

    def __str__(self) -> str:
        return str(self.topic)


class EditionAuthor(EditionLink):
    """An author who signs an edition."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="author_links")
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="edition_links")

    class Meta(EditionLink.Meta):
        constraints = [
            models.UniqueConstraint(fields=["author", "edition"], name="edition_author_unique")
        ]

    def __str__(self) -> str:
        return str(self.author)


class EditionPhoto(EditionLink):
    """A photo that an edition shows, at its top or in its text."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="photo_links")
    photo = models.ForeignKey(Photo, on_delete=models.PROTECT, related_name="edition_links")

    class Meta(EditionLink.Meta):
        constraints = [
            models.UniqueConstraint(fields=["photo", "edition"], name="edition_photo_unique")
        ]

    def __str__(self) -> str:
        return str(self.photo)


class EditionPoll(EditionLink):
    """A poll that an edition shows."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="poll_links")
    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="edition_links")

    class Meta(EditionLink.Meta):
        constraints = [
            models.UniqueConstraint(fields=["poll", "edition"], name="edition_poll_unique")
        ]

    def __str__(self) -> str:
        return str(self.poll)


class Withdrawal(models.Model):
    """Why an edition was ended: a reason for staff, a notice for the public."""

    edition = models.OneToOneField(Edition, on_delete=models.PROTECT, related_name="withdrawal")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="withdrawals"
    )
    reason = models.TextField(help_text="For staff.")
    notice = models.TextField(
        "public notice",
        blank=True,
        help_text="Shown to readers at the article's address; empty: none.",
    )

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.edition} withdrawn"
