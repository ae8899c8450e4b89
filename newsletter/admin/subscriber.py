"""The admin of subscribers: their pages and their data."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from newsletter import data_export, erasure, ledger
from newsletter.admin.ledger import actor_name
from newsletter.admin.subscriber_list import SubscriberList, sees_addresses
from newsletter.admin.subscriber_transitions import TRANSITIONS, SubscriberStatus
from newsletter.models import ConsentEvent, Subscriber
from newsroom.canonical_json import canonical
from newsroom.desk.model_admin import DeskAdmin
from newsroom.desk.pages import AdminPage, staff_user
from newsroom.desk.transition_pages import TransitionHandler
from newsroom.security.private import keep_private

EXPORT = "newsletter.export_subscriber"


def may_export(request: HttpRequest) -> bool:
    """Return whether this user may download a subscriber's data, which shows the address."""
    return staff_user(request).has_perm(EXPORT) and sees_addresses(request)


class SubscriberDataFile(AdminPage[Subscriber]):
    """All data on a subscriber as JSON. Each download adds a line to the log."""

    route = "<int:pk>/data.json"
    name = "data"

    def may_open(self, request: HttpRequest, row: Subscriber) -> bool:
        """Return whether this user may download a subscriber's data."""
        return may_export(request)

    def post(self, request: HttpRequest, row: Subscriber) -> HttpResponse:
        """Return the file."""
        if erasure.was_erased(row):  # restored from a backup
            erasure.erase_again()
        subscriber = self.model_admin.get_row_or_404(request, row.pk)
        message = "Downloaded: all data on the person (JSON)."
        self.model_admin.log_change(request, subscriber, message)
        document = canonical(data_export.subscriber_data(subscriber))
        response = HttpResponse(document, content_type="application/json")
        name = f"subscriber-{str(subscriber.subject)[:8]}.json"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return keep_private(response)


class SubscriberTransitionHandler(TransitionHandler[Subscriber, SubscriberStatus]):
    """Applies transitions to subscribers."""

    requires_change = False

    def status(self, row: Subscriber) -> SubscriberStatus:
        """Return the subscriber's subscriptions and suppression."""
        return SubscriberStatus.of(row)

    def version_of(self, row: Subscriber) -> str:
        """Return the state of each subscription, and whether the address is suppressed."""
        states = "".join(
            f":{each.newsletter_id}{each.state[0]}" for each in row.subscriptions.all()
        )
        return f"{row.pk}{states}{':s' if hasattr(row, 'suppression') else ''}"

    def get_context(self, request: HttpRequest, transition: Any, statuses: Any) -> dict[str, Any]:
        """Return whether addresses are shown."""
        return {"sees_addresses": sees_addresses(request)}


@admin.register(Subscriber)
class SubscriberAdmin(DeskAdmin[Subscriber], SubscriberList):
    """The admin of subscribers. Nobody adds, changes or deletes one, except by a transition."""

    pages = (SubscriberDataFile,)
    page_stylesheets = ("newsletter/admin.css",)
    transitions = TRANSITIONS
    transition_handler_class = SubscriberTransitionHandler
    change_form_template = "admin/newsletter/subscriber/change_form.html"
    change_list_template = "admin/newsletter/change_list.html"
    fields = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subscriber]:
        """Add what the list and the pages print."""
        subscribers = super().get_queryset(request).select_related("suppression")
        return subscribers.prefetch_related("subscriptions__newsletter")

    # Not even for superusers

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # The page

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        response: Any = super().render_change_form(request, context, *args, **kwargs)
        subscriber: Subscriber = kwargs["obj"]
        events = ConsentEvent.objects.filter(subject=subscriber.subject)
        response.context_data |= {
            "title": "Subscriber",
            "subtitle": None,
            "sees_addresses": sees_addresses(request),
            "may_export": may_export(request),
            "history": [
                {
                    "event": event,
                    "document": (document := ledger.event_document(event)),
                    "actor": actor_name(document),
                }
                for event in events.select_related("newsletter").order_by("-number")
            ],
        }
        return response
