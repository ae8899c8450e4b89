"""Uploads: a table of odd and hostile pictures, and what each of them gets."""

import contextlib
import io
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from articles.photos.models import Photo
from articles.photos.uploads import (
    DRAFT_WIDTH,
    FALLBACK_WIDTH,
    MAX_STORED_WIDTH,
    PhotoUploadField,
    prepare_upload,
)
from tests.articles import pictures
from tests.articles.factories import make_picture
from tests.articles.photos import metadata
from tests.articles.pictures import SVG, saved, upload

NOISE = random.Random(1)  # noqa: S311  (pictures, not secrets)
ROOT = Path(__file__).parents[3]


def grey():
    return saved(Image.new("L", (16, 8), 100), "JPEG")


def cmyk():
    return saved(Image.new("CMYK", (16, 8), (0, 255, 255, 0)), "JPEG")


def noise(picture_format, cut=1.0):
    image = Image.frombytes("RGB", (200, 200), NOISE.randbytes(120_000))
    data = saved(image, picture_format)
    return data[: int(len(data) * cut)]


ZIP_AND_SCRIPT = b"PK\x03\x04<script>alert(1)</script>*/=1;PK\x05\x06" + bytes(18)

#: name, bytes, and the format and size it is stored with
ACCEPTED = {
    "JPEG": ("a.jpg", make_picture(), "JPEG", (64, 36)),
    "JPEG, long suffix": ("a.JPEG", make_picture(), "JPEG", (64, 36)),
    "PNG": ("a.png", make_picture(picture_format="PNG"), "PNG", (64, 36)),
    "WebP": ("a.webp", make_picture(picture_format="WEBP"), "WEBP", (64, 36)),
    "AVIF": ("a.avif", make_picture(picture_format="AVIF"), "AVIF", (64, 36)),
    "progressive": ("a.jpg", make_picture(progressive=True), "JPEG", (64, 36)),
    "CMYK": ("a.jpg", cmyk(), "JPEG", (16, 8)),
    "grey": ("a.jpg", grey(), "JPEG", (16, 8)),
    "16 bits": ("a.png", pictures.shades(), "PNG", (3, 1)),
    "palette": ("a.png", pictures.palette_with_transparency(), "PNG", (16, 8)),
    "MPO": ("a.jpg", pictures.two_in_one(), "JPEG", (16, 8)),
    "one pixel": ("a.png", make_picture((1, 1), "PNG"), "PNG", (1, 1)),
    "a line down": ("a.png", make_picture((1, 5000), "PNG"), "PNG", (1, 5000)),
    "a line across": ("a.png", make_picture((5000, 1), "PNG"), "PNG", (3200, 1)),
    "broken profile": ("a.jpg", make_picture(icc_profile=b"no profile"), "JPEG", (64, 36)),
    "zip and script behind": ("a.jpg", make_picture() + ZIP_AND_SCRIPT, "JPEG", (64, 36)),
    "script in a comment": ("a.jpg", make_picture(comment=ZIP_AND_SCRIPT), "JPEG", (64, 36)),
}

