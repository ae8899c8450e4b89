"""The pages of newsletters, and signing up."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django.views.generic import DetailView, ListView, View

from newsletter import addresses, sign_up_forms, sign_ups
from newsletter.consent_texts import ConsentTexts, DisplayedForm, current_consent_texts
from newsletter.forms import SignUpForm
from newsletter.models import Newsletter
from newsletter.sign_up_forms import Placement
from newsletter.tokens import BadToken
from newsroom.security.private import keep_private
from newsroom.security.same_origin import local_path, same_origin_only

CHANGED = (
    "What you agree to has changed since you opened this page. Please read it again; nothing has "
    "been sent yet."
)
CLOSED = "This newsletter is closed for sign-ups at the moment. Nothing was sent."


class NewsletterListView(ListView):
    """Every newsletter that is open for sign-ups, each with its form."""

    template_name = "newsletter/newsletter_list.html"

    def get_queryset(self) -> Any:
        return Newsletter.objects.filter(is_open=True)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        page, keys = self.request.path, [each.pk for each in context["object_list"]]
        forms = sign_up_forms.new_forms(keys, page=page, placement=Placement.LIST)
        return {**context, "sign_up_forms": list(forms.values())}


class NewsletterView(DetailView):
    """A newsletter's own page, shared by all readers."""

    template_name = "newsletter/newsletter_detail.html"
    model = Newsletter

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = self.request.path
        forms = sign_up_forms.new_forms([self.object.pk], page=page, placement=Placement.OWN_PAGE)
        return super().get_context_data(sign_up_form=forms.get(self.object.pk), **kwargs)


class RequestedView(View):
    """The answer to a sign-up, the same for every address."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        context = {
            "newsletter": get_object_or_404(Newsletter, slug=slug),
            "came_from": local_path(request.GET.get("from", "")),
        }
        return keep_private(render(request, "newsletter/requested.html", context))


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest, slug: str) -> HttpResponse:
    """Receive a form; the answer, and the time it takes, are the same for every address."""
    newsletter = get_object_or_404(Newsletter, slug=slug)
    if request.method != "POST":
        return redirect(newsletter)
    current = current_consent_texts([newsletter]).get(newsletter.pk)
    if current is None:
        return _page(request, newsletter, None, status=409, closed=CLOSED)
    displayed = _displayed_form(request)
    texts = displayed.consent_texts(newsletter) if displayed else None
    if displayed is None or texts is None or not texts.can_be_agreed_to():
        return _ask_again(request, current)
    form = SignUpForm(texts, request.POST)
    if not form.is_valid():
        return _page(request, newsletter, form, status=400)
    sign_ups.receive(
        request,
        newsletter,
        displayed,
        typed=request.POST["address"],
        honeypot_filled=bool(form.cleaned_data["homepage"]),
    )
    query = {"from": displayed.page} if local_path(displayed.page) else None
    return keep_private(redirect(reverse("newsletter:requested", args=[slug], query=query)))


def _displayed_form(request: HttpRequest) -> DisplayedForm | None:
    try:
        return DisplayedForm.from_token(request.POST.get("shown", ""))
    except BadToken:
        return None


def _ask_again(request: HttpRequest, texts: ConsentTexts) -> HttpResponse:
    """Return the form with the current texts and the typed address, and the checkbox unticked."""
    displayed = DisplayedForm.create(texts, request.path, Placement.OWN_PAGE)
    typed = request.POST.get("address", "")[: addresses.MAX_LENGTH]
    initial = {"shown": displayed.token(), "address": typed}
    form = SignUpForm(texts, initial=initial, alert=CHANGED)
    return _page(request, texts.newsletter, form, status=409)


def _page(
    request: HttpRequest,
    newsletter: Newsletter,
    form: SignUpForm | None,
    *,
    status: int,
    closed: str = "",
) -> HttpResponse:
    """Return the newsletter's page for one reader; it is never cached."""
    context = {"newsletter": newsletter, "sign_up_form": form, "closed": closed, "answer": True}
    return keep_private(
        render(request, "newsletter/newsletter_detail.html", context, status=status)
    )
