"""A crash between any two statements leaves the old state or the new one, and two editors
who publish at once leave one live edition."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone
from modelsearch.models import IndexEntry

from articles.models import Article, Edition, Withdrawal
from articles.publishing import publish as publishing
from newsroom.desk.transitions import TransitionRefused
from tests.articles.factories import (
    make_article,
    make_author,
    make_live,
    make_title,
    make_topic,
    revise,
)


class Crash(Exception):
    pass


class CrashAt:
    """Raises before the statement of a given number."""

    def __init__(self, number):
        self.number = number
        self.count = 0

    def __call__(self, execute, sql, params, many, context):
        self.count += 1
        if self.count == self.number:
            raise Crash
        return execute(sql, params, many, context)


def state(article):
    """Everything that publishing may touch."""
    return (
        list(Edition.objects.filter(article=article).order_by("number").values()),
        [
            list(getattr(Edition, name).through.objects.order_by("pk").values())
            for name in ("titles", "topics", "authors")
        ],
        list(Withdrawal.objects.values()),
        list(IndexEntry.objects.order_by("pk").values("pk", "object_id")),
        Article.objects.filter(pk=article.pk).values("stage", "spoiler").get(),
    )


STEPS = {
    "publish": publishing.publish,
    "schedule": lambda article: publishing.schedule(article, timezone.now() + timedelta(hours=1)),
    "expire": lambda article: publishing.expire(article, timezone.now() + timedelta(hours=9)),
    "cancel_schedule": publishing.cancel_schedule,
    "withdraw": lambda article: publishing.withdraw(article, reason="Because"),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", STEPS)
def test_crash_at_any_statement_leaves_the_old_state(name):
    article = make_live(
        titles=[make_title()],
        authors=[make_author()],
        topics=[make_topic()],
        text="<p>a</p><spoiler-box><p>b</p></spoiler-box>",
    ).article
    publishing.schedule(revise(article), timezone.now() + timedelta(hours=2))
    revise(article, stage="ready")
    before = state(article)

    number = 0
    while True:
        number += 1
        crash = CrashAt(number)
        try:
            with connection.execute_wrapper(crash):
                STEPS[name](article)
        except Crash:
            assert state(article) == before
        else:
            break

    assert number > 4
    assert state(article) != before


@pytest.mark.django_db(transaction=True)
def test_two_editors_publishing_at_once_leave_one_live_edition():
    article = make_live().article
    revise(article)
    barrier, outcomes = threading.Barrier(4), []

    def press():
        try:
            barrier.wait(timeout=10)
            outcomes.append(publishing.publish(article).number)
        except TransitionRefused as refusal:
            outcomes.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sorted(map(str, outcomes)) == ["2", *3 * ["Readers already see exactly this text."]]
    assert [edition.number for edition in article.editions.live()] == [2]


@pytest.mark.django_db(transaction=True)
def test_two_articles_never_share_an_address():
    make_live(slug="same")
    other = make_article(slug="other")

    with pytest.raises(IntegrityError, match=r"article_address_unique|UNIQUE"):
        revise(other, slug="same")
