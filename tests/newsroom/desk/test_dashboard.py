"""The dashboard shows each user the panels that concern them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.publishing import publish as publishing
from newsroom.desk.groups import EDITORS, WRITERS
from tests.articles.factories import make_article, make_live, make_user

pytestmark = pytest.mark.django_db


def board(client):
    response = client.get("/admin/")
    return {panel.title: [row.text for row in panel.rows] for panel in response.context["panels"]}


def test_editor_sees_articles_by_state(client):
    client.force_login(make_user(EDITORS))
    make_article(headline="A draft")
    make_article(headline="Waiting", stage="in_review")
    make_article(headline="Approved", stage="ready")
    publishing.schedule(make_article(headline="Later"), timezone.now() + timedelta(hours=1))
    make_live(headline="Out")

    assert board(client) == {
        "In review": ["Waiting"],
        "Ready to publish": ["Approved"],
        "Coming up": ["Later"],
        "Latest live": ["Out"],
    }


def test_writer_sees_own_articles_only(client):
    writer = make_user(WRITERS)
    client.force_login(writer)
    make_article(headline="Own", stage="in_review", created_by=writer)
    make_article(headline="Others", stage="in_review")
    make_live(headline="Others live")

    rows = board(client)

    assert rows["In review"] == ["Own"]
    assert rows["Latest live"] == []
    assert "Nothing at the moment." in client.get("/admin/").content.decode()


def test_staff_without_permissions_see_no_panels(client):
    client.force_login(make_user())

    assert client.get("/admin/").context["panels"] == []


def test_dashboard_takes_the_same_queries_for_any_number_of_articles(
    client, django_assert_max_num_queries
):
    client.force_login(make_user(is_superuser=True))
    for _ in range(8):
        make_live()
        make_article(stage="in_review")

    with django_assert_max_num_queries(12):
        client.get("/admin/")
