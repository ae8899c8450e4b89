"""Revisions of a working copy: recorded at each save, and restored.

Before a restored text replaces another, that one is recorded, so no text is lost.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from articles.blocks import BLOCKS
from articles.blocks.body import Body
from articles.blocks.registry import kind_of
from articles.blocks.removed import RemovedKind
from articles.models import Article, Author, Hub, Revision, Title, Topic
from articles.models.article import REGION
from articles.photos.models import Photo
from articles.publishing import snapshot
from newsroom.models import User

#: The note of a revision that was recorded before another text was restored.
BEFORE_RESTORING = "kept before something was restored"
#: The note of a revision of a row that was not written by the form.
BEFORE_FIRST_SAVE = "as it was before its first save here"
#: Notes of revisions that were recorded automatically.
AUTOMATIC_NOTES = (BEFORE_RESTORING, BEFORE_FIRST_SAVE)


@dataclass(frozen=True, slots=True)
class Restored:
    """The revision that restoring made, and a sentence for each thing left out."""

    revision: Revision
    left_out: list[str]


def locked_version(article: Article) -> int:
    """Return the stored version and lock the row until the caller's transaction ends."""
    versions = Article.objects.select_for_update().values_list("version", flat=True)
    return versions.get(pk=article.pk)


@transaction.atomic
def record(article: Article, *, by: User | None, note: str = "") -> Revision:
    """Record the working copy as it is stored; its number becomes the article's version."""
    number = locked_version(article) + 1
    revision = Revision.objects.create(
        article=article, number=number, saved_by=by, note=note, content=snapshot.freeze(article)
    )
    Article.objects.filter(pk=article.pk).update(version=number)
    article.version = number
    return revision


def record_before_first_save(article: Article) -> None:
    """Record a working copy that was not written by the form, before its first save.

    It becomes revision 0, the text that a form of version 0 was loaded with.
    """
    if article.version == 0 and not article.revisions.exists():
        Revision.objects.create(
            article=article,
            number=0,
            note=BEFORE_FIRST_SAVE,
            content=snapshot.freeze(article),
        )


@transaction.atomic
def restore(
    article: Article, content: snapshot.Content, *, by: User | None, note: str = ""
) -> Restored:
    """Replace the working copy by frozen content; editions do not change.

    The content may be an edition's or a revision's. References to rows that no longer exist are
    left out, with a sentence for each.
    """
    article = Article.objects.select_for_update().get(pk=article.pk)
    _record_present_text(article)
    left_out = _restore_fields(article, content)
    left_out += _restore_links(article, content)
    left_out += _restore_blocks(article, content["body"])
    if Body(content).has_box():
        article.mark_spoilers()
    return Restored(record(article, by=by, note=note), left_out)


def _record_present_text(article: Article) -> None:
    # The last revision differs from the working copy where that was not changed by the form.
    last = article.revisions.first()
    if last is None or not snapshot.same_text(last.content, snapshot.freeze(article)):
        record(article, by=None, note=BEFORE_RESTORING)


def _existing(model: type[models.Model], keys: set[int]) -> set[int]:
    found = model._default_manager.filter(pk__in=keys - {0}).values_list("pk", flat=True)
    return set(found)


def _restore_fields(article: Article, content: snapshot.Content) -> list[str]:
    plain = ("headline", "standfirst", "seo_title", "seo_description", "spoiler", "lead")
    for name in plain:
        setattr(article, name, content[name])
    article.noindex = snapshot.is_noindex(content)
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


def _restore_links(article: Article, content: snapshot.Content) -> list[str]:
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
        model._default_manager.filter(parent=article).delete()
    existing = _existing_references(body)
    left_out: list[str] = []
    for position, frozen in enumerate(body, start=1):
        columns = _columns(frozen, existing, left_out)
        if columns is not None:
            kind_of(frozen)._default_manager.create(
                parent=article, region=REGION, ordering=10 * position, **columns
            )
    return left_out


def _existing_references(body: list[dict[str, Any]]) -> dict[type[models.Model], set[int]]:
    """Return the keys that blocks refer to and that still exist (a query for each model)."""
    wanted: dict[type[models.Model], set[int]] = {}
    for frozen in body:
        for field, key in kind_of(frozen).references(frozen):
            wanted.setdefault(field.remote_field.model, set()).add(key)
    return {model: _existing(model, keys) for model, keys in wanted.items()}


def _columns(
    frozen: dict[str, Any], existing: dict[type[models.Model], set[int]], left_out: list[str]
) -> dict[str, Any] | None:
    """Return a block's columns without references to rows that are gone; None to drop it.

    Adds a sentence to ``left_out`` for each such reference, and for a kind that is gone.
    """
    kind = kind_of(frozen)
    if isinstance(kind, RemovedKind):
        left_out.append(f"A block of the kind “{kind.kind_label()}” is no longer supported.")
        return None
    columns: dict[str, Any] | None = kind.restore(frozen)
    for field, key in kind.references(frozen):
        if columns is not None and key not in existing[field.remote_field.model]:
            left_out.append(kind.missing_message(frozen, field.name))
            columns = kind.restore_without(frozen, columns, field.name)
    return columns
