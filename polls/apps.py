"""Application configuration of the polls app."""

from django.apps import AppConfig


class PollsConfig(AppConfig):
    """Polls, their ballots and their results."""

    name = "polls"
    verbose_name = "Polls"

    def ready(self) -> None:
        """Register the app's schedule columns, dashboard panel and group permissions."""
        from newsroom.page_cache import register_schedule_columns
        from polls import dashboard
        from polls.groups import register_groups
        from polls.models import Poll

        register_schedule_columns(Poll, changed=("opens", "closes"))
        dashboard.register()
        register_groups()
