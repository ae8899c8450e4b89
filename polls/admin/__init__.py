"""The admin of polls: their form, transitions, results, and the review of held ballots."""

from polls.admin import poll

__all__ = ["poll"]
