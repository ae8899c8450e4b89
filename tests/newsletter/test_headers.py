"""Headers of messages: exactly the expected ones, whatever names and addresses contain."""

import email.policy
import re
from datetime import timedelta
from email.headerregistry import AddressHeader

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from newsletter import address_changes
from newsletter.mail import send_due
from newsletter.models import Message, Newsletter, Subscriber
from newsletter.scheduling import schedule_delivery
from tests.newsletter.factories import (
    make_address,
    make_confirmed,
    make_newsletter,
    make_requested,
)

pytestmark = pytest.mark.django_db

EXPECTED = {
    "content-type",
    "mime-version",
    "subject",
    "from",
    "to",
    "date",
    "message-id",
    "auto-submitted",
}
OF_NEWSLETTERS = {"list-id", "list-unsubscribe", "list-unsubscribe-post"}
BREAKS = st.sampled_from(["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
#: Texts with a line that would be another header.
INJECTED = st.builds(
    "{}{}{}".format,
    st.text(max_size=10),
    BREAKS | st.sampled_from(["\x00", "\x7f", "\x1b"]),
    st.sampled_from(
        ["Bcc: victim@example.net", "\r\n\r\nAnother text", "Subject: Another", " folded", ""]
    ),
)
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
#: Fewer examples, because each makes a newsletter and sends a message.
FEWER = settings(max_examples=40)
HEADER_FIELDS = ("name", "strapline", "frequency", "sender_name", "sender_address")


def parsed(message):
    """Return a message parsed from its bytes, as a mail program does."""
    data = message.message().as_bytes(linesep="\r\n")
    # A header folded after its name: the parser reads the fold as a space.
    return email.message_from_bytes(data.replace(b":\r\n ", b": "), policy=email.policy.default)


def assert_only_expected_headers(message, *, of_newsletter=True):
    """Check for the expected headers, each once, one recipient, and both parts."""
    read = parsed(message)
    names = [name.lower() for name in read.keys()]  # noqa: SIM118  (twice, where it is there twice)
    assert sorted(names) == sorted(EXPECTED | (OF_NEWSLETTERS if of_newsletter else set()))
    assert [each.addr_spec for each in read["to"].addresses] == message.to
    assert message.recipients() == message.to
    assert len(message.to) == 1
    assert isinstance(read["from"], AddressHeader)
    assert len(read["from"].addresses) == 1
    parts = [part.get_content_type() for part in read.walk()]
    assert parts == ["multipart/alternative", "text/plain", "text/html"]


@pytest.mark.parametrize("field", HEADER_FIELDS)
@pytest.mark.parametrize("bad", ["a\r\nBcc: x@example.net", "a\nb", "a\x00b", "a\u2028b", "a\x85"])
def test_line_break_in_what_becomes_a_header_is_refused_beside_its_field(field, bad):
    newsletter = make_newsletter()
    setattr(newsletter, field, bad)

    with pytest.raises(ValidationError) as refused:
        newsletter.full_clean()

    assert set(refused.value.message_dict) == {field}


@pytest.mark.parametrize(
    "bad", ["desk", "desk@", "desk@example.org, x@example.net", "<desk@example.org>", "a@b@c.org"]
)
def test_sender_address_that_is_not_one_address_is_refused(bad):
    newsletter = make_newsletter()
    newsletter.sender_address = bad

    with pytest.raises(ValidationError) as refused:
        newsletter.full_clean()

    assert set(refused.value.message_dict) == {"sender_address"}


class TestAnyText(TestCase):
    """Property tests with a transaction for each example."""

    @given(st.sampled_from(HEADER_FIELDS), INJECTED)
    def test_validation_refuses_every_break_in_a_header(self, field, bad):
        newsletter = make_newsletter(ready=False)
        setattr(newsletter, field, bad)

        with pytest.raises(ValidationError) as refused:
            newsletter.full_clean()

        assert field in refused.value.message_dict

    @FEWER
    @given(ANY | INJECTED, ANY | INJECTED)
    def test_unvalidated_row_adds_no_header_and_no_recipient(self, name, sender):
        newsletter = make_newsletter()
        fields = {"name": name.replace("\x00", ""), "sender_name": sender.replace("\x00", "")}
        Newsletter.objects.filter(pk=newsletter.pk).update(**fields)
        newsletter.refresh_from_db()
        make_requested(newsletter)
        mail.outbox = []

        send_due(schedule_delivery)

        for message in mail.outbox:
            assert_only_expected_headers(message)

    @FEWER
    @given(ANY | INJECTED, st.sampled_from(["sender_address", "slug"]))
    def test_unvalidated_addresses_add_no_header_and_no_recipient(self, text, field):
        newsletter = make_newsletter()
        make_requested(newsletter)
        text = text.replace("\x00", "")
        Newsletter.objects.filter(pk=newsletter.pk).update(**{field: f"desk{text}@example.org"})
        mail.outbox = []

        send_due(schedule_delivery)

        for message in mail.outbox:
            assert_only_expected_headers(message)

    @FEWER
    @given(INJECTED)
    def test_unvalidated_reader_address_adds_no_recipient(self, text):
        newsletter = make_newsletter()
        _, subscription = make_requested(newsletter)
        text = text.replace("\x00", "")
        Subscriber.objects.filter(pk=subscription.subscriber_id).update(
            address=f"reader{text}@example.org"
        )
        mail.outbox = []

        send_due(schedule_delivery)

        for message in mail.outbox:
            assert_only_expected_headers(message)


def test_valid_names_are_sent():
    newsletter = make_newsletter(
        name="„Zürich“ & <Film>, “quoted”; 例え",
        sender_name='The "desk", Zürich; <x@example.net>',
    )
    make_requested(newsletter, "reader@example.org")

    assert send_due(schedule_delivery) == 1

    [message] = mail.outbox
    assert_only_expected_headers(message)
    read = parsed(message)
    assert str(read["subject"]).strip() == "Please confirm: „Zürich“ & <Film>, “quoted”; 例え"
    assert read["from"].addresses[0].display_name == newsletter.sender_name
    assert read["from"].addresses[0].addr_spec == "desk@example.org"


def test_line_break_in_a_name_becomes_a_space_in_the_subject():
    newsletter = make_newsletter()
    Newsletter.objects.update(name="Letter\r\nBcc: victim@example.net")
    newsletter.refresh_from_db()
    make_requested(newsletter)

    assert send_due(schedule_delivery) == 1

    read = parsed(mail.outbox[0])
    assert read["subject"] == "Please confirm: Letter Bcc: victim@example.net"
    assert read["bcc"] is None


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("sender_name", "The desk\r\nBcc: victim@example.net"),
        ("sender_address", "desk@example.org\nBcc: victim@example.net"),
        ("sender_address", "désk@example.org"),
        ("slug", "letter>\r\nBcc: victim@example.net"),
    ],
)
def test_failing_message_does_not_stop_the_others(field, bad, caplog):
    broken, whole = make_newsletter(), make_newsletter()
    make_requested(broken, "first@example.org")
    make_requested(whole, "second@example.org")
    Newsletter.objects.filter(pk=broken.pk).update(**{field: bad})

    assert send_due(schedule_delivery) == 1

    assert [message.to for message in mail.outbox] == [["second@example.org"]]
    failed = Message.objects.get(newsletter=broken)
    assert (failed.sent_at, failed.given_up, failed.attempts) == (None, False, 1)
    assert failed.claimed_until is None
    assert "victim" not in caplog.text
    assert "first" not in caplog.text

    Newsletter.objects.filter(pk=broken.pk).update(
        slug="mended", sender_name="The desk", sender_address="desk@example.org"
    )
    Message.objects.update(due_at=failed.created_at)
    assert send_due(schedule_delivery) == 1


