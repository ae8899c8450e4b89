"""A subscriber's own page: subscriptions, address, data and erasure."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from newsletter import address_changes, data_export, erasure, ledger, subscriptions, tokens
from newsletter.consent_texts import (
    UNSUBSCRIBE_NOTE,
    ConsentTexts,
    DisplayedForm,
    Policies,
    current_consent_texts,
)
from newsletter.forms import ChangeAddressForm, NewPoliciesForm, SubscribeForm
from newsletter.ledger import READER, EventSource
from newsletter.models import ConsentEvent, Message, Newsletter, Subscriber, Subscription
from newsletter.tokens import BadToken, ExpiredToken, Purpose
from newsletter.views.links import invalid_link, private_page
from newsroom.security.private import keep_private
from newsroom.security.same_origin import same_origin_only

#: The message above the page after a change, by the value of ``?done=``.
DONE_MESSAGES = {
    "subscribed": "You are subscribed. A receipt is on its way to your inbox.",
    "unsubscribed": "You are unsubscribed.",
    "changed": "What you agree to has changed since you opened this page. Please read it again.",
    "agreed": "Thank you, your agreement has been recorded.",
    "address": "We have written to both addresses. The change takes effect once both have agreed.",
}
Action = Callable[..., HttpResponse]


def _subscriber(token: str) -> Subscriber | None:
    """Return the subscriber of a token; None for an erased person. Raises ``BadToken``."""
    subject = tokens.read(Purpose.MANAGE, token)
    subscriber = Subscriber.objects.filter(subject=subject).first()
    # A subscriber restored from a backup will be erased again.
    return None if subscriber and erasure.was_erased(subscriber) else subscriber


def subscriber_page(action: Action) -> Action:
    """Pass the token's subscriber to a view; answer invalid and expired tokens."""

    @same_origin_only
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, /, token: str, **kwargs: Any) -> HttpResponse:
        try:
            subscriber = _subscriber(token)
        except ExpiredToken:
            return private_page(request, "newsletter/link_expired.html", {"token": token}, 410)
        except BadToken:
            return invalid_link(request)
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
    policies = _new_policies(subscriber)
    context = {
        "token": token,
        "subscriber": subscriber,
        "done": DONE_MESSAGES.get(request.GET.get("done", ""), ""),
        "suppressed": subscriptions.is_suppressed(subscriber),
        "rows": _rows(subscriber, forms.get("subscribe")),
        "new_policies": policies,
        "policies_form": forms.get("policies") or (policies and _new_policies_form(policies)),
        "address_form": forms.get("address") or ChangeAddressForm(auto_id="change-%s"),
        "changes": subscriber.address_changes.filter(
            done_at=None, created_at__gt=timezone.now() - tokens.CONFIRMATION_MAX_AGE
        ),
        "note": UNSUBSCRIBE_NOTE,
    }
    return private_page(request, "newsletter/manage.html", context, status)


def _new_policies_form(policies: Policies) -> NewPoliciesForm:
    return NewPoliciesForm(policies, initial={"shown": policies.token()})


def _subscribe_form(texts: ConsentTexts) -> SubscribeForm:
    # Without the page, whose URL is secret.
    return SubscribeForm(texts, initial={"shown": DisplayedForm.create(texts, "", "").token()})


def _rows(subscriber: Subscriber, refused: Form | None) -> list[dict[str, Any]]:
    """Return a row for each newsletter that is open or that the subscriber gets.

    ``refused``: a submitted form with errors, shown in its row.
    """
    subscriptions_by_newsletter = {
        row.newsletter_id: row for row in subscriber.subscriptions.select_related("newsletter")
    }
    newsletters = Newsletter.objects.all()
    current = current_consent_texts(newsletters)
    rows = []
    for newsletter in newsletters:
        subscription = subscriptions_by_newsletter.get(newsletter.pk)
        texts = current.get(newsletter.pk)
        is_subscribed = (
            subscription is not None and subscription.state == Subscription.State.CONFIRMED
        )
        if not is_subscribed and texts is None:
            continue
        form = None if is_subscribed or texts is None else _subscribe_form(texts)
        if isinstance(refused, SubscribeForm) and refused.newsletter == newsletter:
            form = refused
        rows.append(
            {
                "newsletter": newsletter,
                "subscription": subscription,
                "is_subscribed": is_subscribed,
                "texts": texts,
                "form": form,
            }
        )
    return rows


def _new_policies(subscriber: Subscriber) -> Policies | None:
    """Return the policies in force, if the subscriber has agreed to other versions."""
    policies = Policies.in_force()
    events = ConsentEvent.objects.filter(
        subject=subscriber.subject,
        kind__in=(ledger.Kind.CONFIRMED, ledger.Kind.AGREED_AGAIN),
    )
    last = events.order_by("-number").first()
    if policies is None or last is None:
        return None
    agreed = ledger.event_document(last)["agreed"]
    known = [agreed[name]["version"] for name in ("terms", "privacy")]
    return policies if known != [policies.terms.number, policies.privacy.number] else None


