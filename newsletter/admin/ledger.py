"""The consent ledger at the desk: to be read, by nobody to be written."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format

from newsletter import addresses, data_export, ledger
from newsletter.admin.evidence import Proof
from newsletter.admin.subscriber_list import sees_addresses
from newsletter.models import ConsentEvent
from newsroom.canonical_json import canonical
from newsroom.desk.lists import NoReverseLookupsAdmin
from newsroom.desk.model_admin import DeskAdmin
from newsroom.desk.pages import AdminPage
from newsroom.security.private import keep_private

#: What the list may be narrowed by: not what a document says, which one could guess at.
_LOOKUPS = {"kind", "newsletter", "at", "subject"}


class ProofFile(AdminPage[ConsentEvent]):
    """What proves an event, as a document that is the same to the byte each time."""

    route = "<int:pk>/proof.json"
    name = "json"

    def may_open(self, request: HttpRequest, row: ConsentEvent) -> bool:
        """Return whether this user may see addresses."""
        return sees_addresses(request)

    def get(self, request: HttpRequest, row: ConsentEvent) -> HttpResponse:
        """Return the file."""
        document = canonical(data_export.consent_proof(row))
        response = HttpResponse(document, content_type="application/json")
        response["Content-Disposition"] = f'attachment; filename="consent-{row.number}.json"'
        return keep_private(response)


@admin.register(ConsentEvent)
class ConsentEventAdmin(DeskAdmin[ConsentEvent], NoReverseLookupsAdmin):
    """All events, the newest first; each leads to what proves it."""

    pages = (ProofFile,)
    page_stylesheets = ("newsletter/admin.css",)
    list_display = ("__str__", "at_column", "newsletter", "subject_column", "actor_column")
    list_filter = ("kind", "newsletter")
    list_select_related = ("newsletter",)
    list_per_page = 50
    # A ledger only grows: counting all of it for each search would be felt.
    show_full_result_count = False
    date_hierarchy = "at"
    change_list_template = "admin/newsletter/change_list.html"

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        allowed = lookup.partition("__")[0] in _LOOKUPS
        return allowed and super().lookup_allowed(lookup, value, request)

    # Nobody, superusers included

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # The evidence

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """In the place of a form: what proves the event, and what is personal for those who may."""
        event = self.get_object(request, unquote(object_id))
        if event is None or request.method == "POST" or not self.has_view_permission(request):
            return super().change_view(request, object_id)  # which refuses, as it does elsewhere
        proof = Proof.of(event)
        typed = (proof.evidence or {}).get("address", "")
        context = {
            **self.admin_site.each_context(request),
            "title": f"{event} – evidence",
            "page_title": "Evidence",
            "opts": self.opts,
            "row": event,
            "stylesheets": self.page_stylesheets,
            "proof": proof,
            "event": event,
            "told": proof.told,
            "actor": actor(proof.told),
            "masked": addresses.mask(typed) if typed else "",
            "sees_addresses": sees_addresses(request),
            "now": timezone.now(),
        }
        template = "admin/newsletter/consentevent/evidence.html"
        return keep_private(TemplateResponse(request, template, context))

    # Columns

    @admin.display(description="when", ordering="at")
    def at_column(self, event: ConsentEvent) -> str:
        """To the second, by the newsroom's clock."""
        return date_format(timezone.localtime(event.at), "j M Y, H:i:s")

    @admin.display(description="subscriber")
    def subject_column(self, event: ConsentEvent) -> str:
        """The beginning of the random id: enough to tell one from another."""
        return str(event.subject)[:8]

    @admin.display(description="by")
    def actor_column(self, event: ConsentEvent) -> str:
        """Who caused it."""
        return actor(ledger.event_document(event))


def actor(told: Any) -> str:
    """“The reader”, or a member of staff by name."""
    by = told["actor"]
    return by.get("name") or str(ConsentEvent.Actor(by["kind"]).label)
