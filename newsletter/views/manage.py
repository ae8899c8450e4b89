"""A subscriber's own page: newsletters on and off, address, data, and erasing all of it."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from newsletter import changing_address, erasing, ledger, personal, subscribing, tasks, tokens
from newsletter.forms import AgreeAgainForm, ChangeAddressForm, TurnOnForm
from newsletter.ledger import READER, Where
from newsletter.models import ConsentEvent, Message, Newsletter, Subscriber, Subscription
from newsletter.offers import NOTE, Offer, Policies, Shown, offers
from newsletter.tokens import BadToken, Expired, Purpose
from newsletter.views.links import no_such_link, private_page
from newsroom.security.private import keep_private
from newsroom.security.same_origin import same_origin_only

#: What the page says at its top after something was done, by what the address says.
DONE = {
    "on": "You are subscribed. A receipt is on its way to your inbox.",
    "off": "You are unsubscribed.",
    "changed": "What you agree to has changed since the page was made. Please look again.",
    "agreed": "Thank you, your agreement is on record.",
    "address": "We have written to both addresses. The change is made once both have agreed.",
}
Action = Callable[..., HttpResponse]


def _subscriber(token: str) -> Subscriber | None:
    """Whose page it is. Raises ``BadToken``; None for a person who was erased."""
    subject = tokens.read(Purpose.MANAGE, token)
    subscriber = Subscriber.objects.filter(subject=subject).first()
    # Out of a backup, and not for long.
    return None if subscriber and erasing.is_noted(subscriber) else subscriber


def own_page(action: Action) -> Action:
    """A view of the token's subscriber; what is no link, or not any more, is told so."""

    @same_origin_only
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, /, token: str, **kwargs: Any) -> HttpResponse:
        try:
            subscriber = _subscriber(token)
        except Expired:
            return private_page(request, "newsletter/link_expired.html", {"token": token}, 410)
        except BadToken:
            return no_such_link(request)
        if subscriber is None:
            return private_page(request, "newsletter/erased.html", {}, status=410)
        return action(request, token, subscriber, **kwargs)

    return view


def _to_page(token: str, done: str = "") -> HttpResponse:
    query = {"done": done} if done else None
    return keep_private(redirect(reverse("newsletter:manage", args=[token], query=query)))


def _page(
    request: HttpRequest, token: str, subscriber: Subscriber, status: int = 200, **forms: Form
) -> HttpResponse:
    newer = _newer_policies(subscriber)
    context = {
        "token": token,
        "subscriber": subscriber,
        "done": DONE.get(request.GET.get("done", ""), ""),
        "suppressed": subscribing.is_suppressed(subscriber),
        "rows": _rows(subscriber, forms.get("turn_on")),
        "newer": newer,
        "again_form": forms.get("again") or (newer and _again_form(newer)),
        "address_form": forms.get("address") or ChangeAddressForm(auto_id="change-%s"),
        "changes": subscriber.address_changes.filter(
            done_at=None, created_at__gt=timezone.now() - tokens.CONFIRMABLE
        ),
        "note": NOTE,
    }
    return private_page(request, "newsletter/manage.html", context, status)


def _again_form(policies: Policies) -> AgreeAgainForm:
    return AgreeAgainForm(policies, initial={"shown": policies.token()})


def _turn_on_form(offer: Offer) -> TurnOnForm:
    # No page: its address is a secret.
    return TurnOnForm(offer, initial={"shown": Shown.of(offer, "", "").token()})


def _rows(subscriber: Subscriber, refused: Form | None) -> list[dict[str, Any]]:
    """A line a newsletter: those that the subscriber has to do with, and those on offer."""
    states = {
        row.newsletter_id: row for row in subscriber.subscriptions.select_related("newsletter")
    }
    newsletters = Newsletter.objects.all()
    offered = offers(newsletters)
    rows = []
    for newsletter in newsletters:
        subscription, offer = states.get(newsletter.pk), offered.get(newsletter.pk)
        on = subscription is not None and subscription.state == Subscription.State.CONFIRMED
        if not on and offer is None:
            continue
        form = None if on or offer is None else _turn_on_form(offer)
        if isinstance(refused, TurnOnForm) and refused.offer.newsletter == newsletter:
            form = refused
        rows.append(
            {
                "newsletter": newsletter,
                "subscription": subscription,
                "on": on,
                "offer": offer,
                "form": form,
            }
        )
    return rows


