"""The permissions that the newsletter app gives to the groups."""

from newsroom.desk.groups import (
    AUDIENCE,
    EDITORS,
    WRITERS,
    permissions_of,
    register_permissions,
)

#: Permissions about single persons, which editors don't need for their work.
AUDIENCE_ONLY_PERMISSIONS = (
    "view_address",
    "export_subscribers",
    "export_subscriber",
    "erase_subscriber",
    "suppress_subscriber",
)


def register_groups() -> None:
    """Register what each group may do: writers choose a newsletter for an article."""
    everything = permissions_of("newsletter")
    about_persons = permissions_of("newsletter", *AUDIENCE_ONLY_PERMISSIONS)
    register_permissions(WRITERS, permissions_of("newsletter", "view_newsletter"))
    register_permissions(EDITORS, everything & ~about_persons)
    register_permissions(AUDIENCE, everything)
