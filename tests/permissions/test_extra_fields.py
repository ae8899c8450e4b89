"""Extra fields in a request change nothing, and a writer changes nothing that is live."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from articles.admin.transitions import TRANSITIONS
from articles.models import Article, Author, Edition, Revision, ShareLink
from articles.photos.models import Photo
from articles.publishing import publish as publishing
from newsroom.models import User
from tests.articles.admin_forms import transition
from tests.permissions import table
from tests.permissions.addresses import find_addresses
from tests.permissions.payloads import NEW_PASSWORD, Target
from tests.permissions.test_matrix import DECLARED
from tests.permissions.world import COMING, PASSWORD, published, state_of, ticket

pytestmark = pytest.mark.django_db

#: Tables of published data, and of permissions.
LIVE = ("articles_edition", "articles_withdrawal", "articles_hub", "articles_title")
LIVE += ("articles_topic", "articles_author", "articles_availability")
ACCESS = ("auth_", "newsroom_user_")
PEOPLE = ("writer", "viewer", "editor")


def colleague_s(world):
    """Return columns that no form has, with values that would be useful to an attacker."""
    them, theirs = world.colleague.pk, world.foreign.article.pk
    return {
        "id": theirs,
        "pk": theirs,
        "article": theirs,
        "article_id": theirs,
        "stage": "ready",
        "version": 99,
        "created_by": them,
        "created_by_id": them,
        "created_at": "2001-01-01",
        "updated_at": "2001-01-01",
        "saved_by": them,
        "by": them,
        "number": 99,
        "live_from": "2001-01-01",
        "live_from_0": "2001-01-01",
        "live_from_1": "10:00",
        "live_until": "2001-01-02",
        "first_published": "2001-01-01",
        "expires_at": "2099-01-01",
        "revoked_at": "2001-01-01",
        "editions": world.foreign.live.pk,
        "revisions": world.foreign.article.revisions.first().pk,
        "share_links": world.foreign.link.pk,
        "content": "{}",
        "is_superuser": "on",
        "is_staff": "on",
        "is_active": "",
        "groups": Group.objects.get(name="Editors").pk,
        "user_permissions": "1",
        "user": them,
        "publish": "1",
        "_publish": "1",
    }


def send(walker, world, key, data, look):
    """Send a POST with extra fields; return what ``look`` returns after it."""
    target = Target(world, find_addresses()[key.partition("[")[0]], key, world.own)
    seen = []
    more = {**colleague_s(world), **target.data(walker.user), **data}
    walker.send("POST", target.address, more, look=lambda: seen.append(look()))
    assert seen, key
    return seen[0]


@pytest.mark.parametrize("name", ["writer", "editor"])
def test_saving_an_article_changes_only_fields_of_its_form(world, walker, name):
    article = world.own.article
    before = Article.objects.values().get(pk=article.pk)
    foreign = state_of(world.foreign)

    def look():
        assert state_of(world.foreign) == foreign
        return Article.objects.values().get(pk=article.pk)

    after = send(walker(name), world, "articles_article_change", {"headline": "New"}, look)

    changed = {column for column in before if before[column] != after[column]}
    assert changed <= {"headline", "version", "updated_at"}
    assert (after["headline"], after["version"]) == ("New", before["version"] + 1)
    assert after["updated_at"] > before["updated_at"]


@pytest.mark.parametrize("name", ["writer", "editor"])
def test_added_article_is_a_draft_by_the_user(world, walker, name):
    known = set(Article.objects.values_list("pk", flat=True))
    foreign = state_of(world.foreign)

    def look():
        assert state_of(world.foreign) == foreign
        return Article.objects.exclude(pk__in=known).get()

    made = send(walker(name), world, "articles_article_add", {"_transition": "approve"}, look)

    # An editor's transition is applied; a writer's article stays a draft.
    assert made.stage == ("ready" if name == "editor" else "draft")
    assert (made.created_by, made.version) == (world.people[name], 1)
    assert made.created_at.year > 2001


@pytest.mark.parametrize("stage", ["draft", "ready"])
def test_writers_form_applies_only_a_writers_transitions(world, walker, stage):
    article, editions = world.own.article, list(Edition.objects.order_by("pk").values())
    Article.objects.filter(pk=article.pk).update(stage=stage)
    answers = {"at": "2089-01-01T10:00", "note": "x", "reason": "x", "_save": "1"}
    writer, unmoved = walker("writer"), "draft" if stage == "draft" else "in_review"

    def look():
        assert list(Edition.objects.order_by("pk").values()) == editions
        return Article.objects.get(pk=article.pk).stage

    for name in TRANSITIONS:
        after = send(
            writer, world, "articles_article_change", {**answers, "_transition": name}, look
        )
        assert after == ("in_review" if name == "submit" else unmoved), name


def test_transition_uses_only_fields_of_its_form(world, client):
    article, editor = world.own.article, world.people["editor"]
    client.force_login(editor)

    client.post(transition(article, "publish"), colleague_s(world))

    edition = article.editions.get(number=3)
    made = (edition.number, edition.created_by, edition.article_id, edition.live_until)
    assert made == (3, editor, article.pk, None)
    assert edition.live_from > world.own.live.live_from
    assert edition.first_published == world.own.live.first_published


def test_share_link_is_valid_for_one_article_and_a_week(world, walker):
    known = set(ShareLink.objects.values_list("pk", flat=True))
    foreign = state_of(world.foreign)

    def look():
        assert state_of(world.foreign) == foreign
        return ShareLink.objects.exclude(pk__in=known).get()

    link = send(walker("writer"), world, "articles_article_share", {}, look)

    assert (link.article, link.created_by) == (world.own.article, world.people["writer"])
    assert abs(link.expires_at - link.created_at - timedelta(days=7)) < timedelta(seconds=1)
    assert link.revoked_at is None


@pytest.mark.parametrize("key", ["articles_article_restore", "articles_article_clash"])
def test_restoring_and_merging_is_recorded_with_the_users_name(world, walker, key):
    article, foreign = world.own.article, state_of(world.foreign)
    data = {"version": article.version}
    if key.endswith("clash"):
        data = {"ticket": ticket(article), "theirs": article.version}

    def look():
        assert state_of(world.foreign) == foreign
        saved = Revision.objects.filter(article=article).first()
        return saved, Article.objects.get(pk=article.pk)

    saved, restored = send(walker("writer"), world, key, data, look)

    assert (saved.saved_by, saved.number) == (world.people["writer"], 3)
    assert (restored.stage, restored.created_by) == ("draft", world.people["writer"])


def test_uploaded_photo_is_a_new_row_with_data_from_its_file(world, walker):
    known, more = (
        Photo.objects.values().get(pk=world.photo.pk),
        {
            "id": world.photo.pk,
            "width": 9,
            "height": 9,
            "source_digest": "0" * 64,
            "rendered_focus": "1-1",
            "fallback_width": 9,
        },
    )

    def look():
        assert Photo.objects.values().get(pk=world.photo.pk) == known
        return Photo.objects.order_by("pk").last()

    photo = send(walker("writer"), world, "articles_photo_add", more, look)

    assert photo.pk != world.photo.pk
    assert photo.size == (64, 36)
    assert photo.source_digest != "0" * 64
    assert photo.rendered_focus != "1-1"


@pytest.mark.parametrize("name", PEOPLE)
def test_password_change_changes_only_the_password(world, walker, name):
    user, someone = world.people[name], walker(name)
    before = User.objects.values().get(pk=user.pk)

    def look():
        return User.objects.get(pk=user.pk), User.objects.values().get(pk=user.pk)

    stored, after = send(someone, world, "password_change", {"username": "root"}, look)

    assert stored.check_password(NEW_PASSWORD)
    assert {column for column in before if before[column] != after[column]} == {"password"}
    assert set(stored.groups.all()) == set(user.groups.all())
    assert not stored.user_permissions.exclude(pk__in=user.user_permissions.all()).exists()
    assert User.objects.get(pk=world.colleague.pk).check_password(PASSWORD)


@pytest.mark.parametrize("name", PEOPLE)
def test_only_an_administrator_links_an_author_to_an_account(world, client, name):
    client.force_login(world.people[name])
    author, giving = world.spare_author, {"user": world.people[name].pk}
    data = {"name": "New", "slug": author.slug, **giving}
    client.post(reverse("admin:articles_author_change", args=[author.pk]), data)
    client.post(reverse("admin:articles_author_add"), {**data, "slug": "new"})
    listed = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": author.pk}
    rows = {**listed, "form-0-user": world.people[name].pk, "_save": "Save"}
    client.post(reverse("admin:articles_author_changelist"), rows)

    assert not Author.objects.filter(user=world.people[name]).exclude(pk=world.own.author.pk)


def test_no_request_by_a_writer_changes_what_is_live(world, walker):
    """Send all extra fields to each address of the table."""
    writer, addresses, pages = walker("writer"), find_addresses(), published(world)
    editions = list(Edition.objects.order_by("pk").values())
    tried = 0

    def look():
        assert list(Edition.objects.order_by("pk").values()) == editions
        assert published(world) == pages

    for key in DECLARED:
        if "POST" not in table.outcomes(DECLARED, key):
            continue
        target = Target(world, addresses[key.partition("[")[0]], key, world.own)
        data = {**colleague_s(world), **target.data(writer.user)}
        _, changed = writer.send("POST", target.address, data, look=look, rendered=False)
        assert not [name for name in changed if name.startswith((*LIVE, *ACCESS))], key
        tried += bool(changed)
    assert tried > 8


def test_published_pages_change_when_an_article_is_published(world):
    """Show that the test above can fail."""
    pages, article = published(world), world.own.article
    assert {status for status, _ in pages.values()} == {200}
    publishing.publish(article)
    after = published(world)

    assert {address for address in pages if after[address] != pages[address]} == {
        "/",
        *(getattr(world, name).get_absolute_url() for name in ("hub", "title")),
        world.own.author.get_absolute_url(),
        world.own.live.get_absolute_url(),
        world.foreign.live.get_absolute_url(),  # it lists other articles about the same title
    }
    assert article.editions.filter(live_from=COMING, live_until=COMING).exists()
