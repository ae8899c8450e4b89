"""Ids of a colleague's rows, used anywhere in a request, show and change nothing."""

import pytest
from django.forms.models import model_to_dict
from django.urls import reverse

from articles.admin.transitions import TRANSITIONS
from articles.blocks import BLOCKS, PARTS, PullQuoteBlock, TextBlock
from articles.models import Article, ArticleTitle, Byline, Edition
from articles.publishing import revisions
from tests.articles.admin_forms import change, transition
from tests.permissions import table
from tests.permissions.addresses import find_addresses
from tests.permissions.payloads import Target, article_form
from tests.permissions.test_matrix import DECLARED, told
from tests.permissions.walking import outcome_of
from tests.permissions.world import rows, state_of, ticket

pytestmark = pytest.mark.django_db

CHANGELIST = "/admin/articles/article/"
#: Keys of addresses whose rows belong to a writer.
OWNED = ("articles_article_", "articles_edition_", "articles/article/", "articles/edition/")


@pytest.fixture
def own(world, client):
    """The writer's side, with the writer logged in; the colleague has saved once more."""
    client.force_login(world.people["writer"])
    revisions.record(world.foreign.article, by=world.colleague)
    return world.own


@pytest.fixture
def foreign(world):
    """The colleague's side, which must be unchanged when the test ends."""
    before = state_of(world.foreign)
    yield world.foreign
    assert state_of(world.foreign) == before


@pytest.fixture
def trusted(world, client):
    """The writer with all permissions of editors except to edit any article."""
    user = world.people["trusted"]
    Article.objects.filter(created_by=world.people["writer"]).update(created_by=user)
    client.force_login(user)
    return user


def address(name, side, *arguments):
    return reverse(f"admin:articles_article_{name}", args=[side.article.pk, *arguments])


# Addresses


def test_all_other_permissions_give_no_access_to_a_colleagues_article(world, walker):
    someone, addresses = walker("trusted"), find_addresses()
    for key in DECLARED:
        target = Target(world, addresses[key.partition("[")[0]], key, world.foreign)
        if not key.startswith(OWNED) or target.path.endswith(("/article/", "/edition/", "/add/")):
            continue
        for method in {"GET", "POST"} & set(table.outcomes(DECLARED, key)):
            data = target.data(someone.user) if method == "POST" else None
            response, changed = someone.send(method, target.address, data)
            allowed = {"404", "403", "index"} | ({"away"} if "<path" in key else set())
            assert outcome_of(response, changed) in allowed, (key, method)
            assert not told(response), (key, method)


def test_colleagues_article_answers_like_one_that_does_not_exist(world, writer):
    """Otherwise a writer could find out which primary keys are used."""
    addresses, never = find_addresses(), 987_654
    for key in DECLARED:
        if not key.startswith(OWNED) or "bulk" in key:
            continue
        target = Target(world, addresses[key.partition("[")[0]], key, world.foreign)
        number = f"/{rows(world, world.foreign)[target.model].pk}/"
        nowhere = target.address.replace(number, f"/{never}/")
        for method in {"GET", "POST"} & set(table.outcomes(DECLARED, key)):
            data = target.data(writer.user) if method == "POST" else None
            answers = [
                writer.send(method, each, data, rendered=False)[0]
                for each in (target.address, nowhere)
            ]
            there, gone = (
                (answer.status_code, answer.get("Location", "").replace(number, f"/{never}/"))
                for answer in answers
            )
            assert there == gone, (key, method)


def test_own_article_is_not_accessible_without_permissions(world, walker):
    """Someone who created it and is no longer a writer."""
    bare, addresses = world.people["bare"], find_addresses()
    Article.objects.filter(created_by=world.people["writer"]).update(created_by=bare)
    someone = walker("bare")
    for key in DECLARED:
        target = Target(world, addresses[key.partition("[")[0]], key, world.own)
        if not key.startswith(OWNED):
            continue
        for method in {"GET", "POST"} & set(table.outcomes(DECLARED, key)):
            data = target.data(bare) if method == "POST" else None
            response, changed = someone.send(method, target.address, data, rendered=False)
            allowed = {"404", "403"} | ({"away"} if "<path" in key else set())
            assert outcome_of(response, changed) in allowed, (key, method)


