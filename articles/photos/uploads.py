"""Check uploaded pictures, and encode them anew without metadata.

The order matters: number of bytes, digest, header, pixels. A file that is refused for its size,
format or name is never decoded.
"""

import hashlib
import io
import struct
import threading
from collections.abc import Callable
from typing import IO, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from PIL import Image, ImageCms, ImageOps
from PIL.ExifTags import Base

#: The suffix under which each of Pillow's formats is stored.
SUFFIX_OF_FORMAT = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif"}
#: The format that the suffix of a file's name stands for. Other names are refused.
FORMAT_OF_SUFFIX = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "avif": "AVIF"}
#: The format that a declared content type stands for.
FORMAT_OF_TYPE = {
    "image/jpeg": "JPEG",
    "image/jpg": "JPEG",
    "image/pjpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/avif": "AVIF",
}
#: The content types of a browser that doesn't know the file's type.
UNKNOWN_TYPES = ("", "application/octet-stream", "binary/octet-stream")
FORMAT_NAMES = {"JPEG": "JPEG", "PNG": "PNG", "WEBP": "WebP", "AVIF": "AVIF"}
MAX_STORED_WIDTH = 3200
#: The longest side in pixels. Every photo gets a JPEG, which can't be longer than 65,500 pixels.
MAX_SIDE = 65_000
#: A JPEG wider than ``MAX_STORED_WIDTH`` is decoded at 1/2, 1/4 or 1/8 of its size if that leaves
#: this width. It saves memory, and the largest rendition is only 1920 pixels wide.
DRAFT_WIDTH = 2400
#: The width in pixels of the fallback, the JPEG that is shown if there is no rendition.
FALLBACK_WIDTH = 1200
FALLBACK_QUALITY = 80
#: Pillow's options for the stored original. The defaults for AVIF and WebP take five times as long
#: and save a few per cent.
ENCODING_OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 90},
    "PNG": {"compress_level": 4},
    "WEBP": {"quality": 90, "method": 2},
    "AVIF": {"quality": 85, "speed": 9, "max_threads": 1},
}
#: Held while a picture is decoded, which may take some hundred megabytes: one at a time in a
#: process. Renditions use it too.
DECODING_LOCK = threading.Lock()


class PreparedPhoto(ContentFile):
    """A checked picture that was encoded anew.

    ``digest`` is the SHA-256 of the uploaded bytes in hexadecimal, ``fallback`` a JPEG of at
    most ``FALLBACK_WIDTH`` pixels' width.
    """

    def __init__(self, content: bytes, *, name: str, digest: str, fallback: bytes) -> None:
        super().__init__(content, name=name)
        self.digest = digest
        self.fallback = fallback


def digest(file: "File[Any]") -> str:
    """Return the SHA-256 of a file in hexadecimal, and rewind the file."""
    file.seek(0)
    hashed = hashlib.sha256()
    for chunk in file.chunks():
        hashed.update(chunk)
    file.seek(0)
    return hashed.hexdigest()


def check_size(size: int) -> None:
    """Refuse more bytes than ``PHOTO_MAX_BYTES``."""
    if size > settings.PHOTO_MAX_BYTES:
        raise ValidationError(
            f"The file is {filesizeformat(size)}; "
            f"at most {filesizeformat(settings.PHOTO_MAX_BYTES)} are allowed.",
            code="too_many_bytes",
        )


def _check_pixels(width: int, height: int) -> None:
    if width * height > settings.PHOTO_MAX_PIXELS:
        raise _too_many_pixels()
    if max(width, height) > MAX_SIDE:
        raise ValidationError(
            f"The picture is more than {MAX_SIDE} pixels long. Scale it down or cut it first.",
            code="too_long",
        )


def _too_many_pixels() -> ValidationError:
    megapixels = settings.PHOTO_MAX_PIXELS / 1_000_000
    return ValidationError(
        f"The picture has more than {megapixels:.0f} megapixels. Scale it down first.",
        code="too_many_pixels",
    )


def _webp_canvas(head: bytes) -> tuple[int, int]:
    """Return width and height from the first 30 bytes of a WebP file; (0, 0) for other files.

    Pillow's WebP reader allocates the canvas when it opens a file, so the size has to be checked
    before. Source: RFC 9649, sections 2.5 to 2.7.
    """
    if len(head) < 30 or head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        return 0, 0
    if head[12:16] == b"VP8X":
        width, height = (int.from_bytes(head[at : at + 3], "little") for at in (24, 27))
        return width + 1, height + 1
    if head[12:16] == b"VP8L":
        bits = struct.unpack_from("<I", head, 21)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", head, 26)
    return width & 0x3FFF, height & 0x3FFF


def _open_checked(file: IO[bytes], size: int) -> Image.Image:
    """Open a file without decoding it; refuse one that is too large or not a still picture."""
    check_size(size)
    file.seek(0)
    _check_pixels(*_webp_canvas(file.read(30)))
    file.seek(0)
    try:
        image = Image.open(file, formats=[*SUFFIX_OF_FORMAT, "MPO"])
        animated = image.format != "MPO" and getattr(image, "is_animated", False)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except Exception:  # noqa: BLE001  (Pillow's plug-ins raise exceptions of any kind)
        raise ValidationError(
            "This is not a JPEG, PNG, WebP or AVIF picture, whatever its name says. "
            "Export it as one of these and upload it again.",
            code="unknown_format",
        ) from None
    _check_pixels(image.width, image.height)
    if animated:
        raise ValidationError(
            "Animations are not allowed; upload a single picture.", code="animated"
        )
    return image


