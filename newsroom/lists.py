"""What lists in the admin share."""

from django.contrib import admin
from django.http import HttpRequest


class OwnColumnsOnly(admin.ModelAdmin):
    """A list that an address filters by its own columns and by nothing that links to it.

    Django allows the latter, and tells a writer which hub, title or photo belongs to any
    article whose number is tried.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """As Django has it, but for what links here."""
        first = lookup.partition("__")[0]
        linked = {relation.name for relation in self.opts.related_objects}
        linked |= {relation.get_accessor_name() or "" for relation in self.opts.related_objects}
        return first not in linked and super().lookup_allowed(lookup, value, request)
