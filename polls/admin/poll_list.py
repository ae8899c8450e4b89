"""The list of polls: its filter by state, and what its columns print."""

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
    """Polls by what readers can do with them, and archived ones."""

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
    """Polls whose ballots somebody has to look at."""

    title = "ballots held back"
    parameter_name = "held"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waiting", "Waiting for review")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Poll]) -> QuerySet[Poll]:
        return held_back(queryset) if self.value() == "waiting" else queryset


def _number(**conditions: Any) -> Coalesce:
    # A subquery, so that only rows on the page are counted, and each from an index.
    ballots = Ballot.objects.order_by().filter(poll=OuterRef("pk"), **conditions)
    return Coalesce(Subquery(ballots.values("poll").annotate(n=Count("*")).values("n")), 0)


def held_back(queryset: QuerySet[Poll]) -> QuerySet[Poll]:
    """Those with ballots that wait for a decision."""
    waiting = Ballot.objects.filter(poll=OuterRef("pk"), held=True, decision=None)
    return queryset.filter(Exists(waiting))


def for_dashboard() -> QuerySet[Any]:
    """Polls whose ballots wait for a decision, with their number as ``waiting``."""
    polls = held_back(Poll.objects.order_by("-pk"))
    return polls.annotate(waiting=_number(held=True, decision=None))


class PollList(ChangeList):
    """The list, with what its columns print in the same query."""

    def get_queryset(self, *args: Any, **kwargs: Any) -> QuerySet[Poll]:
        self.root_queryset = self.root_queryset.annotate(
            counted=_number(held=False)
            + _number(held=True, decision__verdict=Decision.Verdict.ACCEPTED),
            waiting=_number(held=True, decision=None),
        )
        return super().get_queryset(*args, **kwargs)


def _moment(moment: datetime | None) -> str:
    return format_short_moment(moment) if moment else "–"


class PollColumns:
    """The columns, for the model admin; each prints what :class:`PollList` annotates."""

    @admin.display(description="state")
    def state_column(self, poll: Poll) -> str:
        """“Open”, or “Archived” with the day."""
        if poll.archived_at:
            return f"Archived, {date_format(timezone.localtime(poll.archived_at), 'j M Y')}"
        return str(poll.state().label)

    @admin.display(description="opens", ordering="opens")
    def opens_column(self, poll: Poll) -> str:
        """When readers can begin."""
        return _moment(poll.opens)

    @admin.display(description="closes", ordering="closes")
    def closes_column(self, poll: Poll) -> str:
        """When readers no longer can."""
        return _moment(poll.voting_ends_at)

    @admin.display(description="counted", ordering="counted")
    def counted(self, poll: Any) -> str:
        """Ballots that count so far."""
        return f"{poll.counted:,}"

    @admin.display(description="held back", ordering="waiting")
    def waiting(self, poll: Any) -> str:
        """Ballots that wait for a decision."""
        return f"{poll.waiting:,}" if poll.waiting else "–"
