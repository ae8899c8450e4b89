"""“As readers saw it on …”: the readers' own page, for any moment, to the second."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from articles.admin.as_seen_page import as_seen_address, first_second
from articles.models import Edition
from articles.publishing import publish as publishing
from tests.articles.admin_forms import transition
from tests.articles.factories import make_article, make_live, make_title, make_user, revise

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def as_seen(article, at=None):
    query = {} if at is None else {"at": at}
    return reverse("admin:articles_article_as_seen", args=[article.pk], query=query)


def body(html):
    """Return the page's main element without the banner."""
    main = re.search(r'<main id="content" tabindex="-1">(.*)</main>', html, re.DOTALL)[1]
    return re.sub(
        r'<link rel="stylesheet"[^>]*>\s*<section class="page-banner.*?</section>',
        "",
        main,
        flags=re.DOTALL,
    ).strip()


def seen(client, article, at):
    return client.get(as_seen_address(article.pk, at)).content.decode()


def test_each_edition_is_seen_from_its_first_second_to_its_last(client, editor, clock):
    article = make_live(headline="First headline").article
    began = timezone.now()
    clock.shift(60)
    publishing.publish(revise(article, headline="Second headline"))
    changed = timezone.now()
    publishing.expire(article, changed + timedelta(seconds=60))
    ended = changed + timedelta(seconds=60)
    clock.shift(3600)

    assert "page not found" in seen(client, article, began - SECOND)
    assert "First headline" in seen(client, article, began)
    assert "First headline" in seen(client, article, changed - SECOND)
    assert "Second headline" in seen(client, article, changed)
    assert "First headline" not in seen(client, article, changed)
    assert "Second headline" in seen(client, article, ended - SECOND)
    assert "no longer published" in seen(client, article, ended)
    assert "had expired" in seen(client, article, ended)
    assert "no longer published" in seen(client, article, timezone.now())


def test_page_is_the_readers_page_of_that_moment(client, editor, clock):
    title = make_title()
    article = make_live(headline="First", titles=[title]).article
    make_live(headline="A neighbour", titles=[title])
    then = timezone.now()
    address = article.editions.get().get_absolute_url()
    readers_page = client.get(address).content.decode()
    clock.shift(60)
    publishing.publish(revise(article, headline="Second"))
    make_live(headline="A later neighbour", titles=[title])

    html = seen(client, article, then)

    assert body(html) == body(readers_page)
    assert "A neighbour" in html
    assert "A later neighbour" not in html
    assert "A later neighbour" in seen(client, article, timezone.now())


def test_related_articles_are_those_of_that_moment(client, editor, clock):
    article, neighbour = make_live().article, make_live(headline="Soon gone").article
    then = timezone.now()
    clock.shift(60)
    publishing.withdraw(neighbour, reason="x")

    assert "Soon gone" in seen(client, article, then)
    assert "Soon gone" not in seen(client, article, timezone.now())


def test_withdrawn_article_shows_its_notice_as_readers_got_it(client, editor, clock):
    article = make_live(headline="Wrong").article
    address = article.editions.get().get_absolute_url()
    then = timezone.now()
    clock.shift(60)
    client.post(
        transition(article, "withdraw"), {"reason": "For staff", "notice": "We were wrong."}
    )
    readers_page = client.get(address)
    withdrawn = timezone.now()
    clock.shift(60)
    publishing.publish(revise(article, headline="Right"))

    html = seen(client, article, withdrawn)

    assert readers_page.status_code == 410
    assert body(html) == body(readers_page.content.decode())
    assert "We were wrong." in html
    assert "had been withdrawn" in html
    assert "For staff" not in html
    assert "Wrong" in seen(client, article, then)
    assert "Right" in seen(client, article, timezone.now())


def test_moments_to_come_are_told_as_a_plan(client, editor, clock):
    article = make_article(headline="Planned")
    later = timezone.now() + timedelta(days=1)
    publishing.schedule(article, later)

    before, after = seen(client, article, later - SECOND), seen(client, article, later)

    assert "readers will get “page not found”" in re.sub(r"<[^>]+>", "", before)
    assert "As readers will see it" in after
    assert "if nothing changes" in after
    assert "<h1>Planned</h1>" in after


