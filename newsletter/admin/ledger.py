"""The admin of the consent ledger, which nobody can write."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format

from newsletter import addresses, data_export, ledger
from newsletter.admin.evidence import Proof
from newsletter.admin.subscriber_list import sees_addresses
from newsletter.models import ConsentEvent
from newsroom.canonical_json import Document, canonical
from newsroom.desk.lists import NoReverseLookupsAdmin
from newsroom.desk.model_admin import DeskAdmin
from newsroom.desk.pages import AdminPage
from newsroom.security.private import keep_private

#: The fields of allowed filters; with others one could guess the content of documents.
_LOOKUPS = {"kind", "newsletter", "at", "subject"}


class EvidencePage(AdminPage[ConsentEvent]):
    """The proof of an event; personal data only with the permission.

    It has no route of its own: ``change_view`` shows it.
    """

    title = "Evidence"
    template = "admin/newsletter/consentevent/evidence.html"

    def get(self, request: HttpRequest, row: ConsentEvent) -> HttpResponse:
        """Show the proof."""
        proof = Proof.of(row)
        typed = (proof.evidence or {}).get("address", "")
        page = self.render(
            request,
            row,
            title=f"{row} – evidence",
            event=row,
            proof=proof,
            document=proof.document,
            actor=actor_name(proof.document),
            masked=addresses.mask(typed) if typed else "",
            sees_addresses=sees_addresses(request),
            now=timezone.now(),
        )
        return keep_private(page)


class ProofFile(AdminPage[ConsentEvent]):
    """The proof of an event as a JSON file, with the same bytes each time."""

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
    """All events, newest first; each has a page with its proof."""

    pages = (ProofFile,)
    page_stylesheets = ("newsletter/admin.css",)
    list_display = ("__str__", "at_column", "newsletter", "subject_column", "actor_column")
    list_filter = ("kind", "newsletter")
    list_select_related = ("newsletter",)
    list_per_page = 50
    # Counting the whole ledger for each search would be slow.
    show_full_result_count = False
    date_hierarchy = "at"
    change_list_template = "admin/newsletter/change_list.html"

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        allowed = lookup.partition("__")[0] in _LOOKUPS
        return allowed and super().lookup_allowed(lookup, value, request)

    # Not even for superusers

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # The page of an event

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the proof in place of a form."""
        event = self.get_object(request, unquote(object_id))
        if event is None or request.method == "POST" or not self.has_view_permission(request):
            return super().change_view(request, object_id)  # Django refuses it
        return EvidencePage(self).get(request, event)

    # Columns

    @admin.display(description="when", ordering="at")
    def at_column(self, event: ConsentEvent) -> str:
        """Return the time in the newsroom's time zone, to the second."""
        return date_format(timezone.localtime(event.at), "j M Y, H:i:s")

    @admin.display(description="subscriber")
    def subject_column(self, event: ConsentEvent) -> str:
        """Return the beginning of the random id."""
        return str(event.subject)[:8]

    @admin.display(description="by")
    def actor_column(self, event: ConsentEvent) -> str:
        """Return who caused the event."""
        return actor_name(ledger.event_document(event))


def actor_name(document: Document) -> str:
    """Return the name of a member of staff, else the kind of actor, such as “The reader”."""
    by = document["actor"]
    return by.get("name") or str(ConsentEvent.Actor(by["kind"]).label)
