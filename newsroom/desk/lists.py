"""What lists in the admin share, and what is said of rows that stay."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db import models
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


def places_elsewhere(row: Any) -> Iterator[str]:
    """Where other apps' rows keep a row from being deleted, a sentence each (a query each)."""
    for relation in row._meta.related_objects:
        own = relation.related_model._meta.app_label == row._meta.app_label
        if relation.on_delete is models.PROTECT and not own:
            rows = relation.related_model._base_manager.filter(**{relation.field.name: row})
            if number := rows.count():
                name = relation.related_model._meta.app_config.verbose_name.lower()
                yield f"It stands in {name}: {number} place{'' if number == 1 else 's'}."
