"""Photos: still pictures of four kinds within the limits, stored without what came with them."""

import contextlib
import io
import random
from pathlib import Path

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import ProtectedError
from PIL import Image, ImageCms
from PIL.ExifTags import GPS, IFD, Base

from articles import publishing
from articles.models import Photo, PhotoBlock
from articles.models.photo import MAX_STORED_WIDTH, prepare_upload
from tests.articles.factories import (
    add_block,
    make_article,
    make_photo,
    make_picture,
    make_user,
)

NOISE = random.Random(1)  # noqa: S311  (pictures, not secrets)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def upload(data, name="photo.jpg"):
    return SimpleUploadedFile(name, data)


def stored(data, name="photo.jpg"):
    return Image.open(prepare_upload(upload(data, name)))


@pytest.mark.parametrize("picture_format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_the_four_formats_are_stored_as_what_they_are(picture_format):
    image = stored(make_picture(picture_format=picture_format), "name.bin")

    assert (image.format, image.size) == (picture_format, (64, 36))


def test_what_the_name_claims_counts_for_nothing():
    prepared = prepare_upload(upload(make_picture(picture_format="PNG"), "photo.jpg"))

    assert prepared.name == "photo.png"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (SVG, "photo.svg"),
        (SVG, "photo.jpg"),
        (make_picture(picture_format="BMP"), "photo.jpg"),
        (make_picture(picture_format="GIF"), "photo.gif"),
        (make_picture(picture_format="TIFF"), "photo.jpg"),
        (b"", "photo.jpg"),
        (b"%PDF-1.4", "photo.jpg"),
        (b"<html><script>alert(1)</script>", "photo.jpg"),
        (NOISE.randbytes(5000), "photo.png"),
    ],
)
def test_anything_else_is_refused_with_a_sentence(data, name):
    with pytest.raises(ValidationError, match="not a JPEG, PNG, WebP or AVIF picture"):
        prepare_upload(upload(data, name))


@pytest.mark.parametrize("picture_format", ["JPEG", "PNG", "WEBP"])
def test_damaged_picture_is_refused_with_a_sentence(picture_format):
    noise = Image.frombytes("RGB", (200, 200), NOISE.randbytes(120_000))
    buffer = io.BytesIO()
    noise.save(buffer, format=picture_format)

    with pytest.raises(ValidationError, match=r"damaged|not a JPEG"):
        prepare_upload(upload(buffer.getvalue()[: len(buffer.getvalue()) // 2]))


@pytest.mark.parametrize("picture_format", ["PNG", "WEBP", "AVIF"])
def test_animation_is_refused(picture_format):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]
    buffer = io.BytesIO()
    frames[0].save(buffer, format=picture_format, save_all=True, append_images=frames[1:])

    with pytest.raises(ValidationError, match="Animations"):
        prepare_upload(upload(buffer.getvalue()))


def test_too_many_bytes_are_refused_before_reading(settings):
    settings.PHOTO_MAX_BYTES = 100

    with pytest.raises(ValidationError, match="at most"):
        prepare_upload(upload(make_picture()))


def test_too_many_pixels_are_refused_before_decoding(settings, monkeypatch):
    settings.PHOTO_MAX_PIXELS = 1000
    data = make_picture((100, 100))
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("decoded"))
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda self: pytest.fail("decoded"))

    with pytest.raises(ValidationError, match="megapixels"):
        prepare_upload(upload(data))


def test_bomb_that_pillow_itself_refuses_gets_the_same_sentence(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)

    with pytest.raises(ValidationError, match="megapixels"):
        prepare_upload(upload(make_picture((100, 100))))


