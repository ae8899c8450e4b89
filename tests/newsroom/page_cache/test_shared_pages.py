"""Pages that all readers share: what caches are told of them, what is kept, and what never is."""

import re
from datetime import timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.models import Hub, ShareLink
from articles.publishing import publish as publishing
from articles.site import rendering, views
from newsletter import links
from newsroom.page_cache import pages, site_version
from tests.articles.factories import make_article, make_hub, make_live, make_user, revise
from tests.newsletter.factories import make_confirmed, make_requested
from tests.newsroom.page_cache.shared_world import make_world, paths
from tests.polls.factories import make_ballot, make_poll

pytestmark = pytest.mark.django_db(transaction=True)

PRIVATE = {"private", "no-store"}
#: Headers by which one request might spoil a page for others.
FORGED = {
    "authorization": "Basic eDp5",
    "accept": "application/json",
    "accept-language": "de",
    "cookie": "sessionid=forged; messages=forged; csrftoken=forged; reader=forged",
    "forwarded": "host=evil.example;proto=https",
    "host": "TESTSERVER:8080",
    "origin": "https://evil.example",
    "range": "bytes=0-10",
    "user-agent": "<script>alert(1)</script>",
    "x-forwarded-for": "192.0.2.66",
    "x-forwarded-host": "evil.example",
    "x-forwarded-prefix": "/evil",
    "x-forwarded-proto": "https",
    "x-forwarded-scheme": "nothttps",
    "x-http-method-override": "POST",
    "x-original-url": "/admin/",
    "x-rewrite-url": "/admin/",
}


@pytest.fixture
def for_ever(monkeypatch):
    """A process that reads the site version again only where it is told to."""
    monkeypatch.setattr(site_version, "MAX_AGE", float("inf"))


@pytest.fixture
def looks_again(monkeypatch):
    """A process that reads the site version again with every request."""
    monkeypatch.setattr(site_version, "MAX_AGE", 0)


@pytest.fixture
def clock(time_machine):
    """A clock that stands at a full second until a test moves it."""
    time_machine.move_to(timezone.now().replace(microsecond=0), tick=False)
    return time_machine


def control(response):
    """Return the directives of Cache-Control by name."""
    said = response.headers.get("Cache-Control", "").split(", ")
    return dict(each.partition("=")[::2] for each in said)


def modified(response):
    return parsedate_to_datetime(response["Last-Modified"])


def kept():
    """How many pages are kept in this process."""
    return len(caches["pages"]._cache)