def test_cancelled_edition_was_never_seen(client, editor, clock):
    article = make_article(headline="Never")
    later = timezone.now() + timedelta(seconds=60)
    publishing.schedule(article, later)
    publishing.cancel_schedule(article)
    clock.shift(3600)

    html = seen(client, article, later)

    assert "page not found" in html
    assert "Edition 1" not in html


def test_neighbouring_editions_are_a_click_away(client, editor, clock):
    article = make_live(headline="First").article
    for headline in ("Second", "Third"):
        clock.shift(60.5)  # not at a full second
        publishing.publish(revise(article, headline=headline))
    clock.shift(60)

    html = client.get(as_seen(article)).content.decode()
    headlines = []
    while ways := re.search(r'<a href="([^"]+)">Edition \d, before', html):
        html = client.get(ways[1]).content.decode()
        headlines.append(re.search(r"<h1>(.*)</h1>", html)[1])
    while ways := re.search(r'<a href="([^"]+)">Edition \d, after', html):
        html = client.get(ways[1]).content.decode()
        headlines.append(re.search(r"<h1>(.*)</h1>", html)[1])

    assert headlines == ["Second", "First", "Second", "Third"]


def test_edition_that_lived_less_than_a_second_can_be_seen(client, editor, clock):
    article = make_live(headline="First").article
    clock.shift(0.25)
    publishing.publish(revise(article, headline="Brief"))
    clock.shift(0.25)
    publishing.publish(revise(article, headline="Third"))
    brief = article.editions.get(number=2)

    assert first_second(brief) == brief.live_from
    assert "<h1>Brief</h1>" in seen(client, article, first_second(brief))


def test_form_reads_and_shows_the_newsrooms_clock(client, editor, settings):
    settings.TIME_ZONE = "America/New_York"
    article = make_article()
    publishing.schedule(article, datetime(2090, 7, 1, 13, 0, tzinfo=UTC))

    html = client.get(as_seen(article, "2090-07-01T09:00:00")).content.decode()

    assert f"<h1>{article.headline}</h1>" in html
    assert 'value="2090-07-01T09:00:00"' in html
    assert "1 July 2090, 09:00:00 EDT" in html


@pytest.mark.parametrize(
    "moment",
    [
        "yesterday",
        "2026-02-30T10:00",
        "0001-01-01T00:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59",
        "9999-12-31T23:59:59-12:00",
        "2026-01-01T00:00+99:99",
        "<script>alert(1)</script>",
        "\x00",
        "1" * 5000,
    ],
)
@pytest.mark.parametrize("zone", ["Europe/London", "Pacific/Kiritimati", "Etc/GMT+12"])
def test_what_is_no_moment_is_refused_kindly(client, editor, settings, moment, zone):
    settings.TIME_ZONE = zone
    article = make_live().article

    response = client.get(as_seen(article, moment))

    html = response.content.decode()
    assert response.status_code == 200
    assert "That is not a valid time in the newsroom’s time zone." in html
    assert 'aria-invalid="true"' in html
    assert "<script>alert" not in html


@pytest.mark.parametrize("moment", ["2026-03-29T01:30", "2026-10-25T01:30"])
def test_moment_that_the_clock_leaves_out_or_shows_twice_is_refused(
    client, editor, settings, moment
):
    settings.TIME_ZONE = "Europe/London"

    html = client.get(as_seen(make_live().article, moment)).content.decode()

    assert "That is not a valid time in the newsroom’s time zone." in html
    assert "Europe/London" in html


def test_page_is_kept_private(client, editor):
    article = make_live().article

    for at in (None, "2001-01-01T00:00", "nonsense"):
        response = client.get(as_seen(article, at))
        assert "no-store" in response["Cache-Control"]
        assert "private" in response["Cache-Control"]
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert 'name="robots" content="noindex' in response.content.decode()


def test_only_those_who_may_look_at_the_article_see_its_past(client, writer):
    article = make_live().article

    assert client.get(as_seen(article)).status_code == 404
    article.created_by = writer
    article.save()
    assert client.get(as_seen(article)).status_code == 200
    client.force_login(make_user())
    assert client.get(as_seen(article)).status_code == 404
    client.logout()
    assert client.get(as_seen(article)).status_code == 302
    assert Edition.objects.count() == 1
