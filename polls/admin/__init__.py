"""The desk's side of polls: making, running and reviewing them, and their figures."""

from polls.admin import poll

__all__ = ["poll"]