def asked(client, path, **options):
    """An answer, with the number of its queries and of the templates that made it."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path, **options)
    return response, len(captured), len(response.templates)


def test_every_shared_page_may_be_kept_for_a_moment_and_names_its_state(client, time_machine):
    world = make_world()
    time_machine.move_to(timezone.now() + timedelta(hours=1))
    for view, (path, *_) in paths(world).items():
        response = client.get(path)
        said = control(response)
        assert response.status_code == 200, view
        assert said.keys() == {"public", "max-age", "s-maxage", "stale-while-revalidate"}, view
        if "/polls/question" not in path:  # its figures are good for two seconds
            assert 0 < int(said["max-age"]) < int(said["s-maxage"]), view
            assert int(said["stale-while-revalidate"]) > 0, view
        assert re.fullmatch(r'"[0-9a-f]{32}"', response["ETag"]), view
        assert modified(response) < timezone.now(), view
        assert not response.cookies, view
        assert not response.has_header("Vary"), view


def test_last_modified_is_the_newest_edition_shown_or_the_last_change(
    client, looks_again, clock, monkeypatch
):
    monkeypatch.setattr(views.CardList, "paginate_by", 1)
    changed, other = make_live(), make_hub()
    for _ in range(2):
        make_live(hub=other)
    second = f"{other.get_absolute_url()}?page=2"
    addresses = {"article": changed.get_absolute_url(), "hub": other.get_absolute_url()}
    addresses |= {"second page": second, "home": "/"}
    clock.shift(timedelta(hours=1))
    hour = timezone.now()
    before = {name: client.get(address) for name, address in addresses.items()}
    assert all(modified(response) < hour - timedelta(minutes=59) for response in before.values())

    make_live(hub=other)
    clock.shift(10)
    after = {name: client.get(address) for name, address in addresses.items()}

    assert modified(after["article"]) == modified(before["article"]), "it doesn't show the new one"
    assert modified(after["home"]) == modified(after["hub"]) == hour
    # What it shows was there before, on the page before it.
    assert after["second page"].content != before["second page"].content
    known = {"if-modified-since": before["second page"]["Last-Modified"]}
    assert client.get(second, headers=known).status_code == 200

    poll = make_poll(result_visibility="always")
    figures = reverse("polls:results", args=[poll.slug])
    known = {"if-modified-since": client.get(figures)["Last-Modified"]}
    make_ballot(poll)
    clock.shift(3)
    assert client.get(figures, headers=known).status_code == 200, "votes are no change of the site"


def test_a_page_is_made_once_and_then_neither_made_nor_asked_for(client, for_ever, clock):
    world = make_world()
    clock.shift(timedelta(hours=1))
    for view, several in paths(world).items():
        for path in several:
            first, _, made = asked(client, path)
            again, queries, made_again = asked(client, path)
            if first.status_code == 404:
                assert queries, "there is no end of addresses where nothing is"
                continue
            assert (queries, made_again) == (0, 0), path
            assert again.content == first.content, path
            assert again.headers == first.headers, path
            assert made or not path.endswith("/") or first.status_code == 301, path

            head = client.head(path)
            assert head.headers == first.headers, path
            assert not head.content, path
            if first.status_code == 200:
                for name, value in (
                    ("if-none-match", first["ETag"]),
                    ("if-none-match", f'"other", W/{first["ETag"]}'),
                    ("if-modified-since", first["Last-Modified"]),
                ):
                    same, queries, made = asked(client, path, headers={name: value})
                    assert (same.status_code, queries, made) == (304, 0, 0), (view, name)
                    assert not same.content
                    for said in ("ETag", "Last-Modified", "Cache-Control"):
                        assert same[said] == first[said], (view, said)
                other = client.get(path, headers={"if-none-match": '"other"'})
                assert (other.status_code, other.content) == (200, first.content), view
                refused = client.get(path, headers={"if-match": '"other"'})
                assert refused.status_code == 412, view
                assert control(refused).keys() >= PRIVATE, view


def test_head_that_comes_first_has_the_headers_of_the_page_and_keeps_nothing(client, clock):
    edition = make_live()
    head = client.head(edition.get_absolute_url())

    assert kept() == 0
    response = client.get(edition.get_absolute_url())
    assert response.content
    assert response.headers == head.headers


def test_what_is_kept_costs_one_query_where_the_process_has_to_look_again(client, looks_again):
    path = make_live().get_absolute_url()
    client.get(path)

    for who in (client, Client()):
        assert asked(who, path)[1:] == (1, 0)


def test_what_is_one_readers_or_the_desks_is_private_and_never_kept(client, settings):
    world = make_world()
    subscription = make_confirmed(world.newsletter)
    subscriber = subscription.subscriber
    waiting, _ = make_requested(world.newsletter)
    link = ShareLink.objects.create(article=world.article)
    article, hub = world.edition.get_absolute_url(), world.hub.get_absolute_url()
    poll, letter = world.open_poll.get_absolute_url(), world.newsletter.get_absolute_url()
    mailed = [links.confirm_url(waiting), links.manage_url(subscriber)]
    mailed += [links.unsubscribe_url(subscriber, world.newsletter)]
    got = [
        *("/admin/", "/admin/login/", "/admin/x.css", "/no-such/x.css", f"{hub}x.css"),
        *(f"{article}x.css", article.removesuffix("/"), "/nothing.css", "/favicon.css"),
        *(link.get_absolute_url(), *(urlsplit(address).path for address in mailed)),
        *(f"{poll}vote/", f"{poll}result/", f"{letter}sign-up/", f"{letter}requested/"),
        *(f"{article}?utm_source=x", f"{article}?page=1", f"{hub}?page=01", f"{hub}?page=last"),
        *(f"{hub}?page=1&page=1", f"{hub}?page=1&x=1", f"{hub}?page=%31", f"{hub}?Page=1"),
        *(f"{hub}?page=", f"{hub}?page=1&", f"{hub}?%70age=1", f"{hub}?page=+1", f"{hub}?&"),
        *(f"{poll}?from=/x/", f"{poll}?vote=counted", "/?", "/?x", "/?%00"),
    ]
    choice = world.open_poll.choices.first().pk
    posts = [(path, {}) for path in ("/", article, hub, poll, letter, "/terms/")]
    posts += [(f"{poll}vote/", {"choice": choice}), (f"{poll}vote/", {})]
    posts += [(f"{letter}sign-up/", {"address": "reader@example.org"})]
    posts += [(urlsplit(address).path, {}) for address in mailed[:2]]
    answers = {f"GET {path}": client.get(path) for path in got if path != "/?"}
    answers |= {f"POST {path} {form}": client.post(path, form) for path, form in posts}
    desk = Client()
    desk.force_login(make_user("Editors"))
    pages = [("preview", [world.article.pk]), ("share", [world.article.pk]), ("changelist", [])]
    for name, arguments in pages:
        path = reverse(f"admin:articles_article_{name}", args=arguments)
        answers[f"GET {path}"] = desk.get(path)
        assert answers[f"GET {path}"].status_code == 200

    shared = {what for what, answer in answers.items() if not control(answer).keys() >= PRIVATE}
    assert not shared
    assert kept() == 0
    client.get("/?")
    assert kept() == 1, "a query without anything in it"


def test_a_page_that_raised_an_error_is_not_kept_and_neither_is_that_there_is_none(
    for_ever, monkeypatch
):
    client = Client(raise_request_exception=False)
    article = make_article(slug="coming")
    make_live()
    path = f"/{article.hub.slug}/coming/"
    assert client.get(path).status_code == 404
    publishing.publish(article)
    monkeypatch.setattr(rendering, "page_context", lambda edition: 1 / 0)
    broken = client.get(path)
    monkeypatch.undo()

    assert broken.status_code == 500
    assert control(broken).keys() >= PRIVATE
    assert not broken.has_header("ETag")
    assert kept() == 0
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("guard", ["cookie", "vary", "private", "nonce"])
def test_a_view_that_found_out_who_asks_is_not_shared(client, monkeypatch, guard):
    """Whatever the URL configuration says of it."""
    get = views.HomeView.get

    def personal(self, request, *args, **kwargs):
        response = get(self, request, *args, **kwargs).render()
        if guard == "cookie":
            response.set_cookie("reader", "1")
        elif guard == "vary":
            request.session.get("anything")
        elif guard == "private":
            response["Cache-Control"] = "private"
        else:
            str(request.csp_nonce)
        return response

    monkeypatch.setattr(views.HomeView, "get", personal)
    make_live()
    response = client.get("/")

    assert response.status_code == 200
    assert "private" in control(response)
    assert kept() == 0


def test_no_request_changes_what_the_next_reader_gets(client, clock):
    world = make_world()
    clock.shift(1)
    path = world.edition.get_absolute_url()
    reference = client.get(path)
    for name, value in {**FORGED, "all": ""}.items():
        caches["pages"].clear()
        forged = {name: value} if name in FORGED else FORGED
        Client().get(path, headers=forged)
        # To a token that can't be one Django answers with a cookie: that page is nobody else's.
        assert kept() == (name not in ("cookie", "all")), name
        response = Client().get(path)
        assert response.content == reference.content, name
        assert response.headers == reference.headers, name
    caches["pages"].clear()
    for host in ("evil.example", "testserver.evil.example", f"testserver{path}", "testserver@x"):
        for _ in range(2):  # before anything is kept, and then
            assert Client().get(path, headers={"host": host}).status_code == 400, host
            client.get(path)
        caches["pages"].clear()
    for host in ("testserver", "TestServer", "testserver:81", "testserver.", "testserver:82"):
        assert Client().get(path, headers={"host": host}).status_code == 200
    assert kept() == 1, "one page, however its host is written"


def test_staff_get_and_leave_what_readers_get(client, clock):
    edition = make_live()
    client.force_login(make_user("Editors"))
    for_staff = client.get(edition.get_absolute_url())

    for_readers, _, made = asked(Client(), edition.get_absolute_url())

    assert made == 0
    assert for_readers.content == for_staff.content
    assert not for_staff.cookies


def test_processes_that_share_a_cache_share_pages(client, settings, tmp_path, looks_again):
    backend = "django.core.cache.backends.filebased.FileBasedCache"
    common = {"BACKEND": backend, "LOCATION": tmp_path / "cache"}
    settings.CACHES = {**settings.CACHES, "default": common}
    edition = make_live()
    path = edition.get_absolute_url()
    first = client.get(path)

    caches["pages"].clear()  # another process
    again, queries, made = asked(client, path)
    assert (queries, made) == (1, 0)
    assert (again.content, again.headers) == (first.content, first.headers)
    caches["default"].clear()
    assert asked(client, path)[1:] == (1, 0), "nearer at hand from then on"
    client.get(path)
    publishing.publish(revise(edition.article, headline="Newer"))
    assert "Newer" in client.get(path).content.decode()
    caches["pages"].clear()
    newer, _, made = asked(client, path)
    assert made == 0
    assert "Newer" in newer.content.decode()


def test_an_open_transaction_keeps_nothing(client, for_ever):
    make_live()
    hub = Hub.objects.get()
    path = hub.get_absolute_url()
    try:
        with transaction.atomic():
            Hub.objects.update(name="Never committed")
            assert "Never committed" in client.get(path).content.decode()
            assert kept() == 0
            raise InterruptedError
    except InterruptedError:
        pass

    assert hub.name in client.get(path).content.decode()
    with transaction.atomic():
        Hub.objects.update(name="Committed soon")
        assert "Committed soon" in client.get(path).content.decode()


def test_large_pages_are_sent_and_not_kept(client, monkeypatch):
    monkeypatch.setattr(pages, "MAX_STORED_BYTES", 100)
    make_live()

    assert client.get("/").status_code == 200
    assert kept() == 0
