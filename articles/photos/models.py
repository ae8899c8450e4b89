"""Photos: a picture, whose it is, what it shows and where its middle is."""

import secrets
from fractions import Fraction
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from pictures.models import PictureField, PictureFieldFile
from PIL import Image

from articles.photos import renditions
from articles.photos.tasks import make_renditions
from articles.photos.uploads import PhotoUploadField, PreparedPhoto, fallback_size, make_fallback


def _random_name(instance: "Photo", filename: str) -> str:
    """A name that tells nothing about the file's origin; the suffix was set by us."""
    return f"photos/{secrets.token_hex(8)}.{filename.rpartition('.')[2]}"


def refuse_known(digest: str) -> None:
    """Refuse bytes that are a photo already, with a sentence that leads to it."""
    known = Photo.objects.filter(source_digest=digest).first()
    if known is not None:
        raise ValidationError(
            format_html(
                'This picture is here already: <a href="{}">{}</a>. Use that one.',
                reverse("admin:articles_photo_change", args=[known.pk]),
                known,
            ),
            code="known",
        )


class PhotoFile(PictureFieldFile):
    """A photo's original in the storage, with its fallback beside it."""

    @property
    def aspect_ratios(self) -> dict[Fraction | None, dict[str, dict[int, Any]]]:
        """As django-pictures has them, cut around the photo's focal point."""
        photo = self.instance
        return {
            ratio: {
                "AVIF": {
                    picture.width: picture
                    for picture in renditions.sources(self, photo.size, ratio, photo.focus)
                }
            }
            for ratio in self.field.aspect_ratios
        }

    def save(self, name: str, content: "File[Any]", save: bool = True) -> None:
        """Store the original and the fallback, and note on the photo what the upload told."""
        if isinstance(content, PreparedPhoto):
            fallback, digest = content.fallback, content.digest
        else:
            with Image.open(content) as image:
                fallback, digest = make_fallback(image.convert("RGB")), None
            content.seek(0)
        super().save(name, content, save=False)
        photo: Photo = self.instance
        photo.source_digest = digest
        photo.fallback_width = fallback_size(*photo.size)[0]
        picture = renditions.fallback(self, photo.size, None, renditions.CENTRE)
        self.storage.save(picture.name, ContentFile(fallback))
        if save:
            photo.save()

    def save_all(self) -> None:
        """Nothing: the photo asks for its renditions when its row is saved."""

    def delete_all(self) -> None:
        """Delete every rendition."""
        if self:
            renditions.remove(self.storage, renditions.directory(str(self.name)))


class PhotoImageField(PictureField):
    """A picture column whose form field is :class:`PhotoUploadField`."""

    attr_class = PhotoFile

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, aspect_ratios=list(renditions.COLUMNS), **kwargs)

    def deconstruct(self) -> Any:
        # Which renditions there are is no matter of the database.
        return models.ImageField.deconstruct(self)

    def formfield(self, **kwargs: Any) -> Any:
        options = {"form_class": PhotoUploadField, "refuse_known": refuse_known}
        return models.Field.formfield(self, **{**options, **kwargs})


_PER_CENT = [MaxValueValidator(100)]


