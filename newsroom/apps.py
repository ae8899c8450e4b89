"""Application configuration of the project itself and of its admin site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class NewsroomConfig(AppConfig):
    """Users, settings checks and what every app shares."""

    name = "newsroom"
    verbose_name = "Staff"

    def ready(self) -> None:
        from newsroom import checks  # noqa: F401  (registers the system checks)


class NewsroomAdminConfig(AdminConfig):
    """Django's admin with the newsroom's own site as the default one."""

    default_site = "newsroom.admin_site.NewsroomAdminSite"
