"""Where a version of what readers agree to stands, and how one is withdrawn."""

from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone

from newsletter.models import PolicyVersion, Version, Wording
from newsroom.desk.transitions import TransitionRefused
from newsroom.models import User

#: The column that tells one series of versions from another.
SERIES: dict[type[Version], str] = {PolicyVersion: "document", Wording: "newsletter"}


class State(models.TextChoices):
    """What a version is to readers."""

    COMING = "coming", "Coming"
    IN_FORCE = "in_force", "In force"
    REPLACED = "replaced", "Replaced"
    WITHDRAWN = "withdrawn", "Withdrawn"


def with_state(versions: QuerySet[Any], at: datetime | None = None) -> QuerySet[Any]:
    """Versions with ``state``, in the same query."""
    now = at or timezone.now()
    series = SERIES[versions.model]
    same = versions.model._default_manager.filter(**{series: OuterRef(series)})
    in_force = Subquery(same.standing(now).values("pk")[:1])
    found: QuerySet[Any] = versions.annotate(_in_force=in_force).annotate(
        state=Case(
            When(withdrawn_at__lte=now, then=Value(State.WITHDRAWN.value)),
            When(effective_from__gt=now, then=Value(State.COMING.value)),
            When(Q(pk=F("_in_force")), then=Value(State.IN_FORCE.value)),
            default=Value(State.REPLACED.value),
        )
    )
    return found


@transaction.atomic
def withdraw(version: Version, *, by: User, reason: str) -> Version:
    """Let nobody agree to a version any more; what was in force before it is so again.

    It stays to be read by those who agreed to it. Refused where readers would be left with no
    version at all: then nobody could sign up, and nothing would be in force for anybody.
    """
    series = version.series()
    # All of them, so that two who withdraw one each don't leave none.
    rows = {row.pk: row for row in series.select_for_update().order_by("pk")}
    now = timezone.now()
    current: Version | None = rows.get(version.pk)
    if current is None or not current.has_taken_effect(now):
        raise TransitionRefused("It hasn't taken effect. Delete it, or give it another moment.")
    if current.withdrawn_at is not None:
        raise TransitionRefused("It is withdrawn already.")
    if not series.standing(now).exclude(pk=version.pk).exists():
        raise TransitionRefused(
            "No other version would be in force. Publish the one that takes its place first."
        )
    current.withdrawn_at, current.withdrawn_by, current.withdrawal_reason = (
        now,
        str(by)[:200],
        reason,
    )
    current.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason"])
    return current
