"""The list of newsletters, and what its columns print."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from newsletter.models import Newsletter, Subscription, Wording


def _number(**conditions: Any) -> Coalesce:
    # A subquery, so that each is counted from an index.
    rows = Subscription.objects.order_by().filter(newsletter=OuterRef("pk"), **conditions)
    return Coalesce(Subquery(rows.values("newsletter").annotate(n=Count("*")).values("n")), 0)


class NewsletterList(ChangeList):
    """The list, with what its columns print in the same query."""

    def get_queryset(self, *args: Any, **kwargs: Any) -> QuerySet[Newsletter]:
        state = Subscription.State
        in_force = Wording.objects.filter(newsletter=OuterRef("pk")).valid()
        self.root_queryset = self.root_queryset.annotate(
            wording=Subquery(in_force.values("number")[:1]),
            # As ``getting`` has it.
            confirmed=_number(state=state.CONFIRMED, subscriber__suppression=None),
            waiting=_number(state=state.WAITING),
        )
        return super().get_queryset(*args, **kwargs)


class NewsletterColumns:
    """The columns, for the model admin; each prints what :class:`NewsletterList` annotates."""

    @admin.display(description="wording in force", ordering="wording")
    def wording_column(self, newsletter: Any) -> str:
        """Without one nobody can sign up."""
        return f"Wording {newsletter.wording}" if newsletter.wording else "None"

    @admin.display(description="confirmed", ordering="confirmed")
    def confirmed_column(self, newsletter: Any) -> str:
        """Those who get it."""
        return f"{newsletter.confirmed:,}"

    @admin.display(description="waiting", ordering="waiting")
    def waiting_column(self, newsletter: Any) -> str:
        """Those who were asked for confirmation."""
        return f"{newsletter.waiting:,}"
