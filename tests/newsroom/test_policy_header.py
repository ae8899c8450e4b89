"""The header is django-csp's to the letter, kept or put together anew."""

import pytest
from csp.constants import HEADER
from csp.decorators import csp_replace, csp_update
from csp.exceptions import CSPNonceError
from csp.middleware import CSPMiddleware
from django.http import HttpResponse

from newsroom.security.policy_header import PolicyMiddleware


def plain(request):
    return HttpResponse()


def with_nonce(request):
    return HttpResponse(f"<script nonce={request.csp_nonce}></script>")


@csp_update({"img-src": ["https://pictures.example"]})
def updated(request):
    return HttpResponse()


@csp_replace({"img-src": ["https://pictures.example"]})
def replaced(request):
    return HttpResponse()


def with_header(request):
    return HttpResponse(headers={HEADER: "default-src 'none'"})


@pytest.mark.parametrize("view", [plain, updated, replaced, with_header])
def test_header_is_the_same_as_without_keeping_it(rf, view):
    ours, theirs = (kind(view)(rf.get("/"))[HEADER] for kind in (PolicyMiddleware, CSPMiddleware))

    assert sorted(ours.split("; ")) == sorted(theirs.split("; "))


def test_nonce_is_allowed_for_its_page_and_never_again(rf):
    middleware = PolicyMiddleware(with_nonce)

    for _ in range(2):
        page = middleware(rf.get("/"))
        nonce = page.text.partition("nonce=")[2].partition(">")[0]
        assert len(nonce) >= 22
        assert page[HEADER].count("nonce-") == page[HEADER].count(f"'nonce-{nonce}'") == 1
    assert "nonce-" not in PolicyMiddleware(plain)(rf.get("/"))[HEADER]


def test_nonce_that_comes_too_late_is_refused(rf):
    request = rf.get("/")
    PolicyMiddleware(plain)(request)

    with pytest.raises(CSPNonceError):
        str(request.csp_nonce)