def _newer_policies(subscriber: Subscriber) -> Policies | None:
    """Those in force, if the subscriber has agreed to others."""
    policies = Policies.in_force()
    events = ConsentEvent.objects.filter(
        subject=subscriber.subject,
        kind__in=(ledger.Kind.CONFIRMED, ledger.Kind.AGREED_AGAIN),
    )
    last = events.order_by("-number").first()
    if policies is None or last is None:
        return None
    agreed = ledger.read(last)["agreed"]
    known = [agreed[name]["version"] for name in ("terms", "privacy")]
    return policies if known != [policies.terms.number, policies.privacy.number] else None


@own_page
def manage(request: HttpRequest, token: str, subscriber: Subscriber) -> HttpResponse:
    """The page."""
    return _page(request, token, subscriber)


@own_page
def turn_on(request: HttpRequest, token: str, subscriber: Subscriber, slug: str) -> HttpResponse:
    """Another newsletter."""
    newsletter = get_object_or_404(Newsletter, slug=slug)
    offer = offers([newsletter]).get(newsletter.pk)
    if request.method != "POST" or offer is None or subscribing.is_suppressed(subscriber):
        return _to_page(token)
    offer = _shown_offer(request, newsletter)
    if offer is None:
        return _to_page(token, "changed")
    form = TurnOnForm(offer, request.POST)
    if not form.is_valid():
        return _page(request, token, subscriber, 400, turn_on=form)
    subscribing.turn_on(subscriber, offer, evidence=subscribing.client(request))
    return _to_page(token, "on")


def _shown_offer(request: HttpRequest, newsletter: Newsletter) -> Offer | None:
    """What the form showed, if it may still be agreed to."""
    try:
        offer = Shown.read(request.POST.get("shown", "")).offer(newsletter)
    except BadToken:
        return None
    return offer if offer and offer.may_be_taken_up() else None


@own_page
def turn_off(request: HttpRequest, token: str, subscriber: Subscriber, slug: str) -> HttpResponse:
    """One newsletter less."""
    newsletter = get_object_or_404(Newsletter, slug=slug)
    if request.method == "POST":
        evidence = subscribing.client(request)
        subscribing.unsubscribe(
            subscriber, newsletter, by=READER, where=Where("settings"), evidence=evidence
        )
    return _to_page(token, "off" if request.method == "POST" else "")


@own_page
def agree_again(request: HttpRequest, token: str, subscriber: Subscriber) -> HttpResponse:
    """Newer terms."""
    if request.method != "POST":
        return _to_page(token)
    try:
        policies = Policies.read(request.POST.get("shown", ""))
    except BadToken:
        policies = None
    if policies is None or not policies.may_be_agreed_to():
        return _to_page(token, "changed")
    form = AgreeAgainForm(policies, request.POST)
    if not form.is_valid():
        return _page(request, token, subscriber, 400, again=form)
    subscribing.agree_again(subscriber, policies, evidence=subscribing.client(request))
    return _to_page(token, "agreed")


@own_page
def change_address(request: HttpRequest, token: str, subscriber: Subscriber) -> HttpResponse:
    """Another address; the answer is the same whether it is known here or not."""
    if request.method != "POST":
        return _to_page(token)
    form = ChangeAddressForm(request.POST, auto_id="change-%s")
    if not form.is_valid():
        return _page(request, token, subscriber, 400, address=form)
    changing_address.ask(subscriber, form.cleaned_data["address"])
    return _to_page(token, "address")


@own_page
def own_data(request: HttpRequest, token: str, subscriber: Subscriber) -> HttpResponse:
    """Everything that is kept of the subscriber, as a file."""
    told = personal.of_subscriber(subscriber)
    response = JsonResponse(told, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    response["Referrer-Policy"] = "no-referrer"
    return keep_private(response)


@own_page
def erase(request: HttpRequest, token: str, subscriber: Subscriber) -> HttpResponse:
    """Ask, then take away everything; the same address tells that it is gone."""
    if request.method != "POST":
        return private_page(request, "newsletter/erase.html", {"token": token})
    erasing.erase(subscriber, by=READER, where=Where("settings"))
    return keep_private(redirect(reverse("newsletter:manage", args=[token])))


@same_origin_only
@require_http_methods(["POST"])
def new_link(request: HttpRequest, token: str) -> HttpResponse:
    """Send a link in the place of an expired one, to the address that it belonged to."""
    try:
        subject = tokens.read(Purpose.MANAGE, token)
    except Expired as expiry:
        subject = expiry.content
    except BadToken:
        return no_such_link(request)
    subscriber = Subscriber.objects.filter(subject=subject).first()
    if subscriber and not Message.objects.soonest(subscriber.address, None):
        Message.objects.create(kind=Message.Kind.LINK, subscriber=subscriber)
        tasks.wake()
    return private_page(request, "newsletter/link_sent.html", {})
