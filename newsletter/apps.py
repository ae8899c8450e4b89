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
        from newsroom.page_cache import register_schedule_columns

        for version in (PolicyVersion, Wording):
            register_schedule_columns(version, changed=("effective_from", "withdrawn_at"))
        register_groups()
