"""From the sign-up form to the confirmation, the receipt and the erasure."""

import json

import pytest
from django.core import mail

from newsletter.ledger import Verification
from newsletter.models import Evidence, Subscriber
from tests.newsletter.factories import kinds_of, make_newsletter, states

pytestmark = pytest.mark.django_db


def broken():
    return [str(link) for link in Verification().walk() if link]


def test_reader_signs_up_confirms_and_is_erased(client, sign_up, deliver, links):
    newsletter = make_newsletter(name="Sci-Fi Weekly")

    answer = sign_up(newsletter, "Reader@EXAMPLE.org")
    assert "Now check your inbox" in client.get(answer.url).content.decode()
    assert deliver() == {"processed": 1, "sent": 1}
    asked = mail.outbox[0]
    assert (asked.subject, asked.to) == ("Please confirm: Sci-Fi Weekly", ["Reader@example.org"])
    [confirm] = links(asked, "/confirm/")
    assert "Confirm your subscription" in client.get(confirm).content.decode()
    assert states() == {"Reader@example.org": {"Sci-Fi Weekly": "waiting"}}

    client.post(confirm)
    assert states() == {"Reader@example.org": {"Sci-Fi Weekly": "confirmed"}}
    assert "You are subscribed to Sci-Fi Weekly" in client.get(confirm).content.decode()
    assert deliver()["sent"] == 1
    receipt = mail.outbox[1]
    assert receipt.subject == "You are subscribed to Sci-Fi Weekly"

    [page] = links(receipt, "/manage/")
    data = json.loads(client.get(f"{page}data.json").content)
    assert data["address"] == "Reader@example.org"
    assert [json.loads(event["document"])["kind"] for event in data["events"]] == [
        "requested",
        "confirmed",
    ]
    assert "Erase everything" in client.get(f"{page}erase/").content.decode()
    client.post(f"{page}erase/")
    assert client.get(page).status_code == 410
    assert not Subscriber.objects.exists()
    assert not Evidence.objects.exists()
    assert kinds_of(data["subject"]) == ["requested", "confirmed", "erased"]
    assert broken() == []
