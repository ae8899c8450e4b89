"""Application configuration of the newsletter app."""

from django.apps import AppConfig


class NewsletterConfig(AppConfig):
    """Newsletters, their subscribers and the record of their consent."""

    name = "newsletter"
    verbose_name = "Newsletters"

    def ready(self) -> None:
        """Register what lower layers have to know of this app."""
        from newsletter import scheduling, tasks
        from newsletter.groups import register_groups
        from newsletter.models import PolicyVersion, Wording
        from newsroom import startup
        from newsroom.logs import register_secret_paths
        from newsroom.page_cache import register_schedule_columns

        scheduling.register_delivery(tasks.deliver)
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
        startup.register(tasks.resume_delivery)
