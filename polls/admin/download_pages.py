"""Downloads of a poll's results and ballots as CSV files."""

from collections.abc import Iterator
from datetime import UTC
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponseBase

from newsroom.desk import csv_files
from newsroom.security.private import keep_private
from polls import tally
from polls.admin.figures import get_figures
from polls.admin.result_pages import EXPORT_PERMISSION, PollPage
from polls.models import Decision, Poll

Row = tuple[str | int, ...]
#: Number of ballots that are read from the database at a time.
_CHUNK_SIZE = 5000


class _DownloadPage(PollPage):
    """A CSV file. Each download adds a line to the log, so only a POST is answered."""

    permission = EXPORT_PERMISSION
    #: Part of the file's name, and of the line in the log.
    content: ClassVar[str]

    def post(self, request: HttpRequest, row: Poll) -> HttpResponseBase:
        """Return the file."""
        self.model_admin.log_change(request, row, f"Downloaded: {self.content} (CSV).")
        name = f"{row.slug}-{self.content}.csv"
        return keep_private(csv_files.download(self.rows(row), name))

    def rows(self, poll: Poll) -> Iterator[Row]:
        """Yield the rows of the file."""
        raise NotImplementedError


class ResultsFile(_DownloadPage):
    """The figures of the results page."""

    route = "<int:pk>/results.csv"
    name = "results_csv"
    content = "results"

    def rows(self, poll: Poll) -> Iterator[Row]:
        """Yield the rows of the file."""
        return result_rows(poll)


class BallotsFile(_DownloadPage):
    """Every ballot, without anything that says who cast it."""

    route = "<int:pk>/ballots.csv"
    name = "ballots_csv"
    content = "ballots"

    def rows(self, poll: Poll) -> Iterator[Row]:
        """Yield the rows of the file."""
        return ballot_rows(poll)


def result_rows(poll: Poll) -> Iterator[Row]:
    """Yield rows of choices with votes and shares, of the total, and of uncounted ballots."""
    figures = get_figures(poll)
    result = figures.result
    share = "share of voters, %" if result.several else "share, %"
    yield "choice", "votes", share
    for line in result.lines:
        yield line.text, line.votes, line.share
    yield "Total, voters" if result.several else "Total, votes", result.ballots, ""
    for exclusion in figures.exclusions:
        yield f"Excluded: {exclusion.reason}", exclusion.ballots, ""
    yield "Held back, not decided on", figures.waiting, ""


def ballot_rows(poll: Poll) -> Iterator[Row]:
    """Yield a row for each ballot in the order of casting, with the time to the minute."""
    texts = dict(poll.choices.values_list("pk", "text"))
    yield "cast at (UTC)", "choices", "state", "reason"
    ballots = poll.ballots.order_by("pk").values_list(
        "cast_at", "choices", "held", "decision__verdict", "decision__reason"
    )
    for cast_at, choices, held, verdict, reason in ballots.iterator(chunk_size=_CHUNK_SIZE):
        chosen = "; ".join(
            texts.get(choice, f"choice {choice}") for choice in tally.parse_choices(choices)
        )
        minute = cast_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
        yield minute, chosen, _ballot_state(held, verdict), reason or ""


def _ballot_state(held: bool, verdict: Any) -> str:
    if not held or verdict == Decision.Verdict.ACCEPTED:
        return "counted"
    return "held" if verdict is None else "excluded"
