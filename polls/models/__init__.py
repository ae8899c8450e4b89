"""Models of polls and their choices, of ballots, and of the records kept about them."""

from polls.models.ballot import Ballot, Decision
from polls.models.poll import Choice, Poll
from polls.models.record import ClosingRecord, Rewording

__all__ = ["Ballot", "Choice", "ClosingRecord", "Decision", "Poll", "Rewording"]
