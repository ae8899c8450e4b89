"""Lists, filters, lookups and pop-ups show a writer nothing of a colleague's articles."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from articles.models import Article, Author, Edition, Hub, Title, Topic
from articles.photos.models import Photo
from articles.publishing import publish as publishing
from newsletter.models import ConsentEvent, Newsletter, PolicyVersion, Subscriber, Wording
from newsroom.models import User
from polls.models import Poll
from tests.permissions.test_matrix import told
from tests.permissions.world import COMING, HIDDEN_WORD

pytestmark = pytest.mark.django_db


def listing(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


@pytest.fixture
def own(world, client):
    """The writer's side, with the writer logged in."""
    client.force_login(world.people["writer"])
    return world.own


def relations():
    """Return each foreign key to a model that the admin knows."""
    for model in apps.get_models():
        for field in (*model._meta.fields, *model._meta.many_to_many):
            if field.related_model in admin.site._registry:
                yield model, field.name


@pytest.mark.parametrize("term", ["", HIDDEN_WORD])
def test_lookups_do_not_show_a_colleagues_article(client, world, own, term):
    """Django looks up rows for any foreign key, not only for those in forms."""
    foreign = world.foreign
    hidden = {str(row.pk) for row in (foreign.article, foreign.draft)}
    hidden_editions = {str(row.pk) for row in (foreign.live, foreign.scheduled)}
    tried = 0
    for model, name in relations():
        asked = {
            "app_label": model._meta.app_label,
            "model_name": model._meta.model_name,
            "field_name": name,
            "term": term,
        }
        response = client.get(reverse("admin:autocomplete"), asked)
        assert response.status_code in (200, 403, 404), asked
        assert not told(response), asked
        if response.status_code != 200:
            continue
        target = model._meta.get_field(name).related_model
        found = {result["id"] for result in response.json()["results"]}
        assert target is not User, asked
        assert target is not Article or not found & hidden, asked
        assert target is not Edition or not found & hidden_editions, asked
        tried += 1
    assert tried > 10


#: Lookups through relations to data that the list does not show.
LOOKUPS = [
    (Article, "created_by__password__startswith"),
    (Article, "bylines__author__user__password__startswith"),
    (Article, "share_links__created_by__password__contains"),
    (Edition, "created_by__password__startswith"),
    (Edition, "article__headline__startswith"),
    (Edition, "article__created_by__password__startswith"),
    (Author, "user__password__startswith"),
    (Author, "user__email__contains"),
    (Author, "articles__headline__startswith"),
    (Author, "bylines__article__headline__startswith"),
    (Hub, "articles__headline__startswith"),
    (Hub, "editions__headline__startswith"),
    (Title, "article_links__article__headline__startswith"),
    (Title, "articles__stage"),
    (Topic, "articles__standfirst__contains"),
    (Photo, "articles__headline__startswith"),
    (Photo, "blocks__parent__headline__startswith"),
    (Photo, "blocks__caption__startswith"),
    (Poll, "blocks__parent__headline__startswith"),
    (Poll, "edition_links__edition__headline__startswith"),
    (Poll, "created_by__password__startswith"),
    (Poll, "ballots__voter__startswith"),
    (Poll, "key__startswith"),
    (Newsletter, "subscriptions__subscriber__address__startswith"),
    (Newsletter, "events__document__contains"),
    (Newsletter, "wordings__created_by__password__startswith"),
    (Newsletter, "blocks__parent__headline__startswith"),
    (Newsletter, "sign_ups__document__contains"),
]
#: The same for lists that a writer may not view.
EDITORS_LOOKUPS = [
    (PolicyVersion, "created_by__password__startswith"),
    (Wording, "created_by__password__startswith"),
    (Wording, "newsletter__subscriptions__subscriber__address__startswith"),
    (Subscriber, "address__startswith"),
    (Subscriber, "address_key__contains"),
    (Subscriber, "address_changes__address__startswith"),
    (Subscriber, "suppression__by__password__startswith"),
    (ConsentEvent, "document__contains"),
    (ConsentEvent, "evidence__document__contains"),
]


def test_writers_list_is_not_searched_by_hidden_fields(client, own):
    for model, lookup in LOOKUPS:
        response = client.get(listing(model), {lookup: HIDDEN_WORD[:3]})
        assert response.status_code == 400, (model, lookup)


def test_editors_list_is_not_searched_by_hidden_fields(client, world):
    client.force_login(world.people["editor"])
    for model, lookup in EDITORS_LOOKUPS:
        assert client.get(listing(model)).status_code == 200
        response = client.get(listing(model), {lookup: HIDDEN_WORD[:3]})
        assert response.status_code == 400, (model, lookup)


@pytest.mark.parametrize("name", ["writer", "editor"])
def test_no_lookup_finds_a_subscriber_by_address(client, world, name):
    """Nor an event: Django looks up rows for any foreign key."""
    client.force_login(world.people[name])
    tried = 0
    for model, link in relations():
        if model._meta.get_field(link).related_model not in (Subscriber, ConsentEvent):
            continue
        asked = {"app_label": model._meta.app_label, "model_name": model._meta.model_name}
        asked |= {"field_name": link, "term": world.subscriber.address}
        response = client.get(reverse("admin:autocomplete"), asked)
        assert response.status_code in (403, 404), asked
        tried += 1
    assert tried > 4


