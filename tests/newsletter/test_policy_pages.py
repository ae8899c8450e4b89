"""The public pages of terms and privacy policy, in force and former."""

import re
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from newsletter import version_states
from newsletter.models import PolicyVersion
from tests.articles.factories import make_user
from tests.newsletter.factories import PRIVACY, TERMS, ahead, make_policy

pytestmark = pytest.mark.django_db

NOINDEX = '<meta name="robots" content="noindex">'


def withdraw(version):
    version_states.withdraw(version, by=make_user(), reason="It was wrong.")


@pytest.mark.parametrize(
    ("document", "path", "name"),
    [(TERMS, "/terms/", "Terms and conditions"), (PRIVACY, "/privacy/", "Privacy policy")],
)
def test_version_in_force_is_at_its_address(client, document, path, name):
    make_policy(document, "<p>The <strong>first</strong>.</p>")
    make_policy(document, "<p>The <strong>second</strong>.</p>", summary="Bold <words>.")

    answer = client.get(path)

    assert f"<h1>{name}</h1>" in answer.text
    assert "<p>The <strong>second</strong>.</p>" in answer.text
    assert "<strong>first</strong>" not in answer.text
    assert "Bold &lt;words&gt;." in answer.text
    assert f'href="{path}1/"' in answer.text
    assert NOINDEX not in answer.text
    assert not client.cookies
    same = client.get(f"{path}2/")
    assert same.status_code == 200
    assert "not the version in force" not in same.text


def test_terms_and_privacy_policy_are_separate(client):
    make_policy(TERMS, "<p>These are terms.</p>")
    make_policy(PRIVACY, "<p>This is privacy.</p>")

    assert "These are terms." not in client.get("/privacy/1/").text
    assert "This is privacy." not in client.get("/terms/1/").text


def test_replaced_version_stays_and_links_to_the_one_in_force(client):
    make_policy(TERMS, "<p>Old.</p>")
    make_policy(TERMS, "<p>New.</p>")

    answer = client.get("/terms/1/")

    assert answer.status_code == 200
    assert "<p>Old.</p>" in answer.text
    assert '<a href="/terms/2/">Read version 2.</a>' in answer.text
    assert NOINDEX in answer.text


def test_withdrawn_version_stays_and_says_so(client):
    make_policy(TERMS, "<p>Good.</p>")
    wrong = make_policy(TERMS, "<p>Wrong.</p>")
    withdraw(wrong)

    answer = client.get("/terms/2/")

    assert answer.status_code == 200
    assert "<p>Wrong.</p>" in answer.text
    assert "This version was withdrawn on" in answer.text
    assert "It was wrong." not in answer.text, "why is for the desk"
    assert NOINDEX in answer.text
    now = client.get("/terms/").text
    assert "<p>Good.</p>" in now
    assert "(withdrawn)" in now


def test_scheduled_version_is_not_public(client):
    make_policy(TERMS, "<p>Now.</p>")
    make_policy(TERMS, "<p>Soon.</p>", effective_from=ahead(hours=1))

    assert client.get("/terms/2/").status_code == 404
    assert "/terms/2/" not in client.get("/terms/").text
    assert "Soon." not in client.get("/terms/").text
    assert "/terms/2/" not in client.get("/terms/1/").text


def test_scheduled_version_is_in_force_the_moment_it_takes_effect(client, time_machine):
    make_policy(TERMS, "<p>Now.</p>")
    begins = timezone.now() + timedelta(hours=1)
    make_policy(TERMS, "<p>Soon.</p>", effective_from=begins)

    time_machine.move_to(begins - timedelta(microseconds=1), tick=False)
    assert "<p>Now.</p>" in client.get("/terms/").text
    assert client.get("/terms/2/").status_code == 404
    time_machine.move_to(begins, tick=False)
    assert "<p>Soon.</p>" in client.get("/terms/").text
    assert client.get("/terms/2/").status_code == 200
    assert "not the version in force" in client.get("/terms/1/").text


def test_of_two_with_the_same_time_the_newer_is_in_force(client):
    at = ahead(hours=0)
    for body in ("<p>One.</p>", "<p>Two.</p>"):
        make_policy(TERMS, body, created_at=at, effective_from=at)

    assert "<p>Two.</p>" in client.get("/terms/").text


@pytest.mark.parametrize("path", ["/terms/", "/privacy/"])
def test_page_without_a_version_says_so(client, path):
    make_policy(TERMS, effective_from=ahead(hours=1))

    answer = client.get(path)

    assert answer.status_code == 200
    assert "Nothing here yet" in answer.text
    assert NOINDEX in answer.text


@pytest.mark.parametrize("path", ["/terms/1/", "/terms/0/", "/terms/99999999999999999999/"])
def test_unknown_version_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_only_get_is_allowed(client):
    make_policy()

    assert client.head("/terms/").status_code == 200
    for method in (client.post, client.put, client.delete):
        assert method("/terms/").status_code == 405


PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<p onclick="alert(1)" style="position:fixed" id="x" class="y">Text</p>',
    '<a href="javascript:alert(1)">a</a>',
    '<a href=" java\tscript:alert(1)">a</a>',
    '<iframe src="/admin/"></iframe>',
    "<svg><animate onbegin=alert(1)></svg>",
    "<form action=/x><input name=y></form>",
    "</div></article><base href=//evil.example>",
]


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("past_the_form", ["created", "updated"])
def test_unvalidated_markup_is_not_in_the_page(client, payload, past_the_form):
    body = f"<p>Before.</p>{payload}<p>After.</p>"
    if past_the_form == "created":
        make_policy(TERMS, body, summary=payload)
    else:
        make_policy(TERMS, "<p>x</p>", effective_from=ahead(days=1))
        PolicyVersion.objects.update(body=body, summary=payload, effective_from=F("created_at"))
    stored = PolicyVersion.objects.latest("number")
    assert payload in stored.body, "nothing there that could be harmful"

    html = client.get(f"/terms/{stored.number}/").text

    article = html[html.index("<article") : html.rindex("</article>")]
    assert "<p>Before.</p>" in article
    assert "<p>After.</p>" in article
    text = article[article.index('<div class="body-text">') + len('<div class="body-text">') :]
    text = text.rpartition("</div>")[0]
    kept = set(re.findall(r"<(\w+)", text))
    assert kept <= {"p", "a"}
    assert not re.search(r"<[^>]*(?:\son\w+|style|class|\sid|src|javascript)[^>]*>", text)
    assert "<script>alert" not in html
    assert "<img src=x" not in html


def test_template_syntax_in_a_policy_is_not_executed(client, settings):
    syntax = "{{ settings.SECRET_KEY }}{% include 'x' %}"
    make_policy(TERMS, f"<p>{syntax}</p>", summary=syntax)

    html = client.get("/terms/").text

    assert "{{ settings.SECRET_KEY }}" in html
    assert settings.SECRET_KEY not in html
