"""A small newsroom to start with: hubs, authors, staff, and articles at every stage.

Everything goes the ordinary way: pictures through the upload's checks, rows through their
models' validation, articles through publishing.
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
from articles.demo import mailing, pictures, polling
from articles.demo.clock import at, moment
from articles.demo.texts import STORIES, desk, letters, shape
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
from articles.publishing import publish as publishing
from newsletter.models import Newsletter, PolicyVersion
from newsroom.desk.groups import EDITORS, WRITERS
from newsroom.models import User
from polls.models import Poll

M = TypeVar("M", bound=models.Model)

#: The byline that the writer's account belongs to.
WRITERS_BYLINE = "max-mustermann"
#: user name, group, what it may do; without a group: everything
STAFF = (
    ("admin", None, "Administrator: everything"),
    ("editor", EDITORS, "Editor: every article, and what readers get of it"),
    ("writer", WRITERS, "Writer: own articles, up to the editor’s desk"),
)


class NotEmpty(Exception):
    """The database holds something already; the text says what."""


@dataclass(frozen=True, slots=True)
class Login:
    """One account; ``password`` is None where the account was there before."""

    username: str
    password: str | None
    role: str


@dataclass(frozen=True, slots=True)
class Filled:
    """What a filled database holds."""

    logins: list[Login]
    articles: int
    live: int
    hubs: int
    polls: int
    newsletters: int


@transaction.atomic
def fill() -> Filled:
    """Fill an empty database, or leave it as it was.

    Raises :class:`NotEmpty` where there are articles, hubs, titles, topics, authors,
    polls, newsletters or policies.
    """
    _refuse_unless_empty()
    with _photos() as photos:
        logins = [_account(*account) for account in STAFF]
        _taxonomy(photos)
        for slug, question in desk.POLLS.items():
            polling.hold(slug, question, by=_editor())
        mailing.agree_on(by=_editor())
        for slug, letter in letters.LETTERS.items():
            mailing.offer(slug, letter, by=_editor())
        mailing.sign_everybody_up()
        for story in STORIES:
            _bring_about(story, photos)
    return Filled(
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
            raise NotEmpty(
                f"This database already has {model._meta.verbose_name_plural}. The demo fills "
                "an empty one only, so nothing was changed."
            )


@contextmanager
def _photos() -> Iterator[dict[str, Photo]]:
    """All photos by name; their files go again where the rest fails."""
    photos: dict[str, Photo] = {}
    try:
        for name, about in desk.PHOTOS.items():
            upload = SimpleUploadedFile(f"{name}.jpg", pictures.jpeg(name), "image/jpeg")
            photo = Photo(
                image=prepare_upload(upload),
                alt=about.alt,
                caption=about.caption,
                credit=desk.CREDIT,
            )
            photos[name] = _save(photo)
        yield photos
    except BaseException:
        for photo in photos.values():
            photo.delete_files()
        raise


def _save(row: M) -> M:
    row.full_clean()
    row.save()
    return row


def _account(username: str, group: str | None, role: str) -> Login:
    if User.objects.filter(username=username).exists():
        return Login(username, None, role)
    password = secrets.token_urlsafe(15)
    user = User(username=username, is_staff=True, is_superuser=group is None)
    if username == "writer":
        user.first_name, _, user.last_name = desk.AUTHORS[WRITERS_BYLINE][0].partition(" ")
    user.set_password(password)
    _save(user)
    if group is not None:
        user.groups.add(Group.objects.get(name=group))
    return Login(username, password, role)


def _taxonomy(photos: dict[str, Photo]) -> None:
    for position, (slug, (name, description, accent)) in enumerate(desk.HUBS.items(), start=1):
        _save(Hub(slug=slug, name=name, description=description, accent=accent, position=position))
    for slug, (name, description) in desk.TOPICS.items():
        _save(Topic(slug=slug, name=name, description=description))
    for slug, (name, role, biography, photo) in desk.AUTHORS.items():
        user = User.objects.get(username="writer") if slug == WRITERS_BYLINE else None
        _save(
            Author(
                slug=slug,
                name=name,
                role=role,
                biography=biography,
                photo=photos[photo],
                user=user,
            )
        )
    for slug, work in desk.WORKS.items():
        _title(slug, work, photos[work.photo])


def _title(slug: str, work: shape.Work, photo: Photo) -> None:
    title = _save(
        Title(
            slug=slug,
            name=work.name,
            original_name=work.original_name,
            kind=work.kind,
            year=work.year,
            released=work.released,
            episodes=work.episodes,
            description=work.description,
            photo=photo,
        )
    )
    for service, url in work.availability.items():
        _save(Availability(title=title, service=service, url=url))


def _bring_about(story: shape.Story, photos: dict[str, Photo]) -> None:
    """Write an article and let happen to it what has happened to it."""
    with at(moment(story.published) if story.published else timezone.now()):
        article = _write(story, photos)
        if story.published:
            publishing.publish(article, by=_editor())
        elif story.days_ahead:
            article.approve()
            publishing.schedule(article, _morning(story.days_ahead), by=_editor())
        elif story.in_review:
            article.submit()
    if story.changed:
        with at(moment(story.changed.at)):
            _change(article, story, story.changed)
    if story.taken:
        with at(moment(story.taken.at)):
            publishing.withdraw(
                article, reason=story.taken.reason, notice=story.taken.notice, by=_editor()
            )


def _editor() -> User:
    return User.objects.get(username="editor")


def _morning(days: int) -> datetime:
    """Eight o'clock, so many days ahead."""
    day = timezone.localtime() + timedelta(days=days)
    return day.replace(hour=8, minute=0, second=0, microsecond=0)