@pytest.mark.parametrize(
    "address", ["reader@example.org\r\nBcc: victim@example.net", "a@example.org\n", "\ra@b.org"]
)
def test_address_with_a_line_break_is_refused(sign_up, deliver, address):
    answer = sign_up(make_newsletter(), address)

    assert answer.status_code == 400
    assert deliver() == {"processed": 0, "sent": 0}
    assert mail.outbox == []


def send_every_kind():
    """Send one message of each kind; return them by kind."""
    newsletter = make_newsletter()
    make_requested(newsletter)
    subscriber = make_confirmed(newsletter, "reader@example.org").subscriber
    for kind in (Message.Kind.ALREADY_SUBSCRIBED, Message.Kind.LINK):
        about = newsletter if kind == Message.Kind.ALREADY_SUBSCRIBED else None
        Message.objects.create(kind=kind, subscriber=subscriber, newsletter=about)
    address_changes.request_change(subscriber, make_address())
    Message.objects.filter(
        kind=Message.Kind.CONFIRM, subscriber=subscriber
    ).delete()  # confirmed since
    kinds = list(Message.objects.due().values_list("kind", flat=True))
    assert set(kinds) == set(Message.Kind)
    mail.outbox = []
    send_due(schedule_delivery)
    return newsletter, dict(zip(kinds, mail.outbox, strict=True))


