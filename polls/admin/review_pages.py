"""Where ballots that were held back are looked at, and decided on."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from newsroom.desk.transition_pages import staff
from newsroom.desk.transitions import TransitionRefused
from polls import running, tally
from polls.admin import review
from polls.admin.result_pages import REVIEW, ResultPages
from polls.models import Decision, Poll
from polls.models.ballot import HASH_LENGTH

#: Networks on one page.
PAGE_SIZE = 20


class DecisionForm(forms.Form):
    """Whether they count, and why."""

    verdict = forms.ChoiceField(
        label="These ballots are", choices=Decision.Verdict.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text="It stays on record with your name and, where ballots are excluded, stands in "
        "the poll's closing record.",
    )


class ReviewPages(ResultPages):
    """What the poll admin knows of ballots that were held back."""

    def get_urls(self) -> list[URLPattern]:
        """The pages before the stock ones."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/review/", wrap(self.review_view), name="polls_poll_review"),
            path(
                "<int:pk>/review/<slug:network>/",
                wrap(self.decide_view),
                name="polls_poll_decide",
            ),
            path(
                "<int:pk>/review/decisions/<int:decision>/",
                wrap(self.decide_again_view),
                name="polls_poll_decide_again",
            ),
            *super().get_urls(),
        ]

    def review_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What waits, by network, and what was decided so far."""
        poll = self.reachable(request, pk)
        page = Paginator(review.waiting(poll), PAGE_SIZE).get_page(request.GET.get("p"))
        context = {
            **self.page_context(request, poll, "Ballots held back"),
            "page": page,
            "groups": review.groups(poll, page.object_list, None),
            "decided": review.decided(poll),
            "may_review": staff(request).has_perm(REVIEW),
        }
        return TemplateResponse(request, "admin/polls/poll/review.html", context)

    def decide_view(self, request: HttpRequest, pk: int, network: str) -> HttpResponse:
        """Ask, then decide on a network's ballots that wait."""
        poll = self._reviewable(request, pk)
        try:
            key = bytes.fromhex(network)
        except ValueError as error:
            raise Http404 from error
        if len(key) != HASH_LENGTH:
            raise Http404
        return self._decide(request, poll, key, None)

    def decide_again_view(self, request: HttpRequest, pk: int, decision: int) -> HttpResponse:
        """Ask, then decide otherwise."""
        poll = self._reviewable(request, pk)
        earlier = get_object_or_404(poll.decisions.select_related("by"), pk=decision)
        return self._decide(request, poll, bytes(earlier.network), earlier)

    def _reviewable(self, request: HttpRequest, pk: int) -> Poll:
        poll = self.reachable(request, pk)
        if not staff(request).has_perm(REVIEW):
            raise PermissionDenied
        return poll

    def _decide(
        self, request: HttpRequest, poll: Poll, network: bytes, earlier: Decision | None
    ) -> HttpResponse:
        back = reverse("admin:polls_poll_review", args=[poll.pk])
        group = review.group(poll, network, earlier)
        if group is None:
            messages.warning(request, "Nothing of that waits here any more: see below.")
            return HttpResponseRedirect(back)
        form = DecisionForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            self._take_decision(request, poll, network, earlier, form)
            return HttpResponseRedirect(back)
        context = {
            **self.page_context(request, poll, "Decide on ballots"),
            "group": group,
            "earlier": earlier,
            "outlooks": review.outlooks(poll, group, earlier),
            "form": form,
        }
        return TemplateResponse(request, "admin/polls/poll/decide.html", context)

    def _take_decision(
        self,
        request: HttpRequest,
        poll: Poll,
        network: bytes,
        earlier: Decision | None,
        form: DecisionForm,
    ) -> None:
        verdict, reason = form.cleaned_data["verdict"], form.cleaned_data["reason"]
        try:
            decision = running.decide(
                poll, network, verdict, reason=reason, by=staff(request), instead_of=earlier
            )
        except TransitionRefused as refusal:
            messages.error(request, str(refusal))
            return
        ballots = tally.numbered(decision.ballots_decided, "ballot")
        which = f"of network {review.mark(network)}"
        self.log_change(request, poll, f"Review: {ballots} {which} {verdict}. {reason}")
        messages.success(request, f"{ballots} {which}: {verdict}.")
