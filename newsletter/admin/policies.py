"""Terms, privacy policy and wordings at the desk."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from newsletter.admin.version_form import PolicyForm, WordingForm
from newsletter.admin.versions import StateFilter, VersionAdmin, withdrawing
from newsletter.models import PolicyVersion, Wording


@admin.register(PolicyVersion)
class PolicyVersionAdmin(VersionAdmin):
    """The terms and the privacy policy."""

    form = PolicyForm
    transitions = {"withdraw": withdrawing("newsletter.withdraw_policyversion")}
    list_display = ("__str__", "effective_column", "state_column", "summary")
    list_filter = (StateFilter, "document")
    form_fields = ("document", "effective_from", "body", "summary")
    shown_as = {"body": "text", "effective_from": "effective_column"}
    carried_over = ("body",)

    @admin.display(description="text")
    def text(self, version: PolicyVersion) -> SafeString:
        """As readers get it."""
        # Sanitised by the model, whatever the row holds.
        return format_html('<div class="desk-policy-text">{}</div>', mark_safe(version.safe_body))  # noqa: S308


@admin.register(Wording)
class WordingAdmin(VersionAdmin):
    """The sentences and buttons at newsletters' boxes."""

    form = WordingForm
    transitions = {"withdraw": withdrawing("newsletter.withdraw_wording")}
    list_display = ("__str__", "sentence", "effective_column", "state_column")
    list_filter = (StateFilter, "newsletter")
    form_fields = ("newsletter", "sentence", "button", "effective_from")
    shown_as = {"effective_from": "effective_column"}
    carried_over = ("sentence", "button")

    def get_queryset(self, request: HttpRequest) -> Any:
        """With its newsletter, which its name is made of."""
        return super().get_queryset(request).select_related("newsletter")
