"""Compose and send messages.

A message is composed from its row when it is sent; its text is stored nowhere. It is sent at
least once: if a process claims a message and doesn't send it in time, another process may.
"""

import logging
import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import formataddr, make_msgid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.utils import timezone

from newsletter import addresses, data_export, erasure, ledger, links
from newsletter.models import Message, PolicyVersion, Subscription, Suppression
from newsletter.models.message import RETRY_DELAYS
from newsletter.models.newsletter import one_line
from newsletter.tokens import MAX_AGE, Purpose
from newsroom.link_preview import absolute

logger = logging.getLogger(__name__)

#: How long a claim holds; a process that has not sent the message by then has stopped.
CLAIM_DURATION = timedelta(minutes=5)

#: Called with the time of a retry, to schedule it.
ScheduleRetry = Callable[[datetime], None]
Kind = Message.Kind
_CONFIRMED = Subscription.State.CONFIRMED
_PURPOSES = {Kind.CHANGE_AT_OLD: Purpose.CHANGE_AT_OLD, Kind.CHANGE_AT_NEW: Purpose.CHANGE_AT_NEW}


def send_due(schedule_retry: ScheduleRetry) -> int:
    """Send the messages that are due; return the number sent.

    Stop at the first failure of the mail server, since the other messages would fail too: the
    retry sends them all.
    """
    due = list(Message.objects.due().values_list("pk", flat=True))
    if not due:
        return 0
    erasure.erase_again()
    sent, connection = 0, get_connection()
    try:
        for message in filter(None, map(claim, due)):
            if not _send(message, connection, schedule_retry):
                break
            sent += message.sent_at is not None
    finally:
        connection.close()
    return sent


def claim(pk: int) -> Message | None:
    """Claim a message and return it; None if another process is sending it."""
    until = timezone.now() + CLAIM_DURATION
    if not Message.objects.due().filter(pk=pk).update(claimed_until=until):
        return None
    related = ("subscriber", "newsletter", "event", "change__subscriber")
    return Message.objects.select_related(*related).filter(pk=pk).first()


def _send(message: Message, connection: BaseEmailBackend, schedule_retry: ScheduleRetry) -> bool:
    """Send a message, or record the failure; return False if the mail server failed."""
    if not _is_still_wanted(message):
        message.given_up = True
        _save(message, "given_up")
        return True
    error = _attempt(message, connection)
    if error is None:
        message.sent_at = timezone.now()
        _save(message, "sent_at")
        return True
    is_refused = isinstance(error, smtplib.SMTPRecipientsRefused)
    _record_failure(message, error, schedule_retry)
    return is_refused or not isinstance(error, smtplib.SMTPException | OSError)


def _is_permanent(error: Exception) -> bool:
    """Whether the server refused the recipient for good."""
    return isinstance(error, smtplib.SMTPRecipientsRefused) and all(
        code >= 500 for code, _ in error.recipients.values()
    )


def _attempt(message: Message, connection: BaseEmailBackend) -> Exception | None:
    """Send a message; return the error, if any.

    The error is not raised: it may contain the address, and would appear in the log as the
    context of any later error.
    """
    try:
        composed = compose(message)
        composed.connection = connection
        connection.open()  # otherwise each message opens and closes it
        composed.send()
    except Exception as error:  # noqa: BLE001  (a failing message doesn't stop the others)
        return error
    return None


def _record_failure(message: Message, error: Exception, schedule_retry: ScheduleRetry) -> None:
    """Schedule a retry, or give up.

    Log the type of the error only, because the server's answer may contain the address.
    """
    message.attempts += 1
    message.given_up = _is_permanent(error) or message.attempts > len(RETRY_DELAYS)
    message.claimed_until = None
    if not message.given_up:
        message.due_at = timezone.now() + RETRY_DELAYS[message.attempts - 1]
        schedule_retry(message.due_at)
    _save(message, "attempts", "given_up", "claimed_until", "due_at")
    logger.warning("%s: %s (attempt %s)", message, type(error).__name__, message.attempts)


def _save(message: Message, *fields: str) -> None:
    """Update fields of a message; its row may have been deleted by an erasure."""
    values = {name: getattr(message, name) for name in fields}
    Message.objects.filter(pk=message.pk).update(**values)


def _is_still_wanted(message: Message) -> bool:
    """Whether the state that the message was queued for is still the current one."""
    if not message.address or Suppression.objects.for_address(message.address):
        return False
    if message.kind in _PURPOSES:  # a newer change may have replaced it
        return message.change is not None and message.change.done_at is None
    if message.newsletter is None:
        return True
    assert message.subscriber is not None  # noqa: S101  (it has an address)
    state = message.subscriber.subscriptions.filter(newsletter=message.newsletter)
    waiting = Subscription.State.WAITING if message.kind == Kind.CONFIRM else _CONFIRMED
    return state.filter(state=waiting).exists()


def compose(message: Message) -> EmailMultiAlternatives:
    """Return the e-mail, in text and HTML.

    Raises ``ValueError`` or ``ValidationError`` if a name or an address would add a header or a
    recipient.
    """
    context = _context(message)
    name = f"mail/{message.kind}"
    newsletter = message.newsletter
    sender = newsletter and formataddr((newsletter.sender_name, newsletter.sender_address))
    composed = EmailMultiAlternatives(
        # On one line, because a line break would end the header.
        subject=" ".join(render_to_string(f"{name}.subject.txt", context).split()),
        body=render_to_string(f"{name}.txt", context),
        from_email=sender or settings.DEFAULT_FROM_EMAIL,
        to=[message.address],
        headers=_headers(message, context),
    )
    composed.attach_alternative(render_to_string(f"{name}.html", context), "text/html")
    _validate(composed, message)
    return composed


def _validate(composed: EmailMultiAlternatives, message: Message) -> None:
    """Validate headers and addresses again, because rows may be saved without the forms."""
    for value in (composed.subject, composed.from_email, *composed.extra_headers.values()):
        one_line(value)
    addresses.normalise(message.address)
    if message.newsletter:
        one_line(message.newsletter.sender_name)  # in from_email it is already encoded
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
    # The new address may be somebody else's, so it gets no link to the subscriber's page.
    if subscriber and message.kind != Kind.CHANGE_AT_NEW:
        context["settings"] = links.manage_url(subscriber)
    if subscriber and newsletter:
        context["unsubscribe"] = links.unsubscribe_url(subscriber, newsletter)
    if message.event:
        context |= _event_context(message)
    if change:
        context["change"] = change
        context["link"] = links.address_change_url(change, _PURPOSES[Kind(message.kind)])
    return context


def _event_context(message: Message) -> dict[str, Any]:
    event = message.event
    assert event is not None  # noqa: S101
    context: dict[str, Any] = {
        "event": event,
        "agreed": ledger.event_document(event)["agreed"],
        "versions": {
            name: {"number": version.number, "url": absolute(version.get_absolute_url())}
            for name, version in data_export.named_versions(event).items()
            if isinstance(version, PolicyVersion)
        },
    }
    if message.kind == Kind.CONFIRM:
        context["link"] = links.confirm_url(event)
    return context
