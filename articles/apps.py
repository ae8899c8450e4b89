"""Application configuration of the articles app."""

from importlib import import_module

from django.apps import AppConfig

from newsroom.security.content_policy import allow_frames


class ArticlesConfig(AppConfig):
    """Articles from the working copy to the reader."""

    name = "articles"
    verbose_name = "Articles"

    def import_models(self) -> None:
        """Import the models that are not in ``articles.models``: they depend on those."""
        super().import_models()
        import_module("articles.blocks")

    def ready(self) -> None:
        """Register with the newsroom what it can't import."""
        from articles import dashboard
        from articles.blocks import checks  # noqa: F401  (registers the checks)
        from articles.blocks.video_links import PLAYER_ORIGINS
        from articles.groups import register_groups
        from articles.models import Edition
        from newsroom.logs import register_secret_paths
        from newsroom.page_cache import register_schedule_columns
        from newsroom.text_editor import register_extension

        register_schedule_columns(Edition, published=("live_from",), changed=("live_until",))
        register_secret_paths("/share/")
        register_extension(
            "SpoilerBox",
            script="articles/spoiler-box.js",
            elements={"spoiler-box": ["data-title", "data-season", "data-episode", "data-label"]},
        )
        allow_frames(*PLAYER_ORIGINS)
        dashboard.register()
        register_groups()
