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
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.utils import timezone

from newsletter import addresses, erasing, ledger, links, personal, tasks
from newsletter.models import Message, PolicyVersion, Subscription, Suppression
from newsletter.models.mail import RETRIES
from newsletter.models.newsletter import one_line
from newsletter.tokens import MAX_AGE, Purpose
from newsroom.link_preview import absolute

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
    return Message.objects.select_related(*related).filter(pk=pk).first()


def _send(message: Message, connection: BaseEmailBackend) -> bool:
    """Send one, or note that it can't be; False if the server is not to be reached."""
    if not _is_wanted(message):
        message.given_up = True
        _note(message, "given_up")
        return True
    error = _attempt(message, connection)
    if error is None:
        message.sent_at = timezone.now()
        _note(message, "sent_at")
        return True
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        _failed(message, error, for_good=all(code >= 500 for code, _ in error.recipients.values()))
        return True
    _failed(message, error)
    return not isinstance(error, smtplib.SMTPException | OSError)


def _attempt(message: Message, connection: BaseEmailBackend) -> Exception | None:
    """Why it couldn't be sent, if so.

    Not raised: it may hold the address, and the log of what goes wrong next would repeat it.
    """
    try:
        written = compose(message)
        written.connection = connection
        connection.open()  # once: a message that opens it closes it too
        written.send()
    except Exception as error:  # noqa: BLE001  (one that can't be written keeps no other waiting)
        return error
    return None


def _failed(message: Message, error: Exception, *, for_good: bool = False) -> None:
    """Try again later. What the server said may hold the address: no log gets it."""
    message.attempts += 1
    message.given_up = for_good or message.attempts > len(RETRIES)
    message.claimed_until = None
    if not message.given_up:
        message.due_at = timezone.now() + RETRIES[message.attempts - 1]
        tasks.wake(message.due_at)
    _note(message, "attempts", "given_up", "claimed_until", "due_at")
    logger.warning("%s: %s (attempt %s)", message, type(error).__name__, message.attempts)


def _note(message: Message, *fields: str) -> None:
    """Keep these of a message; its row may have gone meanwhile, with a person who was erased."""
    values = {name: getattr(message, name) for name in fields}
    Message.objects.filter(pk=message.pk).update(**values)


def _is_wanted(message: Message) -> bool:
    """Whether it is still to be sent: much can have happened since it was caused."""
    if not message.address or Suppression.objects.of(message.address):
        return False
    if message.kind in _PURPOSES:  # a newer wish may have taken the change's place
        return message.change is not None and message.change.done_at is None
    if message.newsletter is None:
        return True
    assert message.subscriber is not None  # noqa: S101  (it has an address)
    state = message.subscriber.subscriptions.filter(newsletter=message.newsletter)
    waiting = Subscription.State.WAITING if message.kind == Kind.CONFIRM else _CONFIRMED
    return state.filter(state=waiting).exists()


def compose(message: Message) -> EmailMultiAlternatives:
    """The message to its recipient, in text and HTML.

    Raises ``ValueError`` or ``ValidationError`` for what would be another header or recipient.
    """
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
    _check(written, message)
    return written


def _check(written: EmailMultiAlternatives, message: Message) -> None:
    """Again, for rows that were written past the forms: a header is one line, an address one."""
    for value in (written.subject, written.from_email, *written.extra_headers.values()):
        one_line(value)
    addresses.normalised(message.address)
    if message.newsletter:
        one_line(message.newsletter.sender_name)  # encoded, it is one line
        validate_email(message.newsletter.sender_address)


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
            name: {"number": version.number, "url": absolute(version.get_absolute_url())}
            for name, version in personal.versions_of(event).items()
            if isinstance(version, PolicyVersion)
        },
    }
    if message.kind == Kind.CONFIRM:
        told["link"] = links.confirmation(event)
    return told
