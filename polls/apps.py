"""Application configuration of the polls app."""

from django.apps import AppConfig


class PollsConfig(AppConfig):
    """Polls, their ballots, and what was counted."""

    name = "polls"
    verbose_name = "Polls"
