"""Autosaved text is recovered without being saved, and confirmed once it is saved."""

from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Permission
from django.core import serializers
from django.urls import reverse

from articles.admin import autosave
from articles.admin.article import ArticleAdmin
from articles.blocks import PullQuoteBlock, TextBlock
from articles.models import Article
from newsroom.desk.groups import EDITORS
from tests.articles.admin_forms import change, form_data
from tests.articles.factories import add_block, make_article, make_author, make_topic, make_user

pytestmark = pytest.mark.django_db
ADD = reverse("admin:articles_article_add")
SENT_AS = "0b8a7f6e-1234"
TYPED = "<p>Typed before the crash.</p>"


def everything():
    """All that an article is made of, as text."""
    models = (Article, *(inline.model for inline in ArticleAdmin.inlines))
    return [serializers.serialize("json", model.objects.order_by("pk")) for model in models]


def named_in_cookie(response):
    cookie = response.cookies.get("desk-saved")
    return cookie.value.split(".") if cookie else None


# Bringing back


@pytest.mark.parametrize("button", ["_save", "_continue", "_addanother", "_preview", "_transition"])
def test_text_recovered_into_an_article_is_shown_and_not_saved(client, editor, button):
    article = make_article(text="<p>Stored.</p>", topics=[make_topic()])
    block = TextBlock.objects.get()
    before = everything()

    data = form_data(TYPED, block, headline="Typed headline", **{button: "submit"})
    response = client.post(change(article), data | {"_recover": SENT_AS, "_autosave": "1"})

    assert response.status_code == 200
    html = response.content.decode()
    assert 'value="Typed headline"' in html
    assert "Typed before the crash." in html
    assert "recovered and not saved yet" in html
    assert "Please correct" not in html
    assert response.context["errors"] == []
    assert "no-store" in response["Cache-Control"]
    assert named_in_cookie(response) is None
    assert everything() == before


@pytest.mark.parametrize("button", ["_save", "_continue", "_transition"])
def test_text_recovered_into_the_empty_form_is_shown_and_not_saved(client, writer, button):
    author, topic = make_author(name="Ada Placeholder"), make_topic(name="Endings")
    data = form_data(TYPED, headline="Typed headline", topics=[topic.pk], **{button: "submit"})
    data |= {
        "bylines-TOTAL_FORMS": 1,
        "bylines-0-author": author.pk,
        "bylines-0-position": 1,
    }

    response = client.post(ADD, data | {"_recover": SENT_AS})

    assert response.status_code == 200
    html = response.content.decode()
    for typed in ("Typed headline", "Typed before the crash.", "Ada Placeholder", "Endings"):
        assert typed in html
    assert "Please correct" not in html
    assert not Article.objects.exists()
    assert not TextBlock.objects.exists()


def test_same_form_is_saved_without_recovery(client, writer):
    """The other tests' requests are refused for the tested reason alone."""
    assert client.post(ADD, form_data(TYPED)).status_code == 302
    article = Article.objects.get()
    data = form_data("<p>New.</p>", TextBlock.objects.get(), _version=article.version)
    assert client.post(change(article), data).status_code == 302
    assert TextBlock.objects.get().html == "<p>New.</p>"


def test_recovery_rolls_back_what_other_code_saves(client, editor, monkeypatch):
    monkeypatch.setattr(autosave.RecoveryForm, "is_valid", lambda form: not form.errors)
    article = make_article(text="<p>Stored.</p>")
    before = everything()

    data = form_data(TYPED, TextBlock.objects.get(), headline="Typed", _recover=SENT_AS)
    response = client.post(change(article), data)

    assert response.status_code == 302, "nothing was saved that could be undone"
    assert everything() == before


def test_errors_in_recovered_text_are_shown(client, writer):
    response = client.post(ADD, form_data(TYPED, headline="", _recover=SENT_AS))

    assert response.status_code == 200
    assert "This field is required." in response.content.decode()
    assert "Typed before the crash." in response.content.decode()


