"""The figures of a poll for its results page."""

from dataclasses import dataclass

from polls import closing_records, tally
from polls.models import ClosingRecord, Poll


@dataclass(frozen=True, slots=True)
class Figure:
    """A choice's figures in a form that editors can copy into an article."""

    line: tally.ResultLine
    #: Such as: 83.5 per cent (835 of 1,000 votes) chose “Yes”.
    sentence: str


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a poll."""

    result: tally.Result
    #: The record that the result comes from; None if it was counted now.
    record: ClosingRecord | None
    #: Number of held ballots without a decision.
    waiting: int
    exclusions: list[closing_records.Exclusion]

    @property
    def to_copy(self) -> list[Figure]:
        """The figures of each choice; empty if no ballot is counted."""
        if not self.result.ballots:
            return []
        return [Figure(line, sentence(self.result, line)) for line in self.result.lines]


def sentence(result: tally.Result, line: tally.ResultLine) -> str:
    """Return a sentence with a choice's share and votes."""
    return f"{line.share_text} ({line.votes:,} of {result.ballots_text}) chose “{line.text}”"


def get_figures(poll: Poll) -> Figures:
    """Return the figures of the closing record or, if there is none, of a count made now."""
    counted = tally.count(poll)
    record = closing_records.current(poll)
    result = closing_records.result(record) if record else tally.result(poll, counted)
    return Figures(result, record, counted.waiting, closing_records.exclusions(counted))
