"""Application configuration of the polls app."""

from django.apps import AppConfig


class PollsConfig(AppConfig):
    """Polls, their ballots, and what was counted."""

    name = "polls"
    verbose_name = "Polls"

    def ready(self) -> None:
        from newsroom.generation import turns
        from polls.models import Poll

        turns(Poll, ends=("opens", "closes"))
