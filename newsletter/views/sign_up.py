"""The newsletters' pages, and signing up."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django.views.generic import DetailView, ListView, View

from newsletter import addresses, sign_ups
from newsletter import box as boxes
from newsletter.box import Box
from newsletter.forms import SignUpForm
from newsletter.models import Newsletter
from newsletter.offers import Offer, Shown, offers
from newsletter.tokens import BadToken
from newsroom.security.private import keep_private
from newsroom.security.same_origin import local_path, same_origin_only

CHANGED = (
    "What you agree to has changed since this page was made. Please look at it again; nothing was "
    "sent so far."
)
CLOSED = "This newsletter takes no sign-ups at the moment. Nothing was sent."


class NewsletterListView(ListView):
    """Every newsletter that takes sign-ups, each with its box."""

    template_name = "newsletter/newsletter_list.html"

    def get_queryset(self) -> Any:
        return Newsletter.objects.filter(is_open=True)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        page, keys = self.request.path, [each.pk for each in context["object_list"]]
        found = boxes.boxes(keys, page=page, placement=boxes.LIST)
        return {**context, "boxes": list(found.values())}


class NewsletterView(DetailView):
    """A newsletter's own page, the same for every reader."""

    template_name = "newsletter/newsletter_detail.html"
    model = Newsletter

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = self.request.path
        found = boxes.boxes([self.object.pk], page=page, placement=boxes.OWN_PAGE)
        return super().get_context_data(box=found.get(self.object.pk), **kwargs)


class RequestedView(View):
    """What everybody is told who has signed up, whatever address it was."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        context = {
            "newsletter": get_object_or_404(Newsletter, slug=slug),
            "came_from": local_path(request.GET.get("from", "")),
        }
        return keep_private(render(request, "newsletter/requested.html", context))


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a form; every address gets the same answer, in the same time."""
    newsletter = get_object_or_404(Newsletter, slug=slug)
    if request.method != "POST":
        return redirect(newsletter)
    current = offers([newsletter]).get(newsletter.pk)
    if current is None:
        return _page(request, newsletter, None, status=409, closed=CLOSED)
    shown = _shown(request)
    offer = shown.offer(newsletter) if shown else None
    if shown is None or offer is None or not offer.may_be_taken_up():
        return _ask_again(request, current)
    form = SignUpForm(offer, request.POST)
    if not form.is_valid():
        return _page(request, newsletter, Box(newsletter, form), status=400)
    sign_ups.receive(
        request,
        newsletter,
        shown,
        typed=request.POST["address"],
        trapped=bool(form.cleaned_data["homepage"]),
    )
    query = {"from": shown.page} if local_path(shown.page) else None
    return keep_private(redirect(reverse("newsletter:requested", args=[slug], query=query)))


def _shown(request: HttpRequest) -> Shown | None:
    try:
        return Shown.read(request.POST.get("shown", ""))
    except BadToken:
        return None


def _ask_again(request: HttpRequest, offer: Offer) -> HttpResponse:
    """The form as it is now, with the address that was typed, and the box unticked."""
    shown = Shown.of(offer, request.path, boxes.OWN_PAGE)
    typed = request.POST.get("address", "")[: addresses.MAX_LENGTH]
    form = SignUpForm(offer, initial={"shown": shown.token(), "address": typed})
    again = Box(offer.newsletter, form, error=CHANGED)
    return _page(request, offer.newsletter, again, status=409)


def _page(
    request: HttpRequest, newsletter: Newsletter, box: Box | None, *, status: int, closed: str = ""
) -> HttpResponse:
    """The newsletter's page for one reader: never shared, never kept."""
    context = {"newsletter": newsletter, "box": box, "closed": closed, "answer": True}
    return keep_private(
        render(request, "newsletter/newsletter_detail.html", context, status=status)
    )
