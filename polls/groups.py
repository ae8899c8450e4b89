"""The permissions that the polls app gives to the groups."""

from newsroom.desk.groups import EDITORS, WRITERS, permissions_of, register_permissions


def register_groups() -> None:
    """Register what writers and editors may do: writers choose a poll for an article."""
    register_permissions(WRITERS, permissions_of("polls", "view_poll"))
    register_permissions(EDITORS, permissions_of("polls"))
