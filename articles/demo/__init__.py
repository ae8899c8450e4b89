"""Fill an empty database with a small newsroom: hubs, authors, staff, articles at every stage.

Pictures pass the checks of an upload, rows the validation of their models, and articles are
published as editors publish them.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models, transaction
from django.utils import timezone

from articles.blocks import (
    AdvertSlotBlock,
    Block,
    PhotoBlock,
    PollBlock,
    PullQuoteBlock,
    SignUpBlock,
    SpoilerEndBlock,
    SpoilerStartBlock,
    TextBlock,
)
from articles.demo import newsletters, pictures, polls
from articles.demo.clock import frozen_at, parse_local
from articles.demo.texts import ARTICLES, schema, site
from articles.demo.texts.newsletters import NEWSLETTERS
from articles.models import (
    Article,
    ArticleTitle,
    Author,
    Availability,
    Byline,
    Edition,
    Hub,
    Title,
    Topic,
)
from articles.photos.models import Photo
from articles.photos.uploads import prepare_upload
from articles.publishing.publish import publish, schedule, withdraw
from newsletter.models import Newsletter, PolicyVersion
from newsroom.desk.groups import EDITORS, WRITERS
from newsroom.models import User
from polls.models import Poll

M = TypeVar("M", bound=models.Model)

#: The author that the writer's account belongs to.
WRITERS_AUTHOR = "max-mustermann"
#: User name, group and role; an account without a group is a superuser.
STAFF = (
    ("admin", None, "Administrator: everything"),
    ("editor", EDITORS, "Editor: every article, and what readers get of it"),
    ("writer", WRITERS, "Writer: own articles, up to the editor’s desk"),
)


class DatabaseNotEmpty(Exception):
    """The database has rows already; the message says which."""


@dataclass(frozen=True, slots=True)
class Login:
    """An account of the demo; ``password`` is None if the account existed before."""

    username: str
    password: str | None
    role: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The numbers of rows that the demo has created, and its accounts."""

    logins: list[Login]
    articles: int
    live: int
    hubs: int
    polls: int
    newsletters: int


@transaction.atomic
def fill() -> Summary:
    """Fill an empty database in one transaction.

    Raises :class:`DatabaseNotEmpty` if there are articles, hubs, titles, topics, authors,
    polls, newsletters or policies.
    """
    _refuse_unless_empty()
    with _created_photos() as photos:
        logins = [_create_account(*account) for account in STAFF]
        _create_subjects(photos)
        for slug, poll in site.POLLS.items():
            polls.create_poll(slug, poll, by=_editor())
        newsletters.publish_policies(by=_editor())
        for slug, newsletter in NEWSLETTERS.items():
            newsletters.create_newsletter(slug, newsletter, by=_editor())
        newsletters.create_subscribers()
        for article in ARTICLES:
            _create_with_history(article, photos)
    return Summary(
        logins=logins,
        articles=Article.objects.count(),
        live=Edition.objects.live().count(),
        hubs=Hub.objects.count(),
        polls=Poll.objects.count(),
        newsletters=Newsletter.objects.count(),
    )


def _refuse_unless_empty() -> None:
    for model in (Article, Hub, Title, Topic, Author, Poll, Newsletter, PolicyVersion):
        if model._default_manager.exists():
            raise DatabaseNotEmpty(
                f"This database already has {model._meta.verbose_name_plural}. The demo fills "
                "an empty one only, so nothing was changed."
            )


@contextmanager
def _created_photos() -> Iterator[dict[str, Photo]]:
    """Create all photos and return them by name; delete their files if the block fails."""
    photos: dict[str, Photo] = {}
    try:
        for name, data in site.PHOTOS.items():
            upload = SimpleUploadedFile(f"{name}.jpg", pictures.jpeg(name), "image/jpeg")
            photo = Photo(
                image=prepare_upload(upload),
                alt=data.alt,
                caption=data.caption,
                credit=site.CREDIT,
            )
            photos[name] = _validate_and_save(photo)
        yield photos
    except BaseException:
        for photo in photos.values():
            photo.delete_files()
        raise


def _validate_and_save(row: M) -> M:
    row.full_clean()
    row.save()
    return row


def _create_account(username: str, group: str | None, role: str) -> Login:
    if User.objects.filter(username=username).exists():
        return Login(username, None, role)
    password = secrets.token_urlsafe(15)
    user = User(username=username, is_staff=True, is_superuser=group is None)
    if username == "writer":
        user.first_name, _, user.last_name = site.AUTHORS[WRITERS_AUTHOR][0].partition(" ")
    user.set_password(password)
    _validate_and_save(user)
    if group is not None:
        user.groups.add(Group.objects.get(name=group))
    return Login(username, password, role)