@pytest.mark.parametrize(("name", "expected"), [("writer", "index"), ("viewer", "403")])
def test_text_is_neither_recovered_nor_compared_in_a_form_the_user_may_not_save(
    world, walker, name, expected
):
    someone, page = walker(name), change(world.foreign.article)
    for more in ({"_recover": "token"}, {"_version": 0}, {"_version": 0, "_recover": "token"}):
        data = article_form(world.own.article) | more
        response, changed = someone.send("POST", page, data)
        assert outcome_of(response, changed) == expected
        assert not told(response)


# Several at once


@pytest.mark.parametrize("name", [name for name, each in TRANSITIONS.items() if each.in_bulk])
def test_bulk_transition_changes_no_colleagues_article(client, world, trusted, foreign, name):
    own, both = world.own.article, f"{world.own.article.pk},{foreign.article.pk}"
    page = reverse("admin:articles_article_bulk", args=[name])
    data = {"versions": f"{own.pk}:{own.version}", "reason": "A reason"}
    assert client.post(f"{page}?ids={foreign.article.pk}", data).status_code == 404

    response = client.get(f"{page}?ids={both}")

    if TRANSITIONS[name].permission == "articles.edit_any_article":
        assert response.status_code == 403
        return
    assert response.status_code == 200
    assert not told(response)
    before = Edition.objects.filter(article=own).values_list("number", "live_until")
    before = list(before)
    assert client.post(f"{page}?ids={both}", data).status_code == 302
    after = Edition.objects.filter(article=own).values_list("number", "live_until")
    assert list(after) != before


@pytest.mark.parametrize("everything", ["0", "1"])
@pytest.mark.parametrize("action", ["bulk_publish", "bulk_withdraw", "delete_selected"])
def test_action_changes_no_colleagues_article(client, world, trusted, foreign, action, everything):
    mine, theirs = world.own.draft, foreign.draft
    chosen = {"_selected_action": [mine.pk, theirs.pk], "index": 0, "select_across": everything}
    if everything == "1":
        # Select all rows of the list, which leaves out the live article, as it can't be deleted.
        Article.objects.filter(pk=world.own.article.pk).update(created_by=None)
        world.own.article.bylines.all().delete()

    response = client.post(CHANGELIST, {"action": action, **chosen})
    assert not told(response)
    assert str(theirs.pk) not in response.get("Location", "")

    if action == "delete_selected":
        client.post(CHANGELIST, {"action": action, "post": "yes", **chosen})
        assert not Article.objects.filter(pk=mine.pk).exists()


# Rows of the form


def part_rows(model, row, **fields):
    """Return the data of a part's row as the form sends it."""
    prefix = {Byline: "bylines", ArticleTitle: "title_links"}.get(model)
    prefix = prefix or f"articles_{model._meta.model_name}_set"
    values = {name: "" if value is None else value for name, value in model_to_dict(row).items()}
    values = {**values, "id": row.pk, **fields}
    sent = {f"{prefix}-0-{name}": value for name, value in values.items()}
    return {f"{prefix}-TOTAL_FORMS": 1, **sent}, f"{prefix}-INITIAL_FORMS"


#: Whose article the row names, its formset's number of initial forms, and whether to delete it.
ROWS = [
    ("own", 1, {}),
    ("own", 0, {}),
    ("foreign", 1, {}),
    ("foreign", 0, {}),
    ("own", 1, {"DELETE": "on"}),
]


