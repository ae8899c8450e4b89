"""The pages for reviewing held ballots and deciding on them."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404

from newsroom.desk.pages import staff_user
from newsroom.desk.transitions import TransitionRefused
from polls import tally, transitions
from polls.admin import review
from polls.admin.result_pages import REVIEW_PERMISSION, PollPage
from polls.models import Decision, Poll
from polls.models.ballot import HASH_LENGTH

#: Networks on one page.
PAGE_SIZE = 20


class DecisionForm(forms.Form):
    """The verdict on held ballots, with its reason."""

    verdict = forms.ChoiceField(
        label="These ballots are", choices=Decision.Verdict.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text="It is kept with your name. If you exclude the ballots, it is also part of the "
        "poll's closing record.",
    )


class ReviewPage(PollPage):
    """The list of held ballots without a decision, by network, and of all decisions."""

    route = "<int:pk>/review/"
    name = "review"
    title = "Ballots held back"
    template = "admin/polls/poll/review.html"

    def get(self, request: HttpRequest, row: Poll) -> HttpResponse:
        """List networks and decisions."""
        page = Paginator(review.undecided_networks(row), PAGE_SIZE).get_page(request.GET.get("p"))
        return self.render(
            request,
            row,
            page=page,
            groups=review.make_groups(row, page.object_list, None),
            decisions=review.summarise_decisions(row),
            may_review=staff_user(request).has_perm(REVIEW_PERMISSION),
        )


class _DecisionPage(PollPage):
    """A page that asks for a decision on the held ballots of one network."""

    title = "Decide on ballots"
    template = "admin/polls/poll/decide.html"
    permission = REVIEW_PERMISSION

    def _decide(
        self, request: HttpRequest, poll: Poll, network: bytes, earlier: Decision | None
    ) -> HttpResponse:
        back = HttpResponseRedirect(self.model_admin.address("review", poll.pk))
        group = review.find_group(poll, network, earlier)
        if group is None:
            messages.warning(
                request, "These ballots have been decided on in the meantime: see below."
            )
            return back
        form = DecisionForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            self._save(request, poll, network, earlier, form)
            return back
        return self.render(
            request,
            poll,
            group=group,
            earlier=earlier,
            preview=review.preview_decision(poll, group, earlier),
            form=form,
        )

    def _save(
        self,
        request: HttpRequest,
        poll: Poll,
        network: bytes,
        earlier: Decision | None,
        form: DecisionForm,
    ) -> None:
        verdict, reason = form.cleaned_data["verdict"], form.cleaned_data["reason"]
        user = staff_user(request)
        try:
            decision = transitions.decide(
                poll, network, verdict, reason=reason, by=user, instead_of=earlier
            )
        except TransitionRefused as refusal:
            messages.error(request, str(refusal))
            return
        ballots = tally.with_unit(decision.ballots_decided, "ballot")
        network_text = f"of network {review.short_hash(network)}"
        message = f"Review: {ballots} {network_text} {verdict}. {reason}"
        self.model_admin.log_change(request, poll, message)
        messages.success(request, f"{ballots} {network_text}: {verdict}.")


class DecidePage(_DecisionPage):
    """Asks for a decision on a network's held ballots that have none."""

    route = "<int:pk>/review/<slug:network>/"
    name = "decide"

    def get(self, request: HttpRequest, row: Poll, network: str) -> HttpResponse:
        """Ask, then decide."""
        try:
            key = bytes.fromhex(network)
        except ValueError as error:
            raise Http404 from error
        if len(key) != HASH_LENGTH:
            raise Http404
        return self._decide(request, row, key, None)


class DecideAgainPage(_DecisionPage):
    """Asks for another decision on the ballots of an earlier one."""

    route = "<int:pk>/review/decisions/<int:decision>/"
    name = "decide_again"

    def get(self, request: HttpRequest, row: Poll, decision: int) -> HttpResponse:
        """Ask, then decide."""
        earlier = get_object_or_404(row.decisions.select_related("by"), pk=decision)
        return self._decide(request, row, bytes(earlier.network), earlier)
