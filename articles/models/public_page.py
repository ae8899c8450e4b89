"""The base class of models with a page on the public site."""

from django.core.exceptions import ValidationError
from django.db import models


class PublicPage(models.Model):
    """Base class of hubs, titles, topics and authors, which have a page each.

    The slug can't be changed after an edition refers to the object: readers, feeds and search
    engines use the address, and only articles have redirects.
    """

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True, help_text="The last part of the address.")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def is_published(self) -> bool:
        """Return whether an edition refers to it (one query)."""
        editions: models.Manager[models.Model] = self.editions  # type: ignore[attr-defined]
        return self.pk is not None and editions.exists()

    def clean(self) -> None:
        """Refuse a change of an address that is in use."""
        super().clean()
        if self.pk is None or not self.is_published():
            return
        stored = type(self)._default_manager.values_list("slug", flat=True).get(pk=self.pk)
        if stored != self.slug:
            raise ValidationError(
                {"slug": "Published articles use this address, so it can't be changed."}
            )
