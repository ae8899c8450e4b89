"""Comparing two texts of an article on a page, and putting one back."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.blocks import PARTS, PhotoBlock, PullQuoteBlock, TextBlock
from articles.models import Article
from articles.publishing import publish as publishing
from articles.publishing import revisions
from articles.publishing import snapshot as contents
from tests.articles.admin_forms import change, messages_of
from tests.articles.factories import (
    add_block,
    make_article,
    make_author,
    make_live,
    make_photo,
    make_title,
    make_user,
    revise,
)

pytestmark = pytest.mark.django_db
PAYLOAD = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def compare(article, **query):
    return reverse("admin:articles_article_compare", args=[article.pk], query=query)


def restore(article, version):
    return reverse("admin:articles_article_restore", args=[article.pk, version])


def between(old, new):
    return {"from": old, "to": new}


# Comparing


def test_differences_are_shown_as_words(client, editor):
    article = make_live(headline="The old lamp", text="<p>Nobody saw it coming.</p>").article
    TextBlock.objects.update(html="<p>Somebody saw it coming.</p>")
    add_block(article, PullQuoteBlock, text="As foreseen.")
    revise(article, headline="The new lamp")

    html = client.get(compare(article)).content.decode()

    assert "1 block changed, 1 added; headline changed." in html.replace("Headline", "headline")
    hidden = '<span class="visually-hidden">[{}: </span>{}<span class="visually-hidden">]</span>'
    assert f"<del>{hidden.format('removed', 'old')}</del>" in html
    assert f"<ins>{hidden.format('added', 'new')}</ins>" in html
    assert f"<del>{hidden.format('removed', 'Nobody')}</del>" in html
    assert f"<ins>{hidden.format('added', 'As foreseen.')}</ins>" in html
    assert "&lt;p&gt;" not in html


def test_any_two_texts_are_compared_and_swapped(client, editor, clock):
    article = make_live(headline="First").article
    revisions.record(revise(article, headline="Second"), by=editor)
    clock.shift(60)
    publishing.publish(article, by=editor)
    revise(article, headline="Third")

    for old, new, words in (
        ("e1", "e2", ("First", "Second")),
        ("e1", "r1", ("First", "Second")),
        ("r1", "working", ("Second", "Third")),
        ("working", "e1", ("Third", "First")),
    ):
        html = client.get(compare(article, **between(old, new))).content.decode()
        assert re.search(f"<del>.*{words[0]}.*</del>.*<ins>.*{words[1]}.*</ins>", html)
        assert f"?from={new}&amp;to={old}" in html
    html = client.get(compare(article, **between("e2", "r1"))).content.decode()
    assert "No differences" in html


def test_what_differs_only_behind_the_text_is_said(client, editor):
    author = make_author()
    article = make_live(authors=[author]).article
    type(author).objects.update(slug="another-address")

    html = client.get(compare(article)).content.decode()

    assert publishing.differs_from_readers(article)
    assert "Readers would see no difference" in html


def test_a_draft_without_anything_kept_differs_from_nothing(client, editor):
    html = client.get(compare(make_article())).content.decode()

    assert "No differences" in html


def test_what_is_unchanged_is_folded(client, editor):
    article = make_article(text="".join(f"<p>Paragraph {n}.</p>" for n in range(6)))
    for number in range(3):
        add_block(article, PullQuoteBlock, text=f"Quote {number}")
    revisions.record(article, by=editor)
    block = TextBlock.objects.get()
    block.html = block.html.replace("Paragraph 0.", "Changed 0.")
    block.save()

    html = client.get(compare(article, **between("r1", "working"))).content.decode()

    assert "<summary>3 blocks unchanged</summary>" in html
    assert "<summary>3 more unchanged</summary>" in html


def test_pictures_are_shown_as_long_as_they_are_kept(client, editor):
    kept, lost, lead = make_photo(), make_photo(), make_photo()
    article = make_article(photo=lead)
    block = add_block(article, PhotoBlock, photo=lost)
    revisions.record(article, by=editor)
    revise(article, photo=kept)
    block.delete()
    lost.delete()

    html = client.get(compare(article, **between("r1", "working"))).content.decode()

    assert html.count("<img") == 2
    assert "<span>deleted</span>" in html
    assert "Picture before" in html


def test_markup_is_escaped_wherever_it_was_typed(client, editor):
    photo = make_photo(alt=PAYLOAD, caption=PAYLOAD, credit=PAYLOAD)
    named = {"authors": [make_author(name=PAYLOAD)], "titles": [make_title(name=PAYLOAD)]}
    article = make_article(headline=PAYLOAD, standfirst=PAYLOAD, photo=photo, **named)
    box = '<spoiler-box data-label="&lt;script&gt;alert(1)&lt;/script&gt;"><p>x</p></spoiler-box>'
    add_block(article, TextBlock, html=f"{box}<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>")
    add_block(article, PullQuoteBlock, text=PAYLOAD, attribution=PAYLOAD)
    add_block(article, PhotoBlock, photo=photo, alt=PAYLOAD, caption=PAYLOAD)
    revisions.record(article, by=make_user(username="odd", first_name=PAYLOAD), note=PAYLOAD)
    empty = revise(make_article(text=None))
    Article.objects.filter(pk=article.pk).update(headline="Plain", standfirst="", photo=None)
    PullQuoteBlock.objects.all().delete()
    client.post(restore(article, "r1"), {"version": 1})
    revisions.record(empty, by=editor)

    addresses = [compare(article, **between(*pair)) for pair in (("r1", "r2"), ("r2", "r3"))]
    addresses += [restore(article, "r2"), reverse("admin:articles_article_history", args=[1])]
    addresses[-1] = reverse("admin:articles_article_history", args=[article.pk])
    for address in addresses:
        html = client.get(address).content.decode()
        assert "&lt;script&gt;" in html, address
        assert "<script>alert" not in html, address
        assert "<img src=x" not in html, address


def test_comparing_takes_the_same_queries_whatever_the_number_of_blocks(client, editor):
    article = make_article(text=None)
    revisions.record(article, by=editor)
    counts, made = [], 0
    for wanted in (1, 10, 100):
        for _ in range(wanted - made):
            add_block(article, PullQuoteBlock, text=f"Quote {made}")
            add_block(article, PhotoBlock, photo=make_photo())
            made += 1
        with CaptureQueriesContext(connection) as captured:
            client.get(compare(article, **between("r1", "working")))
        counts.append(len(captured))

    assert len(set(counts)) == 1, counts


# Who reaches what


@pytest.mark.parametrize("version", ["e1", "r1", "e2", "r2", "x", "e01", "E1", "working-", "e" * 9])
def test_versions_of_another_article_cannot_be_named(client, editor, version):
    other = make_live().article
    revisions.record(other, by=editor)
    article = make_article()

    assert client.get(compare(article, **between(version, "working"))).status_code == 404
    assert client.get(compare(article, **between("working", version))).status_code == 404
    assert client.get(restore(article, version)).status_code == 404
    assert client.post(restore(article, version), {"version": 0}).status_code == 404


def test_working_copy_cannot_be_restored_into_itself(client, editor):
    assert client.get(restore(make_article(), "working")).status_code == 404


def test_articles_of_others_are_not_found_by_a_writer(client, writer):
    article = make_live(headline="Theirs").article
    revisions.record(revise(article, headline="Changed"), by=writer)

    assert client.get(compare(article)).status_code == 404
    assert client.get(restore(article, "e1")).status_code == 404
    assert client.post(restore(article, "e1"), {"version": 1}).status_code == 404
    article.refresh_from_db()
    assert article.headline == "Changed"


def test_viewer_compares_and_cannot_restore(client):
    viewer = make_user()
    viewer.user_permissions.add(Permission.objects.get(codename="view_article"))
    client.force_login(viewer)
    article = make_live(created_by=viewer).article

    assert client.get(compare(article)).status_code == 200
    assert client.get(restore(article, "e1")).status_code == 403
    assert client.post(restore(article, "e1"), {"version": 0}).status_code == 403


@pytest.mark.parametrize("action", ["add", "delete"])
@pytest.mark.parametrize("part", PARTS, ids=lambda model: model._meta.model_name)
def test_restoring_needs_the_permissions_on_every_part(client, action, part):
    lacking = f"{action}_{part._meta.model_name}"
    user = make_user()
    client.force_login(user)
    article = make_live(created_by=user).article
    all_others = Permission.objects.filter(content_type__app_label="articles")
    user.user_permissions.set(all_others.exclude(codename=lacking))

    assert client.get(restore(article, "e1")).status_code == 403
    assert client.post(restore(article, "e1"), {"version": 0}).status_code == 403
    user.user_permissions.set(all_others)
    assert client.get(restore(article, "e1")).status_code == 200


# Restoring


def test_looking_at_the_question_changes_nothing(client, editor):
    article = make_live(headline="First").article
    revise(article, headline="Second")
    before = contents.freeze(article)

    html = client.get(restore(article, "e1")).content.decode()

    assert "Readers see no change until it is published." in html
    assert re.search("<del>.*Second.*</del>.*<ins>.*First.*</ins>", html)
    article.refresh_from_db()
    assert (contents.freeze(article), article.version) == (before, 0)


def test_an_edition_is_put_back_and_what_was_there_is_kept(client, editor):
    article = make_live(headline="First", text="<p>One.</p>").article
    TextBlock.objects.update(html="<p>Two.</p>")
    revise(article, headline="Second")

    response = client.post(restore(article, "e1"), {"version": 0}, follow=True)

    assert response.redirect_chain[-1][0] == change(article)
    assert messages_of(response)[0].startswith("Edition 1 is the working copy again.")
    article.refresh_from_db()
    assert article.headline == "First"
    assert TextBlock.objects.get().html == "<p>One.</p>"
    present, kept = article.revisions.all()
    assert (present.note, present.saved_by) == ("edition 1 restored", editor)
    assert kept.content["headline"] == "Second"
    assert LogEntry.objects.get().change_message == "Restored edition 1."
    assert article.editions.live().get().number == 1


def test_a_save_is_put_back_after_a_restore_too(client, editor):
    article = make_article(headline="First")
    revisions.record(article, by=editor)
    revisions.record(revise(article, headline="Second"), by=editor)

    client.post(restore(article, "r1"), {"version": 2})
    article.refresh_from_db()
    assert (article.headline, article.version) == ("First", 3)
    client.post(restore(article, "r2"), {"version": 3})

    article.refresh_from_db()
    assert article.headline == "Second"


@pytest.mark.parametrize("version", ["", "0", "2", "x", None])
def test_a_save_in_between_brings_the_question_again(client, editor, version):
    article = make_article(headline="First")
    revisions.record(article, by=editor)
    revise(article, headline="Somebody else’s")
    Article.objects.update(version=7)
    data = {} if version is None else {"version": version}

    response = client.post(restore(article, "r1"), data)

    assert response.status_code == 200
    assert any("look again" in message for message in messages_of(response))
    assert 'name="version" value="7"' in response.content.decode()
    article.refresh_from_db()
    assert article.headline == "Somebody else’s"


def test_what_no_longer_exists_is_named(client, editor):
    photo = make_photo(credit="Ada Lens")
    article = make_article()
    add_block(article, PhotoBlock, photo=photo)
    revisions.record(article, by=editor)
    PhotoBlock.objects.all().delete()
    photo.delete()

    response = client.post(restore(article, "r1"), {"version": 1}, follow=True)

    said = messages_of(response)
    assert any("Ada Lens" in message and "left out" in message for message in said)


@pytest.mark.parametrize(("group", "stage"), [("Writers", "in_review"), ("Editors", "ready")])
def test_approval_is_asked_again_after_a_writers_restore(client, group, stage):
    user = make_user(group)
    client.force_login(user)
    article = make_article(created_by=user, headline="First")
    revisions.record(article, by=user)
    revisions.record(revise(article, headline="Second"), by=user)
    article.approve()

    client.post(restore(article, "r1"), {"version": 2})

    article.refresh_from_db()
    assert (article.headline, article.stage) == ("First", stage)
