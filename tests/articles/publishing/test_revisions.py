"""Each save is kept, and any kept or published text comes back whole."""

import pytest

from articles.blocks import (
    BLOCKS,
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
from articles.models import Article
from articles.publishing import publish as publishing
from articles.publishing import revisions
from articles.publishing import snapshot as contents
from tests.articles.admin_forms import change, form_data, messages_of
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
from tests.newsletter.factories import make_newsletter
from tests.polls.factories import make_poll

pytestmark = pytest.mark.django_db


def make_full_article():
    """An article with every field filled and a block of every kind."""
    title = make_title()
    article = make_article(
        text='<p>Before</p><spoiler-box data-season="2"><p>In the box</p></spoiler-box>',
        standfirst="A standfirst",
        spoiler="marked",
        photo=make_photo(),
        photo_alt="Its own text",
        lead=True,
        seo_title="SEO",
        seo_description="More SEO",
        noindex=True,
        titles=[title, make_title()],
        authors=[make_author(), make_author()],
        topics=[make_topic(), make_topic()],
    )
    add_block(article, PhotoBlock, photo=make_photo(), alt="Own", caption="Own caption")
    add_block(article, PullQuoteBlock, text="Quote", attribution="Somebody")
    add_block(article, AdvertSlotBlock, name="slot", size="728x90")
    add_block(
        article,
        VideoBlock,
        url="https://vimeo.com/123456",
        name="A film",
        photo=make_photo(),
    )
    add_block(article, PollBlock, poll=make_poll())
    add_block(article, SignUpBlock, newsletter=make_newsletter(ready=False))
    add_block(article, SpoilerStartBlock, title=title, season=1, episode=3, label="Own words")
    add_block(article, TextBlock, html="<p>In the section</p>")
    add_block(article, SpoilerEndBlock)
    return article


def empty(article):
    """Take everything from a working copy."""
    for model in BLOCKS:
        model.objects.filter(parent=article).delete()
    article.bylines.all().delete()
    article.title_links.all().delete()
    article.topics.clear()
    Article.objects.filter(pk=article.pk).update(
        headline="Other",
        standfirst="",
        photo=None,
        photo_alt="",
        lead=False,
        spoiler="none",
        noindex=False,
    )


def test_what_is_restored_is_what_was_frozen_whatever_it_holds():
    article = make_full_article()
    assert {type(block) for block in contents.WorkingCopy.stored(article).blocks} == set(BLOCKS)
    content = contents.freeze(article)
    empty(article)
    restored = revisions.restore(article, content, by=None)
    assert contents.freeze(Article.objects.get(pk=article.pk)) == content
    assert restored.left_out == []


def test_an_edition_is_restored_and_readers_see_nothing_of_it():
    article = make_full_article()
    first = publishing.publish(article)
    TextBlock.objects.filter(parent=article).update(html="<p>Second text</p>")
    second = publishing.publish(article)
    revisions.restore(article, first.content, by=None)
    assert publishing.differs_from_readers(Article.objects.get(pk=article.pk))
    assert article.editions.live().get() == second
    third = publishing.publish(Article.objects.get(pk=article.pk))
    assert contents.same_text(third.content, first.content)


def test_what_restoring_writes_over_is_kept_and_can_be_restored():
    article = make_article(text="<p>Old</p>")
    old = contents.freeze(article)
    TextBlock.objects.filter(parent=article).update(html="<p>Typed at night</p>")
    revisions.restore(article, old, by=None)
    kept = [revision.content["body"][0]["html"] for revision in article.revisions.all()]
    assert kept == ["<p>Old</p>", "<p>Typed at night</p>"]


def test_every_save_is_kept_with_who_and_when(client, editor, clock):
    article = make_article()
    block = TextBlock.objects.get(parent=article)
    for version, text in enumerate(["<p>One</p>", "<p>Two</p>"]):
        data = form_data(text, block, _version=version, headline=article.headline)
        assert client.post(change(article), data).status_code == 302
        clock.shift(60)
    last, first, before = article.revisions.all()
    assert (before.number, first.number, last.number) == (0, 1, 2)
    assert before.content["body"][0]["html"] == "<p>Some text.</p>"
    assert [each.content["body"][0]["html"] for each in (first, last)] == [
        "<p>One</p>",
        "<p>Two</p>",
    ]
    assert first.saved_by == last.saved_by == editor
    assert (last.saved_at - first.saved_at).total_seconds() == 60


def test_a_save_that_changes_nothing_is_no_new_version(client, editor):
    article = make_article(slug="a-slug", standfirst="")
    page = client.get(change(article))
    data = page.context["adminform"].form.initial
    block = TextBlock.objects.get(parent=article)
    posted = form_data(
        block.html,
        block,
        headline=data["headline"],
        slug=data["slug"],
        hub=data["hub"],
        spoiler=data["spoiler"],
    )
    assert client.post(change(article), posted).status_code == 302
    assert Article.objects.get(pk=article.pk).version == 0


def test_a_new_article_is_version_one(client, editor):
    client.post("/admin/articles/article/add/", form_data("<p>Text</p>"))
    article = Article.objects.get()
    assert article.version == 1
    assert article.revisions.get().saved_by == editor


def test_what_no_longer_exists_is_left_out_and_named():
    article = make_full_article()
    content = contents.freeze(article)
    empty(article)
    gone = content["photo"]["photo"], content["bylines"][0]["id"], content["topics"][0]["id"]
    title = content["titles"][0]["id"]
    from articles.models import Author, Title, Topic
    from articles.photos.models import Photo

    Photo.objects.filter(pk=gone[0]).delete()
    Author.objects.filter(pk=gone[1]).delete()
    Topic.objects.filter(pk=gone[2]).delete()
    Title.objects.filter(pk=title).delete()
    photo = next(block["photo"] for block in content["body"] if block["kind"] == "photo")
    Photo.objects.filter(pk=photo).delete()
    restored = revisions.restore(article, content, by=None)
    said = " ".join(restored.left_out)
    assert "The lead photo no longer exists." in said
    for name in (content["bylines"][0]["name"], content["topics"][0]["name"]):
        assert f"“{name}” no longer exists." in said
    assert "A photo by" in said
    article = Article.objects.get(pk=article.pk)
    assert article.photo is None
    assert article.bylines.count() == 1
    # The closed section says what it said, although its title is gone.
    start = SpoilerStartBlock.objects.get(parent=article)
    assert (start.title, start.label) == (None, "Own words")


def test_a_section_whose_title_is_gone_keeps_its_name():
    title = make_title(name="A series")
    article = make_article(titles=[title])
    add_block(article, SpoilerStartBlock, title=title, season=2)
    content = contents.freeze(article)
    empty(article)
    title.delete()
    revisions.restore(article, content, by=None)
    assert SpoilerStartBlock.objects.get(parent=article).label == "A series"


def test_a_block_of_a_kind_that_is_gone_is_left_out_with_a_sentence():
    article = make_article()
    content = contents.freeze(article)
    content["body"].insert(0, {"kind": "star_rating", "stars": 4})

    restored = revisions.restore(article, content, by=None)

    assert restored.left_out == ["A block of the kind “Star rating” is no longer supported."]
    assert [block["kind"] for block in restored.revision.content["body"]] == ["text"]


def test_an_address_that_belongs_to_another_article_now_is_not_taken():
    hub = make_hub()
    article = make_article(hub=hub, slug="wanted")
    content = contents.freeze(article)
    Article.objects.filter(pk=article.pk).update(slug="other")
    make_article(hub=hub, slug="wanted")
    restored = revisions.restore(article, content, by=None)
    assert any("address" in sentence for sentence in restored.left_out)
    assert Article.objects.get(pk=article.pk).slug == "other"


def test_a_restored_box_raises_the_flag():
    article = make_article(text="<spoiler-box><p>Secret</p></spoiler-box>", spoiler="marked")
    content = contents.freeze(article) | {"spoiler": "none"}
    revisions.restore(article, content, by=None)
    assert Article.objects.get(pk=article.pk).spoiler == "marked"


def test_restored_text_is_made_safe_again():
    article = make_article()
    content = contents.freeze(article)
    content["body"] = [{"kind": "text", "html": "<p>Hello<script>alert(1)</script></p>"}]
    revisions.restore(article, content, by=None)
    assert "<script" not in contents.freeze(article)["body"][0]["html"]


def test_a_revision_number_is_never_given_twice():
    from django.db import IntegrityError, transaction

    article = make_article()
    revision = revisions.record(article, by=make_user())
    with pytest.raises(IntegrityError), transaction.atomic():
        article.revisions.create(number=revision.number, content={})


def test_a_writer_who_changes_what_was_ready_asks_again(client, writer):
    article = make_article(created_by=writer, stage="ready")
    block = TextBlock.objects.get(parent=article)
    response = client.post(
        change(article), form_data("<p>New</p>", block, headline="New"), follow=True
    )
    assert Article.objects.get(pk=article.pk).stage == "in_review"
    assert any("in review" in message for message in messages_of(response))
