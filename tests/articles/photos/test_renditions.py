"""Renditions: made when they are wanted, shown when they are there, gone afterwards."""

import io
import re
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.test import override_settings

from articles.photos import renditions
from articles.photos.models import Photo, make_renditions
from tests.articles.factories import make_large_photo as make_large
from tests.articles.factories import make_photo, make_ready
from tests.articles.photos.printed_pictures import files, html, printed, stored

CROPS = ["16/9", "4/3", "1/1"]


@pytest.mark.django_db
def test_page_shows_the_fallback_until_the_renditions_are_there(settings):
    photo = make_large()
    for ratio in (None, *CROPS):
        sources, (fallback, *measures) = printed(html(photo, ratio))
        assert not sources
        assert fallback.endswith("/1000w.jpeg")
        assert stored(settings, fallback).size == tuple(measures) == (1000, 800)

    make_ready(photo)

    sources, (fallback, *measures) = printed(html(photo, "16/9"))
    assert [width for _, width in sources] == [320, 640, 960]
    assert "/16_9-50-50/" in fallback


@pytest.mark.django_db
def test_upload_has_its_renditions_made_once_it_is_certain(
    settings, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as callbacks:
        photo = make_large()
    assert not Photo.objects.get(pk=photo.pk).is_ready
    assert len(files(settings)) == 2  # the original and the fallback

    for callback in callbacks:
        callback()

    assert Photo.objects.get(pk=photo.pk).is_ready
    with django_capture_on_commit_callbacks() as callbacks:
        Photo.objects.get(pk=photo.pk).save()
    assert callbacks == []  # nothing is missing


@pytest.mark.django_db
def test_moved_focal_point_shows_the_old_crops_until_the_new_are_there(settings):
    photo = make_ready(make_large())
    before = html(photo, "1/1")

    photo.focus_x, photo.focus_y = 10, 90
    photo.save()
    photo.refresh_from_db()
    assert html(photo, "1/1").replace(' class="focus-x-0 focus-y-100"', "") == before

    after = html(make_ready(photo), "1/1")
    assert "/1_1-10-90/" in after
    assert "50-50" not in after
    for url, _ in printed(before)[0]:
        assert stored(settings, url)  # a page that somebody has kept still shows it


@pytest.mark.django_db
def test_crops_before_the_last_are_removed(settings):
    photo = make_ready(make_large())
    whole = [name for name in files(settings) if re.search(r"^photos/\w+/\d+w\.avif$", name)]
    assert whole
    for point in (10, 20, 30):
        photo.focus_x = point
        photo.save()
        make_ready(photo)

    left = files(settings)
    assert {re.search(r"-(\d+-\d+)/", name)[1] for name in left if "-" in name} == {
        "20-50",
        "30-50",
    }
    assert set(whole) <= set(left)


@pytest.mark.django_db
def test_focal_point_that_goes_back_needs_no_new_crops(settings):
    photo = make_ready(make_large())
    photo.focus_x = 10
    photo.save()
    make_ready(photo)
    photo.focus_x = 50
    photo.save()

    assert make_renditions.call(photo.pk) == 0
    photo.refresh_from_db()
    assert (photo.rendered_focus, photo.previous_focus) == ("50-50", "10-50")


@pytest.mark.django_db
def test_task_repeated_changes_nothing(settings):
    photo = make_ready(make_large())
    before = files(settings)

    assert make_renditions.call(photo.pk) == 0
    assert make_renditions.call(photo.pk, again=True) == len(photo.all_renditions("50-50"))
    assert files(settings) == before
    photo.refresh_from_db()
    assert (photo.rendered_focus, photo.previous_focus) == ("50-50", "")


@pytest.mark.django_db
def test_crops_for_a_focal_point_that_moved_meanwhile_are_not_left(settings, monkeypatch):
    photo = make_large()
    real = renditions.write

    def make_and_be_overtaken(*arguments):
        made = real(*arguments)
        Photo.objects.filter(pk=photo.pk).update(focus_x=90)
        return made

    monkeypatch.setattr(renditions, "write", make_and_be_overtaken)
    make_ready(photo)
    assert photo.rendered_focus == ""
    assert not any("50-50" in name for name in files(settings))

    monkeypatch.setattr(renditions, "write", real)
    assert make_ready(photo).rendered_focus == "90-50"


@pytest.mark.django_db
def test_nothing_is_left_of_a_photo_that_was_deleted_meanwhile(settings, monkeypatch):
    photo = make_large()
    real = renditions.write

    def make_and_be_overtaken(file, pictures):
        made = real(file, pictures)
        Photo.objects.get(pk=photo.pk).delete_files()
        Photo.objects.filter(pk=photo.pk).delete()
        pictures[-1].storage.save(pictures[-1].name, ContentFile(b"the last, made too late"))
        return made

    monkeypatch.setattr(renditions, "write", make_and_be_overtaken)
    make_renditions.call(photo.pk)

    assert files(settings) == []


@pytest.mark.django_db
def test_task_for_a_photo_that_is_gone_does_nothing():
    assert make_renditions.call(12345) == 0


@pytest.mark.django_db
def test_deleting_a_photo_removes_every_file(settings, django_capture_on_commit_callbacks):
    photo = make_ready(make_large())
    other = make_ready(make_large())
    assert len(files(settings)) > 20
    with django_capture_on_commit_callbacks() as callbacks:
        photo.delete()
    assert stored(settings, photo.image.url)  # until it is certain

    for callback in callbacks:
        callback()

    directory = renditions.directory(other.image.name)
    assert all(name.startswith(directory) for name in files(settings))
    assert not (Path(settings.MEDIA_ROOT) / renditions.directory(photo.image.name)).exists()


@pytest.mark.django_db(transaction=True)
def test_worker_makes_what_the_database_backend_was_asked_for(settings):
    backend = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    with override_settings(TASKS=backend):
        photo = make_large()
        photo.refresh_from_db()
        assert not photo.is_ready
        assert len(files(settings)) == 2

        call_command("db_worker", "--batch", "--no-startup-delay", verbosity=0)

    photo.refresh_from_db()
    assert photo.is_ready
    assert "<source" in html(photo)


# The command


def command(*arguments):
    out = io.StringIO()
    call_command("make_renditions", *arguments, stdout=out, stderr=out)
    return out.getvalue()


@pytest.mark.django_db
def test_command_makes_what_is_missing(settings):
    ready, fresh = make_ready(make_large()), make_large()
    victim = Path(settings.MEDIA_ROOT) / ready.all_renditions("50-50")[0].name
    victim.unlink()

    first, second = command(), command()

    assert "files made for 2 of 2 photos, 0 failed" in first
    assert "0 files made for 0 of 2 photos, 0 failed" in second
    assert victim.exists()
    assert Photo.objects.get(pk=fresh.pk).is_ready


@pytest.mark.django_db
def test_command_can_make_all_again():
    photo = make_ready(make_large())

    assert f"{len(photo.all_renditions('50-50'))} files made for 1 of 1 photos" in command("--all")


@pytest.mark.django_db
def test_command_goes_on_after_a_photo_whose_file_is_gone(settings):
    broken, whole = make_large(), make_large()
    Path(broken.image.path).unlink()
    out = io.StringIO()

    with pytest.raises(CommandError):
        call_command("make_renditions", stdout=out, stderr=out)

    assert f"Photo {broken.pk}:" in out.getvalue()
    assert "for 1 of 2 photos, 1 failed" in out.getvalue()
    assert Photo.objects.get(pk=whole.pk).is_ready


@pytest.mark.django_db
def test_photo_of_former_days_is_shown_as_it_is_until_the_command_ran():
    photo = make_photo()
    photo.image.delete_all()
    Photo.objects.update(fallback_width=0)
    photo.refresh_from_db()
    assert f'src="{photo.image.url}" width="64" height="36"' in html(photo)

    command()

    photo.refresh_from_db()
    assert f'src="{photo.fallback_url}" width="64"' in html(photo)
    assert photo.fallback_url != photo.image.url
