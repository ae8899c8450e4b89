"""Publish, schedule, expire, withdraw: the transactions that change an edition's window.

Each locks the article's row, then reads the clock, and changes windows from now on only, so that
the answer for a past moment never changes. A constraint in the database refuses windows that
overlap.
"""

from datetime import datetime, timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.text import get_text_list

from articles.blocks.body import Body
from articles.models import (
    Article,
    Edition,
    EditionAuthor,
    EditionPhoto,
    EditionPoll,
    EditionTitle,
    EditionTopic,
    Hub,
    Withdrawal,
)
from articles.photos.models import Photo
from articles.publishing import snapshot
from newsroom.desk.transitions import TransitionRefused
from newsroom.models import User
from polls.models import Poll

#: The most that the clock may be behind the last publication; see :func:`_lock`.
MOST_SKEW = timedelta(seconds=30)


@transaction.atomic
def publish(article: Article, *, by: User | None = None, correction: str = "") -> Edition:
    """Publish the working copy now; return the new edition.

    A scheduled edition is cancelled, since this text is newer. An expiry stays. Raises
    ``TransitionRefused`` where something is missing or readers have this text already.
    ``correction`` is a public note on what was wrong, printed under the text with its time.
    """
    article, now = _lock(article)
    content = _complete_content(article)
    current = _current(article, now)
    if correction and current is None:
        raise TransitionRefused("Readers don't see this article, so there is nothing to correct.")
    same = current is not None and snapshot.same_text(current.content, content)
    if same and not _pending(article, now):
        raise TransitionRefused("Readers already see exactly this text.")
    until = _expiry(article, now)
    _cancel_pending(article, now)
    _end(current, now)
    return _create(
        article, content, by=by, now=now, live_from=now, live_until=until, correction=correction
    )


@transaction.atomic
def schedule(article: Article, at: datetime, *, by: User | None = None) -> Edition:
    """Publish the working copy as it is now at a later moment; return the new edition.

    Replaces a scheduled edition. An expiry stays.
    """
    article, now = _lock(article)
    if at <= now:
        raise TransitionRefused("That moment has passed. Choose a later one, or publish now.")
    content = _complete_content(article)
    until = _expiry(article, now)
    if until is not None and until <= at:
        raise TransitionRefused(
            "The article expires before that moment. Move or remove the expiry first."
        )
    _cancel_pending(article, now)
    _end(_current(article, now), at)
    return _create(article, content, by=by, now=now, live_from=at, live_until=until)


@transaction.atomic
def cancel_schedule(article: Article) -> Edition:
    """Cancel the scheduled edition and return it; the live edition stays."""
    article, now = _lock(article)
    pending = _pending(article, now)
    if pending is None:
        raise TransitionRefused("Nothing is scheduled for this article.")
    until = pending.live_until
    _cancel_pending(article, now)
    _end(_current(article, now), until)
    return pending


@transaction.atomic
def expire(article: Article, at: datetime | None) -> Edition:
    """Set the moment at which the last edition ends; None: until further notice."""
    article, now = _lock(article)
    last = _last(article, now)
    if last is None:
        raise TransitionRefused("Readers don't see this article, so there is nothing to end.")
    if at is not None and at <= now:
        raise TransitionRefused("That moment has passed. Choose a later one, or withdraw.")
    if at is not None and at <= last.live_from:
        raise TransitionRefused(
            "An edition is scheduled for a later moment. Cancel it first, or choose a later end."
        )
    _end(last, at)
    return last


@transaction.atomic
def withdraw(
    article: Article, *, reason: str, notice: str = "", by: User | None = None
) -> Withdrawal:
    """End the live edition now, and cancel a scheduled one."""
    article, now = _lock(article)
    if not reason.strip():
        raise TransitionRefused("Say why, for your colleagues.")
    current = _current(article, now)
    if current is None:
        raise TransitionRefused("Readers don't see this article, so it can't be withdrawn.")
    _cancel_pending(article, now)
    _end(current, now)
    # An edition that was withdrawn before is live again only where the clock was set back.
    withdrawal, _ = Withdrawal.objects.update_or_create(
        edition=current,
        defaults={"by": by, "reason": reason.strip(), "notice": notice.strip()},
    )
    return withdrawal


def preview(article: Article) -> Edition:
    """An unsaved edition of the working copy as it is, however incomplete."""
    content = snapshot.freeze(article)
    now = timezone.now()
    return Edition(
        article=article,
        hub=article.hub or Hub(name="No hub yet", slug="no-hub"),
        live_from=now,
        first_published=now,
        content=content,
        **reader_safe_columns(article, content),
    )


def differs_from_readers(article: Article) -> bool:
    """Whether the working copy differs from what readers see or are about to see."""
    last = _last(article, timezone.now())
    return last is None or not snapshot.same_text(last.content, snapshot.freeze(article))


