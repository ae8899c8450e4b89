"""Stored rich text is only what the allow-list lets through."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from newsroom.rich_text import MAX_LENGTH, RichTextField, plain_text, safe_link, sanitize_prose
from tests.growth import assert_linear

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<p onclick=alert(1)>text</p>",
    "<p style='position:fixed;inset:0'>text</p>",
    "<p id=django class=submit-row>text</p>",
    "<form action=https://example.org><input name=password></form>",
    "<base href=https://example.org>",
    "<meta http-equiv=refresh content='0;url=https://example.org'>",
    "<link rel=stylesheet href=https://example.org/x.css>",
    "<object data=x></object><embed src=x>",
    "<a href=javascript:alert(1)>x</a>",
    "<details open ontoggle=alert(1)>x</details>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
]
DANGEROUS = (
    "<script",
    "<img",
    "<svg",
    "<iframe",
    "<form",
    "<input",
    "<style",
    "<base",
    "<meta",
    "<link",
    "<object",
    "<details",
    "javascript:",
    " on",
    " id=",
    " class=",
    " style=",
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payload_is_taken_out_and_the_text_around_it_stays(payload):
    cleaned = sanitize_prose(f"<p>before</p>{payload}<p>after</p>")

    assert not [mark for mark in DANGEROUS if mark in cleaned.lower()]
    assert cleaned.startswith("<p>before</p>")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_sanitising_twice_changes_nothing(payload):
    once = sanitize_prose(payload)

    assert sanitize_prose(once) == once


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org/a?b=c#d",
        "http://example.org",
        "mailto:desk@example.org",
        "/sci-fi/an-article/",
        "/",
    ],
)
def test_link_that_is_allowed_stays(link):
    assert f'href="{link}"' in sanitize_prose(f'<a href="{link}">x</a>')


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "java&#10;script:alert(1)",
        "&#106;avascript:alert(1)",
        "\x01javascript:alert(1)",
        "vbscript:x",
        "data:text/html,<script>alert(1)</script>",
        "//example.org",
        "/\\example.org",
        "\\\\example.org",
        "/\t/example.org",
        "https:example.org",
        "https:///example.org",
        "ftp://example.org",
        "file:///etc/passwd",
        "article/without/slash",
        "blob:https://example.org/x",
    ],
)
def test_odd_link_loses_its_address_and_keeps_its_text(link):
    assert sanitize_prose(f'<a href="{link}">text</a>') == "<a>text</a>"


@given(st.text())
def test_link_is_refused_or_absolute_or_a_path(value):
    link = safe_link(value)

    assert link is None or link.lower().startswith(("http://", "https://", "mailto:", "/"))
    assert link is None or not link.startswith(("//", "/\\"))


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\0\f"), max_size=200))
def test_plain_text_gives_back_what_was_written(text):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    expected = " ".join(text.replace("\xa0", " ").split())

    assert " ".join(plain_text(f"<p>{escaped}</p>").split()) == expected


def test_empty_paragraphs_count_as_no_text():
    assert sanitize_prose("<p></p><p> <br></p>") == ""


def test_endless_nesting_is_refused_with_a_sentence():
    field = RichTextField()

    with pytest.raises(ValidationError, match="too deeply"):
        field.clean("<ul><li>" * 5000, None)
    with pytest.raises(ValidationError, match="too deeply"):
        field.clean("<blockquote>" * 5000, None)
    assert field.clean("<ul><li><p>" * 20 + "x", None)
    assert field.clean("<p>line<br>" * 5000, None)


@pytest.mark.parametrize(
    "html",
    [
        "<ul></x><li>" * 16_000,
        "<blockquote></x>" * 12_000,
        "<p>" + "".join(f"<b a={n}></x>" for n in range(1500)) + "x" + "<p>x" * 20_000,
        "<p>" + "".join(f"<strong a={n}>" for n in range(49)) + "x" + "<p>x" * 49_000,
    ],
)
def test_markup_that_grows_in_the_parser_is_refused(html):
    with pytest.raises(ValidationError, match="too deeply"):
        RichTextField().clean(html[:MAX_LENGTH], None)


def test_text_that_grows_when_escaped_is_refused():
    with pytest.raises(ValidationError, match="too long"):
        RichTextField().clean("&" * MAX_LENGTH, None)


def test_long_honest_text_is_taken():
    paragraph = "<p>Some <strong>bold</strong> and <em>slanted <a href='/x'>text</a></em>.</p>"
    html = (paragraph + "<ul><li><p>One</p></li></ul>") * 1500

    assert RichTextField().clean(html, None)


def test_work_for_plain_text_grows_in_proportion_to_its_spaces():
    assert plain_text("<p>" + " " * MAX_LENGTH + "x</p>") == "x"
    assert_linear(plain_text, lambda size: ("<p>" + " " * size + "x</p>",), MAX_LENGTH)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_editor_is_filled_with_nothing_that_runs(payload):
    filled = RichTextField().formfield().prepare_value(f"<p>before</p>{payload}")

    assert not [mark for mark in DANGEROUS if mark in filled.lower()]
    assert filled.startswith("<p>before</p>")


def test_text_that_is_too_much_to_parse_is_shown_as_text():
    text = "<ul><li>" * 5000

    filled = RichTextField().formfield().prepare_value(text)

    assert "<" not in filled
    assert filled.count("&lt;ul&gt;") == 5000


def test_endless_text_is_refused_with_a_sentence():
    field = RichTextField()

    with pytest.raises(ValidationError, match=r"at most|too long"):
        field.clean("x" * (MAX_LENGTH + 1), None)
    with pytest.raises(ValidationError, match="too long"):
        field.clean("<" * (3 * MAX_LENGTH), None)
