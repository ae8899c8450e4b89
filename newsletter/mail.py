"""Messages: what they say, their headers, and their way out.

A message is written when it is sent, from its row: text and address are in no table. It goes out
at least once; a row that a process has claimed and not sent within a while is free again.
"""

import logging
import smtplib
from datetime import timedelta
from email.utils import formataddr, make_msgid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import timezone

from newsletter import erasing, ledger, links, personal, tasks
from newsletter.models import Message, PolicyVersion, Subscription, Suppression
from newsletter.models.mail import RETRIES
from newsletter.tokens import MAX_AGE, Purpose

logger = logging.getLogger(__name__)

#: A process that has claimed a message has sent it by then, or has died.
CLAIM = timedelta(minutes=5)

Kind = Message.Kind
_CONFIRMED = Subscription.State.CONFIRMED
_PURPOSES = {Kind.CHANGE_AT_OLD: Purpose.CHANGE_AT_OLD, Kind.CHANGE_AT_NEW: Purpose.CHANGE_AT_NEW}


def send_due() -> int:
    """Send the messages that are due; how many went out.

    Ends with the first one that the server doesn't take for a reason of its own, since it would
    take no other: the retry takes all of them up.
    """
    due = list(Message.objects.due().values_list("pk", flat=True))
    if not due:
        return 0
    erasing.erase_again()
    sent, connection = 0, get_connection()
    try:
        for message in filter(None, map(_claim, due)):
            if not _send(message, connection):
                break
            sent += message.sent_at is not None
    finally:
        connection.close()
    return sent


def _claim(pk: int) -> Message | None:
    """The message, if no other process is sending it."""
    until = timezone.now() + CLAIM
    if not Message.objects.due().filter(pk=pk).update(claimed_until=until):
        return None
    related = ("subscriber", "newsletter", "event", "change__subscriber")
    return Message.objects.select_related(*related).get(pk=pk)


def _send(message: Message, connection: BaseEmailBackend) -> bool:
    """Send one, or note that it can't be; False if the server is not to be reached."""
    written = compose(message) if _is_wanted(message) else None
    if written is None:
        message.given_up = True
        message.save(update_fields=["given_up"])
        return True
    written.connection = connection
    try:
        connection.open()  # once: a message that opens it closes it too
        written.send()
    except smtplib.SMTPRecipientsRefused as refusal:
        refused_for_good = all(code >= 500 for code, _ in refusal.recipients.values())
        _failed(message, refusal, for_good=refused_for_good)
        return True
    except (smtplib.SMTPException, OSError) as error:
        _failed(message, error)
        return False
    message.sent_at = timezone.now()
    message.save(update_fields=["sent_at"])
    return True


def _failed(message: Message, error: Exception, *, for_good: bool = False) -> None:
    """Try again later. What the server said may hold the address: no log gets it."""
    message.attempts += 1
    message.given_up = for_good or message.attempts > len(RETRIES)
    message.claimed_until = None
    if not message.given_up:
        message.due_at = timezone.now() + RETRIES[message.attempts - 1]
        tasks.wake(message.due_at)
    message.save(update_fields=["attempts", "given_up", "claimed_until", "due_at"])
    logger.warning("%s: %s (attempt %s)", message, type(error).__name__, message.attempts)


def _is_wanted(message: Message) -> bool:
    """Whether it is still to be sent: much can have happened since it was caused."""
    if not message.address or Suppression.objects.of(message.address):
        return False
    if message.newsletter is None:
        return message.change is None or message.change.done_at is None
    assert message.subscriber is not None  # noqa: S101  (it has an address)
    state = message.subscriber.subscriptions.filter(newsletter=message.newsletter)
    waiting = Subscription.State.WAITING if message.kind == Kind.CONFIRM else _CONFIRMED
    return state.filter(state=waiting).exists()


def compose(message: Message) -> EmailMultiAlternatives:
    """The message to its recipient, in text and HTML."""
    context = _context(message)
    name = f"mail/{message.kind}"
    newsletter = message.newsletter
    sender = newsletter and formataddr((newsletter.sender_name, newsletter.sender_address))
    written = EmailMultiAlternatives(
        # One line, whatever names stand in it: a header ends where its line ends.
        subject=" ".join(render_to_string(f"{name}.subject.txt", context).split()),
        body=render_to_string(f"{name}.txt", context),
        from_email=sender or settings.DEFAULT_FROM_EMAIL,
        to=[message.address],
        headers=_headers(message, context),
    )
    written.attach_alternative(render_to_string(f"{name}.html", context), "text/html")
    return written


def _headers(message: Message, context: dict[str, Any]) -> dict[str, str]:
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    headers = {"Auto-Submitted": "auto-generated", "Message-ID": make_msgid(domain=host)}
    if message.newsletter:
        headers |= {
            "List-Id": f"<{message.newsletter.slug}.{host}>",
            "List-Unsubscribe": f"<{context['unsubscribe']}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
        }
    return headers


def _context(message: Message) -> dict[str, Any]:
    subscriber, newsletter, change = message.subscriber, message.newsletter, message.change
    context: dict[str, Any] = {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "newsletter": newsletter,
        "subscriber": subscriber,
        "days": {purpose.name.lower(): age.days for purpose, age in MAX_AGE.items() if age},
    }
    # The new address is not the subscriber's yet: it gets no way in.
    if subscriber and message.kind != Kind.CHANGE_AT_NEW:
        context["settings"] = links.own_settings(subscriber)
    if subscriber and newsletter:
        context["unsubscribe"] = links.unsubscribing(subscriber, newsletter)
    if message.event:
        context |= _of_event(message)
    if change:
        context["change"] = change
        context["link"] = links.change(change, _PURPOSES[Kind(message.kind)])
    return context


def _of_event(message: Message) -> dict[str, Any]:
    event = message.event
    assert event is not None  # noqa: S101
    told: dict[str, Any] = {
        "event": event,
        "agreed": ledger.read(event)["agreed"],
        "versions": {
            name: {"number": version.number, "url": links.absolute(version.get_absolute_url())}
            for name, version in personal.versions_of(event).items()
            if isinstance(version, PolicyVersion)
        },
    }
    if message.kind == Kind.CONFIRM:
        told["link"] = links.confirmation(event)
    return told
