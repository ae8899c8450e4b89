"""“Hide from search engines” is carried like any other field; texts of former days say no."""

import pytest

from articles.comparing import merging
from articles.comparing.compare import compare
from articles.publishing import publish as publishing
from articles.publishing import revisions
from articles.publishing import snapshot as contents
from newsroom.desk.transitions import TransitionRefused
from tests.articles.factories import make_article, make_live, revise

pytestmark = pytest.mark.django_db


def of_former_days(content):
    return {name: value for name, value in content.items() if name != "noindex"}


def test_it_is_published_by_itself():
    article = make_live().article
    with pytest.raises(TransitionRefused):
        publishing.publish(article)

    edition = publishing.publish(revise(article, noindex=True))

    assert [edition.noindex, article.editions.get(number=1).noindex] == [True, False]
    first, last = (each.content for each in article.editions.order_by("number"))
    (change,) = compare(first, last).changed_fields
    assert change.label == "Hide from search engines"


def test_text_of_former_days_is_the_same_text():
    article = make_live().article
    content = contents.freeze(article)

    assert contents.same_text(of_former_days(content), content)
    assert not contents.same_text(of_former_days(content), {**content, "noindex": True})
    assert compare(of_former_days(content), content).differs is False


def test_text_of_former_days_is_restored_and_nothing_is_kept_that_is_the_same():
    article = make_article()
    revision = revisions.record(article, by=None)
    revision.content = of_former_days(revision.content)
    revision.save()

    revisions.restore(article, revision.content, by=None)

    assert article.revisions.count() == 2
    article.refresh_from_db()
    revise(article, noindex=True)
    revisions.restore(article, revision.content, by=None)
    article.refresh_from_db()
    assert article.noindex is False
    assert article.revisions.count() == 4


def test_two_texts_are_asked_about_it_where_the_one_before_knew_nothing_of_it():
    theirs = contents.freeze(make_article())
    mine = {**theirs, "noindex": True}

    (choice,) = merging.plan(theirs, mine, of_former_days(theirs)).fields

    assert (choice.name, choice.default) == ("noindex", merging.Keep.MINE)
    assert merging.plan(theirs, mine, None).merge({"noindex": "mine"})["noindex"] is True
