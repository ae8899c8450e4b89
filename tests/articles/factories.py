"""Plain functions that make rows; each takes what a test cares about and invents the rest."""

import io
import itertools

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from PIL import Image

from articles.blocks import BLOCKS, TextBlock
from articles.models import Article, Author, Hub, Title, Topic
from articles.photos.models import Photo, make_renditions
from articles.photos.uploads import prepare_upload
from articles.publishing import publish as publishing
from newsroom.models import User
from tests.articles import pictures

_numbers = itertools.count(1)


def make_user(group=None, **fields):
    number = next(_numbers)
    fields = {"username": f"user{number}", "is_staff": True, **fields}
    user = User.objects.create_user(**fields)
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


def make_hub(**fields):
    number = next(_numbers)
    return Hub.objects.create(**{"name": f"Hub {number}", "slug": f"hub-{number}", **fields})


def make_title(**fields):
    number = next(_numbers)
    return Title.objects.create(**{"name": f"Title {number}", "slug": f"title-{number}", **fields})


def make_topic(**fields):
    number = next(_numbers)
    return Topic.objects.create(**{"name": f"Topic {number}", "slug": f"topic-{number}", **fields})


def make_author(**fields):
    number = next(_numbers)
    return Author.objects.create(
        **{"name": f"Author {number}", "slug": f"author-{number}", **fields}
    )


def make_picture(size=(64, 36), picture_format="JPEG", colour="teal", **options):
    """The bytes of a picture."""
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, format=picture_format, **options)
    return buffer.getvalue()


def make_photo(**fields):
    number = next(_numbers)
    fields = {"alt": f"Alt {number}", "credit": f"Credit {number}", **fields}
    photo = Photo(**fields)
    photo.image.save("photo.jpg", ContentFile(make_picture(), "photo.jpg"), save=True)
    return photo


def make_large_photo(size=(1000, 800), **fields):
    """A photo that is wide enough for renditions, stored as an upload is: four quarters."""
    # Behind the picture, where it is lost: no two uploads are the same.
    once = str(next(_numbers)).encode()
    data = pictures.saved(pictures.quarters(size), "PNG") + once
    photo = Photo(
        image=prepare_upload(pictures.upload(data, "quarters.png")),
        **{"alt": "Quarters", "credit": "The desk", **fields},
    )
    photo.save()
    return photo


def make_ready(photo):
    """The photo with its renditions."""
    make_renditions.call(photo.pk)
    photo.refresh_from_db()
    return photo


def make_article(*, text="<p>Some text.</p>", titles=(), authors=(), topics=(), **fields):
    """A working copy that can be published; ``text=None`` leaves the body empty."""
    number = next(_numbers)
    fields = {"headline": f"Headline {number}", "slug": f"article-{number}", **fields}
    if "hub" not in fields:
        fields["hub"] = Hub.objects.first() or make_hub()
    article = Article.objects.create(**fields)
    for position, title in enumerate(titles):
        article.title_links.create(title=title, position=position)
    for position, author in enumerate(authors):
        article.bylines.create(author=author, position=position)
    article.topics.set(topics)
    if text is not None:
        add_block(article, TextBlock, html=text)
    return article


def add_block(article, model, **fields):
    """A block at the end of the body."""
    count = sum(block.objects.filter(parent=article).count() for block in BLOCKS)
    return model.objects.create(parent=article, region="body", ordering=10 * (count + 1), **fields)


def make_live(by=None, **fields):
    """A published article's live edition."""
    return publishing.publish(make_article(**fields), by=by)


def revise(article, **fields):
    """Change a working copy, so that there is something to publish."""
    fields = fields or {"headline": f"Revised {next(_numbers)}"}
    for name, value in fields.items():
        setattr(article, name, value)
    article.save()
    return article
