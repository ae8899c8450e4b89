"""Steps of any model: a row's admin inherits the pages that ask and the buttons that save."""

import pytest
from django import forms
from django.contrib.admin import AdminSite
from django.contrib.auth.models import Group
from django.urls import path

from newsroom import urls
from newsroom.desk.transition_pages import Step, StepForm, StepPages
from newsroom.desk.transitions import TransitionRefused
from tests.articles.admin_forms import messages_of

pytestmark = pytest.mark.django_db


class RenameForm(StepForm):
    name = forms.CharField()


def rename(group, user, answers):
    if Group.objects.filter(name=answers["name"]).exists():
        raise TransitionRefused("Another has this name.")
    Group.objects.filter(pk=group.pk).update(name=answers["name"])
    return f"is called {answers['name']}"


def mark(group, user, answers):
    Group.objects.filter(pk=group.pk).update(name=f"{group.name}!")
    return "is marked"


class GroupPages(StepPages):
    """Two steps: one that asks, one that just happens, and not twice."""

    steps = {
        step.name: step
        for step in (
            Step(
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
            Step(
                "mark",
                "Mark",
                "Mark it?",
                "auth.change_group",
                lambda group: not group.name.endswith("!"),
                mark,
                asks=False,
            ),
        )
    }

    def version_of(self, group):
        return f"{group.pk}:{group.name}"


site = AdminSite()
site.register(Group, GroupPages)
urlpatterns = [path("admin/", site.urls), *urls.urlpatterns]
LIST = "/admin/auth/group/"


@pytest.fixture
def desk(admin_client, settings):
    settings.ROOT_URLCONF = __name__
    return admin_client


@pytest.fixture
def group():
    return Group.objects.create(name="One")


def test_a_step_asks_with_what_is_there_and_is_taken_with_the_answer(desk, group):
    page = desk.get(f"{LIST}{group.pk}/step/rename/")
    html = page.content.decode()
    assert 'value="One"' in html
    assert 'class="default" value="Rename"' in html
    assert f'href="{LIST}">Groups</a>' in html

    versions = page.context["versions"]
    response = desk.post(
        f"{LIST}{group.pk}/step/rename/", {"name": "Two", "versions": versions}, follow=True
    )

    assert Group.objects.filter(name="Two").exists()
    assert response.redirect_chain == [(f"{LIST}{group.pk}/change/", 302)]
    assert "is called Two" in messages_of(response)[0]


def test_an_answer_to_an_older_question_is_not_taken(desk, group):
    data = {"name": "Three", "versions": f"{group.pk}:Zero"}

    response = desk.post(f"{LIST}{group.pk}/step/rename/", data)

    assert "changed since" in messages_of(response)[0]
    assert not Group.objects.filter(name="Three").exists()


def test_several_rows_get_a_page_and_each_refusal_is_told(desk, group):
    other = Group.objects.create(name="Other")
    response = desk.post(
        f"{LIST}step/rename/?ids={group.pk},{other.pk}", {"name": "Both"}, follow=True
    )

    told = messages_of(response)
    assert any("Another has this name" in message for message in told)
    assert any("is called Both" in message for message in told)
    assert desk.get(f"{LIST}step/mark/?ids={group.pk}").status_code == 404


def test_a_form_saved_with_a_step_takes_it_or_leads_to_its_question(desk, group):
    page = desk.get(f"{LIST}{group.pk}/change/")
    assert [step.name for step in page.context["steps"]] == ["rename", "mark"]

    asks = desk.post(f"{LIST}{group.pk}/change/", {"name": "Saved", "_step": "rename"})
    assert asks["Location"] == f"{LIST}{group.pk}/step/rename/"

    desk.post(f"{LIST}{group.pk}/change/", {"name": "Saved", "_step": "mark"})
    assert Group.objects.get(pk=group.pk).name == "Saved!"
    page = desk.get(f"{LIST}{group.pk}/change/")
    assert [step.name for step in page.context["steps"]] == ["rename"]


def test_a_member_of_staff_without_the_permission_takes_no_step(desk, group, django_user_model):
    colleague = django_user_model.objects.create_user("colleague", is_staff=True)
    desk.force_login(colleague)

    for method in (desk.get, desk.post):
        assert method(f"{LIST}{group.pk}/step/rename/").status_code in {403, 404}
