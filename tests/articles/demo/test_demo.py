"""The newsroom that ``manage.py demo`` makes."""

import re
from collections import Counter
from io import StringIO
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib.auth import authenticate
from django.core import mail
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from articles.blocks import TextBlock
from articles.demo import texts
from articles.models import Article, Author, Edition, Hub, Title
from articles.models.article import Spoiler
from articles.photos.models import Photo
from newsletter.data_export import consent_proof
from newsletter.models import ConsentEvent, Subscription
from newsroom.models import User
from newsroom.rich_text import plain_text
from polls.models import Poll
from tests.demo import passwords
from tests.shared_rows import shared_rows

pytestmark = pytest.mark.usefixtures("demo")

HARBOUR = "/sci-fi/harbour-of-small-moons-second-series-ending/"
MAIN = "/sci-fi/all-of-us-are-dead-second-season-poll/"
GIVES_IT_AWAY = ("campfire", "roof", "nam-ra", "on-jo", "half human", "cho yi-hyun", "park ji-hoo")


@pytest.fixture(scope="module")
def rows_of_demo(django_db_setup, django_db_blocker, tmp_path_factory, fill_demo):
    """The demo, made once for this module."""
    with shared_rows(fill_demo, django_db_blocker, tmp_path_factory.mktemp("demo")) as rows:
        yield rows


@pytest.fixture
def demo(rows_of_demo, db, settings):
    """The demo newsroom; what the command printed."""
    return rows_of_demo.for_one_test(settings)


def main_edition():
    return Edition.objects.live().defer(None).get(headline__contains="All of Us Are Dead")


def live(slug):
    return Edition.objects.live().defer(None).get(slug=slug)


def reader_safe(edition):
    """Every column that lists and channels may read, and the photo's own words."""
    names = [field.attname for field in Edition._meta.concrete_fields if field.name != "content"]
    values = [str(getattr(edition, name)) for name in names]
    if edition.photo:
        values += [edition.photo.alt, edition.photo.caption]
    return "\n".join(values).lower()


def boxed_lines(content):
    """The lines inside boxes and sections of frozen content."""
    inside = False
    for block in content["body"]:
        if block["kind"] in ("spoiler_start", "spoiler_end"):
            inside = block["kind"] == "spoiler_start"
        elif block["kind"] == "text" and inside:
            yield from plain_text(block["html"]).splitlines()
        elif block["kind"] == "text":
            outside = TextBlock.search_text(block).splitlines()
            lines = plain_text(block["html"]).splitlines()
            yield from (line for line in lines if line not in outside)


def test_an_empty_database_gets_a_newsroom(demo):
    assert "17 articles in 3 hubs, 13 of them live" in demo
    assert "shown only now" in demo
    assert Article.objects.count() == len(texts.ARTICLES) == 17
    assert list(Hub.objects.values_list("slug", flat=True)) == ["sci-fi", "film", "games"]
    assert Author.objects.count() == 2
    assert Edition.objects.scheduled().count() == 1
    assert Article.objects.in_review().get().created_by.username == "writer"
    assert Article.objects.get(slug="").missing_for_publication() == ["a hub", "a slug"]


def test_the_poll_article_tells_readers_the_result_and_where_to_watch(client):
    html = client.get(MAIN).text
    for expected in ("83.5 per cent", "16.5 per cent", "Netflix", 'href="/sci-fi/"'):
        assert expected in html
    edition = main_edition()
    assert timezone.localtime(edition.first_published).isoformat() == "2022-02-01T09:30:00+00:00"
    assert edition.lead
    title = Title.objects.get(slug="all-of-us-are-dead")
    assert (title.kind, title.episodes, f"{title.released}") == ("series", 12, "2022-01-28")


def test_the_poll_that_the_article_reports_was_voted_in_and_closed(client):
    poll = Poll.objects.get(slug="all-of-us-are-dead-second-season")
    told = client.get(f"{poll.get_absolute_url()}results.json").json()
    figures = [(line["votes"], line["share"]) for line in told["result"]["choices"]]
    assert (told["state"], figures) == ("closed", [(835, "83.5"), (165, "16.5")])
    html = client.get(MAIN).text
    assert poll.question in html
    assert "1,000 votes</b> in all, the final result" in html
    out = StringIO()
    call_command("audit_polls", stdout=out)
    assert out.getvalue() == "3 polls recounted: everything agrees.\n"


def test_readers_of_the_demo_can_vote():
    slugs = set(Poll.objects.open().values_list("slug", flat=True))
    assert slugs == {"your-seat", "the-promise"}
    assert {poll.has_ballots() for poll in Poll.objects.all()} == {True}


