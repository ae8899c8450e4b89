"""What the desk sees of a poll's result, and the records behind it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from newsroom.desk.transition_pages import staff
from newsroom.security.private import keep_private
from polls import records
from polls.admin.figures import figures
from polls.admin.over_time import over_time
from polls.admin.step_pages import StepPages
from polls.models import Poll

REVIEW = "polls.review_ballots"
EXPORT = "polls.export_poll"


class ResultPages(StepPages):
    """What the poll admin knows of results."""

    def get_urls(self) -> list[URLPattern]:
        """The pages before the stock ones."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/results/", wrap(self.results_view), name="polls_poll_results"),
            path(
                "<int:pk>/records/<int:number>.json",
                wrap(self.record_view),
                name="polls_poll_record",
            ),
            *super().get_urls(),
        ]

    def results_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Figures, votes over time, records and rewordings; with ``?recount`` the audit too."""
        poll = self.reachable(request, pk)
        differences = list(records.audit(poll)) if "recount" in request.GET else None
        context = {
            **self.page_context(request, poll, "Results"),
            "figures": figures(poll),
            "over_time": over_time(poll),
            "records": poll.records.select_related("by"),
            "rewordings": poll.rewordings.select_related("by"),
            "differences": differences,
            "recounted_at": timezone.now(),
            "may_review": staff(request).has_perm(REVIEW),
            "may_export": staff(request).has_perm(EXPORT),
        }
        return TemplateResponse(request, "admin/polls/poll/results.html", context)

    def record_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """A record's document to the letter: what its digest was made of."""
        poll = self.reachable(request, pk)
        record = get_object_or_404(poll.records, number=number)
        response = HttpResponse(record.document, content_type="application/json")
        name = f"{poll.slug}-record-{record.number}.json"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return keep_private(response)

    def page_context(self, request: HttpRequest, poll: Poll, page: str) -> dict[str, Any]:
        """What all pages about one poll print."""
        return {
            **self.admin_site.each_context(request),
            "title": f"{page}: {poll}",
            "page_name": page,
            "opts": self.opts,
            "poll": poll,
            "state": poll.state(),
        }
