"""Application configuration of the project and of its admin site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class NewsroomConfig(AppConfig):
    """Accounts of staff, system checks, and what all apps share."""

    name = "newsroom"
    verbose_name = "Staff"

    def ready(self) -> None:
        from newsroom import checks  # noqa: F401  (registers the system checks)


class NewsroomAdminConfig(AdminConfig):
    """Django's admin with the newsroom's admin site."""

    default_site = "newsroom.admin_site.NewsroomAdminSite"
