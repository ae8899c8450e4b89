"""The groups that come with ``migrate``.

A group is filled when it is created, and gets what a later version brings with the migration that
brings it: once. What an administrator changes afterwards stays as it was left.
"""

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from articles.blocks import PARTS

WRITERS = "Writers"
EDITORS = "Editors"
AUDIENCE = "Audience"

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
#: And within the newsletter app: likewise.
WRITER_NEWSLETTER_PERMISSIONS = ("view_newsletter",)
#: What editors don't need for their work, since it is about single persons.
AUDIENCE_ONLY_PERMISSIONS = (
    "view_address",
    "export_subscribers",
    "export_subscriber",
    "erase_subscriber",
    "suppress_subscriber",
)


def block_permissions(
    codename_prefixes: tuple[str, ...] = ("add", "change", "delete", "view"),
) -> Q:
    """Permissions on the parts of a working copy: its blocks, bylines and titles."""
    parts = [model._meta.model_name for model in PARTS]
    names = [f"{prefix}_{part}" for prefix in codename_prefixes for part in parts]
    return Q(content_type__app_label="articles", codename__in=names)


_NEWSLETTERS_OF_WRITERS = Q(
    content_type__app_label="newsletter", codename__in=WRITER_NEWSLETTER_PERMISSIONS
)
_NEWSLETTERS_OF_EDITORS = Q(content_type__app_label="newsletter") & ~Q(
    codename__in=AUDIENCE_ONLY_PERMISSIONS
)
_NEWSLETTERS_OF_AUDIENCE = Q(content_type__app_label="newsletter")
_SIGN_UP_BLOCK = Q(content_type__app_label="articles", content_type__model="signupblock")
_POLLS_OF_WRITERS = Q(content_type__app_label="polls", codename__in=WRITER_POLL_PERMISSIONS)
_POLLS_OF_EDITORS = Q(content_type__app_label="polls")
_POLL_BLOCK = Q(content_type__app_label="articles", content_type__model="pollblock")

#: A migration of this app → what each group gets when it is applied.
BROUGHT = {
    "0005_poll_block": {
        WRITERS: _POLLS_OF_WRITERS | _POLL_BLOCK,
        EDITORS: _POLLS_OF_EDITORS | _POLL_BLOCK,
    },
    "0006_newsletters": {
        WRITERS: _NEWSLETTERS_OF_WRITERS | _SIGN_UP_BLOCK,
        EDITORS: _NEWSLETTERS_OF_EDITORS | _SIGN_UP_BLOCK,
    },
}


def create_missing_groups(*, using: str = "default") -> None:
    """Create the groups that are missing, each with its permissions."""
    permissions = Permission.objects.using(using)
    wanted = {
        WRITERS: Q(content_type__app_label="articles", codename__in=WRITER_PERMISSIONS)
        | block_permissions()
        | _POLLS_OF_WRITERS
        | _NEWSLETTERS_OF_WRITERS,
        EDITORS: Q(content_type__app_label="articles")
        | _POLLS_OF_EDITORS
        | _NEWSLETTERS_OF_EDITORS,
        AUDIENCE: _NEWSLETTERS_OF_AUDIENCE,
    }
    for name, which in wanted.items():
        group, created = Group.objects.using(using).get_or_create(name=name)
        if created:
            group.permissions.set(permissions.filter(which))


def grant_what_came(applied: Iterable[str], *, using: str = "default") -> None:
    """Give the groups what migrations of this app bring, named by ``applied``."""
    permissions = Permission.objects.using(using)
    for migration in set(applied) & BROUGHT.keys():
        for name, which in BROUGHT[migration].items():
            for group in Group.objects.using(using).filter(name=name):
                group.permissions.add(*permissions.filter(which))
