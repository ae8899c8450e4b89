"""The seal's test fails where a spoiler gets out, and where something was not looked at."""

import json

import pytest
from django.core.mail import EmailMultiAlternatives
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import URLResolver, get_resolver, path
from django.urls.resolvers import RegexPattern

from articles.models import Edition
from articles.publishing import publish as publishing
from newsletter import mail
from polls.panel import Panel
from tests.seal.everything import read_failure, read_mail, readers_templates
from tests.seal.outputs import find_outputs
from tests.seal.walking import Walk, look_at, told

pytestmark = pytest.mark.django_db

MARKED = "“marked: "


def spoiler(form="{}"):
    """The whole content of the article “marked”."""
    edition = Edition.objects.live().defer(None).get(slug="marked")
    return form.format(json.dumps(edition.content, ensure_ascii=False))


def with_patterns(*patterns):
    """The site's addresses, and some more before them."""
    return URLResolver(RegexPattern(r"^/"), [*patterns, *get_resolver().url_patterns])


@pytest.fixture
def walk_with(world, settings):
    """Walk through some more addresses only."""

    def walk_with(*patterns):
        resolver = with_patterns(*patterns)
        settings.ROOT_URLCONF = tuple(resolver.url_patterns)
        return Walk(world).walk(outputs=find_outputs(resolver)[: len(patterns)])

    return walk_with


# Leaks


def in_header(request):
    response = HttpResponse("Nothing here")
    response["X-Summary"] = spoiler()[:100_000].encode("ascii", "replace").decode()
    return response


def in_cookie(request):
    response = HttpResponse("Nothing here")
    response.set_cookie("last", spoiler())
    return response


def to_programs(request):
    if request.accepts("text/html"):
        return HttpResponse("Nothing here")
    return JsonResponse({"body": spoiler()})


def to_crawlers(request):
    is_crawler = "Googlebot" in request.headers["User-Agent"]
    return HttpResponse(spoiler() if is_crawler else "Nothing here")


def to_who_sends(request):
    return HttpResponse(spoiler() if request.method == "POST" else "Nothing here")


def on_another_page(request):
    return HttpResponse(spoiler() if request.GET.get("page") == "2" else "Nothing here")


LEAKS = {
    "page": lambda request: HttpResponse(spoiler("<p>{}</p>")),
    "json": lambda request: JsonResponse(spoiler(), safe=False),
    "feed": lambda request: HttpResponse(spoiler(), content_type="application/rss+xml"),
    "stream": lambda request: HttpResponse([spoiler()]),
    "header": in_header,
    "cookie": in_cookie,
    "redirect": lambda request: HttpResponseRedirect(f"/?q={spoiler()[:20_000]}"),
    "error": lambda request: HttpResponse(spoiler(), status=404),
    "programs": to_programs,
    "crawlers": to_crawlers,
    "sends": to_who_sends,
    "another-page": on_another_page,
}


def test_an_output_added_later_is_read_whatever_way_it_leaks(walk_with):
    walk = walk_with(*(path(f"leaks/{name}/", view) for name, view in LEAKS.items()))

    assert [name for name in LEAKS if not told(walk, f"/leaks/{name}/", MARKED)] == []


def test_what_readers_see_nothing_of_is_noticed_in_the_open(walk_with):
    def drafts(request):
        return JsonResponse(list(Edition.objects.values_list("headline", flat=True)), safe=False)

    walk = walk_with(path("drafts/", drafts))

    for source in ("withdrawn", "expired", "scheduled", "cancelled"):
        assert told(walk, f"“{source}: headline” is in the body")


def test_boxes_that_are_open_are_noticed(world, monkeypatch):
    monkeypatch.setattr(Panel, "spoiler_box", {"label": "The ending", "open": True})

    poll = world.polls["coming poll"].get_absolute_url()
    walk = look_at(world, poll, world.page)

    for page in (poll, world.page):
        assert told(walk, page, "poll: question", "in a box that is open")


def test_label_that_says_too_much_is_noticed(world, monkeypatch):
    [word] = [word for word in world.plants.of("open poll") if "first" in world.plants.name(word)]
    monkeypatch.setattr(Panel, "spoiler_box", {"label": word.title()})

    walk = look_at(world, world.polls["open poll"].get_absolute_url())

    assert told(walk, "“open poll: first choice” is outside every box")


def test_message_that_says_too_much_is_noticed(world, monkeypatch):
    compose = mail.compose

    def telling(message):
        written = compose(message)
        assert isinstance(written, EmailMultiAlternatives)
        if message.kind == "receipt":
            written.attach_alternative(spoiler("<p>{}</p>"), "text/html")
        if message.kind == "link":
            written.extra_headers["X-Summary"] = spoiler()[:500]
            written.subject = next(iter(world.plants.of("withdrawn")))
        return written

    monkeypatch.setattr(mail, "compose", telling)
    walk = Walk(world)
    read_mail(walk)

    assert told(walk, "the message “You are subscribed", MARKED, "in its text/html")
    assert told(walk, "withdrawn: ", "is in the header Subject")


def test_error_page_that_says_too_much_is_noticed(world, settings):
    settings.DEBUG = True
    walk = Walk(world)
    read_failure(walk, world.page)

    assert told(walk, "which fails", MARKED)


# Gaps


def nothing(request, **arguments):
    raise Http404


def picky(request):
    return HttpResponse(request.GET.get("since", ""))


def test_output_that_nobody_knows_how_to_ask_for_is_named(walk_with):
    walk = walk_with(
        path("archive/<int:year>/", picky, name="archive"),
        path("forgotten/", nothing),
        path("found/", lambda request: HttpResponse("Nothing here")),
        path("picky/", picky, name="picky"),
    )

    assert walk.gaps == [
        "archive (archive/<int:year>/) was not reached",
        "forgotten/ (forgotten/) was not reached",
        "picky reads “since” from its query: no value is known",
    ]


def test_output_behind_another_is_named(walk_with):
    everything = path("<slug:slug>/", picky, name="everything")

    with pytest.raises(LookupError, match="/hidden/ was to be hidden"):
        walk_with(everything, path("hidden/", picky, name="hidden"))


def test_templates_for_readers_are_all_but_those_of_the_desk(tmp_path):
    for name in ("mail/issue.txt", "articles/banners/preview.html", "admin/base.html", "404.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    assert readers_templates(tmp_path) == {"mail/issue.txt", "404.html"}


def test_word_that_was_never_planted_is_missed(world):
    publishing.withdraw(world.throughout, reason="Nobody reads it.")

    other = world.throughout.editions.first().get_absolute_url()
    walk = look_at(world, world.page, other)

    missed = {path for path, _ in world.plants.boxed() - walk.hidden}
    assert other in missed
    assert world.page not in missed