@subscriber_page
def manage(request: HttpRequest, token: str, subscriber: Subscriber) -> HttpResponse:
    """Show the page."""
    return _page(request, token, subscriber)


@subscriber_page
def subscribe(request: HttpRequest, token: str, subscriber: Subscriber, slug: str) -> HttpResponse:
    """Subscribe to another newsletter."""
    newsletter = get_object_or_404(Newsletter, slug=slug)
    current = current_consent_texts([newsletter]).get(newsletter.pk)
    if request.method != "POST" or current is None or subscriptions.is_suppressed(subscriber):
        return _to_page(token)
    texts = _displayed_texts(request, newsletter)
    if texts is None:
        return _to_page(token, "changed")
    form = SubscribeForm(texts, request.POST)
    if not form.is_valid():
        return _page(request, token, subscriber, 400, subscribe=form)
    evidence = subscriptions.request_evidence(request)
    subscriptions.subscribe_verified(subscriber, texts, evidence=evidence)
    return _to_page(token, "subscribed")


def _displayed_texts(request: HttpRequest, newsletter: Newsletter) -> ConsentTexts | None:
    """Return the texts that the form displayed, if they can still be agreed to."""
    try:
        displayed = DisplayedForm.from_token(request.POST.get("shown", ""))
    except BadToken:
        return None
    texts = displayed.consent_texts(newsletter)
    return texts if texts and texts.can_be_agreed_to() else None


@subscriber_page
def unsubscribe(
    request: HttpRequest, token: str, subscriber: Subscriber, slug: str
) -> HttpResponse:
    """Unsubscribe from a newsletter."""
    newsletter = get_object_or_404(Newsletter, slug=slug)
    if request.method != "POST":
        return _to_page(token)
    evidence = subscriptions.request_evidence(request)
    where = EventSource("settings")
    subscriptions.unsubscribe(subscriber, newsletter, by=READER, where=where, evidence=evidence)
    return _to_page(token, "unsubscribed")


@subscriber_page
def agree_to_new_policies(request: HttpRequest, token: str, subscriber: Subscriber) -> HttpResponse:
    """Agree to new policies."""
    if request.method != "POST":
        return _to_page(token)
    try:
        policies = Policies.from_token(request.POST.get("shown", ""))
    except BadToken:
        policies = None
    if policies is None or not policies.can_be_agreed_to():
        return _to_page(token, "changed")
    form = NewPoliciesForm(policies, request.POST)
    if not form.is_valid():
        return _page(request, token, subscriber, 400, policies=form)
    subscriptions.agree_to_new_policies(
        subscriber, policies, evidence=subscriptions.request_evidence(request)
    )
    return _to_page(token, "agreed")


@subscriber_page
def change_address(request: HttpRequest, token: str, subscriber: Subscriber) -> HttpResponse:
    """Request a new address; the answer is the same whether or not it is a subscriber's."""
    if request.method != "POST":
        return _to_page(token)
    form = ChangeAddressForm(request.POST, auto_id="change-%s")
    if not form.is_valid():
        return _page(request, token, subscriber, 400, address=form)
    address_changes.request_change(subscriber, form.cleaned_data["address"])
    return _to_page(token, "address")


@subscriber_page
def download_data(request: HttpRequest, token: str, subscriber: Subscriber) -> HttpResponse:
    """Return all data held on the subscriber as a JSON file."""
    data = data_export.subscriber_data(subscriber)
    response = JsonResponse(data, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    response["Referrer-Policy"] = "no-referrer"
    return keep_private(response)


@subscriber_page
def erase(request: HttpRequest, token: str, subscriber: Subscriber) -> HttpResponse:
    """Ask for confirmation, then erase; afterwards the own page says so."""
    if request.method != "POST":
        return private_page(request, "newsletter/erase.html", {"token": token})
    erasure.erase(subscriber, by=READER, where=EventSource("settings"))
    return keep_private(redirect(reverse("newsletter:manage", args=[token])))


@same_origin_only
@require_http_methods(["POST"])
def new_link(request: HttpRequest, token: str) -> HttpResponse:
    """Send a new link in place of an expired one, to the same subscriber."""
    try:
        subject = tokens.read(Purpose.MANAGE, token)
    except ExpiredToken as expiry:
        subject = expiry.content
    except BadToken:
        return invalid_link(request)
    subscriber = Subscriber.objects.filter(subject=subject).first()
    if subscriber and not Message.objects.next_allowed_at(subscriber.address, None):
        Message.objects.queue(Message.Kind.LINK, subscriber)
    return private_page(request, "newsletter/link_sent.html", {})
