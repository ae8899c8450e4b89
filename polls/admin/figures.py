"""A poll's figures for the desk: the result, where it comes from, and words to paste."""

from dataclasses import dataclass

from polls import closing_records, tally
from polls.models import ClosingRecord, Poll


@dataclass(frozen=True, slots=True)
class Figure:
    """One choice's share, ready to paste."""

    line: tally.ResultLine
    #: “83.5 per cent (835 of 1,000 votes) chose “Yes””
    sentence: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that is counted of one poll."""

    result: tally.Result
    #: Where the result comes from; None: it was counted now.
    record: ClosingRecord | None
    #: Ballots that are held back and not decided on.
    waiting: int
    excluded: list[closing_records.Exclusion]

    @property
    def to_paste(self) -> list[Figure]:
        """A figure for each choice; none before the first ballot counts."""
        if not self.result.ballots:
            return []
        return [Figure(line, sentence(self.result, line)) for line in self.result.lines]

    @property
    def excluded_in_all(self) -> int:
        """Ballots."""
        return sum(each.ballots for each in self.excluded)


def sentence(result: tally.Result, line: tally.ResultLine) -> str:
    """What an article may say of a choice."""
    return f"{line.share_text} ({line.votes:,} of {result.ballots_text}) chose “{line.text}”"


def figures(poll: Poll) -> Figures:
    """The closing record's result or, where there is none, a count of this moment."""
    counted = tally.count(poll)
    record = closing_records.current(poll)
    result = closing_records.result(record) if record else tally.result(poll, counted)
    return Figures(result, record, counted.waiting, closing_records.exclusions(counted))