@pytest.mark.parametrize("picture_format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_nothing_that_came_with_the_picture_is_stored(picture_format):
    exif = Image.Exif()
    exif[Base.Artist] = "SECRET artist"
    exif[Base.ImageDescription] = "SECRET place"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (51.0, 30.0, 0.0)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = make_picture(picture_format=picture_format, exif=exif.tobytes(), icc_profile=profile)
    assert b"SECRET" in data

    prepared = prepare_upload(upload(data))

    assert b"SECRET" not in prepared.read()
    image = Image.open(prepared)
    assert not image.getexif()
    assert not {"exif", "icc_profile", "xmp", "comment"} & set(image.info)


def test_comment_in_a_jpeg_is_dropped():
    assert b"SECRET" not in prepare_upload(upload(make_picture(comment=b"SECRET"))).read()


def test_picture_is_stored_upright():
    exif = Image.Exif()
    exif[Base.Orientation] = 6

    assert stored(make_picture((60, 30), exif=exif.tobytes())).size == (30, 60)


def test_wide_picture_is_scaled_down():
    image = stored(make_picture((MAX_STORED_WIDTH * 2, 400)))

    assert image.size == (MAX_STORED_WIDTH, 200)


def test_first_picture_of_an_mpo_is_stored_as_a_jpeg():
    """Some telephones write MPO: a JPEG with further pictures behind the first."""
    buffer = io.BytesIO()
    first, second = (Image.new("RGB", (8, 8), colour) for colour in ("red", "blue"))
    first.save(buffer, format="MPO", save_all=True, append_images=[second])

    image = stored(buffer.getvalue())

    assert (image.format, image.n_frames if hasattr(image, "n_frames") else 1) == ("JPEG", 1)
    assert image.getpixel((0, 0))[0] > 200


def test_sixteen_bit_grey_keeps_its_shades():
    grey = Image.new("I;16", (3, 1))
    for column, value in enumerate((0, 32768, 65535)):
        grey.putpixel((column, 0), value)
    buffer = io.BytesIO()
    grey.save(buffer, format="PNG")

    image = stored(buffer.getvalue())

    assert [image.getpixel((column, 0))[0] for column in range(3)] == [0, 127, 255]


def test_wide_picture_that_lies_on_its_side_is_scaled_by_its_upright_width():
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    data = make_picture((400, MAX_STORED_WIDTH * 2), "PNG", exif=exif.tobytes())

    assert stored(data).size == (MAX_STORED_WIDTH, 200)


@pytest.mark.parametrize("picture_format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_mutilated_picture_is_read_or_refused_and_nothing_else(picture_format):
    exif = Image.Exif()
    exif[Base.Orientation] = 3
    whole = make_picture((32, 32), picture_format, exif=exif.tobytes())
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(NOISE.randint(1, 6)):
            data[NOISE.randrange(len(data))] = NOISE.randrange(256)
        with contextlib.suppress(ValidationError):
            prepare_upload(upload(bytes(data)))


def test_transparency_stays():
    buffer = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(buffer, format="PNG")

    assert stored(buffer.getvalue()).getpixel((0, 0))[3] == 0


@pytest.mark.django_db
def test_upload_in_the_admin_is_stored_under_a_name_that_tells_nothing(client):
    client.force_login(make_user(is_superuser=True))
    response = client.post(
        "/admin/articles/photo/add/",
        {"image": upload(make_picture(), "family at home.jpg"), "alt": "A wall", "credit": "Me"},
    )

    assert response.status_code == 302
    photo = Photo.objects.get()
    assert "family" not in photo.image.name
    assert (photo.width, photo.height) == (64, 36)


@pytest.mark.django_db
def test_file_of_a_photo_is_chosen_once(client):
    client.force_login(make_user(is_superuser=True))
    photo = make_photo()
    name = photo.image.name
    client.post(
        f"/admin/articles/photo/{photo.pk}/change/",
        {"image": upload(make_picture()), "alt": "Other words", "credit": "Me"},
    )

    photo.refresh_from_db()
    assert (photo.image.name, photo.alt) == (name, "Other words")


@pytest.mark.django_db
def test_file_goes_with_its_photo(django_capture_on_commit_callbacks):
    photo = make_photo()
    path = photo.image.path
    with django_capture_on_commit_callbacks(execute=True):
        photo.delete()

    assert not Path(path).exists()


@pytest.mark.django_db
def test_photo_that_an_edition_shows_in_its_text_cannot_be_deleted():
    photo = make_photo()
    article = make_article()
    block = add_block(article, PhotoBlock, photo=photo)
    publishing.publish(article)
    block.delete()

    with pytest.raises(ProtectedError):
        photo.delete()

    assert Path(photo.image.path).exists()


@pytest.mark.django_db
def test_refusal_is_shown_beside_the_field(client):
    client.force_login(make_user(is_superuser=True))
    response = client.post(
        "/admin/articles/photo/add/", {"image": upload(SVG), "alt": "x", "credit": "y"}
    )

    assert "not a JPEG, PNG, WebP or AVIF picture" in response.content.decode()
    assert not Photo.objects.exists()


def test_field_asks_for_pictures_only():
    form_field = Photo._meta.get_field("image").formfield()

    assert isinstance(form_field, forms.FileField)
    assert form_field.widget.attrs["accept"] == "image/jpeg,image/png,image/webp,image/avif"
