"""The Content-Security-Policy header and its nonce."""

import pytest
from csp.constants import HEADER
from csp.exceptions import CSPNonceError
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpResponse


def plain(request):
    return HttpResponse()


def with_nonce(request):
    return HttpResponse(f"<script nonce={request.csp_nonce}></script>")


def test_header_has_every_directive_of_the_settings(rf):
    header = CSPMiddleware(plain)(rf.get("/"))[HEADER]

    sent = {each.split()[0] for each in header.split("; ")}
    assert sent == settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].keys()
    assert "csp.middleware.CSPMiddleware" in settings.MIDDLEWARE


def test_nonce_is_allowed_for_its_page_and_never_again(rf):
    middleware = CSPMiddleware(with_nonce)

    for _ in range(2):
        page = middleware(rf.get("/"))
        nonce = page.text.partition("nonce=")[2].partition(">")[0]
        assert len(nonce) >= 22
        assert page[HEADER].count("nonce-") == page[HEADER].count(f"'nonce-{nonce}'") == 1
    assert "nonce-" not in CSPMiddleware(plain)(rf.get("/"))[HEADER]


def test_nonce_that_comes_too_late_is_refused(rf):
    request = rf.get("/")
    CSPMiddleware(plain)(request)

    with pytest.raises(CSPNonceError):
        str(request.csp_nonce)
