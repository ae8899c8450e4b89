"""Results and ballots as files. A download is a POST, since it leaves a line in the log."""

from collections.abc import Iterator
from datetime import UTC
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponseBase

from newsroom.desk import csv_files
from newsroom.security.private import keep_private
from polls import tally
from polls.admin.figures import figures
from polls.admin.result_pages import EXPORT, PollPage
from polls.models import Decision, Poll

Row = tuple[str | int, ...]
#: Ballots that are read at a time.
_CHUNK = 5000


class _DownloadPage(PollPage):
    """A CSV file. Each download adds a line to the log, so only a POST is answered."""

    permission = EXPORT
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
        chosen = "; ".join(
            texts.get(choice, f"choice {choice}") for choice in tally.parse_choices(choices)
        )
        moment = cast_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
        yield moment, chosen, _state(held, verdict), reason or ""


def _state(held: bool, verdict: Any) -> str:
    if not held or verdict == Decision.Verdict.ACCEPTED:
        return "counted"
    return "held" if verdict is None else "excluded"