@pytest.mark.parametrize("older", [False, True], ids=["latest", "older"])
def test_row_of_a_colleagues_article_in_the_form_is_not_changed(client, world, own, foreign, older):
    """It is not moved, changed, deleted or shown, also if the form is outdated."""
    words = {
        TextBlock: {"html": "<p>Taken</p>"},
        PullQuoteBlock: {"text": "Taken"},
        ArticleTitle: {"title": world.spare_title.pk},
    }
    for belongs, known, deleted in ROWS:
        own.article.refresh_from_db()
        data = article_form(own.article)
        for model in PARTS:
            parent = "parent" if model in BLOCKS else "article"
            fields = {parent: getattr(world, belongs).article.pk, **words.get(model, {}), **deleted}
            sent, initial = part_rows(model, foreign.part(model), **fields)
            data |= sent | {initial: known}
        data["_version"] = 0 if older else own.article.version
        response = client.post(change(own.article), data)
        what = (belongs, known, deleted)
        # Django ignores a row that does not belong to the article, or creates a new one.
        accepted = belongs == "own" and not older
        assert response.status_code == (302 if accepted else 200), what
        assert not told(response), what


def test_colleagues_blocks_are_not_cloned(client, own, foreign):
    """The content editor itself would clone any block by its primary key."""
    counts = {model: model.objects.count() for model in BLOCKS}
    theirs = [f"{model._meta.label_lower}:{foreign.part(model).pk}" for model in BLOCKS]
    copying = {"_clone": theirs, "_clone_region": "body", "_clone_ordering": 900}

    response = client.post(change(own.article), article_form(own.article, **copying))
    assert response.status_code == 302
    assert {model: model.objects.count() for model in BLOCKS} == counts


# Versions, links, tickets


def test_version_of_a_colleagues_article_cannot_be_named(client, own, foreign):
    """Versions are named by their number within the article, not by their primary key."""
    revision, edition = foreign.article.revisions.first().pk, foreign.article.editions.first().pk
    assert edition > own.article.editions.count()
    before = state_of(own)
    for name in ("r3", f"r{revision}", f"e{edition}", "r0", "e-1", str(revision)):
        for query in ({"from": name}, {"to": name}, {"from": name, "to": name}):
            response = client.get(address("compare", own), query)
            assert response.status_code == 404, query
            assert not told(response), query
            assert not told(client.get(address("history", own), query)), query
        restoring = address("restore", own, name)
        for response in (client.get(restoring), client.post(restoring, {"version": 2})):
            assert response.status_code == 404, name
    assert state_of(own) == before


def test_colleagues_share_link_cannot_be_revoked(client, own, foreign):
    for number in (foreign.link.pk, f"{foreign.link.pk} ", f"{own.link.pk},{foreign.link.pk}"):
        assert client.post(address("share", own), {"revoke": number}).status_code == 404
    assert foreign.link.is_open


def test_ticket_is_valid_for_its_own_article_only(client, own, foreign):
    before = state_of(own)
    theirs, mine = ticket(foreign.article), ticket(own.article)
    sent = {"theirs": own.article.version, "headline": "mine"}

    response = client.post(address("clash", own), {**sent, "ticket": theirs})
    assert response.status_code == 302
    assert not told(response)
    assert client.post(address("clash", foreign), {**sent, "ticket": mine}).status_code == 404
    assert state_of(own) == before


def test_answer_with_another_articles_version_is_asked_again(client, world, trusted, foreign):
    own = world.own
    versions = f"{foreign.article.pk}:{foreign.article.version}"

    response = client.post(transition(own.article, "publish"), {"versions": versions})

    assert response.status_code == 200
    assert own.article.editions.count() == 2


def test_adding_with_ids_of_others_creates_a_new_article_with_new_parts(client, own, foreign):
    theirs, part = foreign.article.pk, foreign.part(TextBlock)
    data = article_form(own.article, headline="New", slug="new", id=theirs, pk=theirs)
    for known in (0, 1):
        data |= {"articles_textblock_set-INITIAL_FORMS": known}
        data |= {"articles_textblock_set-0-id": part.pk, "articles_textblock_set-0-parent": theirs}
        assert not told(client.post(reverse("admin:articles_article_add"), data))

    data |= {"articles_textblock_set-INITIAL_FORMS": 0, "articles_textblock_set-0-parent": ""}
    client.post(reverse("admin:articles_article_add"), data)
    made = Article.objects.get(headline="New")
    assert made.created_by == own.owner
    assert TextBlock.objects.get(parent=made).pk != part.pk
