"""The groups that come with ``migrate``.

A group is filled when it is created and never again, so that what an administrator
changes afterwards stays as it was left.
"""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from articles.models import PARTS

WRITERS = "Writers"
EDITORS = "Editors"

#: Codenames within the articles app. Writers reach their own articles only
#: (``ArticleQuerySet.editable_by``); they look things up but do not rename them.
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
#: And within the polls app: to choose one for an article.
WRITER_POLL_PERMISSIONS = ("view_poll",)


def block_permissions(
    codename_prefixes: tuple[str, ...] = ("add", "change", "delete", "view"),
) -> Q:
    """Permissions on the parts of a working copy: its blocks, bylines and titles."""
    parts = [model._meta.model_name for model in PARTS]
    names = [f"{prefix}_{part}" for prefix in codename_prefixes for part in parts]
    return Q(content_type__app_label="articles", codename__in=names)


def create_missing_groups(*, using: str = "default") -> None:
    """Create the groups that are missing, each with its permissions."""
    permissions = Permission.objects.using(using)
    wanted = {
        WRITERS: Q(content_type__app_label="articles", codename__in=WRITER_PERMISSIONS)
        | block_permissions()
        | Q(content_type__app_label="polls", codename__in=WRITER_POLL_PERMISSIONS),
        EDITORS: Q(content_type__app_label__in=["articles", "polls"]),
    }
    for name, which in wanted.items():
        group, created = Group.objects.using(using).get_or_create(name=name)
        if created:
            group.permissions.set(permissions.filter(which))
