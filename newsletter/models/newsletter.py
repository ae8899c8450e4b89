"""Newsletters that readers can sign up to."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, RegexValidator
from django.db import models
from django.urls import reverse

#: Path segments below ``newsletters/`` that other pages use.
#: A test compares this list with the URL resolver.
RESERVED_SLUGS = frozenset({"change", "confirm", "manage", "unsubscribe"})

#: Refuse line breaks in text for a mail header, where they would add another header.
one_line = RegexValidator(
    re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]"),
    "Write this on one line, without control characters.",
    code="one_line",
    inverse_match=True,
)


def validate_newsletter_slug(value: str) -> None:
    """Refuse a slug that is the first path segment of another page."""
    if value in RESERVED_SLUGS:
        raise ValidationError(
            "The site uses the address “%(value)s” itself. Choose another one.",
            code="reserved",
            params={"value": value},
        )


class Newsletter(models.Model):
    """A newsletter that readers can sign up to; hubs and articles refer to it."""

    name = models.CharField(
        max_length=80, unique=True, validators=[one_line], help_text="For example “Sci-Fi Weekly”."
    )
    slug = models.SlugField(
        max_length=80,
        unique=True,
        validators=[validate_newsletter_slug],
        help_text="The last part of the address.",
    )
    strapline = models.CharField(
        max_length=120,
        validators=[one_line],
        help_text="The line above the form, for example “Get sci-fi news direct to your inbox”.",
    )
    description = models.TextField(
        max_length=600, blank=True, help_text="What it is about, in plain text."
    )
    frequency = models.CharField(
        "how often",
        max_length=60,
        validators=[one_line],
        help_text="For example “Every Friday” or “Twice a month”.",
    )
    sender_name = models.CharField(
        max_length=80, validators=[one_line], help_text="The name that messages come from."
    )
    sender_address = models.CharField(
        max_length=254,
        validators=[one_line, EmailValidator()],
        help_text="An address at which you receive mail. Its domain must allow this site to send.",
    )
    is_open = models.BooleanField(
        "open for sign-ups",
        default=True,
        help_text="If not, its form is shown nowhere. Subscribers stay, and can unsubscribe.",
    )

    class Meta:
        ordering = ["name"]
        permissions = [("export_subscribers", "Can download the subscribers of newsletters")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("newsletter:newsletter", args=[self.slug])