class Photo(models.Model):
    """A picture with its credit; used by articles, titles and authors.

    Pages show the crops around ``made_for``, which is the focal point as soon as they are
    made, and the fallback before; those around ``made_before`` are kept for pages that
    somebody has kept.
    """

    # The first of the columns: what is found out when it is stored is written with the others.
    image = PhotoImageField(
        upload_to=_random_name, width_field="width", height_field="height", max_length=200
    )
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    source_digest = models.CharField(  # noqa: DJ001  (unique, and former rows have none)
        max_length=64,
        unique=True,
        null=True,
        editable=False,
        help_text="SHA-256 of the uploaded bytes.",
    )
    fallback_width = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="In pixels; 0: there is no fallback yet."
    )
    focus_x = models.PositiveSmallIntegerField(
        "from the left, %",
        default=50,
        validators=_PER_CENT,
        help_text="Focal point, in per cent of the width.",
    )
    focus_y = models.PositiveSmallIntegerField(
        "from the top, %",
        default=50,
        validators=_PER_CENT,
        help_text="Focal point, in per cent of the height.",
    )
    made_for = models.CharField(max_length=7, blank=True, editable=False)
    made_before = models.CharField(max_length=7, blank=True, editable=False)
    decorative = models.BooleanField(
        default=False,
        help_text="The picture tells nothing that the text beside it doesn't tell: a mood, an "
        "ornament. Those who can't see it are then spared a description.",
    )
    alt = models.CharField(
        "alternative text",
        max_length=250,
        blank=True,
        help_text="What the picture shows, for those who can't see it; empty only if the picture "
        "is decorative. An article may give a text of its own.",
    )
    caption = models.CharField(max_length=300, blank=True)
    credit = models.CharField(max_length=120, help_text="Who made it, or whose it is.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decorative=True, alt="") | (Q(decorative=False) & ~Q(alt="")),
                name="photo_alt_or_decorative",
                violation_error_message="A photo has an alternative text or is decorative.",
            ),
            models.CheckConstraint(
                condition=Q(focus_x__gte=0, focus_x__lte=100, focus_y__gte=0, focus_y__lte=100),
                name="photo_focus_inside",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.credit})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and have the renditions made that are missing once that is certain."""
        is_new_file = bool(self.image) and not self.image._committed
        try:
            super().save(*args, **kwargs)
        except BaseException:
            if is_new_file and self.image._committed:
                self.delete_files()
            raise
        if self.made_for != self.focus:
            transaction.on_commit(self._enqueue)

    def clean(self) -> None:
        """Ask for an alternative text, or for the reason why there is none."""
        super().clean()
        if self.decorative and self.alt:
            raise ValidationError(
                {"alt": "A decorative picture has no alternative text: empty this, or untick it."}
            )
        if not self.decorative and not self.alt:
            raise ValidationError(
                {"alt": "Say what the picture shows, or tick “decorative” if it tells nothing."}
            )

    def _enqueue(self) -> None:
        make_renditions.enqueue(self.pk)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the row and, once that is certain, every file."""
        deleted = super().delete(*args, **kwargs)
        transaction.on_commit(self.delete_files)
        return deleted

    def delete_files(self) -> None:
        """Delete the original and every rendition; the row is left as it is."""
        self.image.delete_all()
        self.image.storage.delete(str(self.image.name))

    @property
    def name(self) -> str:
        """What it shows, in the words that there are."""
        return self.alt or self.caption or f"Decorative photo no. {self.pk}"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the stored original, in pixels."""
        return self.width, self.height

    @property
    def focus(self) -> str:
        """The focal point as it stands in file names."""
        return renditions.focus_key(self.focus_x, self.focus_y)

    @property
    def is_ready(self) -> bool:
        """Whether the renditions are made for the focal point it has now."""
        return self.made_for == self.focus

    @property
    def focal_points_made(self) -> set[str]:
        """Those whose crops are kept: what pages show, and what they showed before."""
        return {self.made_for, self.made_before} - {""}

    def pictures(self, focus: str) -> list[renditions.FocalPicture]:
        """Every rendition around a focal point, the fallback included."""
        return renditions.all_pictures(self.image, self.size, focus)

    def missing_pictures(self) -> list[renditions.FocalPicture]:
        """Those around the present focal point that are not there (asks for each file).

        A file that no finished work vouches for may be half of one, and counts for nothing.
        """
        return [one for one in self.pictures(self.focus) if not self._is_made(one)]

    def _is_made(self, picture: renditions.FocalPicture) -> bool:
        if picture.aspect_ratio:
            finished = picture.focus in self.focal_points_made
        elif picture.file_type == "JPEG":
            finished = self.fallback_width > 0
        else:
            finished = bool(self.focal_points_made)
        return finished and picture.storage.exists(picture.name)

    @property
    def fallback_url(self) -> str:
        """The address of a JPEG of the whole picture; of the original where there is none."""
        if not self.fallback_width:
            return str(self.image.url)
        return str(renditions.fallback(self.image, self.size, None, renditions.CENTRE).url)

    @property
    def thumbnail_url(self) -> str:
        """The address of the whole picture, small: its narrowest rendition or the fallback."""
        made = self.made_for
        sources = renditions.sources(self.image, self.size, None, made) if made else []
        return str(sources[0].url) if sources else self.fallback_url