def _create_subjects(photos: dict[str, Photo]) -> None:
    for position, (slug, (name, description, accent)) in enumerate(site.HUBS.items(), start=1):
        _validate_and_save(
            Hub(slug=slug, name=name, description=description, accent=accent, position=position)
        )
    for slug, (name, description) in site.TOPICS.items():
        _validate_and_save(Topic(slug=slug, name=name, description=description))
    for slug, (name, role, biography, photo) in site.AUTHORS.items():
        user = User.objects.get(username="writer") if slug == WRITERS_AUTHOR else None
        _validate_and_save(
            Author(
                slug=slug,
                name=name,
                role=role,
                biography=biography,
                photo=photos[photo],
                user=user,
            )
        )
    for slug, data in site.TITLES.items():
        _create_title(slug, data, photos[data.photo])


def _create_title(slug: str, data: schema.TitleData, photo: Photo) -> None:
    title = _validate_and_save(
        Title(
            slug=slug,
            name=data.name,
            original_name=data.original_name,
            kind=data.kind,
            year=data.year,
            released=data.released,
            episodes=data.episodes,
            description=data.description,
            photo=photo,
        )
    )
    for service, url in data.availability.items():
        _validate_and_save(Availability(title=title, service=service, url=url))


def _create_with_history(data: schema.ArticleData, photos: dict[str, Photo]) -> None:
    """Create an article, and publish, schedule, submit or withdraw it as its data says."""
    with frozen_at(parse_local(data.published) if data.published else timezone.now()):
        article = _create_article(data, photos)
        if data.published:
            publish(article, by=_editor())
        elif data.days_ahead:
            article.approve()
            schedule(article, _morning_in(data.days_ahead), by=_editor())
        elif data.in_review:
            article.submit()
    if second := data.second_edition:
        with frozen_at(parse_local(second.at)):
            _publish_second_edition(article, data, second)
    if withdrawal := data.withdrawal:
        with frozen_at(parse_local(withdrawal.at)):
            withdraw(article, reason=withdrawal.reason, notice=withdrawal.notice, by=_editor())


def _editor() -> User:
    return User.objects.get(username="editor")


def _morning_in(days: int) -> datetime:
    """Return eight o'clock in so many days."""
    day = timezone.localtime() + timedelta(days=days)
    return day.replace(hour=8, minute=0, second=0, microsecond=0)


def _create_article(data: schema.ArticleData, photos: dict[str, Photo]) -> Article:
    is_writers = not data.authors or WRITERS_AUTHOR in data.authors
    former_slug = data.second_edition.former_slug if data.second_edition else ""
    article = _validate_and_save(
        Article(
            hub=Hub.objects.get(slug=data.hub) if data.hub else None,
            headline=data.headline,
            slug=former_slug or data.slug,
            standfirst=data.standfirst,
            photo=photos[data.photo] if data.photo else None,
            spoiler=data.spoiler,
            lead=data.lead,
            created_by=User.objects.get(username="writer") if is_writers else _editor(),
        )
    )
    article.topics.set(Topic.objects.filter(slug__in=data.topics))
    for position, slug in enumerate(data.authors):
        author = Author.objects.get(slug=slug)
        _validate_and_save(Byline(article=article, author=author, position=position))
    for position, slug in enumerate(data.titles):
        title = Title.objects.get(slug=slug)
        _validate_and_save(ArticleTitle(article=article, title=title, position=position))
    for number, block in enumerate(data.body, start=1):
        _add_block(_make_block(block, photos), article, ordering=number * 10)
    return article


def _add_block(block: Block, article: Article, *, ordering: int) -> None:
    block.parent, block.region, block.ordering = article, "body", ordering
    _validate_and_save(block)


def _make_block(data: schema.BlockData, photos: dict[str, Photo]) -> Block:
    match data:
        case schema.Text(html):
            return TextBlock(html=html)
        case schema.Photo(name, caption):
            return PhotoBlock(photo=photos[name], caption=caption)
        case schema.PullQuote(text, attribution):
            return PullQuoteBlock(text=text, attribution=attribution)
        case schema.Poll(name):
            return PollBlock(poll=Poll.objects.get(slug=name))
        case schema.SignUp(name):
            return SignUpBlock(newsletter=Newsletter.objects.get(slug=name))
        case schema.AdvertSlot(name, size):
            return AdvertSlotBlock(name=name, size=size)
        case schema.SpoilerStart(season, episode, label):
            return SpoilerStartBlock(season=season, episode=episode, label=label)
        case schema.SpoilerEnd():
            return SpoilerEndBlock()


def _publish_second_edition(
    article: Article, data: schema.ArticleData, second: schema.SecondEdition
) -> None:
    article.refresh_from_db()
    article.slug = data.slug
    _validate_and_save(article)
    if second.addition:
        block = _make_block(second.addition, {})
        _add_block(block, article, ordering=(len(data.body) + 1) * 10)
    publish(article, by=_editor())
