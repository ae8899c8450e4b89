"""What the poll admin says of its steps, beyond the pages that all steps share."""

import hashlib
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from newsroom.desk import transition_pages as steps
from polls.admin.standing import Standing, with_standing
from polls.admin.steps import STEPS
from polls.models import Poll


class StepPages(steps.StepPages[Poll]):
    """What a poll's steps are about, and who may take them with several at once."""

    steps = STEPS
    actions = ("bulk_close", "bulk_reopen", "bulk_archive")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Poll]:
        """As the desk reads polls."""
        return with_standing(super().get_queryset(request))

    def reachable_rows(self, request: HttpRequest) -> QuerySet[Poll]:
        """With their choices, which questions are about."""
        return super().reachable_rows(request).prefetch_related("choices")

    def standing(self, row: Poll) -> Standing:
        """With what is counted."""
        return Standing.of(row)

    def version_of(self, row: Poll) -> str:
        """Its state and wording: what was read before answering is what the answer is about."""
        texts = [row.question, *(choice.text for choice in row.choices.all())]
        worded = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]
        return f"{row.pk}:{row.state()}:{worded}"

    # Bulk actions: each leads to the page that asks.

    def has_close_permission(self, request: HttpRequest) -> bool:
        """For the action that ends voting."""
        return self.may_take(request, STEPS["close"])

    def has_reopen_permission(self, request: HttpRequest) -> bool:
        """For the action that lets readers vote again."""
        return self.may_take(request, STEPS["reopen"])

    def has_archive_permission(self, request: HttpRequest) -> bool:
        """For the action that takes polls off the list."""
        return self.may_take(request, STEPS["archive"])

    @admin.action(description="Close now…", permissions=["close"])
    def bulk_close(self, request: HttpRequest, queryset: QuerySet[Poll]) -> Any:
        """Lead to the page that asks."""
        return self.ask_in_bulk(request, "close", queryset)

    @admin.action(description="Reopen…", permissions=["reopen"])
    def bulk_reopen(self, request: HttpRequest, queryset: QuerySet[Poll]) -> Any:
        """Lead to the page that asks."""
        return self.ask_in_bulk(request, "reopen", queryset)

    @admin.action(description="Archive…", permissions=["archive"])
    def bulk_archive(self, request: HttpRequest, queryset: QuerySet[Poll]) -> Any:
        """Lead to the page that asks."""
        return self.ask_in_bulk(request, "archive", queryset)