def test_form_names_the_token_of_its_unsaved_text(client, writer):
    assert "data-unsaved" not in client.get(ADD).content.decode()

    back = client.post(ADD, form_data(TYPED, _recover=SENT_AS)).content.decode()
    faulty = client.post(ADD, form_data(TYPED, headline="", _autosave=SENT_AS)).content.decode()
    odd = client.post(ADD, form_data(TYPED, headline="", _autosave='"><i>')).content.decode()

    assert f'data-unsaved data-previous-token="{SENT_AS}"' in back
    assert f'data-unsaved data-previous-token="{SENT_AS}"' in faulty
    assert 'data-unsaved data-previous-token=""' in odd


def test_text_of_blocks_deleted_since_is_recovered_too(client, editor):
    article = make_article(text="<p>First.</p>")
    first = TextBlock.objects.get()
    second = add_block(article, TextBlock, html="<p>Second.</p>")
    quote = add_block(article, PullQuoteBlock, text="Quoted.")
    prefix = "articles_textblock_set"
    kept = form_data("<p>First, longer.</p>", first) | {
        f"{prefix}-TOTAL_FORMS": 3,
        f"{prefix}-INITIAL_FORMS": 2,
        f"{prefix}-1-id": second.pk,
        f"{prefix}-1-region": "body",
        f"{prefix}-1-ordering": 20,
        f"{prefix}-1-html": "<p>Second, longer.</p>",
        f"{prefix}-2-id": "",
        f"{prefix}-2-region": "body",
        f"{prefix}-2-ordering": 40,
        f"{prefix}-2-html": "<p>Third, new.</p>",
        "articles_pullquoteblock_set-TOTAL_FORMS": 1,
        "articles_pullquoteblock_set-INITIAL_FORMS": 1,
        "articles_pullquoteblock_set-0-id": quote.pk,
        "articles_pullquoteblock_set-0-region": "body",
        "articles_pullquoteblock_set-0-ordering": 30,
        "articles_pullquoteblock_set-0-text": "Quoted, longer.",
    }
    gone = {f"{prefix}-0-DELETE": "on", "articles_pullquoteblock_set-0-DELETE": "on"}
    assert client.post(change(article), kept | gone).status_code == 302
    assert [block.html for block in TextBlock.objects.order_by("ordering")] == [
        "<p>Second, longer.</p>",
        "<p>Third, new.</p>",
    ]
    before = everything()

    response = client.post(change(article), kept | {"_recover": SENT_AS})

    assert response.status_code == 200
    html = response.content.decode()
    for typed in ("First, longer.", "Second, longer.", "Third, new.", "Quoted, longer."):
        assert typed in html
    assert "Please correct" not in html
    assert everything() == before


def test_recovered_text_keeps_the_version_it_was_typed_over(client, editor):
    article = make_article()
    data = form_data(headline="Typed", _version=0)
    client.post(change(article), form_data(headline="Saved by somebody else"))

    response = client.post(change(article), data | {"_recover": SENT_AS})

    html = response.content.decode()
    assert 'name="_version" value="0"' in html
    assert "when you save, you will see both texts" in html


# Who may


def test_writer_cannot_recover_text_into_a_colleagues_article(client, writer):
    foreign = make_article(headline="Not yours", created_by=make_user(EDITORS))

    response = client.post(change(foreign), form_data(headline="Typed", _recover=SENT_AS))

    assert response.status_code == 302
    assert response["Location"] == reverse("admin:index")


def test_viewer_cannot_recover_text(client):
    user = make_user()
    permissions = Permission.objects.filter(content_type__app_label="articles")
    user.user_permissions.add(*permissions.filter(codename__in=["view_article", "publish"]))
    client.force_login(user)
    article = make_article(created_by=user)
    assert client.get(change(article)).status_code == 200
    assert "data-autosave-form" not in client.get(change(article)).content.decode()

    assert client.post(change(article), form_data(_recover=SENT_AS)).status_code == 403
    assert client.post(ADD, form_data(_recover=SENT_AS)).status_code == 403


