"""Application configuration of the newsletter app."""

from django.apps import AppConfig


class NewsletterConfig(AppConfig):
    """Newsletters, those who get them, and what they agreed to."""

    name = "newsletter"
    verbose_name = "Newsletters"