#: name, bytes, and the code of the refusal
REFUSED = {
    "SVG": ("a.svg", SVG, "unknown_format"),
    "SVG named PNG": ("a.png", SVG, "unknown_format"),
    "BMP": ("a.jpg", make_picture(picture_format="BMP"), "unknown_format"),
    "TIFF": ("a.jpg", make_picture(picture_format="TIFF"), "unknown_format"),
    "GIF": ("a.gif", make_picture(picture_format="GIF"), "unknown_format"),
    "moving GIF": ("a.gif", pictures.animation("GIF"), "unknown_format"),
    "moving GIF named JPEG": ("a.jpg", pictures.animation("GIF"), "unknown_format"),
    "moving PNG": ("a.png", pictures.animation("PNG"), "animated"),
    "moving WebP": ("a.webp", pictures.animation("WEBP"), "animated"),
    "moving AVIF": ("a.avif", pictures.animation("AVIF"), "animated"),
    "PDF": ("a.jpg", b"%PDF-1.4", "unknown_format"),
    "HTML": ("a.jpg", b"<html><script>alert(1)</script>", "unknown_format"),
    "HTML before a JPEG": ("a.jpg", b"<html><!--" + make_picture(), "unknown_format"),
    "zip": ("a.jpg", ZIP_AND_SCRIPT, "unknown_format"),
    "noise": ("a.png", NOISE.randbytes(5000), "unknown_format"),
    "nothing": ("a.jpg", b"", "unknown_format"),
    "PNG named JPEG": ("a.jpg", make_picture(picture_format="PNG"), "contradiction"),
    "JPEG named PNG": ("a.png", make_picture(), "contradiction"),
    "AVIF named WebP": ("a.webp", make_picture(picture_format="AVIF"), "contradiction"),
    "named as nothing": ("photo", make_picture(), "unknown_suffix"),
    "named as a page": ("a.jpg.html", make_picture(), "unknown_suffix"),
    "half a JPEG": ("a.jpg", noise("JPEG", 0.5), "damaged"),
    "half a PNG": ("a.png", noise("PNG", 0.5), "damaged"),
    "half a WebP": ("a.webp", noise("WEBP", 0.5), "unknown_format"),
    "half an AVIF": ("a.avif", noise("AVIF", 0.5), "unknown_format"),
    "first bytes of a JPEG": ("a.jpg", make_picture()[:20], "unknown_format"),
    "PNG of 64 megapixels": ("a.png", pictures.png_of(8000, 8000, rows=1), "too_many_pixels"),
    "PNG of 144 megapixels": ("a.png", pictures.png_of(12000, 12000, rows=1), "too_many_pixels"),
    "PNG of 4 gigapixels": ("a.png", pictures.png_of(65000, 65000, rows=1), "too_many_pixels"),
    "a line of 70,000 pixels": ("a.png", pictures.png_of(1, 70_000), "too_long"),
    "WebP of 268 megapixels": ("a.webp", pictures.webp_of(16383, 16383), "too_many_pixels"),
}


@pytest.mark.parametrize("kind", ACCEPTED)
def test_odd_pictures_are_stored_as_what_they_are(kind):
    name, data, picture_format, size = ACCEPTED[kind]
    prepared = prepare_upload(upload(data, name))

    content = prepared.read()
    image = Image.open(io.BytesIO(content))
    image.load()
    assert (image.format, image.size) == (picture_format, size)
    assert prepared.name == f"photo.{pictures.SUFFIXES[picture_format]}"
    assert metadata.found(content) == []
    assert b"script" not in content
    fallback = Image.open(io.BytesIO(prepared.fallback))
    assert (fallback.format, fallback.size[0]) == ("JPEG", min(FALLBACK_WIDTH, size[0]))


@pytest.mark.parametrize("kind", REFUSED)
def test_hostile_files_are_refused_with_a_sentence(kind):
    name, data, code = REFUSED[kind]

    with pytest.raises(ValidationError) as refused:
        prepare_upload(upload(data, name))

    assert refused.value.code == code
    assert refused.value.message.endswith(".")


@pytest.mark.parametrize(
    ("content_type", "code"),
    [
        ("image/jpeg", None),
        ("image/pjpeg", None),
        ("application/octet-stream", None),
        ("", None),
        ("image/png", "contradiction"),
        ("image/svg+xml", "contradiction"),
        ("text/html", "contradiction"),
    ],
)
def test_declared_type_must_not_contradict(content_type, code):
    file = upload(make_picture(), "a.jpg", content_type)
    if code is None:
        assert prepare_upload(file).name == "photo.jpg"
        return
    with pytest.raises(ValidationError, match="is a JPEG") as refused:
        prepare_upload(file)
    assert refused.value.code == code


def test_contradiction_says_what_the_file_is():
    with pytest.raises(ValidationError, match="says it is a JPEG but is a PNG"):
        prepare_upload(upload(make_picture(picture_format="PNG"), "a.jpg"))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_stored_upright(orientation):
    prepared = prepare_upload(upload(pictures.lying(orientation)))

    image = Image.open(prepared).convert("RGB")
    assert image.size == (64, 48)
    corners = [image.getpixel(at) for at in ((8, 8), (56, 8), (56, 40), (8, 40))]
    names = [
        min(
            (sum(abs(a - b) for a, b in zip(corner, known, strict=True)), name)
            for name, known in {
                "red": (255, 0, 0),
                "lime": (0, 255, 0),
                "blue": (0, 0, 255),
                "yellow": (255, 255, 0),
            }.items()
        )[1]
        for corner in corners
    ]
    assert names == ["red", "lime", "blue", "yellow"]


def test_too_many_bytes_are_refused_before_reading(settings, monkeypatch):
    settings.PHOTO_MAX_BYTES = 100
    monkeypatch.setattr(Image, "open", lambda *a, **k: pytest.fail("opened"))

    with pytest.raises(ValidationError, match="at most"):
        PhotoUploadField(refuse_duplicate=lambda digest: pytest.fail("read")).clean(
            upload(make_picture())
        )


