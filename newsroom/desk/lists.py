"""Lists in the admin: safe filters, and what keeps a row from being deleted."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest


class NoReverseLookupsAdmin(admin.ModelAdmin):
    """A model admin whose list can't be filtered through other models' links to its own.

    Django allows such filters in an address. They would tell a writer which hub, title or photo
    belongs to any article whose number is tried.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse reverse relations; apart from them decide as Django does."""
        first = lookup.partition("__")[0]
        reverse = {relation.name for relation in self.opts.related_objects}
        reverse |= {relation.get_accessor_name() or "" for relation in self.opts.related_objects}
        return first not in reverse and super().lookup_allowed(lookup, value, request)


def uses_in_other_apps(row: Any) -> Iterator[str]:
    """Yield a sentence for each other app whose rows protect a row from deletion.

    One query for each protecting foreign key.
    """
    for relation in row._meta.related_objects:
        own = relation.related_model._meta.app_label == row._meta.app_label
        if relation.on_delete is models.PROTECT and not own:
            rows = relation.related_model._base_manager.filter(**{relation.field.name: row})
            if number := rows.count():
                name = relation.related_model._meta.app_config.verbose_name.lower()
                yield f"It is used in {name}: {number} place{'' if number == 1 else 's'}."
