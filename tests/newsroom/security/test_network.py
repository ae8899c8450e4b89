"""Forwarding headers count only when a trusted proxy sent them."""

import ipaddress

import pytest

from newsroom.security.client_address import client_address, is_trusted_proxy


@pytest.fixture
def production(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.TRUSTED_PROXIES = [
        ipaddress.ip_network("10.0.0.0/8"),
        ipaddress.ip_network("2001:db8::/32"),
    ]


@pytest.mark.parametrize(
    ("address", "trusted"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("::ffff:127.0.0.1", False),
        ("2001:db8::1", True),
        ("127.0.0.1", False),
        ("2001:db9::1", False),
        ("", False),
        ("10.1.2.3, 10.1.2.4", False),
        ("unix:", False),
    ],
)
def test_proxy_is_known_by_its_address(production, address, trusted):
    assert is_trusted_proxy(address) is trusted


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "status"), [("10.1.2.3", 200), ("127.0.0.1", 301)])
def test_https_is_believed_from_a_trusted_proxy_only(client, production, address, status):
    response = client.get("/", REMOTE_ADDR=address, headers={"x-forwarded-proto": "https"})

    assert response.status_code == status


@pytest.mark.django_db
def test_without_a_trusted_proxy_the_header_counts_for_nothing(client, settings):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/", headers={"x-forwarded-proto": "https"}).status_code == 301


@pytest.mark.parametrize(
    ("remote", "forwarded", "client_is"),
    [
        ("192.0.2.9", "203.0.113.5", "192.0.2.9"),
        ("10.1.2.3", "203.0.113.5", "203.0.113.5"),
        ("10.1.2.3", "198.51.100.1, 203.0.113.5", "203.0.113.5"),
        ("10.1.2.3", "198.51.100.1, 203.0.113.5, 10.9.9.9", "203.0.113.5"),
        ("10.1.2.3", "", "10.1.2.3"),
        ("10.1.2.3", "10.9.9.9", "10.9.9.9"),
        ("10.1.2.3", "nonsense", "nonsense"),
        ("2001:db8::1", "2001:db9::7", "2001:db9::7"),
    ],
)
def test_client_is_read_from_the_right_past_trusted_proxies(
    rf, production, remote, forwarded, client_is
):
    request = rf.get("/", REMOTE_ADDR=remote, headers={"x-forwarded-for": forwarded})

    assert client_address(request) == client_is
