"""The pages that links in messages lead to: GET shows a button, POST makes the change."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsletter import address_changes, links, subscriptions, tokens
from newsletter.consent_texts import current_consent_texts
from newsletter.ledger import ONE_CLICK, READER, EventSource
from newsletter.models import AddressChange, ConsentEvent, Newsletter, Subscriber
from newsletter.subscriptions import ConfirmationOutcome
from newsletter.tokens import BadToken, ExpiredToken, Purpose
from newsroom.security.private import keep_private
from newsroom.security.same_origin import same_origin_only

View = Callable[..., HttpResponse]


def private_page(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Return a page with a secret URL: not cached, not indexed, and not sent as a referrer."""
    response = keep_private(render(request, template, context, status=status))
    response["Referrer-Policy"] = "no-referrer"
    return response


def invalid_link(request: HttpRequest) -> HttpResponse:
    """Return the answer to a token that was not made here, or was changed."""
    return private_page(request, "newsletter/link_broken.html", {}, status=404)


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm a sign-up; afterwards the same page says that it is confirmed."""
    expired = False
    try:
        number = tokens.read(Purpose.CONFIRM, token)
    except ExpiredToken as expiry:
        expired, number = True, expiry.content
    except BadToken:
        return invalid_link(request)
    event = ConsentEvent.objects.select_related("newsletter").filter(pk=number).first()
    if event is None:
        return invalid_link(request)
    if request.method == "POST" and not expired:
        subscriptions.confirm(event, evidence=subscriptions.request_evidence(request))
        return keep_private(redirect(request.path))
    return _confirmation_page(request, event, expired=expired)


def _confirmation_page(request: HttpRequest, event: ConsentEvent, *, expired: bool) -> HttpResponse:
    subscription = subscriptions.subscription_of(event)
    outcome = subscriptions.confirmation_outcome(event, subscription)
    context: dict[str, Any] = {"newsletter": event.newsletter, "outcome": outcome.value}
    if outcome == ConfirmationOutcome.CONFIRMED:
        context["outcome"] = "expired" if expired else "confirmable"
    if subscription and outcome == ConfirmationOutcome.ALREADY_CONFIRMED and not expired:
        subscriber = subscription.subscriber
        context |= {"others": _others(subscriber), "settings": links.manage_url(subscriber)}
    status = 410 if context["outcome"] in {"expired", "removed"} else 200
    return private_page(request, "newsletter/confirm.html", context, status)


def _others(subscriber: Subscriber) -> list[Newsletter]:
    """Return the open newsletters that the subscriber has not subscribed to."""
    states = subscriber.subscriptions.filter(state=subscriptions.State.CONFIRMED)
    rest = Newsletter.objects.filter(is_open=True).exclude(pk__in=states.values("newsletter"))
    return [texts.newsletter for texts in current_consent_texts(rest).values()]


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Unsubscribe: with a button, or with one click in the mail program (RFC 8058)."""
    if request.method == "POST" and request.POST.get("List-Unsubscribe") == "One-Click":
        return _one_click(request, token)
    return _unsubscribe_page(request, token=token)


def _one_click(request: HttpRequest, token: str) -> HttpResponse:
    """Answer without cookie and redirect, as RFC 8058 wants; a repeated request changes nothing."""
    try:
        subscriber, newsletter = _subscriber_and_newsletter(token)
    except BadToken:
        return keep_private(HttpResponse("No such link.", status=404, content_type="text/plain"))
    if subscriber and newsletter:
        evidence = subscriptions.request_evidence(request)
        subscriptions.unsubscribe(
            subscriber, newsletter, by=ONE_CLICK, where=EventSource("one-click"), evidence=evidence
        )
    return keep_private(HttpResponse("Unsubscribed.", content_type="text/plain"))


def _subscriber_and_newsletter(token: str) -> tuple[Subscriber | None, Newsletter | None]:
    """Return what a token names; None for a subscriber or a newsletter that was deleted."""
    subject, newsletter = tokens.read(Purpose.UNSUBSCRIBE, token)
    return (
        Subscriber.objects.filter(subject=subject).first(),
        Newsletter.objects.filter(pk=newsletter).first(),
    )


@same_origin_only
def _unsubscribe_page(request: HttpRequest, token: str) -> HttpResponse:
    try:
        subscriber, newsletter = _subscriber_and_newsletter(token)
    except BadToken:
        return invalid_link(request)
    if request.method == "POST" and subscriber and newsletter:
        evidence = subscriptions.request_evidence(request)
        subscriptions.unsubscribe(
            subscriber, newsletter, by=READER, where=EventSource("unsubscribe"), evidence=evidence
        )
        return keep_private(redirect(request.path))
    rows = subscriber.subscriptions.filter(newsletter=newsletter) if subscriber else None
    active = rows is not None and rows.exclude(state=subscriptions.State.UNSUBSCRIBED).exists()
    context: dict[str, Any] = {"newsletter": newsletter, "active": active}
    if subscriber:
        context["settings"] = links.manage_url(subscriber)
    return private_page(request, "newsletter/unsubscribe.html", context)


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def change_at_old(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm a change of address at the old address."""
    return _change(request, token, Purpose.CHANGE_AT_OLD)


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def change_at_new(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm a change of address at the new address."""
    return _change(request, token, Purpose.CHANGE_AT_NEW)


def _change(request: HttpRequest, token: str, at: Purpose) -> HttpResponse:
    expired = False
    try:
        pk = tokens.read(at, token)
    except ExpiredToken as expiry:
        expired, pk = True, expiry.content
    except BadToken:
        return invalid_link(request)
    change = AddressChange.objects.filter(pk=pk).first()
    if change is None or (expired and not change.done_at):
        return private_page(request, "newsletter/change_gone.html", {}, status=410)
    if request.method == "POST":
        address_changes.confirm_change(change, at, evidence=subscriptions.request_evidence(request))
        return keep_private(redirect(request.path))
    at_old = at == Purpose.CHANGE_AT_OLD
    here = change.confirmed_at_old if at_old else change.confirmed_at_new
    both = change.confirmed_at_old and change.confirmed_at_new
    taken = bool(both and not change.done_at and address_changes.is_taken(change))
    context = {"change": change, "at_old": at_old, "here": here, "taken": taken}
    return private_page(request, "newsletter/change.html", context)
