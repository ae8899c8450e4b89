"""The permissions that the articles app gives to the groups."""

from django.db.models import Q

from articles.blocks import PARTS
from newsroom.desk.groups import EDITORS, WRITERS, permissions_of, register_permissions

#: Writers reach their own articles only (``ArticleQuerySet.editable_by``). They look up what an
#: article is filed under, and do not change it.
WRITER_PERMISSIONS = (
    "add_article",
    "change_article",
    "view_article",
    "add_photo",
    "view_photo",
    "view_hub",
    "view_title",
    "view_topic",
    "view_author",
    "view_edition",
)


def part_permissions(actions: tuple[str, ...] = ("add", "change", "delete", "view")) -> Q:
    """Return the condition for permissions on a working copy's blocks, bylines and titles."""
    parts = [model._meta.model_name for model in PARTS]
    return permissions_of("articles", *(f"{action}_{part}" for action in actions for part in parts))


def register_groups() -> None:
    """Register what writers and editors may do."""
    own = permissions_of("articles", *WRITER_PERMISSIONS)
    register_permissions(WRITERS, own | part_permissions())
    register_permissions(EDITORS, permissions_of("articles"))
