"""Photos: what is asked of them, and that no picture is stored twice."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test import Client

from articles.blocks import PhotoBlock, VideoBlock
from articles.photos.models import Photo
from articles.photos.uploads import prepare_upload
from articles.publishing import publish as publishing
from tests.articles.factories import (
    add_block,
    make_article,
    make_author,
    make_live,
    make_photo,
    make_picture,
    make_title,
    make_user,
)
from tests.articles.photos.printed_pictures import files, html
from tests.articles.pictures import SVG, upload

ADD = "/admin/articles/photo/add/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_user(is_superuser=True))
    return client


def form(**fields):
    words = {"alt": "A wall", "credit": "Me", "focus_x": 50, "focus_y": 50}
    return {"image": upload(make_picture()), **words, **fields}


def changed(photo, **fields):
    return {"alt": photo.alt, "credit": photo.credit, **fields}


def address(photo):
    return f"/admin/articles/photo/{photo.pk}/change/"


# Uploading


def test_upload_is_stored_under_a_name_that_tells_nothing(desk):
    response = desk.post(ADD, form(image=upload(make_picture(), "family at home.jpg")))

    assert response.status_code == 302
    photo = Photo.objects.get()
    assert "family" not in photo.image.name
    assert photo.size == (64, 36)
    assert len(photo.source_digest) == 64


def test_file_of_a_photo_is_chosen_once(desk):
    photo = make_photo()
    name = photo.image.name
    desk.post(address(photo), form(alt="Other words"))

    photo.refresh_from_db()
    assert (photo.image.name, photo.alt) == (name, "Other words")


def test_refusal_is_shown_beside_the_field(desk):
    response = desk.post(ADD, form(image=upload(SVG, "a.jpg")))

    assert "not a JPEG, PNG, WebP or AVIF picture" in response.text
    assert not Photo.objects.exists()


# What it shows


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"alt": ""}, "Say what the picture shows"),
        ({"alt": "   "}, "Say what the picture shows"),
        ({"decorative": "on"}, "A decorative picture has no alternative text"),
        ({"credit": ""}, "This field is required"),
        ({"focus_x": 101}, "less than or equal to 100"),
        ({"focus_y": -1}, "greater than or equal to 0"),
    ],
)
def test_form_says_what_is_missing_or_too_much(desk, fields, sentence):
    response = desk.post(ADD, form(**fields))

    (field,) = fields
    beside = {"decorative": "alt"}.get(field, field)
    assert sentence in str(response.context["adminform"].form.errors[beside])
    assert list(response.context["adminform"].form.errors) == [beside]
    assert not Photo.objects.exists()


def test_decorative_picture_has_no_description_and_still_a_name(desk, client):
    desk.post(ADD, form(alt="", decorative="on"))

    photo = Photo.objects.get()
    assert str(photo) == f"Decorative photo no. {photo.pk} (Me)"
    assert 'alt=""' in html(photo)
    article = make_article(photo=photo)
    add_block(article, PhotoBlock, photo=photo)
    add_block(article, PhotoBlock, photo=photo, alt="What matters here")
    page = client.get(publishing.publish(article).get_absolute_url()).text
    assert page.count('alt=""') == 2
    assert page.count('alt="What matters here"') == 1


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"alt": "A boat", "caption": "Out at sea"}, "A boat (Me)"),
        ({"alt": "", "decorative": True, "caption": "Out at sea"}, "Out at sea (Me)"),
    ],
)
def test_name_is_the_best_there_is(fields, name):
    assert str(make_photo(credit="Me", **fields)) == name


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"alt": "", "decorative": False}, "photo_alt_or_decorative"),
        ({"alt": "Words", "decorative": True}, "photo_alt_or_decorative"),
        ({"focus_x": 101}, "photo_focus_inside"),
        ({"focus_y": 101}, "photo_focus_inside"),
    ],
)
def test_database_refuses_what_the_form_would(fields, constraint):
    photo = make_photo()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Photo.objects.filter(pk=photo.pk).update(**fields)


def test_without_its_constraint_the_database_would_take_anything():
    photo = make_photo()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = 1")
        else:
            # What waits for the end of the transaction would be in the way.
            connection.check_constraints()
            cursor.execute("ALTER TABLE articles_photo DROP CONSTRAINT photo_alt_or_decorative")
        try:
            assert Photo.objects.filter(pk=photo.pk).update(alt="") == 1
        finally:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA ignore_check_constraints = 0")


def test_form_keeps_the_focal_point_that_is_left_empty(desk):
    photo = make_photo(focus_x=20, focus_y=30)
    for fields in ({}, {"focus_x": "", "focus_y": ""}):
        assert desk.post(address(photo), changed(photo, **fields)).status_code == 302
        photo.refresh_from_db()
        assert photo.focus == "20-30"

    desk.post(address(photo), changed(photo, focus_x=0, focus_y=100))
    photo.refresh_from_db()
    assert photo.focus == "0-100"


# The same picture twice


def test_second_upload_of_the_same_bytes_names_the_photo_that_it_is(desk, monkeypatch):
    desk.post(ADD, form(alt="<b>A wall</b>"))
    monkeypatch.setattr(
        "articles.photos.uploads.prepare_upload", lambda file: pytest.fail("decoded")
    )

    response = desk.post(ADD, form(image=upload(make_picture(), "again.jpg"), alt="Words"))

    photo = Photo.objects.get()
    assert (
        f'This picture is here already: <a href="{address(photo)}">'
        "&lt;b&gt;A wall&lt;/b&gt; (Me)</a>. Use that one." in response.text
    )


def test_other_bytes_are_another_photo(desk):
    desk.post(ADD, form())
    desk.post(ADD, form(image=upload(make_picture(colour="red"))))

    assert Photo.objects.count() == 2


def test_the_slower_of_two_uploads_at_once_gets_the_same_sentence(desk, monkeypatch, settings):
    """As in a double click: both have looked for the bytes before either was stored."""
    desk.post(ADD, form())
    before = files(settings)
    looked = []
    real = Photo._meta.get_field("image").formfield().refuse_duplicate

    def look_too_early(digest):
        if looked:
            real(digest)  # raises
        looked.append(digest)

    monkeypatch.setattr(
        "articles.photos.fields.PhotoImageField.refuse_duplicate", staticmethod(look_too_early)
    )
    response = desk.post(ADD, form())

    assert response.status_code == 200
    assert "This picture is here already" in response.text
    assert len(looked) == 1  # the first time round; the second time it finds the other
    assert Photo.objects.count() == 1
    assert files(settings) == before  # nothing is left of the loser's files


@pytest.mark.django_db(transaction=True)
def test_of_two_uploads_in_the_same_moment_one_is_stored(monkeypatch, settings):
    user = make_user(is_superuser=True)
    # Together once: the second time round there is nobody to wait for.
    both = threading.Barrier(2, timeout=20, action=monkeypatch.undo)
    real = prepare_upload

    def prepare_together(file):
        if connection.vendor != "sqlite":  # there the second waits before it looks
            both.wait()
        return real(file)

    def post(_):
        client = Client()
        client.force_login(user)
        try:
            return client.post(ADD, form())
        finally:
            connection.close()

    monkeypatch.setattr("articles.photos.uploads.prepare_upload", prepare_together)
    with ThreadPoolExecutor(2) as threads:
        responses = sorted(threads.map(post, range(2)), key=lambda response: response.status_code)

    assert [response.status_code for response in responses] == [200, 302]
    assert "This picture is here already" in responses[0].text
    photo = Photo.objects.get()
    assert {name.split("/")[1].partition(".")[0] for name in files(settings)} == {
        Path(photo.image.name).stem
    }


def test_database_takes_the_same_bytes_once():
    first, second = make_photo(), make_photo()
    Photo.objects.filter(pk=first.pk).update(source_digest="a" * 64)

    with pytest.raises(IntegrityError), transaction.atomic():
        Photo.objects.filter(pk=second.pk).update(source_digest="a" * 64)


def test_upload_that_cannot_be_stored_leaves_no_file(settings):
    photo = Photo(image=prepare_upload(upload(make_picture())), alt="", credit="x")

    with pytest.raises(IntegrityError), transaction.atomic():
        photo.save()

    assert files(settings) == []


def test_unfinished_photo_is_refused_by_the_model_too():
    with pytest.raises(ValidationError, match="Say what"):
        make_photo(alt="x").__class__(credit="x", width=1, height=1).full_clean()


# Deleting


def in_text(photo):
    add_block(make_article(), PhotoBlock, photo=photo)


def as_poster(photo):
    url = "https://www.youtube.com/watch?v=aqz-KE-bpKQ"
    add_block(make_article(), VideoBlock, photo=photo, url=url, name="A video")


def in_an_edition(photo):
    article = make_article()
    block = add_block(article, PhotoBlock, photo=photo)
    publishing.publish(article)
    block.delete()


USES = {
    "title": lambda photo: make_title(photo=photo),
    "author": lambda photo: make_author(photo=photo),
    "lead photo": lambda photo: make_article(photo=photo),
    "text": in_text,
    "video": as_poster,
    "edition": in_an_edition,
    "lead photo of an edition": lambda photo: make_live(photo=photo),
}


@pytest.mark.parametrize("use", USES)
def test_photo_in_use_cannot_be_deleted(desk, use, django_capture_on_commit_callbacks):
    photo = make_photo()
    USES[use](photo)

    with pytest.raises(ProtectedError):
        photo.delete()
    with django_capture_on_commit_callbacks(execute=True):
        response = desk.post(f"/admin/articles/photo/{photo.pk}/delete/", {"post": "yes"})
        chosen = {"action": "delete_selected", "_selected_action": photo.pk, "post": "yes"}
        desk.post("/admin/articles/photo/", chosen)

    assert "Are you sure" not in response.text
    assert Photo.objects.filter(pk=photo.pk).exists()
    assert Path(photo.image.path).exists()


def test_unused_photo_goes_with_its_files(desk, settings, django_capture_on_commit_callbacks):
    photo = make_photo()
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(f"/admin/articles/photo/{photo.pk}/delete/", {"post": "yes"})

    assert not Photo.objects.exists()
    assert files(settings) == []


# The list


def test_list_shows_small_pictures_and_not_the_originals(desk):
    photos = [make_photo(), make_photo(alt="", decorative=True)]

    page = desk.get("/admin/articles/photo/").text

    for photo in photos:
        assert photo.fallback_url in page
        assert photo.image.url not in page
        assert photo.name in page
