"""Photos: what is let in, and how it is stored."""

import io
import secrets
import threading
from typing import IO, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.template.defaultfilters import filesizeformat
from PIL import Image, ImageCms, ImageOps
from PIL.ExifTags import Base

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
        image = Image.open(file, formats=[*FORMATS, "MPO"])
        animated = image.format != "MPO" and getattr(image, "is_animated", False)
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except Exception:  # noqa: BLE001  (Pillow's plug-ins raise whatever a strange file trips)
        raise ValidationError(
            "This is not a JPEG, PNG, WebP or AVIF picture, whatever its name says. "
            "Export it as one of these and upload it again.",
            code="unknown_format",
        ) from None
    if image.width * image.height > settings.PHOTO_MAX_PIXELS:
        raise _too_many_pixels()
    if animated:
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


def _shrink(image: Image.Image) -> Image.Image:
    """Scale to the stored width first, so that all that follows handles few pixels."""
    turned = image.getexif().get(Base.Orientation, 1) in (5, 6, 7, 8)
    width = image.height if turned else image.width
    if width > MAX_STORED_WIDTH:
        limits = (image.width, MAX_STORED_WIDTH) if turned else (MAX_STORED_WIDTH, image.height)
        # For a JPEG, decode at the nearest smaller scale that is still wide enough.
        image.draft(None, limits)
        if image.mode in ("P", "PA"):
            image = image.convert("RGBA" if image.has_transparency_data else "RGB")
        image.thumbnail(limits, Image.Resampling.LANCZOS)
    return image


def _to_srgb(image: Image.Image) -> Image.Image:
    """Convert to sRGB, so that the colour profile can go with the other metadata."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value / 257).convert("L")
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
    return image if image.mode == mode else image.convert(mode)


#: One picture at a time, since each may take some hundred megabytes while it is decoded.
_DECODING = threading.Lock()


def _decode(image: Image.Image) -> Image.Image:
    """The picture upright, in sRGB and no wider than it is stored."""
    try:
        return _to_srgb(ImageOps.exif_transpose(_shrink(image)))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  (as above)
        raise ValidationError(
            "The picture is damaged and can't be read to its end.", code="damaged"
        ) from None


def prepare_upload(file: "UploadedFile[Any]") -> "ContentFile[bytes]":
    """Check an uploaded picture and encode it anew: upright, sRGB, without metadata.

    Limits are ``PHOTO_MAX_BYTES`` and ``PHOTO_MAX_PIXELS``, both checked before a pixel
    is decoded. Raises ``ValidationError`` with a sentence for the uploader.
    """
    image = _open_checked(file, file.size or 0)
    # MPO is a JPEG with further pictures behind the first, which is the one to keep.
    picture_format = "JPEG" if image.format == "MPO" else image.format or ""
    buffer = io.BytesIO()
    options: dict[str, Any] = {} if picture_format == "PNG" else {"quality": 90}
    with _DECODING:
        picture = _decode(image)
        if picture_format == "JPEG":
            picture = picture.convert("RGB")
        picture.info = {}
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

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the row and, once that is certain, the file."""
        name, storage = str(self.image.name), self.image.storage
        deleted = super().delete(*args, **kwargs)
        transaction.on_commit(lambda: storage.delete(name))
        return deleted
