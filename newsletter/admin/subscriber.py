"""A subscriber at the desk: to look at, and the steps that are taken for somebody who asks."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path

from newsletter import erasing, ledger, personal
from newsletter.admin.ledger import actor
from newsletter.admin.subscriber_list import SubscriberList, sees_addresses
from newsletter.admin.subscriber_steps import STEPS, Standing
from newsletter.models import ConsentEvent, Subscriber
from newsroom.canonical_json import canonical
from newsroom.desk import transition_pages as steps
from newsroom.desk.transition_pages import staff
from newsroom.security.private import keep_private

EXPORT = "newsletter.export_subscriber"


@admin.register(Subscriber)
class SubscriberAdmin(steps.StepPages[Subscriber], SubscriberList):
    """Nobody adds or changes a subscriber by hand; one goes by being erased."""

    steps = STEPS
    steps_change = False
    change_form_template = "admin/newsletter/subscriber/change_form.html"
    change_list_template = "admin/newsletter/change_list.html"
    fields = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subscriber]:
        """With what the list and the pages print."""
        subscribers = super().get_queryset(request).select_related("suppression")
        return subscribers.prefetch_related("subscriptions__newsletter")

    # Nobody, superusers included

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # The page

    def standing(self, row: Subscriber) -> Standing:
        """With subscriptions and suppression."""
        return Standing.of(row)

    def version_of(self, row: Subscriber) -> str:
        """What is signed up, and in which state."""
        states = "".join(
            f":{each.newsletter_id}{each.state[0]}" for each in row.subscriptions.all()
        )
        return f"{row.pk}{states}{':s' if hasattr(row, 'suppression') else ''}"

    def step_context(self, request: HttpRequest, step: Any, standings: Any) -> dict[str, Any]:
        """Whether addresses are printed."""
        return {"sees_addresses": sees_addresses(request)}

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        response: Any = super().render_change_form(request, context, *args, **kwargs)
        subscriber: Subscriber = kwargs["obj"]
        events = ConsentEvent.objects.filter(subject=subscriber.subject)
        response.context_data |= {
            "title": "Subscriber",
            "subtitle": None,
            "sees_addresses": sees_addresses(request),
            "may_export": self._may_export(request),
            "history": [
                {"event": event, "told": (told := ledger.read(event)), "actor": actor(told)}
                for event in events.select_related("newsletter").order_by("-number")
            ],
        }
        return response

    # All data

    def get_urls(self) -> list[URLPattern]:
        """The file before the stock pages."""
        data = self.admin_site.admin_view(self.data_view)
        return [
            path("<int:pk>/data.json", data, name="newsletter_subscriber_data"),
            *super().get_urls(),
        ]

    def data_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All that is kept of a person. It holds the address, so that permission is asked too."""
        subscriber = self.reachable(request, pk)
        if not self._may_export(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if erasing.is_noted(subscriber):  # back out of a backup, and not for long
            erasing.erase_again()
        subscriber = self.reachable(request, pk)
        self.log_change(request, subscriber, "Downloaded: all data on the person (JSON).")
        document = canonical(personal.of_subscriber(subscriber))
        response = HttpResponse(document, content_type="application/json")
        name = f"subscriber-{str(subscriber.subject)[:8]}.json"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return keep_private(response)

    @staticmethod
    def _may_export(request: HttpRequest) -> bool:
        return staff(request).has_perm(EXPORT) and sees_addresses(request)
