"""The dashboard's panel of ballots that wait for a review."""

from collections.abc import Iterator

from django.urls import reverse

from newsroom.desk.dashboard import MAX_ROWS, Panel, PanelRow, register_panels
from newsroom.models import User
from polls.admin.poll_list import polls_to_review
from polls.tally import with_unit


def register() -> None:
    """Register the panel."""
    register_panels(held_ballots_panel, order=20)


def held_ballots_panel(user: User) -> Iterator[Panel]:
    """Yield the polls with ballots to review, if there are any and the user may review them."""
    if not user.has_perms(("polls.view_poll", "polls.review_ballots")):
        return
    rows = [
        PanelRow(
            str(poll),
            reverse("admin:polls_poll_review", args=[poll.pk]),
            f"{with_unit(poll.waiting, 'ballot')} to review",
        )
        for poll in polls_to_review()[:MAX_ROWS]
    ]
    if rows:
        yield Panel("Ballots held back", rows)
