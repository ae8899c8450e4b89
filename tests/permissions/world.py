"""A small newsroom with each article twice: the writer's own and a colleague's."""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.test import Client
from django_tasks_db.models import DBTaskResult, get_date_max

from articles.blocks import (
    AdvertSlotBlock,
    PhotoBlock,
    PollBlock,
    PullQuoteBlock,
    SignUpBlock,
    SpoilerEndBlock,
    SpoilerStartBlock,
    TextBlock,
    VideoBlock,
)
from articles.models import Article, ArticleTitle, Byline, Edition, ShareLink
from articles.publishing import publish as publishing
from articles.publishing import revisions
from articles.publishing import snapshot as contents
from newsletter import subscriptions
from newsletter.models import ConsentEvent
from newsroom.desk.groups import EDITORS, WRITERS
from polls import transitions
from tests.articles.factories import (
    add_block,
    make_article,
    make_author,
    make_hub,
    make_photo,
    make_title,
    make_topic,
    make_user,
)
from tests.newsletter.factories import (
    forget_messages,
    make_confirmed,
    make_newsletter,
    make_policy,
    make_requested,
    make_wording,
)
from tests.polls.factories import make_ballot, make_closed, make_held, make_poll

#: A word in each unpublished text of the colleague's articles.
HIDDEN_WORD = "Zyxomma"
PASSWORD = secrets.token_urlsafe()
COMING = datetime(2090, 1, 1, tzinfo=UTC)
#: The moment at which a form was rendered, which differs each time.
_SHOWN = re.compile(rb'(?<=name="shown" value=")[^"]*')
HELD_NETWORK, DECIDED_NETWORK = b"\1" * 16, b"\2" * 16


@dataclass
class Side:
    """A user's articles: one whose live edition is older than the working copy, and a draft."""

    owner: object
    author: object
    article: Article
    live: Edition
    scheduled: Edition
    link: ShareLink
    draft: Article

    def part(self, model):
        """Return the article's first block, byline or title of a model."""
        parent = "article" if model in (Byline, ArticleTitle) else "parent"
        return model.objects.filter(**{parent: self.article}).first()


def make_world():
    """Create about a hundred rows; ``own`` is the writer's side, ``foreign`` the colleague's."""
    world = SimpleNamespace()
    people = {
        "anonymous": None,
        "inactive": make_user(EDITORS, password=PASSWORD, is_active=False),
        "outsider": make_user(EDITORS, password=PASSWORD, is_staff=False),
        "bare": make_user(password=PASSWORD),
        "writer": make_user(WRITERS, password=PASSWORD),
        "viewer": make_user(password=PASSWORD),
        "editor": make_user(EDITORS, password=PASSWORD),
        "superuser": make_user(is_superuser=True, password=PASSWORD),
    }
    # Has all permissions of editors except the one to edit any article.
    people["trusted"] = make_user(password=PASSWORD)
    world.people = people
    desk = Permission.objects.filter(content_type__app_label="articles")
    any_article = desk.filter(codename="edit_any_article")
    looking = Permission.objects.filter(
        content_type__app_label__in=["articles", "polls", "newsletter"],
        codename__startswith="view_",
    )
    # Addresses of subscribers need a separate permission.
    people["viewer"].user_permissions.set(looking.exclude(codename="view_address") | any_article)
    people["trusted"].user_permissions.set(desk.exclude(codename="edit_any_article"))
    world.group = Group.objects.create(name="A group")
    world.colleague = make_user(WRITERS, password=PASSWORD)
    for spare in ("", "spare_"):
        for name, make in MAKERS.items():
            setattr(world, spare + name, make())
    _make_polls(world)
    _make_newsletters(world)
    world.task = DBTaskResult.objects.create(
        task_path="articles.photos.models.make_renditions",
        args_kwargs={"args": [], "kwargs": {}},
        backend_name="default",
        run_after=get_date_max(),
    )
    world.own = _make_side(world, people["writer"], "Mine")
    world.foreign = _make_side(world, world.colleague, HIDDEN_WORD)
    return world


MAKERS = {
    "hub": make_hub,
    "title": make_title,
    "topic": make_topic,
    "author": make_author,
    "photo": make_photo,
    "poll": make_poll,
}
#: Models with a spare row that nobody has agreed to.
VERSIONED = ("newsletter", "policyversion", "wording")
OF_NEWSLETTERS = (*VERSIONED, "subscriber", "consentevent")


def _make_polls(world):
    """Create an open ``poll`` with counted, held and decided ballots, and polls in other states."""
    make_ballot(world.poll)
    make_held(world.poll, network=HELD_NETWORK)
    make_held(world.poll, network=DECIDED_NETWORK)
    world.decision = transitions.decide(world.poll, DECIDED_NETWORK, "excluded", reason="A script")
    world.closed_poll = make_closed(votes=(2, 1))
    world.archived_poll = transitions.archive(make_poll())
    # Closed at its time, without a closing record.
    world.unrecorded_poll = make_poll(closes=datetime(2026, 1, 1, tzinfo=UTC))