def test_limits_are_those_of_the_promise(settings):
    assert (settings.PHOTO_MAX_BYTES, settings.PHOTO_MAX_PIXELS) == (25_000_000, 50_000_000)


def test_too_many_pixels_are_refused_before_decoding(settings, monkeypatch):
    settings.PHOTO_MAX_PIXELS = 1000
    data = make_picture((100, 100))
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("decoded"))
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda self: pytest.fail("decoded"))

    with pytest.raises(ValidationError, match="megapixels"):
        prepare_upload(upload(data))


def test_picture_at_the_limit_is_let_in(settings):
    settings.PHOTO_MAX_PIXELS = 100 * 100

    assert prepare_upload(upload(make_picture((100, 100)))).name == "photo.jpg"


BOMBS = """
import json, resource, sys
import django
django.setup()
from django.core.exceptions import ValidationError
from articles.photos.uploads import prepare_upload
from tests.articles import pictures
files = [
    ("a.png", pictures.png_of(20000, 20000)),
    ("a.png", pictures.png_of(60000, 60000, rows=10)),
    ("a.webp", pictures.webp_of(16383, 16383)),
]
in_use = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (in_use + 60_000_000,) * 2)
codes = []
for name, data in files:
    try:
        prepare_upload(pictures.upload(data, name))
    except ValidationError as refused:
        codes.append(refused.code)
try:
    bytearray(70_000_000)
except MemoryError:
    codes.append("limited")
print(json.dumps(codes))
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="limits memory as Linux does")
def test_bombs_are_refused_within_sixty_megabytes(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", BOMBS],
        env=os.environ | {"LOCAL_DIR": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["too_many_pixels"] * 3 + ["limited"]


def test_wide_picture_is_scaled_down():
    image = Image.open(prepare_upload(upload(make_picture((MAX_STORED_WIDTH * 2, 400)))))

    assert MAX_STORED_WIDTH >= image.width >= DRAFT_WIDTH
    assert image.width == 16 * image.height


def test_wide_picture_that_is_no_jpeg_is_scaled_to_the_stored_width():
    data = make_picture((MAX_STORED_WIDTH * 2, 400), "PNG")

    assert Image.open(prepare_upload(upload(data, "a.png"))).size == (MAX_STORED_WIDTH, 200)


def test_wide_picture_that_lies_on_its_side_is_scaled_by_its_upright_width():
    exif = Image.Exif()
    exif[0x0112] = 6
    data = make_picture((400, MAX_STORED_WIDTH * 2), "PNG", exif=exif.tobytes())

    assert Image.open(prepare_upload(upload(data, "a.png"))).size == (MAX_STORED_WIDTH, 200)


def test_first_picture_of_an_mpo_is_stored():
    image = Image.open(prepare_upload(upload(pictures.two_in_one())))

    assert getattr(image, "n_frames", 1) == 1
    assert image.getpixel((0, 0))[0] > 200


def test_sixteen_bit_grey_keeps_its_shades():
    image = Image.open(prepare_upload(upload(pictures.shades(), "a.png")))

    assert [image.getpixel((column, 0))[0] for column in range(3)] == [0, 127, 255]


def test_transparency_stays_and_is_white_in_the_fallback():
    prepared = prepare_upload(upload(pictures.palette_with_transparency(), "a.png"))

    image = Image.open(prepared)
    assert [image.getpixel((column, 4))[3] for column in (0, 15)] == [0, 255]
    assert min(Image.open(io.BytesIO(prepared.fallback)).getpixel((1, 4))) > 240


def test_cmyk_is_stored_in_its_colours():
    red, green, _ = Image.open(prepare_upload(upload(cmyk()))).getpixel((8, 4))

    assert red > 180 > green


@pytest.mark.parametrize("picture_format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_mutilated_picture_is_read_or_refused_and_nothing_else(picture_format):
    exif = Image.Exif()
    exif[0x0112] = 3
    whole = make_picture((32, 32), picture_format, exif=exif.tobytes())
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(NOISE.randint(1, 6)):
            data[NOISE.randrange(len(data))] = NOISE.randrange(256)
        with contextlib.suppress(ValidationError):
            prepare_upload(upload(bytes(data), f"a.{pictures.SUFFIXES[picture_format]}"))


def test_field_asks_for_pictures_only():
    form_field = Photo._meta.get_field("image").formfield()

    assert isinstance(form_field, PhotoUploadField)
    assert form_field.widget.attrs["accept"] == "image/jpeg,image/png,image/webp,image/avif"
