"""The permission tests fail for anything undeclared, missing or wrong."""

from dataclasses import replace

import pytest
from django.contrib.admin.sites import site
from django.http import HttpResponse
from django.urls import URLResolver, get_resolver, include, path
from django.urls.resolvers import RegexPattern

from articles.admin.article import ArticleAdmin
from articles.admin.transition_handler import ArticleTransitionHandler
from articles.admin.transitions import TRANSITIONS
from articles.models import Article, Author, Edition
from articles.models.article import ArticleQuerySet
from newsroom.desk.model_admin import DeskAdmin
from tests.permissions import table
from tests.permissions.addresses import find_addresses, undeclared, vanished
from tests.permissions.test_matrix import DECLARED, ROLES, walk

pytestmark = pytest.mark.django_db

#: Keys whose outcomes differ for a writer with access to everything.
ARTICLES = (
    "articles_article_change",
    "articles_article_preview",
    "articles_article_restore",
    "articles_article_share",
    "articles_article_transition[submit]",
    "articles_edition_change",
)
HEAD = "  ".join(table.COLUMNS)


def role(name, side="foreign"):
    return next(one for one in ROLES if (one.name, one.side) == (name, side))


def page(request):
    return HttpResponse("A page that somebody forgot.")


def with_patterns(*patterns):
    """Return a resolver of the site's addresses and further patterns."""
    return URLResolver(RegexPattern(r"^/"), [*patterns, *get_resolver().url_patterns])


@pytest.mark.parametrize(
    ("pattern", "key"),
    [
        (path("admin/forgotten/", page, name="forgotten"), "forgotten"),
        (path("admin/forgotten/", page), "forgotten/"),
        (path("admin/", include([path("deep/", include([path("er/", page)]))])), "deep/er/"),
        (path("desk/", include(([path("", page, name="desk")], "admin"))), "desk"),
    ],
)
def test_undeclared_address_is_reported(pattern, key):
    found = find_addresses(with_patterns(pattern))

    assert undeclared(DECLARED, found) == [key]


def test_two_addresses_with_the_same_name_are_refused():
    double = path("admin/another/", page, name="articles_article_preview")

    with pytest.raises(AssertionError, match="articles_article_preview"):
        find_addresses(with_patterns(double))


def test_undeclared_transition_action_lookup_and_page_on_the_site_are_reported(monkeypatch):
    monkeypatch.setitem(TRANSITIONS, "shout", replace(TRANSITIONS["publish"], name="shout"))
    monkeypatch.setattr(ArticleAdmin, "autocomplete_fields", ("hub", "photo", "topics", "authors"))
    monkeypatch.setattr(Article, "get_absolute_url", lambda self: "/", raising=False)

    assert undeclared(DECLARED) == [
        "articles_article_bulk[shout]",
        "articles_article_changelist[bulk_shout]",
        "articles_article_transition[shout]",
        "autocomplete[article.authors]",
        "view_on_site[article]",
    ]


def test_declared_model_that_does_not_exist_is_reported():
    declared = {**DECLARED, "articles_poem_change": {}, "articles_article_transition[shout]": {}}

    assert vanished(declared) == ["articles_article_transition[shout]", "articles_poem_change"]
    assert vanished(DECLARED) == []


def test_wrong_outcome_is_reported(world):
    text = f"{HEAD}\nindex\n  GET  ok login ok = 403 ok ok\n"

    assert set(walk(world, role("bare"), table.read(text))) == {
        f"{method} index as bare, foreign: ok, declared is login"
        for method in ("GET", "HEAD", "OPTIONS", table.ODD[1])
    }


def test_exception_that_is_no_longer_needed_is_reported(world):
    text = f"{HEAD}\nindex\n  GET  login 403! ok! = 403! ok ok\n"

    assert walk(world, role("bare"), table.read(text)) == []
    assert walk(world, role("writer", "own"), table.read(text))[0].endswith("Take the “!” away.")


@pytest.mark.parametrize(
    "text",
    [
        "index\n  GET  ok ok ok ok ok ok ok",
        f"{HEAD}\nindex\n  GET  ok ok ok ok ok ok",
        f"{HEAD}\nindex\n  GET  ok ok ok ok ok ok fine",
        f"{HEAD}\nindex\n  GET  ok ok ok ok ok ok done",
        f"{HEAD}\nindex\n  GET  = ok ok ok ok ok ok",
        f"{HEAD}\nindex\n  LOOK ok ok ok ok ok ok ok",
        f"{HEAD}\nindex\n  GET  ok ok ok ok ok ok ok\nindex\n  GET ok ok ok ok ok ok ok",
    ],
)
def test_malformed_table_is_refused(text):
    with pytest.raises(ValueError, match=r"columns|outcomes|index|POST|twice"):
        table.read(text)


# Permission checks removed on purpose


def test_writer_with_access_to_everything_is_reported(world, monkeypatch):
    monkeypatch.setattr(ArticleQuerySet, "editable_by", lambda self, user: self)

    wrong = "\n".join(walk(world, role("writer"), only=ARTICLES))

    for expected in (
        "GET articles_article_change as writer, foreign: ok, declared is index",
        "POST articles_article_change as writer, foreign: done, declared is index",
        "GET articles_article_preview as writer, foreign: ok, declared is 404",
        "POST articles_article_restore as writer, foreign: done, declared is 404",
        "POST articles_article_share[revoke] as writer, foreign: done, declared is 404",
        "POST articles_article_transition[submit] as writer, foreign: done, declared is 404",
        "GET articles_edition_change as writer, foreign: ok, declared is index",
    ):
        assert expected in wrong


def test_list_with_a_colleagues_article_is_reported(world, monkeypatch):
    everything = Edition.objects.all()
    edition_admin = site.get_model_admin(Edition)
    monkeypatch.setattr(edition_admin, "get_queryset", lambda request: everything.all())

    wrong = walk(world, role("writer", "own"), only="articles_edition_changelist")

    told = "GET articles_edition_changelist as writer, own: tells of a colleague's unpublished text"
    assert told in wrong


def test_transition_without_its_permission_check_is_reported(world, monkeypatch):
    monkeypatch.setattr(ArticleTransitionHandler, "may_apply", lambda *args: True)

    wrong = "\n".join(walk(world, role("writer", "own"), only="articles_article_transition"))

    assert (
        "POST articles_article_transition[publish] as writer, own: done, declared is 403" in wrong
    )


def test_share_link_created_by_a_viewer_is_reported(world, monkeypatch):
    monkeypatch.setattr(ArticleAdmin, "has_change_permission", lambda *args: True)

    wrong = "\n".join(walk(world, role("viewer"), only="articles_article_share"))

    assert "POST articles_article_share as viewer, foreign: done, declared is 403" in wrong


def test_get_that_changes_something_is_reported(world, monkeypatch):
    get_row_or_404 = DeskAdmin.get_row_or_404

    def find_and_change(self, request, pk):
        Author.objects.update(role="Looked at")
        return get_row_or_404(self, request, pk)

    monkeypatch.setattr(DeskAdmin, "get_row_or_404", find_and_change)

    wrong = "\n".join(walk(world, role("editor"), only="articles_article_preview"))

    for method in ("GET", "HEAD", "OPTIONS"):
        assert f"{method} articles_article_preview as editor, foreign: done" in wrong
