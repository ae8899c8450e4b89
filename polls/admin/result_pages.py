"""The pages about a poll's result and its closing records."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from newsroom.desk.pages import AdminPage, staff_user
from newsroom.security.private import keep_private
from polls import closing_records
from polls.admin.figures import get_figures
from polls.admin.over_time import ballots_over_time
from polls.models import Poll

REVIEW_PERMISSION = "polls.review_ballots"
EXPORT_PERMISSION = "polls.export_poll"


class PollPage(AdminPage[Poll]):
    """A page about one poll."""

    def render(
        self, request: HttpRequest, row: Poll, *, title: str = "", **context: Any
    ) -> TemplateResponse:
        """Add the poll and its state to the context."""
        return super().render(request, row, title=title, poll=row, state=row.state(), **context)


class ResultsPage(PollPage):
    """Figures, votes over time, records and rewordings; with ``?recount`` also an audit."""

    route = "<int:pk>/results/"
    name = "results"
    title = "Results"
    template = "admin/polls/poll/results.html"

    def get(self, request: HttpRequest, row: Poll) -> HttpResponse:
        """Show the results; nothing is written."""
        user = staff_user(request)
        return self.render(
            request,
            row,
            figures=get_figures(row),
            over_time=ballots_over_time(row),
            records=row.records.select_related("by"),
            rewordings=row.rewordings.select_related("by"),
            differences=list(closing_records.audit(row)) if "recount" in request.GET else None,
            recounted_at=timezone.now(),
            may_review=user.has_perm(REVIEW_PERMISSION),
            may_export=user.has_perm(EXPORT_PERMISSION),
        )


class RecordPage(PollPage):
    """A closing record's document, with exactly the bytes that its digest was made of."""

    route = "<int:pk>/records/<int:number>.json"
    name = "record"

    def get(self, request: HttpRequest, row: Poll, number: int) -> HttpResponse:
        """Return the document as a file."""
        record = get_object_or_404(row.records, number=number)
        response = HttpResponse(record.document, content_type="application/json")
        name = f"{row.slug}-record-{record.number}.json"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return keep_private(response)
