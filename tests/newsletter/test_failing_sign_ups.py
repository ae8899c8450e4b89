"""A failing sign-up stays queued and raises its error; the rest continue."""

import pytest
from django.core import mail

from newsletter.models import Message, SignUp
from tests.newsletter.factories import make_newsletter, make_requested, states

pytestmark = pytest.mark.django_db


def spoil(sign_up):
    """Replace a sign-up's document with an incomplete one."""
    SignUp.objects.filter(pk=sign_up.pk).update(document='{"evidence":{"address":"x@example.org"}}')


@pytest.fixture
def newsletter():
    return make_newsletter(name="Sci-Fi Weekly")


def test_failing_sign_up_stays_queued_and_the_rest_continue(newsletter, sign_up, deliver):
    sign_up(newsletter, "first@example.org")
    sign_up(newsletter, "last@example.org")
    spoil(SignUp.objects.order_by("pk").first())

    with pytest.raises(KeyError):  # for the log of the task
        deliver()

    assert states() == {"last@example.org": {"Sci-Fi Weekly": "waiting"}}
    assert [form.outcome for form in SignUp.objects.order_by("pk")] == ["queued", "requested"]


def test_failing_sign_up_does_not_stop_messages(newsletter, sign_up, deliver):
    make_requested(newsletter, "waiting@example.org")
    sign_up(newsletter, "first@example.org")
    spoil(SignUp.objects.get())

    with pytest.raises(KeyError):
        deliver()

    assert [message.to for message in mail.outbox] == [["waiting@example.org"]]
    assert not Message.objects.unsent().exists()


def test_failing_sign_up_is_processed_once_it_is_repaired(newsletter, sign_up, deliver):
    sign_up(newsletter, "first@example.org")
    form = SignUp.objects.get()
    spoil(form)
    with pytest.raises(KeyError):
        deliver()

    form.save()
    deliver()

    assert [message.to for message in mail.outbox] == [["first@example.org"]]
    assert SignUp.objects.get().document == ""
