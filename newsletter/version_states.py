"""The state of policy versions and wordings, and withdrawing one."""

from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone

from newsletter.models import PolicyVersion, Version, Wording
from newsroom.desk.transitions import TransitionRefused
from newsroom.models import User

#: The field that identifies a series of versions.
SERIES_FIELD: dict[type[Version], str] = {PolicyVersion: "document", Wording: "newsletter"}


class VersionState(models.TextChoices):
    """Whether a version is in force, or why not."""

    SCHEDULED = "scheduled", "Scheduled"
    IN_FORCE = "in_force", "In force"
    REPLACED = "replaced", "Replaced"
    WITHDRAWN = "withdrawn", "Withdrawn"


def with_state(versions: QuerySet[Any], at: datetime | None = None) -> QuerySet[Any]:
    """Annotate versions with ``state``."""
    now = at or timezone.now()
    series = SERIES_FIELD[versions.model]
    same = versions.model._default_manager.filter(**{series: OuterRef(series)})
    in_force = Subquery(same.valid(now).values("pk")[:1])
    found: QuerySet[Any] = versions.annotate(_in_force=in_force).annotate(
        state=Case(
            When(withdrawn_at__lte=now, then=Value(VersionState.WITHDRAWN.value)),
            When(effective_from__gt=now, then=Value(VersionState.SCHEDULED.value)),
            When(Q(pk=F("_in_force")), then=Value(VersionState.IN_FORCE.value)),
            default=Value(VersionState.REPLACED.value),
        )
    )
    return found


@transaction.atomic
def withdraw(version: Version, *, by: User, reason: str) -> Version:
    """Withdraw a version: nobody can agree to it any more, and the one before it is in force.

    Its page stays, for those who agreed to it. Raises ``TransitionRefused`` if no other version
    would be in force, since nobody could sign up then.
    """
    series = version.series()
    # Lock the whole series, so that two withdrawals at once can't leave no version in force.
    rows = {row.pk: row for row in series.select_for_update().order_by("pk")}
    now = timezone.now()
    current: Version | None = rows.get(version.pk)
    if current is None or not current.has_taken_effect(now):
        raise TransitionRefused(
            "It has not taken effect yet. Delete it, or change when it takes effect."
        )
    if current.withdrawn_at is not None:
        raise TransitionRefused("It is already withdrawn.")
    if not series.valid(now).exclude(pk=version.pk).exists():
        raise TransitionRefused(
            "No other version would be in force. Publish its replacement first."
        )
    current.withdrawn_at, current.withdrawn_by, current.withdrawal_reason = (
        now,
        str(by)[:200],
        reason,
    )
    current.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason"])
    return current
