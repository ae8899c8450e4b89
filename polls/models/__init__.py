"""Polls and their choices, ballots, and what stays on record about both."""

from polls.models.ballot import Ballot, Decision
from polls.models.poll import Choice, Poll
from polls.models.record import ClosingRecord, Rewording

__all__ = ["Ballot", "Choice", "ClosingRecord", "Decision", "Poll", "Rewording"]
