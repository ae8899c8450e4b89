"""Titles, and where they are available."""

from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models

from articles.models.addresses import address
from articles.models.public_page import PublicPage
from articles.photos.models import Photo


class Title(PublicPage):
    """A series, film, game or book that articles are about."""

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
    released = models.DateField(null=True, blank=True, help_text="The exact day, if it is known.")
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
        """The kind as text, such as “Series”."""
        return self.Kind(self.kind).label


class Availability(models.Model):
    """A service where a title can be watched, played or read."""

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