def _write(story: shape.Story, photos: dict[str, Photo]) -> Article:
    writers = not story.authors or WRITERS_BYLINE in story.authors
    former_slug = story.changed.former_slug if story.changed else ""
    article = _save(
        Article(
            hub=Hub.objects.get(slug=story.hub) if story.hub else None,
            headline=story.headline,
            slug=former_slug or story.slug,
            standfirst=story.standfirst,
            photo=photos[story.photo] if story.photo else None,
            spoiler=story.spoiler,
            lead=story.lead,
            created_by=User.objects.get(username="writer") if writers else _editor(),
        )
    )
    article.topics.set(Topic.objects.filter(slug__in=story.topics))
    for position, slug in enumerate(story.authors):
        author = Author.objects.get(slug=slug)
        _save(Byline(article=article, author=author, position=position))
    for position, slug in enumerate(story.titles):
        title = Title.objects.get(slug=slug)
        _save(ArticleTitle(article=article, title=title, position=position))
    for ordering, piece in enumerate(story.body, start=1):
        _place(_block(piece, photos), article, ordering * 10)
    return article


def _place(block: Block, article: Article, ordering: int) -> None:
    block.parent, block.region, block.ordering = article, "body", ordering
    _save(block)


def _block(piece: shape.Piece, photos: dict[str, Photo]) -> Block:
    match piece:
        case shape.Text(html):
            return TextBlock(html=html)
        case shape.Picture(name, caption):
            return PhotoBlock(photo=photos[name], caption=caption)
        case shape.PullQuote(text, attribution):
            return PullQuoteBlock(text=text, attribution=attribution)
        case shape.Vote(name):
            return PollBlock(poll=Poll.objects.get(slug=name))
        case shape.SignUp(name):
            return SignUpBlock(newsletter=Newsletter.objects.get(slug=name))
        case shape.Advert(name, size):
            return AdvertSlotBlock(name=name, size=size)
        case shape.SpoilerStart(season, episode, label):
            return SpoilerStartBlock(season=season, episode=episode, label=label)
        case shape.SpoilerEnd():
            return SpoilerEndBlock()


def _change(article: Article, story: shape.Story, change: shape.Change) -> None:
    """Publish a second edition."""
    article.refresh_from_db()
    article.slug = story.slug
    _save(article)
    if change.addition:
        _place(_block(change.addition, {}), article, (len(story.body) + 1) * 10)
    publishing.publish(article, by=_editor())
