"""Each step does what it says, refuses a wrong start, and leaves the past alone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.blocks import TextBlock
from articles.models import Article, Edition
from articles.publishing import publish as publishing
from newsroom.desk.transitions import TransitionRefused
from tests.articles.factories import (
    add_block,
    make_article,
    make_author,
    make_hub,
    make_live,
    make_photo,
    make_title,
    make_topic,
    make_user,
    revise,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def now(clock):
    """The moment at which a test begins."""
    return timezone.now()


def live_numbers(article, at=None):
    return [edition.number for edition in article.editions.live(at=at)]


def test_publishing_makes_a_live_edition_with_the_article_frozen(now):
    title, author, topic = make_title(name="Dark Tide"), make_author(name="Ada"), make_topic()
    article = make_article(
        titles=[title], authors=[author], topics=[topic], photo=make_photo(), standfirst="Stand."
    )
    editor = make_user()

    edition = publishing.publish(article, by=editor)

    edition.refresh_from_db()
    assert (edition.number, edition.live_from, edition.live_until) == (1, now, None)
    assert edition.created_by == editor
    assert edition.first_published == now
    assert edition.updated is None
    assert edition.byline == "Ada"
    assert edition.summary == "Stand."
    assert edition.search_text == "Some text."
    assert list(edition.titles.all()) == [title]
    assert list(edition.topics.all()) == [topic]
    assert list(edition.authors.all()) == [author]
    assert edition.content["body"] == [{"kind": "text", "html": "<p>Some text.</p>"}]


def test_editing_a_live_article_changes_nothing_for_readers(now):
    edition = make_live()
    article = edition.article

    revise(article, headline="Changed")
    TextBlock.objects.filter(parent=article).update(html="<p>Changed</p>")

    edition.refresh_from_db()
    assert "Changed" not in edition.headline + edition.search_text + str(edition.content)
    assert publishing.differs_from_readers(article)


def test_publishing_again_ends_the_edition_before(now, clock):
    article = make_live().article
    clock.shift(HOUR)
    second = publishing.publish(revise(article))

    assert live_numbers(article) == [2]
    assert live_numbers(article, at=now) == [1]
    assert second.first_published == now
    assert second.updated == now + HOUR


def test_publishing_the_same_text_again_is_refused():
    article = make_live().article

    with pytest.raises(TransitionRefused, match="already see"):
        publishing.publish(article)

    assert article.editions.count() == 1


def test_publishing_is_refused_with_what_is_missing():
    article = Article.objects.create(headline="Only a headline")

    with pytest.raises(TransitionRefused, match="a hub and a slug"):
        publishing.publish(article)
    with pytest.raises(TransitionRefused, match="some text"):
        publishing.publish(make_article(text=None))

    assert not Edition.objects.exists()


def test_address_that_readers_may_have_kept_is_refused_to_another_article(now, clock):
    first = make_live(slug="kept").article
    clock.shift(HOUR)
    publishing.publish(revise(first, slug="moved"))
    second = make_article(slug="kept")

    with pytest.raises(TransitionRefused, match="Choose another slug"):
        publishing.publish(second)


def test_unflagged_article_with_a_box_is_published_as_marked():
    article = make_article(text="<p>a</p><spoiler-box><p>b</p></spoiler-box>")

    assert publishing.publish(article).spoiler == "marked"
    article.refresh_from_db()
    assert article.spoiler == "marked"


def test_scheduled_edition_takes_over_in_its_second(now, clock):
    article = make_live().article
    publishing.schedule(revise(article), now + HOUR)

    assert live_numbers(article) == [1]
    assert live_numbers(article, at=now + HOUR - timedelta(microseconds=1)) == [1]
    assert live_numbers(article, at=now + HOUR) == [2]


def test_scheduling_for_the_past_is_refused(now):
    article = make_article()

    with pytest.raises(TransitionRefused, match="has passed"):
        publishing.schedule(article, now)


def test_scheduling_again_replaces_the_first_schedule(now):
    article = make_live().article
    publishing.schedule(revise(article), now + HOUR)
    publishing.schedule(revise(article), now + 2 * HOUR)

    assert live_numbers(article, at=now + HOUR) == [1]
    assert live_numbers(article, at=now + 2 * HOUR) == [3]


def test_cancelled_schedule_leaves_readers_what_they_see(now):
    article = make_live().article
    publishing.schedule(revise(article), now + HOUR)
    publishing.cancel_schedule(article)

    assert live_numbers(article, at=now + 2 * HOUR) == [1]
    with pytest.raises(TransitionRefused, match="Nothing is scheduled"):
        publishing.cancel_schedule(article)


def test_publishing_now_cancels_the_schedule(now, clock):
    article = make_live().article
    publishing.schedule(revise(article), now + 2 * HOUR)
    clock.shift(HOUR)
    publishing.publish(revise(article))

    assert live_numbers(article) == [3]
    assert live_numbers(article, at=now + 3 * HOUR) == [3]


def test_expiry_ends_the_last_edition_and_survives_a_new_one(now, clock):
    article = make_live().article
    publishing.expire(article, now + 3 * HOUR)
    clock.shift(HOUR)
    publishing.publish(revise(article))

    assert live_numbers(article, at=now + 2 * HOUR) == [2]
    assert live_numbers(article, at=now + 3 * HOUR) == []


def test_expiry_can_be_taken_back(now):
    article = make_live().article
    publishing.expire(article, now + HOUR)
    publishing.expire(article, None)

    assert live_numbers(article, at=now + 2 * HOUR) == [1]


@pytest.mark.parametrize("offset", [timedelta(0), -HOUR])
def test_expiry_in_the_past_is_refused(now, offset):
    article = make_live().article

    with pytest.raises(TransitionRefused, match="has passed"):
        publishing.expire(article, now + offset)


def test_expiry_before_what_is_scheduled_is_refused(now):
    article = make_live().article
    publishing.schedule(revise(article), now + 2 * HOUR)

    with pytest.raises(TransitionRefused, match="scheduled for a later moment"):
        publishing.expire(article, now + HOUR)


def test_scheduling_after_the_expiry_is_refused(now):
    article = make_live().article
    publishing.expire(article, now + HOUR)

    with pytest.raises(TransitionRefused, match="expires before"):
        publishing.schedule(revise(article), now + 2 * HOUR)


def test_withdrawing_ends_everything_and_records_why(now, clock):
    editor, article = make_user(), make_live().article
    publishing.schedule(revise(article), now + 2 * HOUR)
    clock.shift(HOUR)
    withdrawal = publishing.withdraw(article, by=editor, reason="Wrong", notice="We were wrong.")

    assert live_numbers(article) == []
    assert live_numbers(article, at=now + 3 * HOUR) == []
    assert live_numbers(article, at=now) == [1]
    assert (withdrawal.by, withdrawal.edition.number) == (editor, 1)


def test_withdrawing_what_readers_dont_see_is_refused():
    with pytest.raises(TransitionRefused, match="don't see"):
        publishing.withdraw(make_article(), reason="x")


def test_withdrawing_needs_a_reason():
    article = make_live().article

    with pytest.raises(TransitionRefused, match="Say why"):
        publishing.withdraw(article, reason="  ")
    assert live_numbers(article) == [1]


def test_withdrawn_article_can_be_published_again(now, clock):
    article = make_live().article
    clock.shift(HOUR)
    publishing.withdraw(article, reason="Hasty")
    clock.shift(HOUR)
    publishing.publish(article)

    assert live_numbers(article) == [2]


def test_expiring_what_readers_dont_see_is_refused(now):
    with pytest.raises(TransitionRefused, match="nothing to end"):
        publishing.expire(make_article(), now + HOUR)


@pytest.mark.parametrize(
    ("start", "step", "end"),
    [
        ("draft", "submit", "in_review"),
        ("in_review", "approve", "ready"),
        ("draft", "approve", "ready"),
        ("in_review", "send_back", "draft"),
        ("ready", "send_back", "draft"),
    ],
)
def test_stage_moves_forward_and_back(start, step, end):
    article = make_article(stage=start)

    getattr(article, step)()

    article.refresh_from_db()
    assert article.stage == end


@pytest.mark.parametrize(
    ("start", "step"),
    [
        ("in_review", "submit"),
        ("ready", "submit"),
        ("ready", "approve"),
        ("draft", "send_back"),
    ],
)
def test_stage_refuses_a_wrong_start(start, step):
    article = make_article(stage=start)

    with pytest.raises(TransitionRefused):
        getattr(article, step)()

    article.refresh_from_db()
    assert article.stage == start


def test_second_of_two_submissions_is_refused():
    article = make_article()
    other_window = Article.objects.get(pk=article.pk)
    article.submit()

    with pytest.raises(TransitionRefused):
        other_window.submit()


def test_spoilers_are_in_the_content_and_in_no_other_column():
    article = make_article(
        text="<p>Safe.</p><spoiler-box data-season='1'><p>SECRET</p></spoiler-box>",
        titles=[make_title(name="Dark Tide")],
    )

    edition = publishing.publish(article)

    assert "SECRET" in str(edition.content)
    columns = {
        field.attname: getattr(edition, field.attname)
        for field in Edition._meta.concrete_fields
        if field.attname != "content"
    }
    assert "SECRET" not in str(columns)
    assert edition.summary == "Safe."


def test_throughout_leaves_no_text_outside():
    edition = make_live(spoiler="throughout", text="<p>SECRET</p>")

    assert (edition.summary, edition.search_text) == ("", "")


def test_clock_that_went_back_undoes_nothing(now, clock):
    article = make_live().article
    clock.shift(-5)
    second = publishing.publish(revise(article))

    assert second.number == 2
    assert second.live_from > now
    assert second.first_published == now
    assert live_numbers(article, at=now) == [1]
    assert live_numbers(article, at=now + HOUR) == [2]


def test_publishing_often_in_one_moment_keeps_every_edition(now):
    article = make_live().article
    editions = [publishing.publish(revise(article)) for _ in range(3)]

    assert {edition.first_published for edition in editions} == {now}
    assert not [edition for edition in article.editions.all() if edition.is_cancelled]
    assert [live_numbers(article, at=edition.live_from) for edition in editions] == [[2], [3], [4]]


def test_clock_that_is_far_behind_refuses_to_publish(now, clock):
    article = make_live().article
    clock.shift(-3600)

    with pytest.raises(TransitionRefused, match="clock is behind"):
        publishing.publish(revise(article))


def test_many_long_names_fit_the_byline():
    authors = [make_author(name=f"{'A' * 190} {number}") for number in range(4)]

    assert len(make_live(authors=authors).byline) > 700


def test_text_of_one_endless_word_has_a_short_summary():
    assert len(make_live(text=f"<p>{'x' * 150_000}</p>").summary) <= 300


def test_hub_of_a_new_edition_may_change():
    article = make_live().article
    hub = make_hub(slug="film")

    edition = publishing.publish(revise(article, hub=hub))

    assert edition.get_absolute_url() == f"/film/{article.slug}/"


def test_blocks_keep_their_order():
    article = make_article(text="<p>1</p>")
    add_block(article, TextBlock, html="<p>2</p>")
    first = TextBlock.objects.get(parent=article, html="<p>1</p>")
    TextBlock.objects.filter(pk=first.pk).update(ordering=99)

    assert publishing.publish(article).search_text == "2\n1"
