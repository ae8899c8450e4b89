"""Photos: what is let in, and how it is stored."""

import io
import secrets
from typing import IO, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.template.defaultfilters import filesizeformat
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

#: Pillow's format names and the suffix each is stored under.
FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif"}
MAX_STORED_WIDTH = 3200


def _random_name(instance: "Photo", filename: str) -> str:
    """A name that tells nothing about the file's origin; the suffix was set by us."""
    return f"photos/{secrets.token_hex(8)}.{filename.rpartition('.')[2]}"


def _open_checked(file: IO[bytes], size: int) -> Image.Image:
    """Open without decoding a pixel; refuse what is too large or not a still picture."""
    if size > settings.PHOTO_MAX_BYTES:
        raise ValidationError(
            f"The file is {filesizeformat(size)}; "
            f"at most {filesizeformat(settings.PHOTO_MAX_BYTES)} are allowed.",
            code="too_many_bytes",
        )
    try:
        image = Image.open(file, formats=list(FORMATS))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise ValidationError(
            "This is not a JPEG, PNG, WebP or AVIF picture, whatever its name says. "
            "Export it as one of these and upload it again.",
            code="unknown_format",
        ) from None
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    if image.width * image.height > settings.PHOTO_MAX_PIXELS:
        raise _too_many_pixels()
    if getattr(image, "is_animated", False):
        raise ValidationError(
            "Animations are not allowed; upload a single picture.", code="animated"
        )
    return image


def _too_many_pixels() -> ValidationError:
    megapixels = settings.PHOTO_MAX_PIXELS / 1_000_000
    return ValidationError(
        f"The picture has more than {megapixels:.0f} megapixels. Scale it down first.",
        code="too_many_pixels",
    )


def _to_srgb(image: Image.Image) -> Image.Image:
    """Convert to sRGB, so that the colour profile can go with the other metadata."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    profile = image.info.get("icc_profile")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if image.mode not in ("RGB", "RGBA", "L", "CMYK"):
                image = image.convert(mode)
            converted = ImageCms.profileToProfile(
                image, source, ImageCms.createProfile("sRGB"), outputMode=mode
            )
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, ValueError, OSError):
            pass  # a broken profile is ignored, as browsers do
    return image.convert(mode)


def prepare_upload(file: "UploadedFile[Any]") -> "ContentFile[bytes]":
    """Check an uploaded picture and encode it anew: upright, sRGB, without metadata.

    Limits are ``PHOTO_MAX_BYTES`` and ``PHOTO_MAX_PIXELS``, both checked before a pixel
    is decoded. Raises ``ValidationError`` with a sentence for the uploader.
    """
    image = _open_checked(file, file.size or 0)
    picture_format = image.format or ""
    if picture_format not in FORMATS:  # MPO is a JPEG with further pictures behind the first
        picture_format = "JPEG"
    try:
        # For a large JPEG, decode at the nearest smaller scale that is still wide enough.
        image.draft("RGB", (MAX_STORED_WIDTH, MAX_STORED_WIDTH))
        picture = _to_srgb(ImageOps.exif_transpose(image))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise ValidationError(
            "The picture is damaged and can't be read to its end.", code="damaged"
        ) from None
    if picture.width > MAX_STORED_WIDTH:
        height = round(picture.height * MAX_STORED_WIDTH / picture.width)
        picture = picture.resize((MAX_STORED_WIDTH, max(1, height)), Image.Resampling.LANCZOS)
    if picture_format == "JPEG":
        picture = picture.convert("RGB")
    picture.info = {}
    buffer = io.BytesIO()
    options: dict[str, Any] = {} if picture_format == "PNG" else {"quality": 90}
    picture.save(buffer, format=picture_format, **options)
    return ContentFile(buffer.getvalue(), name=f"photo.{FORMATS[picture_format]}")


class PhotoUploadField(forms.FileField):
    """A form field that lets in still JPEG, PNG, WebP and AVIF pictures only."""

    widget = forms.ClearableFileInput

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {
            **super().widget_attrs(widget),
            "accept": "image/jpeg,image/png,image/webp,image/avif",
        }

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the re-encoded picture; an unchanged one is left alone."""
        cleaned = super().clean(data, initial)
        return prepare_upload(cleaned) if isinstance(cleaned, UploadedFile) else cleaned


class PhotoImageField(models.ImageField):
    """An image column whose form field is :class:`PhotoUploadField`."""

    def formfield(self, **kwargs: Any) -> Any:
        return models.Field.formfield(self, **{"form_class": PhotoUploadField, **kwargs})


class Photo(models.Model):
    """A picture with its credit; used by articles, titles and authors."""

    image = PhotoImageField(
        upload_to=_random_name, width_field="width", height_field="height", max_length=200
    )
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    alt = models.CharField(
        "alternative text",
        max_length=250,
        help_text="What the picture shows, for those who can't see it. "
        "An article may give a text of its own.",
    )
    caption = models.CharField(max_length=300, blank=True)
    credit = models.CharField(max_length=120, help_text="Who made it, or whose it is.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.alt} ({self.credit})"
