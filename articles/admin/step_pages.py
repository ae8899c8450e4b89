"""What the article admin says of its steps, beyond the pages that all steps share."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth import get_permission_codename
from django.db.models import QuerySet
from django.http import HttpRequest

from articles.admin.steps import PUBLISHING, STEPS, Standing
from articles.blocks import PARTS
from articles.models import Article
from articles.publishing import giveaways
from articles.publishing.giveaways import Giveaway
from newsroom.desk import transition_pages as steps
from newsroom.desk.transition_pages import Step, staff


class StepPages(steps.StepPages[Article]):
    """What an article's steps are about, and who may take them with several at once."""

    steps = STEPS
    actions = ("bulk_approve", "bulk_send_back", "bulk_publish", "bulk_withdraw")

    def reachable_rows(self, request: HttpRequest) -> QuerySet[Article]:
        """With their hubs, which addresses are printed of."""
        return super().reachable_rows(request).select_related("hub")

    def standing(self, row: Article) -> Standing:
        """With the editions that still matter."""
        return Standing.of(row)

    def version_of(self, row: Article) -> str:
        """Its text: what was read before answering is what the answer is about."""
        return f"{row.pk}:{row.version}"

    def step_context(
        self, request: HttpRequest, step: Step, standings: Sequence[Standing]
    ) -> dict[str, Any]:
        """What keeps an article from readers."""
        alone = standings[0].article if len(standings) == 1 else None
        return {"missing": alone.missing_for_publication() if alone else []}

    def warnings(
        self, step: Step, rows: Sequence[Article], answers: Mapping[str, Any]
    ) -> Sequence[tuple[Article, list[Giveaway]]]:
        """What readers would get in the open that a box hides from them."""
        if step.name not in PUBLISHING:
            return []
        note = answers["note"] if step.name == "correct" and answers else ""
        found = [(article, giveaways.of(article, note)) for article in rows]
        return [(article, several) for article, several in found if several]

    def may_rewrite(self, request: HttpRequest, article: Article) -> bool:
        """Whether this member of staff may replace an article's text with another, whole."""
        names = [
            f"articles.{get_permission_codename(action, part._meta)}"
            for part in PARTS
            for action in ("add", "delete")
        ]
        return staff(request).has_perms(names) and self.has_change_permission(request, article)

    def ask_for_approval_again(self, request: HttpRequest, article: Article) -> None:
        """Return what was ready to review when somebody changes it who can't approve."""
        # What was approved is what an editor read; a writer's change is not that.
        if self.may_take(request, STEPS["approve"]):
            return
        ready = Article.objects.filter(pk=article.pk, stage=Article.Stage.READY)
        if ready.update(stage=Article.Stage.IN_REVIEW):
            article.stage = Article.Stage.IN_REVIEW
            messages.info(request, "The article was ready; since you changed it, it is in review.")

    # Bulk actions: each leads to the page that asks.

    def has_approve_permission(self, request: HttpRequest) -> bool:
        """For the actions that move stages."""
        return self.may_take(request, STEPS["approve"])

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """For the actions that change what readers see."""
        return self.may_take(request, STEPS["publish"])

    @admin.action(description="Mark as ready…", permissions=["approve"])
    def bulk_approve(self, request: HttpRequest, queryset: QuerySet[Article]) -> Any:
        """Lead to the page that asks."""
        return self.ask_in_bulk(request, "approve", queryset)

    @admin.action(description="Send back to draft…", permissions=["approve"])
    def bulk_send_back(self, request: HttpRequest, queryset: QuerySet[Article]) -> Any:
        """Lead to the page that asks."""
        return self.ask_in_bulk(request, "send-back", queryset)

    @admin.action(description="Publish now…", permissions=["publish"])
    def bulk_publish(self, request: HttpRequest, queryset: QuerySet[Article]) -> Any:
        """Lead to the page that asks."""
        return self.ask_in_bulk(request, "publish", queryset)

    @admin.action(description="Withdraw…", permissions=["publish"])
    def bulk_withdraw(self, request: HttpRequest, queryset: QuerySet[Article]) -> Any:
        """Lead to the page that asks."""
        return self.ask_in_bulk(request, "withdraw", queryset)