#: Relations to articles, and to rows that belong to an article.
OF_ARTICLES = {
    relation.related_model
    for model in (Article, Edition)
    for relation in model._meta.related_objects
} | {Article, Edition}


def test_list_is_not_filtered_by_a_colleagues_article(client, world, own):
    """Otherwise a filter would reveal the hub, titles, topics, authors and photo of any article."""
    key, answered = world.foreign.article.pk, []
    for model in (Hub, Title, Topic, Author, Photo, Poll, Newsletter):
        for link in (
            each for each in model._meta.related_objects if each.related_model in OF_ARTICLES
        ):
            for lookup in (link.name, f"{link.name}__exact", f"{link.name}__pk__lt"):
                response = client.get(listing(model), {lookup: key})
                # Refused, or redirected to the unfiltered list.
                if response.status_code != 400 and "e=1" not in response.get("Location", ""):
                    answered.append(f"{model.__name__}: {lookup}")
    assert not answered


@pytest.mark.parametrize("model", [Article, Edition])
def test_list_of_articles_has_only_own_articles_for_any_query(client, world, own, model):
    foreign = world.foreign.article
    queries = [
        {"q": HIDDEN_WORD},
        {"q": foreign.headline},
        {"id": foreign.pk},
        {"id__in": f"{foreign.pk},{foreign.editions.first().pk}"},
        {"created_by": world.colleague.pk},
        {"created_by__id__exact": world.colleague.pk},
        {"headline__startswith": HIDDEN_WORD},
        {"all": ""},
        {"o": "1.2.3"},
        {"_popup": "1", "_to_field": "id"},
        {"_facets": "True"},
    ]
    queries += [{"readers": state} for state in ("live", "scheduled", "gone", "past", "never")]
    if model is Edition:
        queries += [{"article": foreign.pk}, {"article__id__exact": foreign.pk}]
    for query in queries:
        response = client.get(listing(model), query)
        assert response.status_code == 200, query
        # The search box contains the query.
        html = (
            response.text.replace(HIDDEN_WORD, "") if HIDDEN_WORD in str(query) else response.text
        )
        assert HIDDEN_WORD.lower() not in html.lower(), query
        found = set(response.context["cl"].queryset)
        theirs = {*foreign.editions.all(), foreign, world.foreign.draft}
        assert not found & theirs, query


def test_filter_counts_include_only_own_articles(client, world, own):
    response = client.get(listing(Article), {"_facets": "True"})

    assert "Draft (1)" in response.text
    assert "In review (1)" in response.text


def test_popup_returns_no_other_column(client, own):
    for model in (Article, Author, Hub, Photo):
        for field in ("password", "created_by", "user", "stage", "nothing"):
            for address in (listing(model), f"{listing(model)}add/"):
                response = client.get(address, {"_popup": "1", "_to_field": field})
                assert response.status_code in (400, 403), (address, field)


def test_preserved_filters_redirect_nowhere_else(client, world, own):
    page = reverse("admin:articles_article_change", args=[own.article.pk])
    foreign = world.foreign.article.pk
    for filters in (
        f"id={foreign}",
        "//evil.example/",
        "https://evil.example/?q=x",
        f"q={HIDDEN_WORD}",
    ):
        response = client.get(page, {"_changelist_filters": filters})
        assert response.status_code == 200
        assert 'href="//evil' not in response.text
        assert 'href="https://evil' not in response.text
        assert world.foreign.draft.headline not in response.text


def test_dashboard_and_lists_do_not_show_colleagues_articles(client, world, own):
    for model in admin.site._registry:
        assert not told(client.get(listing(model))), model
    assert not told(client.get("/admin/"))


@pytest.mark.parametrize("ended", [False, True])
def test_future_moment_shows_nothing_of_a_colleagues_schedule(client, world, own, ended):
    """The page also lists other articles, as readers saw them."""
    if ended:
        publishing.cancel_schedule(own.article)
        publishing.expire(own.article, COMING)
    page = reverse("admin:articles_article_as_seen", args=[own.article.pk])

    assert not told(client.get(page, {"at": "2090-06-01T12:00"}))


def test_uses_of_a_photo_are_shown_without_colleagues_headlines(client, world, own):
    for name in ("photo", "hub", "title", "topic", "author"):
        row = getattr(world, name)
        for page in ("change", "history", "delete"):
            address = reverse(f"admin:articles_{name}_{page}", args=[row.pk])
            assert not told(client.get(address)), address


def test_delete_page_shows_protected_uses_without_colleagues_headlines(client, world):
    """For a user who may delete photos and hubs, and edits only own articles."""
    client.force_login(world.people["trusted"])
    naming = []
    for row in (world.photo, world.hub, world.title, world.topic, world.foreign.author):
        page = reverse(f"admin:articles_{row._meta.model_name}_delete", args=[row.pk])
        chosen = {"action": "delete_selected", "_selected_action": row.pk, "index": 0}
        pages = [client.get(page), client.post(listing(type(row)), chosen)]
        assert [each.status_code for each in pages] == [200, 200]
        naming += [row for each in pages if told(each)]
        client.post(page, {"post": "yes"})
        row.refresh_from_db()
    assert not naming
