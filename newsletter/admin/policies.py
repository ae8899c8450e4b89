"""The admin of terms, privacy policy and wordings."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from newsletter.admin.version_form import PolicyForm, WordingForm
from newsletter.admin.versions import StateFilter, VersionAdmin, withdraw_transition
from newsletter.models import PolicyVersion, Wording


@admin.register(PolicyVersion)
class PolicyVersionAdmin(VersionAdmin):
    """The terms and the privacy policy."""

    form = PolicyForm
    transitions = {"withdraw": withdraw_transition("newsletter.withdraw_policyversion")}
    list_display = ("__str__", "effective_column", "state_column", "summary")
    list_filter = (StateFilter, "document")
    form_fields = ("document", "effective_from", "body", "summary")
    read_only_columns = {"body": "text", "effective_from": "effective_column"}
    copied_fields = ("body",)

    @admin.display(description="text")
    def text(self, version: PolicyVersion) -> SafeString:
        """Return the text as readers see it."""
        # The model sanitises it again.
        return format_html('<div class="desk-policy-text">{}</div>', mark_safe(version.safe_body))  # noqa: S308


@admin.register(Wording)
class WordingAdmin(VersionAdmin):
    """The sentences and buttons of newsletters' sign-up forms."""

    form = WordingForm
    transitions = {"withdraw": withdraw_transition("newsletter.withdraw_wording")}
    list_display = ("__str__", "sentence", "effective_column", "state_column")
    list_filter = (StateFilter, "newsletter")
    form_fields = ("newsletter", "sentence", "button", "effective_from")
    read_only_columns = {"effective_from": "effective_column"}
    copied_fields = ("sentence", "button")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Add the newsletter, whose name is part of the wording's."""
        return super().get_queryset(request).select_related("newsletter")
