"""The newsletters' pages are the same for every reader, and their forms show the texts."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, resolve
from django.utils.html import escape

from newsletter.models import Newsletter, SignUp
from newsletter.models.newsletter import RESERVED_SLUGS, validate_newsletter_slug
from tests.articles.factories import make_user
from tests.newsletter.conftest import SHOWN
from tests.newsletter.factories import (
    PRIVACY,
    TERMS,
    ahead,
    make_confirmed,
    make_newsletter,
    make_policies,
    make_policy,
    make_wording,
)

pytestmark = pytest.mark.django_db

SIGN_UP_FORM = "data-sign-up-section"


@pytest.fixture
def newsletter():
    return make_newsletter(
        name="Sci-Fi Weekly",
        slug="sci-fi",
        strapline="Get sci-fi news direct to your inbox",
        description="First line.\n\nSecond line.",
    )


def tags(html, name):
    """Return all tags of the inputs with a name."""
    return re.findall(rf'<input[^>]*name="{name}"[^>]*>', html)


# The list and a newsletter's page


def test_list_has_a_form_for_each_open_newsletter(client, newsletter):
    make_newsletter(name="Horror Monthly", slug="horror")
    make_newsletter(name="Closed Quarterly", slug="closed", is_open=False)
    make_newsletter(name="Unworded", slug="unworded", ready=False)

    html = client.get("/newsletters/").text

    assert re.findall(rf'{SIGN_UP_FORM}="([^"]+)"', html) == ["horror", "sci-fi"]
    assert 'href="/newsletters/sci-fi/"' in html
    assert "Closed Quarterly" not in html
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_list_without_newsletters_says_so(client):
    answer = client.get("/newsletters/")

    assert answer.status_code == 200
    assert "No newsletter at the moment" in answer.text


def test_own_page_describes_the_newsletter_and_has_its_form(client, newsletter):
    html = client.get("/newsletters/sci-fi/").text

    assert "<h1>Sci-Fi Weekly</h1>" in html
    assert "<p>First line.</p>" in html
    assert "Get sci-fi news direct to your inbox</h2>" in html
    assert f"We will send {newsletter} to this address." in html
    assert "You can unsubscribe at any time." in html
    assert 'action="/newsletters/sci-fi/sign-up/"' in html
    assert re.search(r'<button[^>]*type="submit"[^>]*>Sign up</button>', html)


def test_list_takes_the_same_queries_for_1_and_3_newsletters(client, newsletter):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get("/newsletters/")
        return len(captured)

    queries()
    one = queries()
    make_newsletter()
    make_newsletter()
    assert queries() == one


def missing(what):
    """Make a newsletter that lacks one thing."""
    newsletter = make_newsletter(ready=False, slug="lacking", is_open=what != "open")
    later = {"effective_from": ahead(hours=1)}
    make_wording(newsletter, **(later if what == "wording" else {}))
    for document in (TERMS, PRIVACY):
        make_policy(document, **(later if what == document else {}))
    return newsletter


@pytest.mark.parametrize("what", ["nothing", "open", "wording", "terms", "privacy"])
def test_form_is_shown_only_if_nothing_is_missing(client, sign_up, what):
    whole = make_newsletter(ready=False, slug="whole")
    newsletter = missing(what)
    there = what == "nothing"
    if there:
        make_wording(whole)

    html = client.get(newsletter.get_absolute_url()).text
    listed = client.get("/newsletters/").text

    assert (SIGN_UP_FORM in html) == there
    assert ('"lacking"' in listed) == there
    if not there:
        assert "is closed for sign-ups at the moment" in html
        answer = client.post("/newsletters/lacking/sign-up/", {"address": "a@example.org"})
        assert answer.status_code == 409
        assert "Nothing was sent." in answer.text
        assert not SignUp.objects.exists()


def test_form_appears_when_the_missing_version_takes_effect(client, later):
    newsletter = missing("wording")
    assert SIGN_UP_FORM not in client.get(newsletter.get_absolute_url()).text

    later(hours=1, seconds=1)

    assert SIGN_UP_FORM in client.get(newsletter.get_absolute_url()).text


@pytest.mark.parametrize("path", ["/newsletters/x/", "/newsletters/x/sign-up/"])
def test_unknown_newsletter_is_not_found(client, path):
    assert client.get(path).status_code == 404
    assert client.post("/newsletters/x/sign-up/").status_code == 404


def test_get_of_the_forms_action_redirects_to_the_page(client, newsletter):
    answer = client.get("/newsletters/sci-fi/sign-up/")

    assert answer.status_code == 302
    assert answer.url == "/newsletters/sci-fi/"


def test_reserved_slugs_match_the_url_patterns():
    """They are exactly the first segments below newsletters/."""
    own = set()
    (below,) = (
        each
        for each in get_resolver("newsletter.urls").url_patterns
        if str(each.pattern) == "newsletters/"
    )
    for each in below.url_patterns:
        assert isinstance(each, URLPattern)
        first = re.fullmatch(r"([a-z]+)/.*", str(each.pattern))
        own |= {first[1]} if first else set()

    assert own == RESERVED_SLUGS
    for slug in RESERVED_SLUGS:
        with pytest.raises(ValidationError):
            validate_newsletter_slug(slug)
        with pytest.raises(ValidationError):
            Newsletter(name="x", slug=slug).full_clean()


def test_reserved_slug_would_be_unreachable():
    """The form of such a newsletter would post to another view."""
    assert resolve("/newsletters/confirm/sign-up/").view_name == "newsletter:confirm"
    assert resolve("/newsletters/sci-fi/sign-up/").view_name == "newsletter:sign_up"


# The form


def test_checkbox_is_unticked_required_and_links_to_the_policies(client, newsletter):
    make_policy(TERMS)
    make_policy(PRIVACY, effective_from=ahead(hours=1))
    html = client.get("/newsletters/sci-fi/").text

    [checkbox] = tags(html, "agree")
    assert 'type="checkbox"' in checkbox
    assert " required" in checkbox
    assert "checked" not in checkbox
    [address] = tags(html, "address")
    assert 'type="email"' in address
    assert 'autocomplete="email"' in address
    assert " required" in address
    label = re.search(r"<label[^>]*sci-fi-agree[^>]*>(.*?)</label>", html, re.DOTALL)[1]
    assert '<a href="/terms/2/">terms and conditions</a>' in label
    assert '<a href="/privacy/1/">privacy policy</a>' in label
    words = " ".join(re.sub(r"<[^>]+>", "", label).split())
    assert words.startswith("I agree to the terms and conditions and have read the privacy policy")
    for path in re.findall(r'href="(/[tp][^"]+)"', label):
        assert client.get(path).status_code == 200


def test_each_field_has_a_label(client, newsletter):
    html = client.get("/newsletters/sci-fi/").text

    for name in ("address", "agree", "homepage"):
        [tag] = tags(html, name)
        field = re.search(r'id="([^"]+)"', tag)[1]
        assert f'for="{field}"' in html


@pytest.mark.parametrize(
    ("field", "fields", "message"),
    [
        ("address", {"address": ""}, "Enter your e-mail address."),
        ("address", {"address": "nobody"}, "Enter a complete e-mail address"),
        ("agree", {"agree": None}, "Tick the box if you agree."),
    ],
)
def test_error_is_beside_its_field_and_described_by_it(newsletter, sign_up, field, fields, message):
    answer = sign_up(newsletter, **{"address": "ann@example.org", **fields})

    assert answer.status_code == 400
    [tag] = tags(answer.text, field)
    assert 'aria-invalid="true"' in tag
    described = re.search(r'aria-describedby="([^"]+)"', tag)[1]
    assert re.search(rf'id="{described}"[^>]*>(?:\s*<[^>]+>)+{message}', answer.text)
    [other] = tags(answer.text, "agree" if field == "address" else "address")
    assert "aria-invalid" not in other
    assert "<title>Not sent yet: " in answer.text
    assert "no-store" in answer["Cache-Control"]
    assert not SignUp.objects.exists()


def test_typed_address_is_returned_with_an_error(newsletter, sign_up):
    answer = sign_up(newsletter, "ann@example.org", agree=None)
    assert 'value="ann@example.org"' in tags(answer.text, "address")[0]

    answer = sign_up(newsletter, '"><script>alert(1)</script>')
    assert "<script>alert" not in answer.text
    assert " checked" in tags(answer.text, "agree")[0]


def test_honeypot_is_hidden_from_readers(client, newsletter):
    html = client.get("/newsletters/sci-fi/").text

    trap = re.search(r'<div class="honeypot"[^>]*>.*?</div>', html, re.DOTALL)[0]
    assert 'aria-hidden="true"' in trap
    [field] = tags(trap, "homepage")
    assert 'tabindex="-1"' in field
    assert "required" not in field


# Editors' texts


SYNTAX = [
    "{{ settings.SECRET_KEY }}",
    "{% include 'newsletter/policy.html' %}",
    "{{ form.errors }}",
    "{% load static %}{% csrf_token %}",
    "%(terms)s {terms} {0} {}",
    "<script>alert(1)</script>",
    '"onfocus=alert(1) x="',
]


@pytest.mark.parametrize("syntax", SYNTAX)
def test_template_syntax_in_editors_texts_is_not_executed(client, settings, sign_up, syntax):
    newsletter = make_newsletter(
        ready=False,
        name=f"N {syntax}",
        strapline=f"S {syntax}",
        description=f"D {syntax}",
        frequency=f"F {syntax}",
    )
    make_policies()
    make_wording(newsletter, sentence=f"W {syntax}", button=f"B {syntax}")
    pages = [client.get(path).text for path in ("/newsletters/", newsletter.get_absolute_url())]
    pages.append(sign_up(newsletter, "").text)

    for html in pages:
        for letter in "NSFDWB":
            assert f"{letter} {escape(syntax)}" in html, letter
        assert settings.SECRET_KEY not in html
        assert "<script>alert" not in html
        assert "csrfmiddlewaretoken" not in html


# The same for every reader


def without_signed_field(html):
    return SHOWN.sub("", html)


@pytest.mark.parametrize("path", ["/newsletters/", "/newsletters/sci-fi/"])
def test_page_is_the_same_for_every_reader_except_the_signed_field(client, newsletter, later, path):
    first = client.get(path)
    later(seconds=5)
    make_confirmed(newsletter, "ann@example.org")
    other = Client(headers={"user-agent": "Another", "accept-language": "de"})
    second = other.get(path, REMOTE_ADDR="203.0.113.9")

    assert SHOWN.search(first.text)[1] != SHOWN.search(second.text)[1]
    assert without_signed_field(first.text) == without_signed_field(second.text)
    for answer in (first, second):
        assert "Cookie" not in answer.get("Vary", "")
        assert "csrfmiddlewaretoken" not in answer.text


def test_no_cookie_is_set_while_signing_up(newsletter, sign_up):
    client = Client(enforce_csrf_checks=True)
    client.get("/newsletters/")
    refused = sign_up(newsletter, "", client=client)
    taken = sign_up(newsletter, client=client)
    client.get(taken.url)

    assert (refused.status_code, taken.status_code) == (400, 302)
    assert not client.cookies


def test_answer_page_is_not_indexed_and_links_back_to_this_site_only(client, newsletter):
    path = "/newsletters/sci-fi/requested/"
    answer = client.get(path, {"from": "/a/story/"})
    assert 'href="/a/story/"' in answer.text
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]

    for elsewhere in (
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:x",
    ):
        assert "evil" not in client.get(path, {"from": elsewhere}).text
        assert "Back to where you were" not in client.get(path, {"from": elsewhere}).text


def test_member_of_staff_sees_the_same_page(client, newsletter):
    before = without_signed_field(client.get("/newsletters/sci-fi/").text)
    client.force_login(make_user())

    assert without_signed_field(client.get("/newsletters/sci-fi/").text) == before
