"""Pictures as cameras, programs and attackers make them; each function returns a file's bytes."""

import io
import struct
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms, PngImagePlugin
from PIL.ExifTags import GPS, IFD, Base

TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "avif": "image/avif",
    "gif": "image/gif",
    "svg": "image/svg+xml",
}
SUFFIXES = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif"}
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><!-- SECRET xmp --></x:xmpmeta>'
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def upload(data, name="photo.jpg", content_type=None):
    """A file as a browser sends it, its type guessed from its name."""
    suffix = name.rpartition(".")[2].lower()
    known = TYPES.get(suffix, "application/octet-stream")
    return SimpleUploadedFile(name, data, known if content_type is None else content_type)


def saved(image, picture_format, **options):
    """The bytes of a picture."""
    buffer = io.BytesIO()
    image.save(buffer, format=picture_format, **options)
    return buffer.getvalue()


def quarters(size=(64, 48)):
    """Red, green, blue and yellow quarters, clockwise from the top left: which way is up."""
    width, height = size
    image = Image.new("RGB", size, "red")
    image.paste("lime", (width // 2, 0, width, height // 2))
    image.paste("blue", (width // 2, height // 2, width, height))
    image.paste("yellow", (0, height // 2, width // 2, height))
    return image


def lying(orientation, size=(64, 48)):
    """An upright picture of quarters, stored as a camera held that way stores it."""
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    image = quarters(size)
    if orientation in turns:
        image = image.transpose(turns[orientation])
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    return saved(image, "JPEG", exif=exif.tobytes(), quality=95)


def exif_with_gps():
    exif = Image.Exif()
    exif[Base.Artist] = "SECRET artist"
    exif[Base.ImageDescription] = "SECRET place"
    gps = exif.get_ifd(IFD.GPSInfo)
    gps[GPS.GPSLatitudeRef] = "N"
    gps[GPS.GPSLatitude] = (51.0, 30.0, 0.0)
    return exif.tobytes()


def profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def segment(marker, content):
    """A segment of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def iptc():
    """A caption in IPTC, in Photoshop's wrapping."""
    record = b"\x1c\x02\x78" + struct.pack(">H", 14) + b"SECRET caption"
    return b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + struct.pack(">I", len(record)) + record


def stuffed(picture_format, size=(700, 500)):
    """A picture with everything that a picture can bring along."""
    image = quarters(size)
    options = {"exif": exif_with_gps(), "icc_profile": profile()}
    if picture_format == "JPEG":
        data = saved(image, "JPEG", xmp=XMP, comment=b"SECRET comment", **options)
        return data[:2] + segment(0xED, iptc()) + data[2:] + b"SECRET trailer"
    if picture_format == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", "SECRET text")
        text.add_text("Zipped", "SECRET zipped text", zip=True)
        text.add_itxt("XML:com.adobe.xmp", XMP.decode())
        return saved(image, "PNG", pnginfo=text, **options) + b"SECRET trailer"
    return saved(image, picture_format, xmp=XMP, **options)


def chunk(kind, content):
    """A chunk of a PNG."""
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def png_of(width, height, rows=None):
    """A one-bit PNG that claims a size; with ``rows`` it holds so many, all black."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    line = bytes(1 + (width + 7) // 8)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(line) for _ in range(height if rows is None else rows))
    data += packer.flush()
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def webp_of(width, height):
    """The beginning of a WebP that claims a size."""
    canvas = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + canvas
    small = saved(Image.new("RGB", (4, 4)), "WEBP")[12:]
    return b"RIFF" + struct.pack("<I", len(body) + len(small)) + body + small


def animation(picture_format):
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "lime", "blue")]
    return saved(frames[0], picture_format, save_all=True, append_images=frames[1:])


def two_in_one():
    """MPO, as some telephones write: a JPEG with further pictures behind the first."""
    first, second = (Image.new("RGB", (16, 8), colour) for colour in ("red", "blue"))
    return saved(first, "MPO", save_all=True, append_images=[second])


def palette_with_transparency():
    image = Image.new("P", (16, 8), 0)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.paste(1, (8, 0, 16, 8))
    return saved(image, "PNG", transparency=0)


def shades(mode="I;16"):
    """Black, middle grey and white in a row, 16 bits each."""
    grey = Image.new(mode, (3, 1))
    for column, value in enumerate((0, 32768, 65535)):
        grey.putpixel((column, 0), value)
    return saved(grey, "PNG")