def _check_declared_format(name: str, content_type: str, picture_format: str) -> None:
    """Refuse a file whose name or content type stands for another format."""
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    if suffix not in FORMAT_OF_SUFFIX:
        raise ValidationError(
            f"The file is a {FORMAT_NAMES[picture_format]}, but its name does not say so. Let it "
            f"end in “.{SUFFIX_OF_FORMAT[picture_format]}” and upload it again.",
            code="unknown_suffix",
        )
    declared = [FORMAT_OF_SUFFIX[suffix]]
    if content_type not in UNKNOWN_TYPES:
        declared.append(FORMAT_OF_TYPE.get(content_type, ""))
    for each in declared:
        if each != picture_format:
            said = f"a {FORMAT_NAMES[each]}" if each else "no picture"
            raise ValidationError(
                f"The file says it is {said} but is a {FORMAT_NAMES[picture_format]}. "
                "Export it again and upload the new file.",
                code="contradiction",
            )


def _scale_down(image: Image.Image) -> Image.Image:
    """Scale to the stored width; done first, because later steps then handle fewer pixels."""
    is_rotated = image.getexif().get(Base.Orientation, 1) in (5, 6, 7, 8)
    width, height = (image.height, image.width) if is_rotated else image.size
    if width > MAX_STORED_WIDTH:
        draft = (DRAFT_WIDTH, max(1, height * DRAFT_WIDTH // width))
        image.draft(None, draft[::-1] if is_rotated else draft)  # has an effect for JPEG only
    limits = (image.width, MAX_STORED_WIDTH) if is_rotated else (MAX_STORED_WIDTH, image.height)
    if image.width > limits[0] or image.height > limits[1]:
        if image.mode in ("P", "PA"):
            image = image.convert("RGBA" if image.has_transparency_data else "RGB")
        image.thumbnail(limits, Image.Resampling.LANCZOS)
    return image


def _to_srgb(image: Image.Image) -> Image.Image:
    """Convert to sRGB, so that the colour profile can be removed."""
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
            pass  # browsers ignore a broken profile too
    return image if image.mode == mode else image.convert(mode)


def _decode(image: Image.Image) -> Image.Image:
    """Return the picture upright, in sRGB and at most ``MAX_STORED_WIDTH`` wide."""
    try:
        upright = _scale_down(image)
        ImageOps.exif_transpose(upright, in_place=True)
        return _to_srgb(upright)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  (as above)
        raise ValidationError(
            "The picture is damaged and can't be read to its end.", code="damaged"
        ) from None


def flatten(image: Image.Image) -> Image.Image:
    """Return the picture on a white background, without transparency, for a JPEG."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    flat = Image.new("RGB", image.size, "white")
    flat.paste(image, mask=image.getchannel("A"))
    return flat


def encode(image: Image.Image, picture_format: str, **options: Any) -> bytes:
    """Return a file with the pixels and without metadata."""
    image.info = {}
    buffer = io.BytesIO()
    image.save(buffer, format=picture_format, **options)
    return buffer.getvalue()


def fallback_size(width: int, height: int) -> tuple[int, int]:
    """Return width and height of the fallback of a picture of this size, in pixels."""
    fallback_width = min(FALLBACK_WIDTH, width)
    return fallback_width, max(1, round(fallback_width * height / width))


def make_fallback(picture: Image.Image) -> bytes:
    """Return the fallback of a decoded picture, as a JPEG file."""
    small = picture.resize(fallback_size(*picture.size), Image.Resampling.LANCZOS)
    return encode(flatten(small), "JPEG", quality=FALLBACK_QUALITY)


def prepare_upload(file: "UploadedFile[Any]") -> PreparedPhoto:
    """Check an uploaded picture and encode it anew: upright, sRGB, without metadata.

    The limits are ``PHOTO_MAX_BYTES`` and ``PHOTO_MAX_PIXELS``; both are checked before the
    picture is decoded. Raises ``ValidationError`` with a message for the uploader.
    """
    image = _open_checked(file, file.size or 0)
    # MPO is a JPEG that is followed by more pictures; the first one is kept.
    picture_format = "JPEG" if image.format == "MPO" else image.format or ""
    _check_declared_format(file.name or "", file.content_type or "", picture_format)
    with DECODING_LOCK:
        picture = _decode(image)
        if picture_format == "JPEG":
            picture = picture.convert("RGB") if picture.mode != "RGB" else picture
        content = encode(picture, picture_format, **ENCODING_OPTIONS[picture_format])
        fallback = make_fallback(picture)
    return PreparedPhoto(
        content,
        name=f"photo.{SUFFIX_OF_FORMAT[picture_format]}",
        digest=digest(file),
        fallback=fallback,
    )


class PhotoUploadField(forms.FileField):
    """A form field for still JPEG, PNG, WebP and AVIF pictures.

    ``refuse_duplicate`` is called with the digest of an upload before it is decoded, and raises
    ``ValidationError`` if the same file is stored already.
    """

    widget = forms.ClearableFileInput

    def __init__(
        self, *, refuse_duplicate: Callable[[str], None] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.refuse_duplicate = refuse_duplicate

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {
            **super().widget_attrs(widget),
            "accept": "image/jpeg,image/png,image/webp,image/avif",
        }

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the re-encoded picture, or an unchanged value as it is."""
        cleaned = super().clean(data, initial)
        if not isinstance(cleaned, UploadedFile):
            return cleaned
        check_size(cleaned.size or 0)
        if self.refuse_duplicate:
            self.refuse_duplicate(digest(cleaned))
        return prepare_upload(cleaned)
