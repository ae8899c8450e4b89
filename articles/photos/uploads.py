"""Uploaded pictures: what is let in, and what is left of them when they are stored.

The order matters: bytes, then the digest, then the header, then the pixels. Nothing is decoded
of a file that is refused for its size, its kind or its name.
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

#: Pillow's format names and the suffix each is stored under.
FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif"}
#: What the suffix of a file's name claims. Any other suffix, or none, is refused.
SUFFIXES = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "avif": "AVIF"}
#: What the declared type claims. A browser that knows none sends one of ``NO_CLAIM``.
TYPES = {
    "image/jpeg": "JPEG",
    "image/jpg": "JPEG",
    "image/pjpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/avif": "AVIF",
}
NO_CLAIM = ("", "application/octet-stream", "binary/octet-stream")
NAMES = {"JPEG": "JPEG", "PNG": "PNG", "WEBP": "WebP", "AVIF": "AVIF"}
MAX_STORED_WIDTH = 3200
#: In pixels; a JPEG, which every photo has beside it, can't be longer than 65,500.
MAX_SIDE = 65_000
#: A JPEG wider than stored is decoded at 1/2, 1/4 or 1/8 where that leaves this width: the
#: largest rendition is 1920 pixels wide, and 24 megapixels need not be in memory for it.
ENOUGH_WIDTH = 2400
#: The width of the JPEG that stands in wherever there is no rendition, in pixels.
FALLBACK_WIDTH = 1200
FALLBACK_QUALITY = 80
#: How the stored original is encoded. AVIF and WebP by default take five times as long for
#: files a few per cent smaller.
ENCODING: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 90},
    "PNG": {"compress_level": 4},
    "WEBP": {"quality": 90, "method": 2},
    "AVIF": {"quality": 85, "speed": 9, "max_threads": 1},
}
#: One picture at a time in a process, since each may take some hundred megabytes while it
#: is decoded. The renditions take it too.
DECODING = threading.Lock()


class PreparedPhoto(ContentFile):
    """A picture encoded anew, with what was found out while it was decoded.

    ``digest`` is the SHA-256 of the uploaded bytes in hexadecimal, ``fallback`` a JPEG of at
    most ``FALLBACK_WIDTH`` pixels' width.
    """

    def __init__(self, content: bytes, *, name: str, digest: str, fallback: bytes) -> None:
        super().__init__(content, name=name)
        self.digest = digest
        self.fallback = fallback


def digest(file: "File[Any]") -> str:
    """SHA-256 of the bytes, in hexadecimal; the file is left at its beginning."""
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
    """Width and height in the first 30 bytes of a WebP file; (0, 0) of anything else.

    Pillow's WebP reader makes room for the canvas as soon as it opens a file, so that its size
    has to be known before. Source: RFC 9649, sections 2.5 to 2.7.
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
    """Open without decoding a pixel; refuse what is too large or not a still picture."""
    check_size(size)
    file.seek(0)
    _check_pixels(*_webp_canvas(file.read(30)))
    file.seek(0)
    try:
        image = Image.open(file, formats=[*FORMATS, "MPO"])
        animated = image.format != "MPO" and getattr(image, "is_animated", False)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except Exception:  # noqa: BLE001  (Pillow's plug-ins raise whatever a strange file trips)
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


def _check_claims(name: str, content_type: str, picture_format: str) -> None:
    """Refuse a file whose name or declared type says that it is something else."""
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    if suffix not in SUFFIXES:
        raise ValidationError(
            f"The file is a {NAMES[picture_format]}, but its name does not say so. Let it end in "
            f"“.{FORMATS[picture_format]}” and upload it again.",
            code="unknown_suffix",
        )
    claims = [SUFFIXES[suffix]]
    if content_type not in NO_CLAIM:
        claims.append(TYPES.get(content_type, ""))
    for claim in claims:
        if claim != picture_format:
            said = f"a {NAMES[claim]}" if claim else "no picture"
            raise ValidationError(
                f"The file says it is {said} but is a {NAMES[picture_format]}. "
                "Export it again and upload the new file.",
                code="contradiction",
            )


