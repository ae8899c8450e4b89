"""The groups that ``migrate`` creates, and the permissions that apps register for them.

A group gets its permissions when it is created. A permission that a later version adds is
registered with the migration that adds it, and goes to existing groups when that migration is
applied. What an administrator changes afterwards stays.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from django.db.models.signals import post_migrate

WRITERS = "Writers"
EDITORS = "Editors"
#: The audience desk: those who work with single subscribers.
AUDIENCE = "Audience"


@dataclass(frozen=True, slots=True)
class Grant:
    """Permissions for a group, and the migration (app label, name) that adds them, if any."""

    group: str
    permissions: Q
    migration: tuple[str, str] | None = None


_grants: list[Grant] = []


def register_permissions(
    group: str, permissions: Q, *, migration: tuple[str, str] | None = None
) -> None:
    """Register permissions for a group; call it in ``ready()``.

    With ``migration``, such as ``("polls", "0004_reviews")``, a group that exists already gets
    them too when that migration is applied.
    """
    _grants.append(Grant(group, permissions, migration))
    # Permissions exist only after all apps are migrated, so the signal of the last app is the
    # one to wait for. It is connected here, since ``django.contrib.auth``, which creates the
    # permissions in the same signal, must have connected first.
    last = list(apps.get_app_configs())[-1]
    post_migrate.connect(_fill_groups, sender=last, dispatch_uid="newsroom.desk.groups")


def permissions_of(app_label: str, *codenames: str) -> Q:
    """Return the condition for an app's permissions: the named ones, or all if none is named."""
    named = Q(codename__in=codenames) if codenames else Q()
    return Q(content_type__app_label=app_label) & named


def _fill_groups(using: str, plan: Iterable[Any] = (), **kwargs: Any) -> None:
    fill_new_groups(using)
    applied = {(each.app_label, each.name) for each, is_backwards in plan if not is_backwards}
    grant_new_permissions(applied, using)


def fill_new_groups(using: str = "default") -> None:
    """Create each missing group, with all permissions that are registered for it."""
    for name in dict.fromkeys(grant.group for grant in _grants):
        group, is_new = Group.objects.using(using).get_or_create(name=name)
        if is_new:
            for grant in _grants:
                if grant.group == name:
                    _grant(group, grant, using)


def grant_new_permissions(applied: set[tuple[str, str]], using: str = "default") -> None:
    """Give existing groups the permissions that the applied migrations add."""
    for grant in _grants:
        if grant.migration in applied:
            for group in Group.objects.using(using).filter(name=grant.group):
                _grant(group, grant, using)


def _grant(group: Group, grant: Grant, using: str) -> None:
    group.permissions.add(*Permission.objects.using(using).filter(grant.permissions))
