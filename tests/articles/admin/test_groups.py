"""The groups that migrate creates: their permissions, and what writers can reach."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse

from articles.models import Article
from newsroom.desk import groups
from newsroom.desk.groups import AUDIENCE, EDITORS, WRITERS
from tests.articles.factories import make_article, make_author, make_live, make_user

pytestmark = pytest.mark.django_db


def permissions(name):
    group = Group.objects.get(name=name)
    return set(group.permissions.values_list("codename", flat=True))


def test_groups_come_with_migrate():
    editors_only = {"publish_article", "edit_any_article", "delete_article", "change_hub"}

    assert {"add_article", "change_article"} <= permissions(WRITERS)
    assert not editors_only & permissions(WRITERS)
    assert editors_only <= permissions(EDITORS)


def test_only_the_audience_group_works_with_single_subscribers():
    about_persons = {"view_address", "erase_subscriber", "export_subscriber"}
    about_persons |= {"export_subscribers", "suppress_subscriber"}

    assert about_persons <= permissions(AUDIENCE)
    assert not about_persons & (permissions(EDITORS) | permissions(WRITERS))
    assert "publish_article" not in permissions(AUDIENCE)
    assert "view_subscriber" in permissions(EDITORS) - permissions(WRITERS)


def test_migrate_keeps_a_group_that_an_administrator_changed():
    Group.objects.get(name=WRITERS).permissions.clear()
    Group.objects.get(name=EDITORS).delete()

    call_command("migrate", verbosity=0)

    assert permissions(WRITERS) == set()
    assert "publish_article" in permissions(EDITORS)


@pytest.fixture
def later_permission(monkeypatch):
    """A permission that a later migration of the polls app brings to writers."""
    grants = [*groups._grants]
    monkeypatch.setattr(groups, "_grants", grants)
    migration = ("polls", "0002_triggers")
    groups.register_permissions(
        WRITERS, groups.permissions_of("polls", "close_poll"), migration=migration
    )


@pytest.mark.django_db(transaction=True)
def test_existing_group_gets_a_permission_when_its_migration_is_applied_and_only_then(
    later_permission,
):
    call_command("migrate", verbosity=0)
    assert "close_poll" not in permissions(WRITERS)

    call_command("migrate", "polls", "0001", verbosity=0)
    assert "close_poll" not in permissions(WRITERS)
    call_command("migrate", verbosity=0)
    assert "close_poll" in permissions(WRITERS)

    Group.objects.get(name=WRITERS).permissions.clear()
    call_command("migrate", verbosity=0)
    assert permissions(WRITERS) == set()


def test_new_group_gets_the_permissions_of_later_migrations_too(later_permission):
    Group.objects.get(name=WRITERS).delete()

    call_command("migrate", verbosity=0)

    assert {"add_article", "close_poll"} <= permissions(WRITERS)


def test_groups_get_the_permissions_of_every_app():
    assert {"view_poll", "add_pollblock"} <= permissions(WRITERS)
    assert "close_poll" not in permissions(WRITERS)
    assert {"close_poll", "review_ballots", "add_poll", "add_pollblock"} <= permissions(EDITORS)
    assert {"view_newsletter", "add_signupblock"} <= permissions(WRITERS)
    assert {"add_wording", "unsubscribe_subscriber", "add_signupblock"} <= permissions(EDITORS)


def test_writer_reaches_only_own_articles_and_those_with_the_writers_byline(client):
    writer = make_user(WRITERS)
    client.force_login(writer)
    own = make_article(created_by=writer)
    signed = make_article(authors=[make_author(user=writer)])
    others = make_article(created_by=make_user(WRITERS))

    assert set(Article.objects.editable_by(writer)) == {own, signed}
    rows = client.get("/admin/articles/article/").context["cl"].queryset
    assert set(rows) == {own, signed}
    for name, arguments in (
        ("change", []),
        ("history", []),
        ("preview", []),
        ("transition", ["submit"]),
    ):
        address = f"admin:articles_article_{name}"
        assert client.get(reverse(address, args=[own.pk, *arguments])).status_code == 200
        response = client.get(reverse(address, args=[others.pk, *arguments]))
        assert response.status_code in (302, 403, 404), name
        response = client.post(reverse(address, args=[others.pk, *arguments]))
        assert response.status_code in (302, 403, 404, 405), name
    others.refresh_from_db()
    assert others.stage == "draft"


def test_writer_sees_editions_of_own_articles_only(client):
    writer = make_user(WRITERS)
    client.force_login(writer)
    own = make_live(created_by=writer)
    others = make_live()

    rows = client.get("/admin/articles/edition/").context["cl"].queryset

    assert list(rows) == [own]
    address = reverse("admin:articles_edition_change", args=[others.pk])
    assert client.get(address).status_code == 302


@pytest.mark.parametrize("name", ["publish", "schedule", "withdraw", "expire", "approve"])
def test_writer_cannot_apply_an_editors_transition(client, name):
    writer = make_user(WRITERS)
    client.force_login(writer)
    article = make_live(created_by=writer).article
    address = reverse("admin:articles_article_transition", args=[article.pk, name])

    for method in (client.get, client.post):
        assert method(address).status_code == 403
    bulk = reverse("admin:articles_article_bulk", args=["publish"])
    assert client.post(f"{bulk}?ids={article.pk}").status_code == 403
    assert article.editions.live().get().number == 1


def test_linking_an_author_to_an_account_requires_the_permission_to_see_accounts(client):
    editor = make_user(EDITORS)
    client.force_login(editor)
    author = make_author()
    address = reverse("admin:articles_author_change", args=[author.pk])

    client.post(address, {"name": author.name, "slug": author.slug, "user": editor.pk})
    author.refresh_from_db()
    assert author.user is None

    client.force_login(make_user(is_superuser=True))
    client.post(address, {"name": author.name, "slug": author.slug, "user": editor.pk})
    author.refresh_from_db()
    assert author.user == editor


def test_staff_without_permissions_reach_nothing(client):
    client.force_login(make_user())
    article = make_article()

    for name in ("change", "preview"):
        address = reverse(f"admin:articles_article_{name}", args=[article.pk])
        assert client.get(address).status_code in (302, 403, 404)
    step = reverse("admin:articles_article_transition", args=[article.pk, "submit"])
    assert client.post(step).status_code in (403, 404)
