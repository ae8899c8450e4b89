"""How ``manage.py demo`` fills a database: all or nothing, with new passwords."""

import re
import secrets
from pathlib import Path
from unittest import mock

import pytest
from django.contrib.auth import authenticate
from django.core.files.storage import default_storage
from django.db import transaction

from articles import demo
from articles.demo import pictures
from articles.models import Article, Edition, Hub
from articles.photos.models import Photo
from newsroom.models import User
from tests.demo import passwords

pytestmark = pytest.mark.django_db


def test_if_empty_fills_an_empty_database_and_is_quiet_about_a_full_one(fill_demo):
    assert passwords(fill_demo("--if-empty"))
    assert fill_demo("--if-empty") == ""
    assert Article.objects.count() == 17


@pytest.mark.django_db(transaction=True)
def test_a_demo_that_fails_half_way_leaves_nothing(fill_demo):
    failing = mock.patch("articles.demo.withdraw", side_effect=RuntimeError("half-way"))
    with failing, pytest.raises(RuntimeError, match="half-way"):
        fill_demo()
    for model in (Article, Edition, Photo, Hub, User):
        assert not model.objects.exists()
    assert default_storage.listdir("photos") == ([], [])


@pytest.mark.django_db(transaction=True)
def test_every_picture_has_its_renditions_when_the_demo_is_there(fill_demo):
    fill_demo()
    for photo in Photo.objects.all():
        assert photo.is_ready
        assert photo.missing_renditions() == []


def test_the_passwords_are_new_each_time(fill_demo):
    with transaction.atomic():
        first = passwords(fill_demo())
        transaction.set_rollback(True)
    second = passwords(fill_demo())
    assert len({*first.values(), *second.values()}) == 6
    sources = "".join(path.read_text() for path in Path(demo.__file__).parent.rglob("*.py"))
    assert not any(word in sources for word in (*first.values(), *second.values()))


def test_an_account_that_was_there_keeps_its_password(fill_demo):
    word = secrets.token_urlsafe()
    User.objects.create_superuser("admin", password=word)
    output = fill_demo()
    assert re.search(r"^  admin +\(as before\)", output, re.MULTILINE)
    assert authenticate(username="admin", password=word)


def test_pictures_are_the_same_every_time():
    scene = pictures.SCENES["station"]
    assert scene().jpeg() == scene().jpeg()
