"""The admin's list of polls: its filters and columns."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format

from newsroom.desk.moments import format_short_moment
from polls.models import Ballot, Decision, Poll


class StateFilter(admin.SimpleListFilter):
    """A filter by the state of polls, and for archived ones."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            *((state.value, str(state.label)) for state in Poll.State),
            ("archived", "Archived"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Poll]) -> QuerySet[Poll]:
        found = {
            Poll.State.COMING.value: Poll.objects.coming,
            Poll.State.OPEN.value: Poll.objects.open,
            Poll.State.CLOSED.value: Poll.objects.listed().closed,
            "archived": lambda: Poll.objects.exclude(archived_at=None),
        }.get(self.value() or "")
        return queryset.filter(pk__in=found().values("pk")) if found else queryset


class WaitingFilter(admin.SimpleListFilter):
    """A filter for polls with held ballots that need a review."""

    title = "ballots held back"
    parameter_name = "held"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waiting", "Waiting for review")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Poll]) -> QuerySet[Poll]:
        return with_held_ballots(queryset) if self.value() == "waiting" else queryset


def _count_ballots(**conditions: Any) -> Coalesce:
    # As a subquery it counts only for the polls on the page, and reads an index.
    ballots = Ballot.objects.order_by().filter(poll=OuterRef("pk"), **conditions)
    return Coalesce(Subquery(ballots.values("poll").annotate(n=Count("*")).values("n")), 0)


def with_held_ballots(queryset: QuerySet[Poll]) -> QuerySet[Poll]:
    """Return the polls with held ballots that wait for a decision."""
    waiting = Ballot.objects.filter(poll=OuterRef("pk"), held=True, decision=None)
    return queryset.filter(Exists(waiting))


def polls_to_review() -> QuerySet[Any]:
    """Return the polls with held ballots, annotated with their number as ``waiting``."""
    polls = with_held_ballots(Poll.objects.order_by("-pk"))
    return polls.annotate(waiting=_count_ballots(held=True, decision=None))


class PollChangeList(ChangeList):
    """The list, annotated with the numbers of ballots that its columns show."""

    def get_queryset(self, *args: Any, **kwargs: Any) -> QuerySet[Poll]:
        self.root_queryset = self.root_queryset.annotate(
            counted=_count_ballots(held=False)
            + _count_ballots(held=True, decision__verdict=Decision.Verdict.ACCEPTED),
            waiting=_count_ballots(held=True, decision=None),
        )
        return super().get_queryset(*args, **kwargs)


def _format_time(moment: datetime | None) -> str:
    return format_short_moment(moment) if moment else "–"


class PollColumns:
    """Columns of the list, for the model admin to inherit."""

    @admin.display(description="state")
    def state_column(self, poll: Poll) -> str:
        """Return the state, or “Archived” with the day."""
        if poll.archived_at:
            return f"Archived, {date_format(timezone.localtime(poll.archived_at), 'j M Y')}"
        return str(poll.state().label)

    @admin.display(description="opens", ordering="opens")
    def opens_column(self, poll: Poll) -> str:
        """Return when voting opens."""
        return _format_time(poll.opens)

    @admin.display(description="closes", ordering="closes")
    def closes_column(self, poll: Poll) -> str:
        """Return when voting closes or was closed."""
        return _format_time(poll.voting_ends_at)

    @admin.display(description="counted", ordering="counted")
    def counted(self, poll: Any) -> str:
        """Return the number of counted ballots."""
        return f"{poll.counted:,}"

    @admin.display(description="held back", ordering="waiting")
    def waiting(self, poll: Any) -> str:
        """Return the number of held ballots without a decision."""
        return f"{poll.waiting:,}" if poll.waiting else "–"