def _shrink(image: Image.Image) -> Image.Image:
    """Scale to the stored width first, so that all that follows handles few pixels."""
    turned = image.getexif().get(Base.Orientation, 1) in (5, 6, 7, 8)
    width, height = (image.height, image.width) if turned else image.size
    if width > MAX_STORED_WIDTH:
        enough = (ENOUGH_WIDTH, max(1, height * ENOUGH_WIDTH // width))
        image.draft(None, enough[::-1] if turned else enough)  # does something for a JPEG only
    limits = (image.width, MAX_STORED_WIDTH) if turned else (MAX_STORED_WIDTH, image.height)
    if image.width > limits[0] or image.height > limits[1]:
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


def _decode(image: Image.Image) -> Image.Image:
    """The picture upright, in sRGB and no wider than it is stored."""
    try:
        upright = _shrink(image)
        ImageOps.exif_transpose(upright, in_place=True)
        return _to_srgb(upright)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  (as above)
        raise ValidationError(
            "The picture is damaged and can't be read to its end.", code="damaged"
        ) from None


def on_white(image: Image.Image) -> Image.Image:
    """The picture without transparency, for a JPEG."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    flat = Image.new("RGB", image.size, "white")
    flat.paste(image, mask=image.getchannel("A"))
    return flat


def encode(image: Image.Image, picture_format: str, **options: Any) -> bytes:
    """The pixels alone as a file: nothing that came with the picture goes along."""
    image.info = {}
    buffer = io.BytesIO()
    image.save(buffer, format=picture_format, **options)
    return buffer.getvalue()


def fallback_size(width: int, height: int) -> tuple[int, int]:
    """Width and height of the fallback of a picture of this size, in pixels."""
    narrow = min(FALLBACK_WIDTH, width)
    return narrow, max(1, round(narrow * height / width))


def make_fallback(picture: Image.Image) -> bytes:
    """The JPEG for browsers and moments without the renditions, of a decoded picture."""
    small = picture.resize(fallback_size(*picture.size), Image.Resampling.LANCZOS)
    return encode(on_white(small), "JPEG", quality=FALLBACK_QUALITY)


def prepare_upload(file: "UploadedFile[Any]") -> PreparedPhoto:
    """Check an uploaded picture and encode it anew: upright, sRGB, without metadata.

    Limits are ``PHOTO_MAX_BYTES`` and ``PHOTO_MAX_PIXELS``, both checked before a pixel
    is decoded. Raises ``ValidationError`` with a sentence for the uploader.
    """
    image = _open_checked(file, file.size or 0)
    # MPO is a JPEG with further pictures behind the first, which is the one to keep.
    picture_format = "JPEG" if image.format == "MPO" else image.format or ""
    _check_claims(file.name or "", file.content_type or "", picture_format)
    with DECODING:
        picture = _decode(image)
        if picture_format == "JPEG":
            picture = picture.convert("RGB") if picture.mode != "RGB" else picture
        content = encode(picture, picture_format, **ENCODING[picture_format])
        fallback = make_fallback(picture)
    return PreparedPhoto(
        content,
        name=f"photo.{FORMATS[picture_format]}",
        digest=digest(file),
        fallback=fallback,
    )


class PhotoUploadField(forms.FileField):
    """A form field that lets in still JPEG, PNG, WebP and AVIF pictures only.

    ``refuse_known`` is called with the digest of an upload before it is decoded, and raises
    ``ValidationError`` where these bytes are stored already.
    """

    widget = forms.ClearableFileInput

    def __init__(self, *, refuse_known: Callable[[str], None] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.refuse_known = refuse_known

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {
            **super().widget_attrs(widget),
            "accept": "image/jpeg,image/png,image/webp,image/avif",
        }

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the re-encoded picture; an unchanged one is left alone."""
        cleaned = super().clean(data, initial)
        if not isinstance(cleaned, UploadedFile):
            return cleaned
        check_size(cleaned.size or 0)
        if self.refuse_known:
            self.refuse_known(digest(cleaned))
        return prepare_upload(cleaned)
