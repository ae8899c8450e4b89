"""What readers get of polls, and what they send."""

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
#: In the address of the second half of a reader's first vote.
INTRODUCED = "introduced"

NO_COOKIE = (
    "Your browser refused the cookie that keeps your vote to one, so nothing was counted. Allow "
    "cookies for this site, for this vote at least, and vote again."
)


def _poll(slug: str) -> Poll:
    return get_object_or_404(Poll.objects.prefetch_related("choices"), slug=slug)


def _came_from(request: HttpRequest) -> str:
    """The page of this site that the form stood in; "" for none, or for one elsewhere."""
    return local_path(request.POST.get("from") or request.GET.get("from") or "")


class PollListView(ListView):
    """Open polls, and the closed ones page by page."""

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
        shared = panel.shared(self.object)
        return super().get_context_data(panel=shared, **kwargs)


class ResultView(View):
    """A poll for a reader who has voted: the vote and, if readers may know it, the result."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        poll = _poll(slug)
        ballot = voting.ballot_of(poll, voting.reader_of(request))
        if ballot is None:
            return keep_private(HttpResponseRedirect(poll.get_absolute_url()))
        own = panel.own(
            poll,
            ballot,
            outcome=request.GET.get("vote", ""),
            came_from=_came_from(request),
        )
        return _page(request, own)


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def vote(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a ballot.

    A reader's first vote is asked for twice: the first answer sets the cookie and has the browser
    send the same again (307), so that two presses of the button, or a retry, are one ballot, and
    a browser that refuses the cookie can't vote over and over.
    """
    if request.method != "POST":
        return redirect(_poll(slug))
    try:
        answer = _take(request, voting.kept_poll(slug))
    except (Poll.DoesNotExist, IntegrityError):
        answer = None
    if answer is None:
        poll = _poll(slug)
        answer = _take(request, poll) or _refuse(request, poll)
    return answer


def _take(request: HttpRequest, poll: Poll) -> HttpResponse | None:
    """Count a vote, or have it sent again with the cookie; None for one that can't be taken."""
    form = BallotForm(poll, request.POST)
    if poll.state() != Poll.State.OPEN or not form.is_valid():
        return None
    reader = voting.reader_of(request)
    if reader is None:
        return _introduce(request, poll)
    choices = [int(choice) for choice in form.cleaned_data["choice"]]
    outcome = voting.cast(poll, choices, reader, request)
    if outcome == Outcome.CLOSED:
        return None
    query = {"vote": outcome.value}
    if page := _came_from(request):
        query["from"] = page
    return keep_private(HttpResponseRedirect(f"{poll.result_address}?{urlencode(query)}"))


def _introduce(request: HttpRequest, poll: Poll) -> HttpResponse:
    if INTRODUCED in request.GET:
        return _refused(request, poll, NO_COOKIE)
    again = reverse("polls:vote", args=[poll.slug], query={INTRODUCED: 1})
    response = HttpResponseRedirect(again, preserve_request=True)
    voting.introduce(response)
    return keep_private(response)


def _refuse(request: HttpRequest, poll: Poll) -> HttpResponse:
    """Say why a vote was not taken."""
    form = BallotForm(poll, request.POST)
    if poll.state() == Poll.State.OPEN and not form.is_valid():
        return _refused(request, poll, str(form.errors["choice"][0]))
    return _closed(request, poll)


def _closed(request: HttpRequest, poll: Poll) -> HttpResponse:
    poll = _poll(poll.slug)  # as it is now: it may have been closed since it was read
    return _page(
        request,
        panel.shared(poll, came_from=_came_from(request)),
        error=panel.NOT_OPEN[poll.state()],
        status=409,
    )


def _refused(request: HttpRequest, poll: Poll, reason: str) -> HttpResponse:
    shared = panel.shared(poll, came_from=_came_from(request))
    chosen = frozenset(request.POST.getlist("choice"))
    return _page(request, shared, error=reason, chosen=chosen, status=400)


def _page(
    request: HttpRequest, shown: panel.Panel, *, status: int = 200, **more: Any
) -> HttpResponse:
    """A poll's page for one reader: never shared, never kept."""
    context = {"panel": replace(shown, opened=True, **more), "poll": shown.poll, "answer": True}
    return keep_private(render(request, "polls/poll_detail.html", context, status=status))


@require_safe
def results_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The figures of a poll, for pages that show them: no words, so no spoiler either.

    ``result`` is null where not every reader may have it.
    """
    poll = _poll(slug)
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
