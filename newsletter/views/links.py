"""Links in messages: GET shows a button, and only the POST does anything."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsletter import changing_address, links, subscribing, tokens
from newsletter.ledger import ONE_CLICK, READER, Where
from newsletter.models import AddressChange, ConsentEvent, Newsletter, Subscriber
from newsletter.offers import offers
from newsletter.subscribing import Outcome
from newsletter.tokens import BadToken, Expired, Purpose
from newsroom.security.private import keep_private
from newsroom.security.same_origin import same_origin_only

View = Callable[..., HttpResponse]


def private_page(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page whose address is a secret: nobody keeps it, indexes it or hears of it."""
    response = keep_private(render(request, template, context, status=status))
    response["Referrer-Policy"] = "no-referrer"
    return response


def no_such_link(request: HttpRequest) -> HttpResponse:
    """For a token that is none of ours, or was changed on its way."""
    return private_page(request, "newsletter/link_broken.html", {}, status=404)


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm a sign-up; afterwards the same address tells that it is confirmed."""
    expired = False
    try:
        number = tokens.read(Purpose.CONFIRM, token)
    except Expired as expiry:
        expired, number = True, expiry.content
    except BadToken:
        return no_such_link(request)
    asked = ConsentEvent.objects.select_related("newsletter").filter(pk=number).first()
    if asked is None:
        return no_such_link(request)
    if request.method == "POST" and not expired:
        subscribing.confirm(asked, evidence=subscribing.client(request))
        return keep_private(redirect(request.path))
    return _confirmation_page(request, asked, expired=expired)


def _confirmation_page(request: HttpRequest, asked: ConsentEvent, *, expired: bool) -> HttpResponse:
    subscription = subscribing.subscription_of(asked)
    outcome = subscribing.outlook(asked, subscription)
    context: dict[str, Any] = {"newsletter": asked.newsletter, "outcome": outcome.value}
    if outcome == Outcome.CONFIRMED and expired:
        context["outcome"] = "expired"
    if subscription and outcome == Outcome.BEFORE and not expired:
        subscriber = subscription.subscriber
        context |= {"others": _others(subscriber), "settings": links.own_settings(subscriber)}
    status = 410 if context["outcome"] in {"expired", "gone"} else 200
    return private_page(request, "newsletter/confirm.html", context, status)


def _others(subscriber: Subscriber) -> list[Newsletter]:
    """Newsletters that the subscriber might want as well."""
    states = subscriber.subscriptions.filter(state=subscribing.State.CONFIRMED)
    rest = Newsletter.objects.filter(is_open=True).exclude(pk__in=states.values("newsletter"))
    return [offer.newsletter for offer in offers(rest).values()]


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Leave a newsletter: by a button, or by one click in a mail programme (RFC 8058)."""
    if request.method == "POST" and request.POST.get("List-Unsubscribe") == "One-Click":
        return _one_click(request, token)
    return _unsubscribe_page(request, token=token)


def _one_click(request: HttpRequest, token: str) -> HttpResponse:
    """No cookie is asked for and no redirect answered; to say it again changes nothing."""
    try:
        subscriber, newsletter = _leaving(token)
    except BadToken:
        return keep_private(HttpResponse("No such link.", status=404, content_type="text/plain"))
    if subscriber and newsletter:
        evidence = subscribing.client(request)
        subscribing.unsubscribe(
            subscriber, newsletter, by=ONE_CLICK, where=Where("one-click"), evidence=evidence
        )
    return keep_private(HttpResponse("Unsubscribed.", content_type="text/plain"))


def _leaving(token: str) -> tuple[Subscriber | None, Newsletter | None]:
    """Whom a link is for, and what it ends; None for what is gone."""
    subject, newsletter = tokens.read(Purpose.UNSUBSCRIBE, token)
    return (
        Subscriber.objects.filter(subject=subject).first(),
        Newsletter.objects.filter(pk=newsletter).first(),
    )


@same_origin_only
def _unsubscribe_page(request: HttpRequest, token: str) -> HttpResponse:
    try:
        subscriber, newsletter = _leaving(token)
    except BadToken:
        return no_such_link(request)
    if request.method == "POST" and subscriber and newsletter:
        evidence = subscribing.client(request)
        subscribing.unsubscribe(
            subscriber, newsletter, by=READER, where=Where("unsubscribe"), evidence=evidence
        )
        return keep_private(redirect(request.path))
    rows = subscriber.subscriptions.filter(newsletter=newsletter) if subscriber else None
    active = rows is not None and rows.exclude(state=subscribing.State.UNSUBSCRIBED).exists()
    context: dict[str, Any] = {"newsletter": newsletter, "active": active}
    if subscriber:
        context["settings"] = links.own_settings(subscriber)
    return private_page(request, "newsletter/unsubscribe.html", context)


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def change_at_old(request: HttpRequest, token: str) -> HttpResponse:
    """The address that was agrees to the change."""
    return _change(request, token, Purpose.CHANGE_AT_OLD)


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def change_at_new(request: HttpRequest, token: str) -> HttpResponse:
    """The address to be agrees to the change."""
    return _change(request, token, Purpose.CHANGE_AT_NEW)


def _change(request: HttpRequest, token: str, at: Purpose) -> HttpResponse:
    expired = False
    try:
        pk = tokens.read(at, token)
    except Expired as expiry:
        expired, pk = True, expiry.content
    except BadToken:
        return no_such_link(request)
    change = AddressChange.objects.filter(pk=pk).first()
    if change is None or (expired and not change.done_at):
        return private_page(request, "newsletter/change_gone.html", {}, status=410)
    if request.method == "POST":
        changing_address.confirm(change, at, evidence=subscribing.client(request))
        return keep_private(redirect(request.path))
    at_old = at == Purpose.CHANGE_AT_OLD
    here = change.confirmed_at_old if at_old else change.confirmed_at_new
    both = change.confirmed_at_old and change.confirmed_at_new
    taken = bool(both and not change.done_at and changing_address.is_taken(change))
    context = {"change": change, "at_old": at_old, "here": here, "taken": taken}
    return private_page(request, "newsletter/change.html", context)
