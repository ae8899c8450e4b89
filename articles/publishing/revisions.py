"""Revisions of a working copy: kept at each save, and put back.

What restoring writes over is kept first, so there is no step that loses a text.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from articles.blocks import BLOCKS, PhotoBlock, PollBlock, SignUpBlock
from articles.blocks.spoiler_boxes import MAX_LABEL
from articles.models import Article, Author, Hub, Revision, Title, Topic
from articles.models.article import REGION
from articles.photos.models import Photo
from articles.publishing import snapshot as contents
from newsletter.models import Newsletter
from newsroom.models import User
from polls.models import Poll

#: What was there before something else was restored over it.
KEPT = "kept before something was restored"
UNSAVED = "as it was before its first save here"
#: Notes of revisions that nobody pressed a button for.
KEPT_BY_ITSELF = (KEPT, UNSAVED)

_OF_KIND = {model.kind: model for model in BLOCKS}


@dataclass(frozen=True, slots=True)
class Restored:
    """What restoring made: the new revision, and a sentence for each thing left out."""

    revision: Revision
    left_out: list[str]


def locked_version(article: Article) -> int:
    """The stored version, which stays until the caller's transaction ends."""
    versions = Article.objects.select_for_update().values_list("version", flat=True)
    return versions.get(pk=article.pk)


@transaction.atomic
def record(article: Article, *, by: User | None, note: str = "") -> Revision:
    """Keep the working copy as it is stored now; its number becomes the article's version."""
    number = locked_version(article) + 1
    revision = Revision.objects.create(
        article=article, number=number, saved_by=by, note=note, content=contents.freeze(article)
    )
    Article.objects.filter(pk=article.pk).update(version=number)
    article.version = number
    return revision


def keep_unsaved(article: Article) -> None:
    """Keep what was written past the form, before its first save here writes over it.

    It becomes revision 0, which is what a form of version 0 was loaded with.
    """
    if article.version == 0 and not article.revisions.exists():
        Revision.objects.create(
            article=article,
            number=0,
            note=UNSAVED,
            content=contents.freeze(article),
        )


@transaction.atomic
def restore(
    article: Article, content: contents.Content, *, by: User | None, note: str = ""
) -> Restored:
    """Put frozen content back into the working copy; readers see nothing of it.

    The content may be an edition's or a revision's. What it names and no longer exists is
    left out, and said so.
    """
    article = Article.objects.select_for_update().get(pk=article.pk)
    _keep_present(article)
    left_out = _restore_fields(article, content)
    left_out += _restore_links(article, content)
    left_out += _restore_blocks(article, content["body"])
    if contents.gives_something_away(content):
        article.raise_spoiler_flag()
    return Restored(record(article, by=by, note=note), left_out)


def _keep_present(article: Article) -> None:
    # Most often the last revision is the working copy; not where it was changed past the form.
    last = article.revisions.first()
    if last is None or not contents.same_text(last.content, contents.freeze(article)):
        record(article, by=None, note=KEPT)


def _existing(model: type[models.Model], keys: set[int]) -> set[int]:
    found = model._default_manager.filter(pk__in=keys - {0}).values_list("pk", flat=True)
    return set(found)


def _restore_fields(article: Article, content: contents.Content) -> list[str]:
    plain = ("headline", "standfirst", "seo_title", "seo_description", "spoiler", "lead")
    for name in plain:
        setattr(article, name, content[name])
    article.noindex = contents.is_noindex(content)
    left_out = []
    photo = content["photo"] or {"photo": 0, "own_alt": ""}
    if photo["photo"] and not _existing(Photo, {photo["photo"]}):
        left_out.append("The lead photo no longer exists.")
        photo = {"photo": 0, "own_alt": photo["own_alt"]}
    article.photo_id, article.photo_alt = photo["photo"] or None, photo["own_alt"]
    before = article.hub_id, article.slug
    hub = content["hub"]
    article.slug = content["slug"]
    if hub is None or _existing(Hub, {hub["id"]}):
        article.hub_id = hub["id"] if hub else None
    else:
        left_out.append(f"The hub “{hub['name']}” no longer exists.")
    try:
        article.validate_constraints()
    except ValidationError:
        article.hub_id, article.slug = before
        left_out.append("Its address belongs to another article now; the present one stays.")
    article.save()
    return left_out


def _restore_links(article: Article, content: contents.Content) -> list[str]:
    left_out: list[str] = []

    def kept(model: type[models.Model], items: list[dict[str, Any]]) -> list[int]:
        there = _existing(model, {item["id"] for item in items})
        left_out.extend(
            f"“{item['name']}” no longer exists." for item in items if item["id"] not in there
        )
        return list(dict.fromkeys(item["id"] for item in items if item["id"] in there))

    article.bylines.all().delete()
    for position, author in enumerate(kept(Author, content["bylines"])):
        article.bylines.create(author_id=author, position=position)
    article.title_links.all().delete()
    for position, title in enumerate(kept(Title, content["titles"])):
        article.title_links.create(title_id=title, position=position)
    article.topics.set(kept(Topic, content["topics"]))
    return left_out


def _restore_blocks(article: Article, body: list[dict[str, Any]]) -> list[str]:
    for model in BLOCKS:
        model.objects.filter(parent=article).delete()
    fields = [_OF_KIND[block["kind"]].thaw(block) for block in body]
    photos = _existing(Photo, {each.get("photo_id") or 0 for each in fields})
    polls = _existing(Poll, {each.get("poll_id", 0) for each in fields})
    newsletters = _existing(Newsletter, {each.get("newsletter_id", 0) for each in fields})
    titles = _existing(Title, {each.get("title_id") or 0 for each in fields})
    left_out = []
    for position, (block, columns) in enumerate(zip(body, fields, strict=True)):
        if columns.get("title_id") and columns["title_id"] not in titles:
            left_out.append(f"The title “{block['name']}” of a spoiler section no longer exists.")
            # What the closed box says stays the same.
            label = columns["label"] or block["name"][:MAX_LABEL]
            columns |= {"title_id": None, "label": label}
        if columns.get("photo_id") and columns["photo_id"] not in photos:
            left_out.append(f"A photo by {_credit(block)} no longer exists.")
            columns["photo_id"] = None
        model = _OF_KIND[block["kind"]]
        if model is PollBlock and columns["poll_id"] not in polls:
            left_out.append(f"The poll “{block['question']}” no longer exists.")
            continue
        if model is SignUpBlock and columns["newsletter_id"] not in newsletters:
            left_out.append(f"The newsletter “{block['name']}” no longer exists.")
            continue
        if model is PhotoBlock and columns["photo_id"] is None:
            continue
        model.objects.create(parent=article, region=REGION, ordering=10 * (position + 1), **columns)
    return left_out


def _credit(block: dict[str, Any]) -> str:
    photo = block if block["kind"] == "photo" else block["poster"]
    return str(photo["credit"])