def test_recovery_requires_login(client):
    response = client.post(change(make_article()), form_data(_recover=SENT_AS))

    assert response.status_code == 302
    assert "login" in response["Location"]


# Confirming


@pytest.mark.parametrize(
    "button", ["_save", "_continue", "_addanother", "_preview", "_transition", "_popup"]
)
def test_every_button_that_saves_confirms_the_save(client, editor, button):
    added = client.post(ADD, form_data(_autosave="first", **{button: "submit"}))
    article = Article.objects.get()
    changed = client.post(
        change(article),
        form_data(_autosave="second", headline="Another", _version=1, **{button: "submit"}),
    )

    assert named_in_cookie(added) == ["first"]
    assert named_in_cookie(changed) == ["first", "second"]  # no page has read it yet


def test_save_that_changed_nothing_is_confirmed(client, editor):
    article = make_article(text=None)
    data = form_data(headline=article.headline, slug=article.slug, hub=article.hub_id)

    assert named_in_cookie(client.post(change(article), data | {"_autosave": SENT_AS})) == [SENT_AS]


def test_confirmation_cookie_is_limited_to_the_admin(client, writer, settings):
    settings.SESSION_COOKIE_SECURE = True
    cookie = client.post(ADD, form_data(_autosave=SENT_AS)).cookies["desk-saved"]

    assert (cookie["path"], cookie["samesite"], cookie["secure"]) == ("/admin/", "Lax", True)
    assert cookie["max-age"] == 7 * 24 * 60 * 60
    assert not cookie["httponly"]


def test_number_of_unread_confirmations_is_limited(client, writer):
    for number in range(30):
        response = client.post(ADD, form_data(headline=f"Number {number}", _autosave=f"t{number}"))

    assert named_in_cookie(response) == [f"t{number}" for number in range(10, 30)]


@pytest.mark.parametrize("token", ["", "a" * 65, "a b", "a;b", "a.b", "a\nb", "a\n", "é", "<i>"])
def test_malformed_token_is_ignored(client, writer, token):
    response = client.post(ADD, form_data(_autosave=token))

    assert response.status_code == 302
    assert named_in_cookie(response) is None


def test_malformed_cookie_is_ignored(client, writer):
    client.cookies["desk-saved"] = "good.b%d." + "x" * 65

    assert named_in_cookie(client.post(ADD, form_data(_autosave=SENT_AS))) == [
        "good",
        SENT_AS,
    ]


def test_failed_save_is_not_confirmed(client, editor):
    article = make_article()

    faulty = client.post(change(article), form_data(headline="", _autosave=SENT_AS))
    clashing = client.post(change(article), form_data(_version=7, _autosave=SENT_AS))

    assert (faulty.status_code, clashing.status_code) == (200, 200)
    assert named_in_cookie(faulty) is None
    assert named_in_cookie(clashing) is None


# Long articles


def test_article_of_two_hundred_blocks_is_saved(client, writer):
    prefix = "articles_textblock_set"
    text = "<p>" + " ".join(["Zażółć gęślą jaźń."] * 400) + "</p>"
    data = form_data() | {f"{prefix}-TOTAL_FORMS": 200}
    for number in range(200):
        row = {"id": "", "parent": "", "region": "body", "ordering": 10 * number, "html": text}
        data |= {f"{prefix}-{number}-{field}": value for field, value in row.items()}
    body = urlencode(data)
    assert len(data) > 1000, "Django's own limits wouldn't refuse it"
    assert len(body) > 2_621_440, "Django's own limits wouldn't refuse it"

    response = client.post(ADD, body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 302
    assert TextBlock.objects.filter(html=text).count() == 200
