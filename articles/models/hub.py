"""Hubs, the sections of the site."""

from django.core.exceptions import ValidationError
from django.db import models

from articles.models.addresses import address
from articles.models.public_page import PublicPage
from newsletter.models import Newsletter

#: The first parts of addresses that the site uses itself, now or later. A test compares this list
#: with the URL configuration.
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
    """Refuse the slug of a hub that would hide other pages of the site."""
    if value in RESERVED_SLUGS:
        raise ValidationError(
            "“%(value)s” is an address that the site uses itself. Choose another.",
            code="reserved",
            params={"value": value},
        )


class Hub(PublicPage):
    """A section of the site with its own front."""

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
        help_text="Its sign-up form can be shown at the end of the hub's front.",
    )
    newsletter_on_front = models.BooleanField("sign-up form on the front", default=True)
    position = models.PositiveSmallIntegerField(
        default=0, help_text="The masthead shows hubs in this order, the lowest number first."
    )

    class Meta:
        ordering = ["position", "name"]

    def get_absolute_url(self) -> str:
        return address("hub", self.slug)
