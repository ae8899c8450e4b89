"""A newsletter's box in an article and on a hub's front: signed up at where it is read."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.blocks import SignUpBlock
from articles.models import ShareLink
from articles.publishing import publish as publishing
from articles.publishing import revisions
from newsletter import ledger
from newsletter.models import ConsentEvent, Newsletter, PolicyVersion
from newsletter.tasks import deliver
from newsroom.desk.groups import EDITORS
from tests.articles.blocks.contract import Example
from tests.articles.factories import add_block, make_article, make_hub, make_user
from tests.newsletter.factories import make_newsletter, make_wording

EXAMPLES = [Example(SignUpBlock, lambda: {"newsletter": make_newsletter()})]

pytestmark = pytest.mark.django_db

SCRIPT = "newsletter/sign-up.js"


def sign_up_on(client, page, newsletter):
    """Load a page, fill in its box, and press the button five seconds later."""
    shown = re.search(r'name="shown" value="([^"]+)"', client.get(page).text)[1]
    form = {"address": "reader@example.org", "agree": "on", "shown": shown}
    with time_machine.travel(timezone.now() + timedelta(seconds=5)):
        answer = client.post(reverse("newsletter:sign_up", args=[newsletter.slug]), form)
        deliver.call()
    return answer


def article_with(*newsletters, **fields):
    article = make_article(**fields)
    for newsletter in newsletters:
        add_block(article, SignUpBlock, newsletter=newsletter)
    return article


def test_reader_signs_up_in_the_article_and_the_ledger_knows_where(client):
    newsletter = make_newsletter()
    address = publishing.publish(article_with(newsletter)).get_absolute_url()

    answer = sign_up_on(client, address, newsletter)
    told = client.get(answer.url).text

    assert SCRIPT in client.get(address).text
    assert f'href="{address}"' in told
    where = ledger.event_document(ConsentEvent.objects.get())["where"]
    assert (where["page"], where["placement"]) == (address, "article")


def test_article_with_a_box_is_the_same_for_every_reader(client):
    newsletter = make_newsletter()
    address = publishing.publish(article_with(newsletter)).get_absolute_url()
    before = client.get(address)
    sign_up_on(client, address, newsletter)

    for response in (before, client.get(address)):
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")
        assert "csrf" not in response.text
        assert "checked" not in re.search(r"<input[^>]+name=\"agree\"[^>]*>", response.text)[0]


def test_wording_of_the_moment_is_in_the_box_without_publishing_again(client):
    newsletter = make_newsletter()
    address = publishing.publish(article_with(newsletter)).get_absolute_url()

    make_wording(newsletter, sentence="Worded anew.", button="Yes, send it")

    html = client.get(address).text
    assert "Worded anew." in html
    assert "Yes, send it" in html


@pytest.mark.parametrize("missing", ["closed", "wording", "terms"])
def test_box_that_nobody_may_use_is_not_there(client, missing):
    newsletter = make_newsletter(ready=missing == "closed")
    if missing == "closed":
        Newsletter.objects.update(is_open=False)
    if missing == "terms":
        make_wording(newsletter)
    assert PolicyVersion.objects.exists() == (missing == "closed")
    html = client.get(publishing.publish(article_with(newsletter)).get_absolute_url()).text

    assert "data-sign-up" not in html
    assert SCRIPT not in html


def test_nobody_signs_up_in_a_preview_or_a_shared_draft(client):
    newsletter = make_newsletter()
    article, editor = article_with(newsletter), make_user(EDITORS)
    link = ShareLink.objects.create(article=article, created_by=editor)
    client.force_login(editor)

    preview = client.get(reverse("admin:articles_article_preview", args=[article.pk])).text
    draft = client.get(link.get_absolute_url()).text

    for html in (preview, draft):
        assert "<fieldset disabled>" in html
        assert "Readers sign up here once the article is published." in html


def test_block_is_compared_by_name_and_put_back():
    newsletter = make_newsletter(name="Sci-Fi Weekly")
    article = article_with(newsletter)
    edition = publishing.publish(article)
    block = next(each for each in edition.content["body"] if each["kind"] == "signup")
    assert [line.text for line in SignUpBlock.lines(block)] == ["Sci-Fi Weekly"]

    gone = make_newsletter(ready=False, name="Gone")
    add_block(article, SignUpBlock, newsletter=gone)
    kept = revisions.record(article, by=None).content
    SignUpBlock.objects.all().delete()
    gone.delete()

    restored = revisions.restore(article, kept, by=None)

    assert SignUpBlock.objects.get(parent=article).newsletter == newsletter
    assert restored.left_out == ["The newsletter “Gone” no longer exists."]


def test_newsletter_in_an_article_or_of_a_hub_stays():
    in_article, of_hub = make_newsletter(ready=False), make_newsletter(ready=False)
    article_with(in_article)
    make_hub(newsletter=of_hub)

    for newsletter in (in_article, of_hub):
        with pytest.raises(ProtectedError):
            newsletter.delete()


def test_hub_s_front_has_the_box_where_it_is_wanted(client):
    newsletter = make_newsletter()
    hub = make_hub(newsletter=newsletter)
    other = make_hub(newsletter=newsletter, newsletter_on_front=False)
    third = make_hub()
    front = hub.get_absolute_url()

    sign_up_on(client, front, newsletter)

    assert "data-sign-up" in client.get(front).text
    assert ledger.event_document(ConsentEvent.objects.get())["where"]["placement"] == "hub front"
    for each in (other, third):
        assert "data-sign-up" not in client.get(each.get_absolute_url()).text


def test_boxes_cost_two_queries_however_many(client):
    letters = [make_newsletter() for _ in range(3)]
    plain = publishing.publish(make_article()).get_absolute_url()
    one = publishing.publish(article_with(letters[0])).get_absolute_url()
    three = publishing.publish(article_with(*letters)).get_absolute_url()
    counts = []
    for address in (plain, one, three):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))

    assert counts == [counts[0], counts[0] + 2, counts[0] + 2]
