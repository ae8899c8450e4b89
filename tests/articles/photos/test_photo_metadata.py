"""Nothing that came with a picture is in any public file."""

from pathlib import Path

import pytest
from PIL import Image

from articles.photos.models import Photo, make_renditions
from tests.articles import pictures
from tests.articles.factories import make_user
from tests.articles.photos import metadata

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
#: What the reader has to find in the uploads, or it would find nothing anywhere.
BROUGHT = {
    "JPEG": {"segment E1 b'Exif", "segment E1 b'http", "segment E2 b'ICC", "segment ED b'Photo"}
    | {"segment FE b'SECRET", "bytes behind the picture"},
    "PNG": {"chunk iCCP", "chunk eXIf", "chunk tEXt", "chunk zTXt", "chunk iTXt"}
    | {"bytes behind the picture"},
    "WEBP": {"chunk ICCP", "chunk EXIF", "chunk XMP "},
    "AVIF": {"item Exif", "item mime", "colour profile prof"},
}


@pytest.mark.parametrize("picture_format", FORMATS)
def test_the_reader_finds_what_an_upload_brings(picture_format):
    found = metadata.found(pictures.stuffed(picture_format))

    for brought in BROUGHT[picture_format]:
        assert any(name.startswith(brought) for name in found), (brought, found)


@pytest.mark.parametrize("picture_format", FORMATS)
def test_the_reader_finds_nothing_in_pixels_alone(picture_format):
    assert metadata.found(pictures.saved(Image.new("RGB", (9, 9)), picture_format)) == []


@pytest.mark.django_db
def test_no_public_file_holds_anything_but_pixels(client, settings):
    client.force_login(make_user(is_superuser=True))
    for picture_format in FORMATS:
        name = f"a.{pictures.SUFFIXES[picture_format]}"
        form = {"alt": "A wall", "credit": "Me", "focus_x": 10, "focus_y": 90}
        form["image"] = pictures.upload(pictures.stuffed(picture_format), name)
        assert client.post("/admin/articles/photo/add/", form).status_code == 302
    for photo in Photo.objects.all():
        make_renditions.call(photo.pk)

    files = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert len(files) > 4 * 8
    for path in files:
        data = path.read_bytes()
        assert metadata.found(data) == [], path
        assert b"SECRET" not in data, path
