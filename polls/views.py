"""Views of the polls' public pages."""

from dataclasses import replace
from typing import Any

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe
from django.views.generic import DetailView, ListView, View

from newsroom.security.private import keep_private
from newsroom.security.same_origin import local_path, same_origin_only
from polls import panel, tally, voting
from polls.forms import BallotForm
from polls.models import Poll
from polls.voting import Outcome

#: Closed polls on one page of the list.
PAGE_SIZE = 20
#: Query parameter of a vote that the browser sends again with the new cookie.
RESENT = "resent"

NO_COOKIE = (
    "Your browser refused the cookie that limits each reader to one vote, so nothing was counted. "
    "Allow cookies for this site, at least for this vote, and vote again."
)


def _get_poll(slug: str) -> Poll:
    return get_object_or_404(Poll.objects.prefetch_related("choices"), slug=slug)


def _article_url(request: HttpRequest) -> str:
    """Return the address of the article that the form was in; "" for none or another site's."""
    return local_path(request.POST.get("from") or request.GET.get("from") or "")


class PollListView(ListView):
    """The list of polls: open ones on the first page, and closed ones page by page."""

    template_name = "polls/poll_list.html"
    paginate_by = PAGE_SIZE

    def get_queryset(self) -> Any:
        return Poll.objects.listed().closed().order_by("-closes", "-pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        on_first_page = context["page_obj"].number == 1
        open_polls = Poll.objects.open().order_by("-created_at", "-pk")
        return {**context, "open_polls": open_polls if on_first_page else []}


class PollView(DetailView):
    """A poll's own page, the same for every reader."""

    template_name = "polls/poll_detail.html"
    queryset = Poll.objects.prefetch_related("choices")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(panel=panel.public_panel(self.object), **kwargs)


class ResultView(View):
    """A poll's page for a reader who has voted: with the vote and, if allowed, the result.

    Other readers are redirected to the poll's own page.
    """

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        poll = _get_poll(slug)
        ballot = voting.find_ballot(poll, voting.reader_id(request))
        if ballot is None:
            return keep_private(HttpResponseRedirect(poll.get_absolute_url()))
        voter_panel = panel.voter_panel(
            poll,
            ballot,
            outcome=request.GET.get("vote", ""),
            article_url=_article_url(request),
        )
        return _private_page(request, voter_panel)


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def vote(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a vote.

    A reader's first vote is sent twice: the first response sets the cookie and has the browser
    send the same request again (307). So pressing the button twice, or a retry, makes one ballot,
    and a browser that refuses the cookie can't vote again and again.
    """
    if request.method != "POST":
        return redirect(_get_poll(slug))
    try:
        response = _take_vote(request, voting.cached_poll(slug))
    except (Poll.DoesNotExist, IntegrityError):
        response = None
    if response is None:  # look at the poll as it is stored now
        poll = _get_poll(slug)
        response = _take_vote(request, poll) or _explain_refusal(request, poll)
    return response


def _take_vote(request: HttpRequest, poll: Poll) -> HttpResponse | None:
    """Cast a vote, or have it sent again with the cookie; None if it has to be refused."""
    form = BallotForm(poll, request.POST)
    if poll.state() != Poll.State.OPEN or not form.is_valid():
        return None
    reader = voting.reader_id(request)
    if reader is None:
        return _resend_with_cookie(request, poll)
    choices = [int(choice) for choice in form.cleaned_data["choice"]]
    outcome = voting.cast(poll, choices, reader, request)
    if outcome == Outcome.CLOSED:
        return None
    query = {"vote": outcome.value}
    if article_url := _article_url(request):
        query["from"] = article_url
    return keep_private(HttpResponseRedirect(f"{poll.result_url}?{urlencode(query)}"))


def _resend_with_cookie(request: HttpRequest, poll: Poll) -> HttpResponse:
    if RESENT in request.GET:
        return _refuse_invalid(request, poll, NO_COOKIE)
    url = reverse("polls:vote", args=[poll.slug], query={RESENT: 1})
    response = HttpResponseRedirect(url, preserve_request=True)
    voting.set_reader_cookie(response)
    return keep_private(response)


def _explain_refusal(request: HttpRequest, poll: Poll) -> HttpResponse:
    """Return the page that says why a vote was refused."""
    form = BallotForm(poll, request.POST)
    if poll.state() == Poll.State.OPEN and not form.is_valid():
        return _refuse_invalid(request, poll, str(form.errors["choice"][0]))
    return _refuse_not_open(request, poll)


def _refuse_not_open(request: HttpRequest, poll: Poll) -> HttpResponse:
    poll = _get_poll(poll.slug)  # it may have been closed since it was read
    return _private_page(
        request,
        panel.public_panel(poll, article_url=_article_url(request)),
        error=panel.REFUSED_MESSAGES[poll.state()],
        status=409,
    )


def _refuse_invalid(request: HttpRequest, poll: Poll, error: str) -> HttpResponse:
    public_panel = panel.public_panel(poll, article_url=_article_url(request))
    selected = frozenset(request.POST.getlist("choice"))
    return _private_page(request, public_panel, error=error, selected=selected, status=400)


def _private_page(
    request: HttpRequest, shown: panel.Panel, *, status: int = 200, **changes: Any
) -> HttpResponse:
    """Return a poll's page for one reader, which no cache keeps; ``changes`` are of the panel."""
    reader_panel = replace(shown, warning_is_open=True, **changes)
    context = {"panel": reader_panel, "poll": shown.poll, "is_private": True}
    return keep_private(render(request, "polls/poll_detail.html", context, status=status))


@require_safe
def results_json(request: HttpRequest, slug: str) -> HttpResponse:
    """Return a poll's figures as JSON, for the script that updates them in an open page.

    ``result`` is null if not every reader may see it. There are no texts, so nothing that a
    spoiler warning hides.
    """
    poll = _get_poll(slug)
    result = panel.public_result(poll)
    return JsonResponse(
        {"poll": poll.slug, "state": poll.state(), "result": result and _figures(result)}
    )


def _figures(result: tally.Result) -> dict[str, Any]:
    return {
        "ballots": result.ballots,
        "several": result.several,
        "final": result.final,
        "counted_at": result.at.isoformat(),
        "choices": [
            {"id": line.choice, "votes": line.votes, "share": line.share} for line in result.lines
        ],
    }
