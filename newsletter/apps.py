"""Application configuration of the newsletter app."""

from django.apps import AppConfig


class NewsletterConfig(AppConfig):
    """Newsletters, those who get them, and what they agreed to."""

    name = "newsletter"
    verbose_name = "Newsletters"

    def ready(self) -> None:
        """Register with the newsroom what it can't import."""
        from newsletter.groups import register_groups
        from newsletter.models import PolicyVersion, Wording
        from newsletter.tasks import resume
        from newsroom import startup
        from newsroom.logs import register_secret_paths
        from newsroom.page_cache import register_schedule_columns

        for version in (PolicyVersion, Wording):
            register_schedule_columns(version, changed=("effective_from", "withdrawn_at"))
        register_groups()
        register_secret_paths(
            "/newsletters/confirm/",
            "/newsletters/unsubscribe/",
            "/newsletters/manage/",
            "/newsletters/change/old/",
            "/newsletters/change/new/",
        )
        startup.register(resume)
