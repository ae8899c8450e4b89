"""The picture column of a photo, and its file in the storage."""

import secrets
from fractions import Fraction
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from pictures.models import PictureField, PictureFieldFile
from PIL import Image

from articles.photos import renditions
from articles.photos.uploads import PhotoUploadField, PreparedPhoto, fallback_size, make_fallback


def random_name(instance: models.Model, filename: str) -> str:
    """Return a path that tells nothing about the uploaded file but its format."""
    return f"photos/{secrets.token_hex(8)}.{filename.rpartition('.')[2]}"


class PhotoFile(PictureFieldFile):
    """The original of a photo in the storage, with its fallback beside it."""

    @property
    def aspect_ratios(self) -> dict[Fraction | None, dict[str, dict[int, Any]]]:
        """The renditions by ratio, format and width, as in django-pictures."""
        photo = self.instance
        return {
            ratio: {
                "AVIF": {
                    rendition.width: rendition
                    for rendition in renditions.avif_renditions(
                        self, photo.size, ratio, photo.focus
                    )
                }
            }
            for ratio in self.field.aspect_ratios
        }

    def save(self, name: str, content: "File[Any]", save: bool = True) -> None:
        """Store the original and the fallback, and set the photo's digest and fallback width."""
        if isinstance(content, PreparedPhoto):
            fallback, digest = content.fallback, content.digest
        else:
            with Image.open(content) as image:
                fallback, digest = make_fallback(image.convert("RGB")), None
            content.seek(0)
        super().save(name, content, save=False)
        photo = self.instance
        photo.source_digest = digest
        photo.fallback_width = fallback_size(*photo.size)[0]
        rendition = renditions.fallback_rendition(self, photo.size, None, renditions.CENTRE)
        self.storage.save(rendition.name, ContentFile(fallback))
        if save:
            photo.save()

    def save_all(self) -> None:
        """Do nothing: a photo starts the task for its renditions when its row is saved."""

    def delete_all(self) -> None:
        """Delete every rendition."""
        if self:
            renditions.delete_directory(self.storage, renditions.directory(str(self.name)))


class PhotoImageField(PictureField):
    """A picture column whose form field is :class:`PhotoUploadField`."""

    attr_class = PhotoFile

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, aspect_ratios=list(renditions.WIDTH_COUNTS), **kwargs)

    def deconstruct(self) -> Any:
        # The database doesn't depend on the aspect ratios.
        return models.ImageField.deconstruct(self)

    def formfield(self, **kwargs: Any) -> Any:
        options = {"form_class": PhotoUploadField, "refuse_duplicate": self.refuse_duplicate}
        return models.Field.formfield(self, **{**options, **kwargs})

    def refuse_duplicate(self, digest: str) -> None:
        """Raise ``ValidationError``, with a link, if a photo was made from the same bytes."""
        duplicate = self.model._default_manager.filter(source_digest=digest).first()
        if duplicate is not None:
            raise ValidationError(
                format_html(
                    'This picture is here already: <a href="{}">{}</a>. Use that one.',
                    reverse("admin:articles_photo_change", args=[duplicate.pk]),
                    duplicate,
                ),
                code="known",
            )
