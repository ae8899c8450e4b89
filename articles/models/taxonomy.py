"""What articles are filed under: hubs, titles, topics and authors."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models

from articles.models.addresses import address
from articles.photos.models import Photo
from newsletter.models import Newsletter

#: First parts of addresses that the site uses, or will use, itself.
#: A test holds this list against the URL resolver.
RESERVED_SLUGS = frozenset(
    {
        "admin",
        "api",
        "atom",
        "authors",
        "feeds",
        "media",
        "newsletters",
        "polls",
        "preview",
        "privacy",
        "rss",
        "search",
        "share",
        "static",
        "terms",
        "titles",
        "topics",
    }
)


def validate_hub_slug(value: str) -> None:
    """Refuse a hub address that would hide one of the site's own pages."""
    if value in RESERVED_SLUGS:
        raise ValidationError(
            "“%(value)s” is an address that the site uses itself. Choose another.",
            code="reserved",
            params={"value": value},
        )


class Addressed(models.Model):
    """Something with a page of its own.

    Its address is fixed once an edition names it: readers, feeds and search engines keep
    addresses, and only articles have redirects (the editions that had them).
    """

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True, help_text="The last part of the address.")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def is_published(self) -> bool:
        """Whether any edition names it (one query)."""
        editions: models.Manager[models.Model] = self.editions  # type: ignore[attr-defined]
        return self.pk is not None and editions.exists()

    def clean(self) -> None:
        """Refuse a change of an address that readers may have kept."""
        super().clean()
        if self.pk is None or not self.is_published():
            return
        stored = type(self)._default_manager.values_list("slug", flat=True).get(pk=self.pk)
        if stored != self.slug:
            raise ValidationError({"slug": "Published articles use this address; it stays."})


class Hub(Addressed):
    """A section of the site, with a front of its own."""

    class Accent(models.TextChoices):
        CRIMSON = "crimson", "Crimson"
        AMBER = "amber", "Amber"
        MOSS = "moss", "Moss"
        TEAL = "teal", "Teal"
        COBALT = "cobalt", "Cobalt"
        VIOLET = "violet", "Violet"
        ROSE = "rose", "Rose"
        SLATE = "slate", "Slate"

    slug = models.SlugField(
        max_length=80,
        unique=True,
        validators=[validate_hub_slug],
        help_text="The first part of the address of every article in this hub.",
    )
    description = models.CharField(
        max_length=300, blank=True, help_text="One sentence, shown at the top of the hub's front."
    )
    accent = models.CharField(max_length=10, choices=Accent.choices, default=Accent.COBALT)
    newsletter = models.ForeignKey(
        Newsletter,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="hubs",
        help_text="Its box ends every page of the hub's front, if you want it there.",
    )
    newsletter_on_front = models.BooleanField("box on the front", default=True)
    position = models.PositiveSmallIntegerField(
        default=0, help_text="Hubs stand in the masthead from the lowest number to the highest."
    )

    class Meta:
        ordering = ["position", "name"]

    def get_absolute_url(self) -> str:
        return address("hub", self.slug)


class Title(Addressed):
    """A work that is written about: a series, film, game or book."""

    class Kind(models.TextChoices):
        SERIES = "series", "Series"
        FILM = "film", "Film"
        GAME = "game", "Game"
        BOOK = "book", "Book"

    original_name = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SERIES)
    year = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1000), MaxValueValidator(2200)],
        help_text="Of first release.",
    )
    released = models.DateField(null=True, blank=True, help_text="The exact day, where known.")
    episodes = models.PositiveSmallIntegerField(null=True, blank=True)
    description = models.TextField(blank=True, help_text="Plain text, free of spoilers.")
    photo = models.ForeignKey(
        Photo, null=True, blank=True, on_delete=models.PROTECT, related_name="titles"
    )

    class Meta:
        ordering = ["name", "year"]

    def __str__(self) -> str:
        return f"{self.name} ({self.year})" if self.year else self.name

    def get_absolute_url(self) -> str:
        return address("title", self.slug)

    @property
    def kind_label(self) -> str:
        """“Series”, “Film”, …"""
        return self.Kind(self.kind).label


class Availability(models.Model):
    """One place where a title can be watched, played or read."""

    title = models.ForeignKey(Title, on_delete=models.CASCADE, related_name="availability")
    service = models.CharField(max_length=80)
    url = models.URLField(
        "link", max_length=500, validators=[URLValidator(schemes=["http", "https"])]
    )

    class Meta:
        ordering = ["id"]
        verbose_name = "place to watch"
        verbose_name_plural = "where to watch"
        constraints = [
            models.UniqueConstraint(fields=["title", "service"], name="availability_unique")
        ]

    def __str__(self) -> str:
        return self.service


class Topic(Addressed):
    """A subject across hubs, such as “Season endings”."""

    description = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["name"]

    def get_absolute_url(self) -> str:
        return address("topic", self.slug)


class Author(Addressed):
    """Somebody who signs articles; need not have a staff account."""

    role = models.CharField(max_length=100, blank=True, help_text="Such as “Television editor”.")
    biography = models.TextField(blank=True, help_text="Plain text.")
    photo = models.ForeignKey(
        Photo, null=True, blank=True, on_delete=models.PROTECT, related_name="authors"
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="author",
        verbose_name="staff account",
        help_text="With it, the author's bylines also give access to the articles.",
    )

    class Meta:
        ordering = ["name"]

    def get_absolute_url(self) -> str:
        return address("author", self.slug)
