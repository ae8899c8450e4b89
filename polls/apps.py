"""Application configuration of the polls app."""

from django.apps import AppConfig


class PollsConfig(AppConfig):
    """Polls, their ballots and their results."""

    name = "polls"
    verbose_name = "Polls"

    def ready(self) -> None:
        """Register what newsroom has to know of this app."""
        from newsroom import startup
        from newsroom.page_cache import register_schedule_columns
        from polls import dashboard, tasks
        from polls.groups import register_groups
        from polls.models import Poll

        register_schedule_columns(Poll, changed=("opens", "closes"))
        dashboard.register()
        register_groups()
        startup.register(tasks.resume)