def test_readers_of_the_demo_can_sign_up_where_they_read(client):
    for page in (HARBOUR, "/sci-fi/", "/newsletters/", "/newsletters/sci-fi-weekly/"):
        html = client.get(page).text
        assert "Get sci-fi news direct to your inbox" in html
        assert 'href="/terms/2/"' in html
        assert 'href="/privacy/1/"' in html
    for page in ("/terms/", "/terms/1/", "/privacy/"):
        assert client.get(page).status_code == 200


def test_agreements_of_the_demo_are_proved_and_nothing_is_sent_to_its_readers():
    states = Counter(Subscription.objects.values_list("state", flat=True))
    assert states == {"confirmed": 10, "unsubscribed": 2, "waiting": 2}
    out = StringIO()
    call_command("verify_consents", stdout=out)
    assert out.getvalue().startswith("28 events: the chain holds.")
    assert {len(consent_proof(event)["texts"]) for event in confirmations()} == {3}
    call_command("deliver_mail", stdout=out)
    assert not mail.outbox


def confirmations():
    return ConsentEvent.objects.filter(kind=ConsentEvent.Kind.CONFIRMED)


def test_the_poll_article_keeps_its_ending_in_the_box(client):
    edition = main_edition()
    assert edition.spoiler == Spoiler.MARKED
    told = "\n".join(boxed_lines(edition.content)).lower()
    for word in GIVES_IT_AWAY:
        assert word in told
        assert word not in reader_safe(edition)
        for page in (
            "/",
            "/sci-fi/",
            "/titles/all-of-us-are-dead/",
            "/topics/reader-polls/",
            "/polls/",
        ):
            assert word not in client.get(page).text.lower()


def test_no_article_lets_out_what_is_in_its_boxes():
    boxed = 0
    for edition in Edition.objects.select_related("photo"):
        safe = reader_safe(edition)
        for line in boxed_lines(edition.content):
            boxed += 1
            assert line.lower() not in safe
    assert boxed >= 6


def test_every_kind_of_spoiler_flag_and_box_is_there():
    flags = set(Edition.objects.live().values_list("spoiler", flat=True))
    assert flags == set(Spoiler.values)
    kinds = {block["kind"] for e in Edition.objects.all() for block in e.content["body"]}
    others = {"spoiler_start", "spoiler_end", "poll", "signup"}
    assert kinds == {"text", "photo", "pullquote", "advert"} | others
    html = "".join(b.get("html", "") for e in Edition.objects.all() for b in e.content["body"])
    assert 'data-season="1" data-episode="12"' in html
    assert "data-label=" in html


def test_a_second_run_is_refused_and_changes_nothing(fill_demo):
    models = (Article, Edition, Photo, User)
    before = [list(model.objects.order_by("pk").values()) for model in models]
    files = default_storage.listdir("photos")
    with pytest.raises(CommandError, match="already has articles"):
        fill_demo()
    assert [list(model.objects.order_by("pk").values()) for model in models] == before
    assert default_storage.listdir("photos") == files
    assert fill_demo("--if-empty") == ""


def test_the_passwords_open_the_accounts_with_their_rights(demo):
    found = passwords(demo)
    users = {name: authenticate(username=name, password=word) for name, word in found.items()}
    assert set(users) == {"admin", "editor", "writer"}
    assert all(user.is_staff for user in users.values())
    assert users["admin"].is_superuser
    assert not users["editor"].is_superuser
    assert users["editor"].has_perm("articles.publish_article")
    assert not users["writer"].has_perm("articles.publish_article")
    own = Article.objects.editable_by(users["writer"])
    assert 0 < own.count() < Article.objects.count()


def test_articles_with_a_past_answer_as_they_should(client):
    moved = client.get("/film/map-of-the-rain/")
    assert (moved.status_code, moved["Location"]) == (301, "/film/a-map-of-the-rain-review/")
    gone = client.get("/games/fathom-street-second-street/")
    assert gone.status_code == 410
    assert "rested on a misunderstanding" in gone.text
    updated = live("fathom-street-preview")
    assert updated.number == 2
    assert updated.updated > updated.first_published
    assert client.get("/film/windermoor-second-look/").status_code == 404


def test_every_public_page_answers_without_a_cookie(client):
    waiting, seen = ["/"], set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        if path.startswith("/media/"):
            assert default_storage.exists(path.removeprefix("/media/"))
            continue
        response = client.get(path)
        body = b"".join(response) if response.streaming else response.content
        assert response.status_code == 200, path
        assert "Set-Cookie" not in response.headers, path
        if response["Content-Type"].startswith("text/html"):
            links = re.findall(r'(?:href|src)="([^"#]+)"', body.decode())
            absolute = (urlsplit(urljoin(f"http://testserver{path}", link)) for link in links)
            waiting += [
                f"{link.path}?{link.query}".removesuffix("?")
                for link in absolute
                if link.netloc == "testserver" and not link.path.startswith("/static/")
            ]
    for edition in Edition.objects.live():
        assert edition.get_absolute_url() in seen
    assert {author.get_absolute_url() for author in Author.objects.all()} <= seen