def _lock(article: Article) -> tuple[Article, datetime]:
    # The clock is read under the lock and never runs backwards from one published edition to
    # the next: what readers have seen can't be made unseen.
    locked = Article.objects.select_for_update().get(pk=article.pk)
    begun = locked.editions.filter(live_from__lte=models.F("created_at"))
    last = begun.aggregate(last=models.Max("live_from"))["last"]
    now = timezone.now()
    if last and last - now > MOST_SKEW:
        raise TransitionRefused(
            "The server's clock is behind the last publication. Have it set right first."
        )
    return locked, max(now, last + timedelta(microseconds=1)) if last else now


def _current(article: Article, now: datetime) -> Edition | None:
    return article.editions.live(at=now).defer(None).first()


def _pending(article: Article, now: datetime) -> Edition | None:
    return article.editions.scheduled(at=now).first()


def _last(article: Article, now: datetime) -> Edition | None:
    """Return the edition that readers will see once everything scheduled has happened, or None."""
    return _pending(article, now) or _current(article, now)


def _expiry(article: Article, now: datetime) -> datetime | None:
    last = _last(article, now)
    return last.live_until if last else None


def _end(edition: Edition | None, until: datetime | None) -> None:
    if edition is not None:
        edition.live_until = until
        edition.save(update_fields=["live_until"])


def _cancel_pending(article: Article, now: datetime) -> None:
    pending = _pending(article, now)
    if pending is not None:
        _end(pending, pending.live_from)


def _complete_content(article: Article) -> snapshot.Content:
    missing = article.missing_for_publication()
    if missing:
        raise TransitionRefused(
            f"Before readers can get it, the article needs {get_text_list(missing, 'and')}."
        )
    content = snapshot.freeze(article)
    if not content["body"]:
        raise TransitionRefused("Before readers can get it, the article needs some text.")
    # The form raises the flag; this holds for what was written some other way.
    if Body(content).has_box() and article.mark_spoilers():
        content["spoiler"] = article.spoiler
    taken = Edition.objects.not_cancelled().filter(hub=article.hub, slug=article.slug)
    other = taken.exclude(article=article).first()
    if other is not None:
        raise TransitionRefused(
            f"The address belongs to “{other.headline}”, and readers may have kept it. "
            "Choose another slug."
        )
    return content


def _create(
    article: Article,
    content: snapshot.Content,
    *,
    by: User | None,
    now: datetime,
    live_from: datetime,
    live_until: datetime | None,
    correction: str = "",
) -> Edition:
    earlier = article.editions.order_by("number")
    shown = earlier.not_cancelled().first()
    content["corrections"] = _corrections(article, now)
    if correction:
        content["corrections"].append({"at": live_from.isoformat(), "note": correction})
    edition = Edition.objects.create(
        article=article,
        number=earlier.count() + 1,
        live_from=live_from,
        live_until=live_until,
        first_published=shown.first_published if shown else live_from,
        created_at=now,
        created_by=by,
        hub_id=content["hub"]["id"],
        **reader_safe_columns(article, content),
        correction=correction,
        content=content,
    )
    _link(edition, content)
    Article.objects.filter(pk=article.pk).update(stage=Article.Stage.DRAFT)
    return edition


def _corrections(article: Article, now: datetime) -> list[dict[str, str]]:
    """Return the published corrections, which stay under every later edition."""
    begun = article.editions.not_cancelled().filter(live_from__lte=now)
    told = begun.exclude(correction="").order_by("live_from", "number")
    return [
        {"at": live_from.isoformat(), "note": note}
        for live_from, note in told.values_list("live_from", "correction")
    ]


def reader_safe_columns(article: Article, content: snapshot.Content) -> dict[str, object]:
    """Return the columns for lists and channels, made without anything in a spoiler box."""
    copied = ("slug", "headline", "standfirst", "spoiler", "lead", "seo_title", "seo_description")
    photo = content["photo"]
    body = Body(content)
    text = body.search_text()
    return {
        **{name: content[name] for name in copied},
        "byline": snapshot.byline_text(content),
        "summary": snapshot.summary(content, text),
        "search_text": text,
        "safe_html": body.feed_html(),
        "noindex": snapshot.is_noindex(content),
        "photo": article.photo,
        "photo_alt": photo["alt"] if photo else "",
    }


def _link(edition: Edition, content: snapshot.Content) -> None:
    EditionTitle.objects.bulk_create(
        EditionTitle(edition=edition, title_id=title["id"], position=position)
        for position, title in enumerate(content["titles"])
    )
    EditionTopic.objects.bulk_create(
        EditionTopic(edition=edition, topic_id=topic["id"], position=position)
        for position, topic in enumerate(content["topics"])
    )
    EditionAuthor.objects.bulk_create(
        EditionAuthor(edition=edition, author_id=byline["id"], position=position)
        for position, byline in enumerate(content["bylines"])
    )
    references = Body(content).references()
    lead = {content["photo"]["photo"]} if content["photo"] else set()
    photos = lead.union(references.get(Photo, ()))
    EditionPhoto.objects.bulk_create(
        EditionPhoto(edition=edition, photo_id=photo) for photo in sorted(photos)
    )
    EditionPoll.objects.bulk_create(
        EditionPoll(edition=edition, poll_id=poll) for poll in references.get(Poll, ())
    )