def test_messages_of_newsletters_have_the_headers_of_rfc_8058_and_no_other_has():
    newsletter, messages = send_every_kind()

    for kind in (Message.Kind.CONFIRM, Message.Kind.RECEIPT, Message.Kind.ALREADY_SUBSCRIBED):
        assert_only_expected_headers(messages[kind])
        read = parsed(messages[kind])
        assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        link = read["List-Unsubscribe"].strip()
        assert re.fullmatch(r"<http://testserver/newsletters/unsubscribe/[\w.:-]+/>", link)
        assert read["List-Id"] == f"<{newsletter.slug}.testserver>"
        assert str(read["From"]) == "The desk <desk@example.org>"
    for kind in (Message.Kind.LINK, Message.Kind.CHANGE_AT_OLD, Message.Kind.CHANGE_AT_NEW):
        assert_only_expected_headers(messages[kind], of_newsletter=False)
        assert parsed(messages[kind])["Auto-Submitted"] == "auto-generated"


def test_unsubscribe_header_is_for_the_recipient(client):
    newsletter = make_newsletter()
    subscription = make_confirmed(newsletter)
    Message.objects.exclude(kind=Message.Kind.RECEIPT).delete()
    send_due(schedule_delivery)
    link = parsed(mail.outbox[0])["List-Unsubscribe"].strip(" <>")

    client.post(link.removeprefix("http://testserver"), {"List-Unsubscribe": "One-Click"})

    subscription.refresh_from_db()
    assert subscription.state == "unsubscribed"


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "localhost"])
def test_links_use_the_site_url_whatever_the_host_header(
    client, deliver, time_machine, settings, host
):
    """The host is allowed, but SITE_URL is another one."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = "https://news.example"
    newsletter = make_newsletter()
    forged = {"HTTP_HOST": host, "HTTP_X_FORWARDED_HOST": host}
    page = client.get(newsletter.get_absolute_url(), **forged).text
    shown = re.search(r'name="shown" value="([^"]+)"', page)[1]
    time_machine.move_to(timezone.now() + timedelta(seconds=5))
    answer = client.post(
        reverse("newsletter:sign_up", args=[newsletter.slug]),
        {"address": "reader@example.org", "agree": "on", "shown": shown},
        **forged,
    )
    assert answer.status_code == 302

    assert deliver()["sent"] == 1

    [message] = mail.outbox
    assert host not in message.message().as_string()
    text = message.body + message.alternatives[0].content + str(message.extra_headers)
    found = re.findall(r"https?://[^\s\"'<>]*", text)
    assert found
    assert {url[: len("https://news.example")] for url in found} == {"https://news.example"}


def test_sign_up_with_a_disallowed_host_is_refused(client):
    newsletter = make_newsletter()
    address = reverse("newsletter:sign_up", args=[newsletter.slug])

    assert client.post(address, HTTP_HOST="evil.example").status_code == 400
