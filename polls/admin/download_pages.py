"""Results and ballots as files. A download is a POST, since it leaves a line in the log."""

from collections.abc import Callable, Iterator
from datetime import UTC
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.urls import URLPattern, path

from newsroom.desk import csv_files
from newsroom.desk.transition_pages import staff
from newsroom.security.private import keep_private
from polls import tally
from polls.admin.figures import figures
from polls.admin.result_pages import EXPORT, ResultPages
from polls.models import Decision, Poll

Row = tuple[str | int, ...]
#: Ballots that are read at a time.
_CHUNK = 5000


class DownloadPages(ResultPages):
    """What the poll admin knows of files."""

    def get_urls(self) -> list[URLPattern]:
        """The files before the stock pages."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/results.csv", wrap(self.results_csv), name="polls_poll_results_csv"),
            path("<int:pk>/ballots.csv", wrap(self.ballots_csv), name="polls_poll_ballots_csv"),
            *super().get_urls(),
        ]

    def results_csv(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The figures of the results page."""
        return self._download(request, pk, "results", result_rows)

    def ballots_csv(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Every ballot, without anything that says whose."""
        return self._download(request, pk, "ballots", ballot_rows)

    def _download(
        self, request: HttpRequest, pk: int, what: str, rows: Callable[[Poll], Iterator[Row]]
    ) -> HttpResponseBase:
        poll = self.reachable(request, pk)
        if not staff(request).has_perm(EXPORT):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        self.log_change(request, poll, f"Downloaded: {what} (CSV).")
        return keep_private(csv_files.download(rows(poll), f"{poll.slug}-{what}.csv"))


def result_rows(poll: Poll) -> Iterator[Row]:
    """Choices with votes and shares, the total, and what is not in it."""
    told = figures(poll)
    share = "share of voters, %" if told.result.several else "share, %"
    yield "choice", "votes", share
    for line in told.result.lines:
        yield line.text, line.votes, line.share
    yield "Total, voters" if told.result.several else "Total, votes", told.result.ballots, ""
    for excluded in told.excluded:
        yield f"Excluded: {excluded.reason}", excluded.ballots, ""
    yield "Held back, not decided on", told.waiting, ""


def ballot_rows(poll: Poll) -> Iterator[Row]:
    """A row a ballot in the order of casting, to the minute."""
    texts = dict(poll.choices.values_list("pk", "text"))
    yield "cast at (UTC)", "choices", "state", "reason"
    ballots = poll.ballots.order_by("pk").values_list(
        "cast_at", "choices", "held", "decision__verdict", "decision__reason"
    )
    for cast_at, choices, held, verdict, reason in ballots.iterator(chunk_size=_CHUNK):
        chosen = "; ".join(texts.get(choice, f"choice {choice}") for choice in tally.named(choices))
        moment = cast_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
        yield moment, chosen, _state(held, verdict), reason or ""


def _state(held: bool, verdict: Any) -> str:
    if not held or verdict == Decision.Verdict.ACCEPTED:
        return "counted"
    return "held" if verdict is None else "excluded"