def _make_newsletters(world):
    """Create a newsletter with subscribers, second versions in force and next versions to come."""
    world.newsletter = make_newsletter()
    world.spare_newsletter = make_newsletter(ready=False)
    world.policyversion = make_policy()
    world.wording = make_wording(world.newsletter)
    world.spare_policyversion = make_policy(effective_from=COMING)
    world.spare_wording = make_wording(world.newsletter, effective_from=COMING)
    world.consentevent, waiting = make_requested(world.newsletter)
    world.subscriber = waiting.subscriber
    world.spare_subscriber = make_confirmed(world.newsletter).subscriber
    world.suppressed_subscriber = make_confirmed(world.newsletter).subscriber
    subscriptions.suppress(
        world.suppressed_subscriber, by=world.people["superuser"], reason="A complaint"
    )
    assert world.consentevent == ConsentEvent.objects.get(number=1)
    forget_messages()


def _make_side(world, owner, word):
    author = make_author(user=owner)
    article = make_article(
        headline=f"What readers of {owner.username} see",
        created_by=owner,
        hub=world.hub,
        photo=world.photo,
        authors=[author],
        titles=[world.title],
        topics=[world.topic],
        spoiler="marked",
    )
    quote = add_block(article, PullQuoteBlock, text="A quote")
    _add_other_blocks(article, world)
    editor = world.people["editor"]
    live = publishing.publish(article, by=editor)
    quote.text = f"{word} quote"
    quote.save()
    _rewrite(article, f"{word} to come", f"{word.lower()}-to-come", owner)
    scheduled = publishing.schedule(article, COMING, by=editor)
    _rewrite(article, f"{word} today", f"{word.lower()}-today", owner)
    draft = make_article(
        headline=f"{word} draft",
        slug=f"{word.lower()}-draft",
        hub=world.hub,
        created_by=owner,
        stage=Article.Stage.IN_REVIEW,
        text=f"<p>{word} of the draft.</p>",
    )
    link = ShareLink.objects.create(article=article, label=f"{word} link", created_by=owner)
    return Side(owner, author, article, live, scheduled, link, draft)


def _add_other_blocks(article, world):
    add_block(article, PhotoBlock, photo=world.photo)
    add_block(article, VideoBlock, url="https://youtu.be/aqz-KE-bpKQ", name="A video")
    add_block(article, PollBlock, poll=world.poll)
    add_block(article, SignUpBlock, newsletter=world.newsletter)
    add_block(article, AdvertSlotBlock, name="slot")
    add_block(article, SpoilerStartBlock, title=world.title, label="The end")
    add_block(article, SpoilerEndBlock)


def _rewrite(article, headline, slug, owner):
    article.headline, article.slug, article.standfirst = headline, slug, headline
    article.save()
    TextBlock.objects.filter(parent=article).update(html=f"<p>{headline}, word by word.</p>")
    revisions.record(article, by=owner)


def rows(world, side):
    """Return the row of each model that its addresses are tested with."""
    return {
        "article": side.article,
        "edition": side.scheduled,
        "sharelink": side.link,
        "user": world.colleague,
        "group": world.group,
        "dbtaskresult": world.task,
        **{name: getattr(world, name) for name in (*MAKERS, *OF_NEWSLETTERS)},
    }


def spares(world, side):
    """Return a row of each model that can be deleted."""
    return {
        **rows(world, side),
        "article": side.draft,
        "user": world.people["bare"],
        **{name: getattr(world, f"spare_{name}") for name in (*MAKERS, *VERSIONED)},
    }


def state_of(side):
    """Return all rows of a side's articles and their parts."""
    keys = [side.article.pk, side.draft.pk]
    state = {"article": list(Article.objects.filter(pk__in=keys).order_by("pk").values())}
    for relation in Article._meta.related_objects:
        found = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": keys})
        state[relation.name] = list(found.order_by("pk").values())
    topics = Article.topics.through.objects.filter(article__in=keys)
    return {**state, "topics": list(topics.order_by("pk").values())}


def published(world):
    """Return status and content of the public pages that show editions."""
    client = Client()
    things = [world.hub, world.title, world.own.author, world.own.live, world.foreign.live]
    addresses = ["/", *(thing.get_absolute_url() for thing in things)]
    pages = {address: client.get(address) for address in addresses}
    return {
        address: (page.status_code, _SHOWN.sub(b"", page.content))
        for address, page in pages.items()
    }


def ticket(article):
    """Return the signed ticket of the page that asks about two texts."""
    mine = {**contents.freeze(article), "headline": "Put together"}
    loaded = {"article": article.pk, "base": "0", "mine": mine}
    return signing.dumps(loaded, salt="articles.clash", compress=True)


def content_type(model_name):
    return ContentType.objects.get(model=model_name).pk
