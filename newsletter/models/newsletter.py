"""What readers can sign up to."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, RegexValidator
from django.db import models
from django.urls import reverse

#: First parts of addresses below ``newsletters/`` that are no newsletter's.
#: A test holds this list against the URL resolver.
RESERVED_SLUGS = frozenset({"change", "confirm", "manage", "unsubscribe"})

#: What stands in a header of mail has no line of its own: no other header can be put behind it.
one_line = RegexValidator(
    re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]"),
    "Write this on one line, without control characters.",
    code="one_line",
    inverse_match=True,
)


def validate_newsletter_slug(value: str) -> None:
    """Refuse an address that links in messages begin with."""
    if value in RESERVED_SLUGS:
        raise ValidationError(
            "“%(value)s” is an address that the site uses itself. Choose another.",
            code="reserved",
            params={"value": value},
        )


class Newsletter(models.Model):
    """A newsletter of the site; hubs and articles point at it."""

    name = models.CharField(
        max_length=80, unique=True, validators=[one_line], help_text="Such as “Sci-Fi Weekly”."
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
        help_text="The line above the form, such as “Get sci-fi news direct to your inbox”.",
    )
    description = models.TextField(
        max_length=600, blank=True, help_text="What is in it, in plain text."
    )
    frequency = models.CharField(
        "how often",
        max_length=60,
        validators=[one_line],
        help_text="Such as “Every Friday”, or “Twice a month”.",
    )
    sender_name = models.CharField(
        max_length=80, validators=[one_line], help_text="Whom the messages come from."
    )
    sender_address = models.CharField(
        max_length=254,
        validators=[one_line, EmailValidator()],
        help_text="An address that you receive mail at; its domain has to allow this site to send.",
    )
    is_open = models.BooleanField(
        "open for sign-ups",
        default=True,
        help_text="Closed: no box anywhere. Subscribers stay, and can leave at any time.",
    )

    class Meta:
        ordering = ["name"]
        permissions = [("export_subscribers", "Can download the subscribers of newsletters")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("newsletter:newsletter", args=[self.slug])
