"""The list of newsletters and its columns."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from newsletter.models import Newsletter, Subscription, Wording


def _number(**conditions: Any) -> Coalesce:
    # A subquery, because it counts from an index.
    rows = Subscription.objects.order_by().filter(newsletter=OuterRef("pk"), **conditions)
    return Coalesce(Subquery(rows.values("newsletter").annotate(n=Count("*")).values("n")), 0)


class NewsletterList(ChangeList):
    """The list, with the numbers of its columns in one query."""

    def get_queryset(self, *args: Any, **kwargs: Any) -> QuerySet[Newsletter]:
        state = Subscription.State
        in_force = Wording.objects.filter(newsletter=OuterRef("pk")).valid()
        self.root_queryset = self.root_queryset.annotate(
            wording=Subquery(in_force.values("number")[:1]),
            # The condition of ``SubscriberQuerySet.recipients_of``.
            confirmed=_number(state=state.CONFIRMED, subscriber__suppression=None),
            waiting=_number(state=state.WAITING),
        )
        return super().get_queryset(*args, **kwargs)


class NewsletterColumns:
    """The columns, which print the annotations of :class:`NewsletterList`."""

    @admin.display(description="wording in force", ordering="wording")
    def wording_column(self, newsletter: Any) -> str:
        """Return the wording's number, or “None”."""
        return f"Wording {newsletter.wording}" if newsletter.wording else "None"

    @admin.display(description="confirmed", ordering="confirmed")
    def confirmed_column(self, newsletter: Any) -> str:
        """Return the number of confirmed subscribers who are not suppressed."""
        return f"{newsletter.confirmed:,}"

    @admin.display(description="waiting", ordering="waiting")
    def waiting_column(self, newsletter: Any) -> str:
        """Return the number of sign-ups that wait for confirmation."""
        return f"{newsletter.waiting:,}"
