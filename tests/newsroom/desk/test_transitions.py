"""Transitions in the admin of any model: confirmation pages, buttons of the form, bulk actions."""

import pytest
from django import forms
from django.contrib.admin import AdminSite
from django.contrib.auth.models import Group, Permission
from django.urls import path

from newsroom import urls
from newsroom.desk.model_admin import DeskAdmin
from newsroom.desk.transition_pages import TransitionHandler
from newsroom.desk.transitions import Transition, TransitionForm, TransitionRefused
from tests.articles.admin_forms import messages_of

pytestmark = pytest.mark.django_db


class RenameForm(TransitionForm):
    name = forms.CharField()


def rename(group, user, answers):
    if Group.objects.filter(name=answers["name"]).exists():
        raise TransitionRefused("Another has this name.")
    Group.objects.filter(pk=group.pk).update(name=answers["name"])
    return f"is called {answers['name']}"


def mark(group, user, answers):
    Group.objects.filter(pk=group.pk).update(name=f"{group.name}!")
    return "is marked"


class GroupTransitionHandler(TransitionHandler):
    def version_of(self, row):
        return f"{row.pk}:{row.name}"


class GroupAdmin(DeskAdmin):
    """Two transitions: one that asks first, and one that applies at once, but not twice."""

    transition_handler_class = GroupTransitionHandler
    transitions = {
        transition.name: transition
        for transition in (
            Transition(
                "rename",
                "Rename…",
                "Which name?",
                "auth.change_group",
                lambda group: True,
                rename,
                form=RenameForm,
                initial=lambda group: {"name": group.name},
                in_bulk=True,
            ),
            Transition(
                "mark",
                "Mark",
                "Mark it?",
                "auth.change_group",
                lambda group: not group.name.endswith("!"),
                mark,
                needs_confirmation=False,
            ),
        )
    }


site = AdminSite()
site.register(Group, GroupAdmin)
urlpatterns = [path("admin/", site.urls), *urls.urlpatterns]
LIST = "/admin/auth/group/"


@pytest.fixture
def desk(admin_client, settings):
    settings.ROOT_URLCONF = __name__
    return admin_client


@pytest.fixture
def group():
    return Group.objects.create(name="One")


def test_confirmation_shows_initial_values_and_applies_the_answer(desk, group):
    page = desk.get(f"{LIST}{group.pk}/transition/rename/")
    html = page.content.decode()
    assert 'value="One"' in html
    assert 'class="default" value="Rename"' in html
    assert f'href="{LIST}">Groups</a>' in html

    versions = page.context["versions"]
    response = desk.post(
        f"{LIST}{group.pk}/transition/rename/", {"name": "Two", "versions": versions}, follow=True
    )

    assert Group.objects.filter(name="Two").exists()
    assert response.redirect_chain == [(f"{LIST}{group.pk}/change/", 302)]
    assert "is called Two" in messages_of(response)[0]


def test_answer_about_an_older_version_is_not_applied(desk, group):
    data = {"name": "Three", "versions": f"{group.pk}:Zero"}

    response = desk.post(f"{LIST}{group.pk}/transition/rename/", data)

    assert "changed since" in messages_of(response)[0]
    assert not Group.objects.filter(name="Three").exists()


def test_bulk_page_applies_to_each_row_and_shows_each_refusal(desk, group):
    other = Group.objects.create(name="Other")
    response = desk.post(
        f"{LIST}transition/rename/?ids={group.pk},{other.pk}", {"name": "Both"}, follow=True
    )

    told = messages_of(response)
    assert any("Another has this name" in message for message in told)
    assert any("is called Both" in message for message in told)
    assert desk.get(f"{LIST}transition/mark/?ids={group.pk}").status_code == 404


def test_form_button_applies_the_transition_or_redirects_to_its_confirmation(desk, group):
    page = desk.get(f"{LIST}{group.pk}/change/")
    assert [each.name for each in page.context["transitions"]] == ["rename", "mark"]

    asks = desk.post(f"{LIST}{group.pk}/change/", {"name": "Saved", "_transition": "rename"})
    assert asks["Location"] == f"{LIST}{group.pk}/transition/rename/"

    desk.post(f"{LIST}{group.pk}/change/", {"name": "Saved", "_transition": "mark"})
    assert Group.objects.get(pk=group.pk).name == "Saved!"
    page = desk.get(f"{LIST}{group.pk}/change/")
    assert [each.name for each in page.context["transitions"]] == ["rename"]


def test_user_without_the_permission_reaches_no_transition(desk, group, django_user_model):
    colleague = django_user_model.objects.create_user("colleague", is_staff=True)
    desk.force_login(colleague)

    for method in (desk.get, desk.post):
        assert method(f"{LIST}{group.pk}/transition/rename/").status_code in {403, 404}


def test_list_offers_bulk_transitions_as_actions_to_those_who_may_apply_them(
    desk, group, django_user_model
):
    offered = [name for name, _ in desk.get(LIST).context["action_form"].fields["action"].choices]
    assert "bulk_rename" in offered
    assert "bulk_mark" not in offered

    response = desk.post(LIST, {"action": "bulk_rename", "_selected_action": group.pk})
    assert response["Location"] == f"{LIST}transition/rename/?ids={group.pk}"

    viewer = django_user_model.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_group"))
    desk.force_login(viewer)
    response = desk.post(LIST, {"action": "bulk_rename", "_selected_action": group.pk})
    assert response.status_code == 200
