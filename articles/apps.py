"""Application configuration of the articles app."""

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from newsroom.security.content_policy import allow_frames


def _fill_groups(**kwargs: Any) -> None:
    from articles.groups import create_missing_groups, grant_what_came

    create_missing_groups(using=kwargs["using"])
    plan = kwargs.get("plan", [])
    applied = [
        each.name for each, backwards in plan if each.app_label == "articles" and not backwards
    ]
    grant_what_came(applied, using=kwargs["using"])


class ArticlesConfig(AppConfig):
    """Articles from the working copy to the reader."""

    name = "articles"
    verbose_name = "Articles"

    def import_models(self) -> None:
        """Import the models that are not in ``articles.models``: they depend on those."""
        super().import_models()
        import_module("articles.blocks")

    def ready(self) -> None:
        from articles.blocks.video_links import PLAYER_ORIGINS
        from articles.models import Edition
        from newsroom.page_cache.site_version import register_schedule_columns

        register_schedule_columns(Edition, begins=("live_from",), ends=("live_until",))
        allow_frames(*PLAYER_ORIGINS)
        # Permissions exist only after migrate, hence the signal rather than a migration;
        # it is the one place that also survives the test runner's flush.
        post_migrate.connect(_fill_groups, sender=self, dispatch_uid="articles.groups")
